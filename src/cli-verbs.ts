/** What the command line does besides starting and the doctor: migrations, the audit trail, keys, the clock. Each returns the exit code. */
import { secretsReseal } from './cli-secrets.js'
import { type Config, ConfigError } from './config.js'
import { auditHeads, readAudit, verifyAudit } from './db/audit.js'
import { advanceClockOffset } from './db/clock.js'
import { type Db, migrateDatabase, openDatabase } from './db/connection.js'
import { startEmbedded } from './embedded.js'
import { checkProduct } from './product/index.js'
import { manifest } from './slack/manifest.js'

type Say = (line: string) => void

/** Runs `use` on Slipway's own database, which is the embedded one where DATABASE_URL is not set. */
export async function withDatabase<T>(config: Config, use: (db: Db) => Promise<T>): Promise<T> {
  const url = config.databaseUrl ?? (await startEmbedded({ dataDir: config.dataDir })).url
  const { db, close } = openDatabase(url, 2, () => {})
  try {
    await migrateDatabase(db)
    return await use(db)
  } finally {
    await close()
  }
}

/** `slipway migrate`. */
export async function migrate(config: Config, say: Say): Promise<number> {
  const applied = await withDatabase(config, (db) => migrateDatabase(db))
  say(applied.length > 0 ? `Applied: ${applied.join(', ')}` : 'The schema is up to date.')
  return 0
}

/** `slipway manifest`. */
export function showManifest(config: Config, say: Say): number {
  say(
    JSON.stringify(
      manifest({ prefix: config.commandPrefix, publicUrl: config.publicUrl, socketMode: config.slack?.mode === 'socket' }),
      null,
      2,
    ),
  )
  return 0
}

/** `slipway product check`. */
export function productCheck(config: Config, say: Say): number {
  const findings = checkProduct(config.productDir)
  for (const { file, key, message } of findings) say(`${file}: ${key}: ${message}`)
  if (findings.length === 0) say(`${config.productDir}: the product is in order.`)
  return findings.length === 0 ? 0 : 1
}

/** `slipway audit verify`: recomputes every chain (R32). */
export async function auditVerify(config: Config, say: Say): Promise<number> {
  return withDatabase(config, async (db) => {
    const { entries, broken, head } = await verifyAudit(db)
    say(broken ? `The audit trail is broken at ${broken}.` : `${entries} entries verified. Head: ${head}`)
    return broken ? 1 : 0
  })
}

/** `slipway audit export`: one JSON line per entry, chain by chain, newest first. */
export async function auditExport(config: Config, say: Say): Promise<number> {
  return withDatabase(config, async (db) => {
    for (const { chain } of (await auditHeads(db)).heads) {
      for (const entry of await readAudit(db, chain, Number.MAX_SAFE_INTEGER)) say(JSON.stringify({ chain, ...entry }))
    }
    return 0
  })
}

/** `slipway secrets reseal`. */
export function reseal(config: Config, say: Say): Promise<number> {
  return withDatabase(config, (db) => secretsReseal(config, db, say))
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `slipway clock advance 36h`: only under `SLIPWAY_CLOCK=movable`, for demo and tests. */
export async function clockAdvance(config: Config, duration: string, say: Say): Promise<number> {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(duration) ?? []
  if (!count || !unit) throw new ConfigError([`"${duration}" is no duration; write 90s, 15m, 36h or 14d`])
  if (config.clock !== 'movable') throw new ConfigError(['SLIPWAY_CLOCK is not movable: the clock of a real system is never moved'])
  return withDatabase(config, async (db) => {
    const offset = await advanceClockOffset(db, Number(count) * (units[unit] ?? 0))
    say(`Every process's clock is now ${offset / 1000} s ahead.`)
    return 0
  })
}
