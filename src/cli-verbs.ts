/** What the command line does besides starting: checks, migrations, the audit trail, the clock. Each returns the exit code. */
import { access, constants, mkdir } from 'node:fs/promises'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { type Finding, instanceFindings } from './cli-doctor-instances.js'
import { databaseFindings } from './cli-state.js'
import { type Config, ConfigError } from './config.js'
import { advanceClockOffset } from './db/clock.js'
import { createLog } from './log.js'
import { readPolicy } from './main-policy.js'
import { withState } from './main-state.js'
import { checkProduct } from './product/index.js'
import { checkSlack } from './slack/doctor.js'
import { manifest } from './slack/manifest.js'

type Say = (line: string) => void

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

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `slipway clock advance 36h`: only under `SLIPWAY_CLOCK=movable`, for demo and tests. */
export async function clockAdvance(config: Config, duration: string, say: Say): Promise<number> {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(duration) ?? []
  if (!count || !unit) throw new ConfigError([`"${duration}" is no duration; write 90s, 15m, 36h or 14d`])
  if (config.clock !== 'movable') throw new ConfigError(['SLIPWAY_CLOCK is not movable: the clock of a real system is never moved'])
  return withState(config, async (db) => {
    const offset = await advanceClockOffset(db, Number(count) * (units[unit] ?? 0))
    say(`Every process's clock is now ${offset / 1000} s ahead.`)
    return 0
  })
}

/** `slipway doctor`: every dependency, token scope and setting, and what to do about each. */
export async function doctor(config: Config, say: Say): Promise<number> {
  const findings = [
    ...config.warnings.map((what) => ({ what, ok: false, advice: null })),
    ...(await localFindings(config)),
    ...(await databaseFindings(config)),
    ...(await instanceFindings(config, (use) => withState(config, use))),
    ...(await slackFindings(config)),
  ]
  for (const { what, ok, advice } of findings) say(`${ok ? 'ok  ' : 'FAIL'}  ${what}${advice ? `\n      ${advice}` : ''}`)
  return findings.every((f) => f.ok) ? 0 : 1
}

async function localFindings(config: Config): Promise<Finding[]> {
  return Promise.all([
    finding('PostgreSQL (DATABASE_URL)', 'Is the server up, and may this role create schemas?', () =>
      config.databaseUrl ? askPostgres(config.databaseUrl) : withState(config, async () => undefined),
    ),
    finding('queue (REDIS_URL)', 'Redis must answer, and maxmemory-policy must be noeviction.', () =>
      config.redisUrl ? askRedis(config.redisUrl) : Promise.resolve(),
    ),
    finding(`product (${config.productDir})`, 'slipway product check says more.', async () => {
      if (checkProduct(config.productDir).length > 0) throw new Error('it has findings')
    }),
    finding('policy (POLICY_FILE)', 'Name your people in it: without, nobody may do anything.', async () => {
      if (Object.keys(readPolicy(config.policyFile).people).length === 0) throw new Error('it names nobody')
    }),
    ...[config.intakeDir, config.documentsDir, config.backupDir].map((folder) =>
      finding(`folder ${folder}`, 'It must exist and be writable, shared by all workers.', async () => {
        await mkdir(folder, { recursive: true, mode: 0o750 })
        await access(folder, constants.W_OK)
      }),
    ),
  ])
}

async function slackFindings(config: Config): Promise<Finding[]> {
  const slack = config.slack
  if (!slack)
    return [
      { what: 'Slack (SLACK_*)', ok: false, advice: 'Set SLACK_BOT_TOKEN, SLACK_OPS_CHANNEL and SLACK_SIGNING_SECRET or SLACK_APP_TOKEN.' },
    ]
  return checkSlack({
    botToken: slack.botToken,
    ...(slack.mode === 'socket' ? { appToken: slack.appToken } : {}),
    apiUrl: config.slackApiUrl,
    opsChannel: slack.opsChannel,
    log: createLog({ level: 'silent' }),
  })
}

async function finding(what: string, advice: string, look: () => Promise<unknown>): Promise<Finding> {
  try {
    await look()
    return { what, ok: true, advice: null }
  } catch (error) {
    // What is wrong is the finding.
    return { what: `${what}: ${error instanceof Error ? error.message : String(error)}`, ok: false, advice }
  }
}

async function askPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version_num') as version`)
    if (Number(rows[0]?.version) < 160_000) throw new Error('it is older than 16')
  } finally {
    await client.end()
  }
}

async function askRedis(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null })
  redis.on('error', () => {})
  try {
    await redis.connect()
    const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as string[]
    if (policy !== 'noeviction') throw new Error(`maxmemory-policy is ${policy}`)
  } finally {
    redis.disconnect()
  }
}
