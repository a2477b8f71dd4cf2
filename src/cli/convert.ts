/** `slipway migrate instances`: gives instances from before there were three roles theirs, checks them anew, and puts that on record beside the signed IQ. */
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { instanceServers } from '../app/servers.js'
import { openState, withState } from '../app/state.js'
import { createClock } from '../clock.js'
import { type Config, ConfigError } from '../config.js'
import { appendAudit, systemChain } from '../db/audit.js'
import type { Db } from '../db/connection.js'
import { type OldInstance, readUnconverted, sealMaintenance } from '../db/instance-database.js'
import { boundToMaintenance } from '../db/sealed.js'
import { convertInstance, superusersOf, whoIs } from '../drivers/postgres/convert.js'
import { presenceOf } from '../drivers/postgres/instances.js'
import { templateLines } from '../drivers/postgres/templates.js'
import { postgresDriver, schemaOf } from '../drivers/postgres.js'
import { writeWhole } from '../files.js'
import { identityText, loadProduct, type Product } from '../product/index.js'
import { type InstanceServer, serverUrl } from '../queue/servers.js'
import { keptKeys, open, type SecretKeys, seal } from '../secrets.js'

/**
 * `slipway migrate instances [key]`: what stands on the server of that key (where there is but one, that one). Stop the workers before.
 * Exit code 1 where some instance could not be converted; throws `ConfigError` where a setting is missing.
 */
export async function migrateInstances(config: Config, key: string, say: (line: string) => void): Promise<number> {
  const state = await openState(config)
  const servers = instanceServers(config, state.embedded)
  const server = key ? servers.find((each) => each.key === key) : servers.length === 1 ? servers[0] : undefined
  if (!server)
    throw new ConfigError([
      `name one of the instance servers: ${servers.map((each) => each.key).join(', ') || 'INSTANCE_SERVERS names none'}`,
    ])
  const superuser = config.instancesSuperuserUrl ?? state.embedded?.superuserUrl
  if (!superuser) throw new ConfigError(['INSTANCES_SUPERUSER_URL is missing: a superuser of that server converts what others own'])
  await refuseWeak(superuser, server)
  return withState(config, async (db) => {
    const failed = await convertInstances({
      db,
      servers,
      superuser: { key: server.key, url: superuser },
      product: loadProduct(config.productDir),
      keys: config.secretKeys ?? keptKeys(config.dataDir),
      documentsDir: config.documentsDir,
      urlOf: (instance) => `${config.publicUrl}/instances/${instance}`,
      now: await createClock(config.clock === 'movable').now(db),
      say,
    })
    return failed === 0 ? 0 : 1
  })
}

/** The URL must be a superuser's, of the very server: else each instance would fail with another word. */
async function refuseWeak(superuser: string, { key, url }: InstanceServer): Promise<void> {
  const [found, own] = await Promise.all([whoIs(superuser), whoIs(url)]).catch((error: Error) => {
    throw new ConfigError([`INSTANCES_SUPERUSER_URL or the server ${key}: no connection: ${error.message}`])
  })
  if (!found.super) throw new ConfigError([`INSTANCES_SUPERUSER_URL: ${found.login} is no superuser`])
  if (found.started !== own.started) throw new ConfigError([`INSTANCES_SUPERUSER_URL names another server than ${key}`])
}

interface Converting {
  db: Db
  servers: readonly InstanceServer[]
  /** A superuser's URL of the server whose instances are converted, and that server's key. */
  superuser: InstanceServer
  product: Product
  keys: SecretKeys
  documentsDir: string
  urlOf(instance: string): string
  now: Date
  say(line: string): void
}

/** Converts what stands on the server of `superuser`, one after the other; returns how many could not be. Each is told in a line. */
async function convertInstances(converting: Converting): Promise<number> {
  const { db, superuser, say } = converting
  say(
    `Superusers of ${superuser.key}: ${(await superusersOf(superuser.url)).join(', ')}. Whoever held an instance's login before could have made one: each must be somebody's.`,
  )
  const rows = (await readUnconverted(db)).filter((row) => row.server === superuser.key)
  let failed = 0
  for (const row of rows) {
    try {
      say(await convertOne(converting, row))
    } catch (error) {
      // One instance that cannot be converted keeps no other from it.
      failed += 1
      say(`${row.instance} (${row.database}): not converted: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (rows.length === 0) say(`No instance on ${superuser.key} has to be converted.`)
  return failed
}

async function convertOne(converting: Converting, row: OldInstance): Promise<string> {
  const { db, keys, product, servers, superuser } = converting
  // Known to nobody until it is on record: a run that ends in between is repeated with another.
  const maintenanceSecret = randomBytes(24).toString('base64url')
  const secret = open(keys, row.secret, row.database)
  const at = { server: serverUrl(servers, row.server), database: row.database, role: row.login, secret, maintenanceSecret }
  if ((await presenceOf(at)) === 'absent') return `${row.instance} (${row.database}): is not there; nothing to convert.`
  const expected = await templateLines(at.server, schemaOf(product, row.version))
  await convertInstance({ at, superuser: superuser.url, version: row.version, expected })
  const { version, mustMatch, class: volunteers } = row
  const identity = identityText({
    name: row.instance,
    url: converting.urlOf(row.instance),
    customer: row.slug ?? 'community',
    environment: row.environment,
    role: row.role,
  })
  const checks = await postgresDriver({ product }).check(at, { version, identity, volunteers, ...(mustMatch ? { mustMatch } : {}) })
  const failed = checks.filter(({ result }) => result === 'fail' || result === 'blocked').map(({ id }) => id)
  const record = await writeRecord(converting, row, checks)
  await db.transaction().execute(async (tx) => {
    await sealMaintenance(tx, row.database, seal(keys, maintenanceSecret, boundToMaintenance(row.database)))
    await appendAudit(tx, row.customerId ?? systemChain, converting.now, [
      {
        actor: 'operator',
        verb: 'convert-instance',
        subject: row.instance,
        after: { database: row.database, checks: checks.length, notPassed: failed, ...record },
        why: 'slipway migrate instances: three roles; a signed IQ stays valid for what it said',
      },
    ])
  })
  const said = failed.length === 0 ? `${checks.length} checks passed` : `not passed: ${failed.join(', ')}`
  return `${row.instance} (${row.database}): converted; ${said}. Record: ${record.file}`
}

async function writeRecord(
  { documentsDir, now }: Converting,
  row: OldInstance,
  checks: unknown[],
): Promise<{ file: string; sha256: string }> {
  const folder = row.slug ?? 'community'
  const record = {
    record: 'conversion',
    instance: row.instance,
    environment: row.environment,
    version: row.version,
    convertedAt: now.toISOString(),
    checks,
  }
  const bytes = Buffer.from(`${JSON.stringify(record, null, 2)}\n`)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = `${folder}/CV-${row.instance.toUpperCase()}-${sha256.slice(0, 8)}.json`
  await writeWhole(join(documentsDir, file), bytes)
  return { file, sha256 }
}
