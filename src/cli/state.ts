/** What the command line does about Slipway's own database: `slipway migrate`, and what `slipway doctor` says of it. */

import { lackingSentence, loginOf, migrateState, openState } from '../app/state.js'
import { type Config, ConfigError } from '../config.js'
import { openDatabase } from '../db/connection.js'
import { missingRights, type RuntimeRole } from '../db/grants.js'
import { missingMigrations, refuseNewer } from '../db/migrate.js'
import { changesTrail, closingStatements, readRights } from '../db/ownership.js'
import type { Finding } from './doctor-finding.js'

/**
 * `slipway migrate`: schema, queue and rights, as the owner. `named` are further logins; that of
 * DATABASE_URL has a worker's rights unless named.
 */
export async function migrate(config: Config, named: { bot: string[]; worker: string[] }, say: (line: string) => void): Promise<number> {
  if (!config.migrateUrl) {
    await openState(config)
    say('The embedded database is up to date.')
    return 0
  }
  const owner = loginOf(config.migrateUrl)
  const roles: RuntimeRole[] = [
    ...named.bot.map((name) => ({ name, kind: 'bot' }) as const),
    ...named.worker.map((name) => ({ name, kind: 'worker' }) as const),
  ]
  const { databaseUrl } = config
  if (databaseUrl && new URL(databaseUrl).pathname !== new URL(config.migrateUrl).pathname)
    throw new ConfigError(['MIGRATE_URL names another database than DATABASE_URL'])
  const runtime = databaseUrl ? loginOf(databaseUrl) : owner
  if (runtime !== owner && !roles.some(({ name }) => name === runtime)) roles.push({ name: runtime, kind: 'worker' })
  const { applied, kept, left } = await migrateState({
    ownerUrl: config.migrateUrl,
    queue: !config.redisUrl,
    roles,
    servers: config.instanceServers,
  })
  say(applied.length > 0 ? `Applied: ${applied.join(', ')}` : 'The schema is up to date.')
  for (const { name, kind } of roles) say(`${name} has the rights of a ${kind}.`)
  for (const { name, kind } of kept) say(`${name} has the rights of a ${kind}, as before.`)
  if (applied.length > 0) say('What this version asks of you: docs/upgrading.md.')
  if (left.length > 0) say(`Strangers may still come in: ${owner} does not own the database. Its owner runs\n${lines(left)}`)
  return 0
}

/** What `doctor` says of the rights in the bot's database: of the runtime login, and of strangers. Empty where it cannot be reached. */
export async function databaseFindings(config: Config, kind: RuntimeRole['kind']): Promise<Finding[]> {
  const { url } = await openState(config).catch(() => ({ url: null }))
  if (!url) return []
  const { db, close } = openDatabase(url, 1, () => {})
  try {
    const behind = (await missingMigrations(db)).length > 0
    const lacking = behind ? [] : await missingRights(db, kind)
    const rights = await readRights(db)
    await refuseNewer(db)
    return [
      finding('the schema of DATABASE_URL is up to date', !behind, 'Run slipway migrate.'),
      ...(behind ? [] : [lackingFinding(rights.login, kind, lacking)]),
      ...rightsFindings(rights),
    ]
  } catch (error) {
    // That it cannot be reached is another finding's; that this login may not look is ours.
    return (error as Error).name === 'StateError' ? [finding('the database of DATABASE_URL', false, (error as Error).message)] : []
  } finally {
    await close()
  }
}

function lackingFinding(login: string, kind: RuntimeRole['kind'], lacking: readonly string[]): Finding {
  return finding(
    `the login of DATABASE_URL (${login}) has the rights of a ${kind}`,
    lacking.length === 0,
    lackingSentence(login, kind, lacking),
  )
}

function rightsFindings(rights: Awaited<ReturnType<typeof readRights>>): Finding[] {
  const { login, database } = rights
  const [connect = '', create = ''] = closingStatements(database)
  return [
    finding(
      `the login of DATABASE_URL (${login}) cannot change the audit trail`,
      !changesTrail(rights),
      `${rights.trail.length > 0 ? `It has: ${rights.trail.join(', ')}. ` : ''}${separate(login, database)}`,
    ),
    finding(
      `only named logins may connect to the database ${database}`,
      !(rights.publicConnects || rights.publicTemporary),
      theOwnerRuns(connect),
    ),
    finding('only named logins may create in its schema public', !rights.publicCreates, theOwnerRuns(create)),
  ]
}

/** The way from one login for everything to an owner and a plain login. */
function separate(login: string, database: string): string {
  const statements = [
    "create role slipway_owner login password '…'",
    "create role slipway_runtime login password '…'",
    `alter database ${database} owner to slipway_owner`,
  ]
  const take = `then slipway migrate with MIGRATE_URL of slipway_owner and DATABASE_URL of slipway_runtime, which says what to run where ${login} still owns tables.`
  return `A superuser runs\n${lines(statements)}\n      ${take}`
}

function theOwnerRuns(statement: string): string {
  return `Its owner runs\n${lines([statement])}`
}

function lines(statements: readonly string[]): string {
  return statements.map((statement) => `        ${statement};`).join('\n')
}

function finding(what: string, ok: boolean, advice: string): Finding {
  return { what, ok, advice: ok ? null : advice }
}
