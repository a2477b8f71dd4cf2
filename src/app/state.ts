/** Slipway's own database: brought up to date by its owner, and verified by those who work with it. */
import { Client } from 'pg'
import type { Config } from '../config.js'
import { type Db, openAsOwner, openDatabase } from '../db/connection.js'
import { grantRuntime, missingRights, type RuntimeRole, runtimeRoles } from '../db/grants.js'
import { migrateDatabase, missingMigrations, refuseNewer } from '../db/migrate.js'
import { changesTrail, closeDatabase, ownerOfTrail, readRights, takeOver, worksWithTrail } from '../db/ownership.js'
import { StateError } from '../db/state-error.js'
import { startEmbedded } from '../embedded/index.js'
import { embeddedRoles } from '../embedded/roles.js'
import { migrateQueue, queueIsCurrent } from '../queue/schema.js'
import type { InstanceServer } from '../queue/servers.js'
import { embeddedServer, nameServers } from './servers.js'

type Tell = { info(message: string): void; warn(message: string): void }

export interface State {
  /** With what bot and worker connect. */
  url: string
  /** Where it is the embedded server: its superuser, and the login that administers instances there. */
  embedded: { superuserUrl: string; instancesUrl: string } | null
  stop(): Promise<void>
}

/**
 * Where the state is: DATABASE_URL, or else the embedded server, which is started, has its roles made and is migrated; `stop` ends it.
 * `fast` is for tests.
 */
export async function openState(config: Pick<Config, 'databaseUrl' | 'dataDir'>, log?: Tell, fast = false): Promise<State> {
  if (config.databaseUrl) return { url: config.databaseUrl, embedded: null, stop: async () => {} }
  const { dataDir } = config
  const server = await startEmbedded({ dataDir, fast, ...(log ? { log } : {}) })
  const urls = await embeddedRoles({ url: server.url, dataDir })
  await withOwner(server.url, (db) => takeOver(db, loginOf(urls.owner)))
  const roles = [{ name: loginOf(urls.runtime), kind: 'worker' }] as const
  await migrateState({ ownerUrl: urls.owner, queue: true, roles, servers: [embeddedServer] })
  return { url: urls.runtime, embedded: { superuserUrl: server.url, instancesUrl: server.instancesUrl }, stop: server.stop }
}

export interface Migration {
  /** The owner's. */
  ownerUrl: string
  /** Whether the queue is on PostgreSQL. */
  queue: boolean
  /** Who is to work with it. */
  roles: readonly RuntimeRole[]
  /** The servers of the settings: rows that still hold an address get their keys. */
  servers?: readonly InstanceServer[]
}

interface Migrated {
  applied: string[]
  /** Who was not named, and had rights before: they have them anew, on what is new too. */
  kept: RuntimeRole[]
  /** What somebody else must run to close the database to strangers. */
  left: string[]
}

/**
 * Brings schema, queue and rights up to date as the owner, of the roles named and of those that had them before. Throws a `StateError`, naming the statements, where the login cannot become the owner of what is there.
 */
export async function migrateState({ ownerUrl, queue, roles: named, servers = [] }: Migration): Promise<Migrated> {
  const owner = loginOf(ownerUrl)
  return withOwner(ownerUrl, async (db) => {
    const before = await ownerOfTrail(db)
    const needed = await takeOver(db, owner)
    // Tables that have an owner of their own already are not for somebody else to take: whoever works with them could change the trail then.
    if (needed && before && !before.superuser && (await worksWithTrail(db, owner)))
      throw new StateError(
        `The tables belong to ${before.name}, and ${owner} is a login that works with them: set MIGRATE_URL to ${before.name}.`,
      )
    if (needed)
      throw new StateError(
        `The tables belong to another login, and ${owner} may not take them. A superuser runs this in the database, then migrate again:\n${needed.map((statement) => `${statement};`).join('\n')}`,
      )
    const kept = (await runtimeRoles(db)).filter(({ name }) => !named.some((each) => each.name === name))
    const roles = [...named, ...kept]
    const names = roles.map(({ name }) => name)
    const applied = await migrateDatabase(db)
    await nameServers(db, servers)
    await grantRuntime(db, roles)
    if (queue) await migrateQueue(ownerUrl, names)
    return { applied, kept, left: await closeDatabase(db, names, queue) }
  })
}

async function withOwner<T>(url: string, use: (db: Db) => Promise<T>): Promise<T> {
  const { db, close } = openAsOwner(url, () => {})
  try {
    return await use(db)
  } finally {
    await close()
  }
}

/**
 * Refuses (`StateError`) to work with a database that is not up to date, or is ahead of this release, or with a login that lacks rights of
 * its `kind` (null: not looked at), and warns of a login that may do more than it needs.
 */
export async function verifyState(
  db: Db,
  { url, queue, kind }: { url: string; queue: boolean; kind: RuntimeRole['kind'] | null },
  warn: (sentence: string) => void,
): Promise<void> {
  const missing = await missingMigrations(db)
  if (missing.length > 0) throw new StateError(`The database's schema is not up to date (${missing.join(', ')}): run slipway migrate.`)
  await refuseNewer(db)
  const lacking = kind ? await missingRights(db, kind) : []
  if (kind && lacking.length > 0) throw new StateError(lackingSentence(loginOf(url), kind, lacking))
  if (queue && !(await queueIsCurrent(url)))
    throw new StateError('The queue in the database is not up to date, or not for this login: run slipway migrate without REDIS_URL.')
  const rights = await readRights(db)
  if (changesTrail(rights))
    warn(`the login ${rights.login} may change the audit trail: give the tables another owner (MIGRATE_URL); slipway doctor says how`)
}

/** What a login lacks, and what to run. */
export function lackingSentence(login: string, kind: RuntimeRole['kind'], lacking: readonly string[]): string {
  const said = lacking.length > 6 ? `${lacking.slice(0, 6).join(', ')} and ${lacking.length - 6} more` : lacking.join(', ')
  return `The login ${login} lacks in the schema slipway: ${said}. Run slipway migrate --${kind}-role ${login} with MIGRATE_URL.`
}

/** The user of a database's URL. */
export function loginOf(url: string): string {
  return new Client({ connectionString: url }).user ?? ''
}

/** Opens the state for one look or change of the command line, as bot and worker see it; an embedded server keeps running. */
export async function withState<T>(config: Pick<Config, 'databaseUrl' | 'dataDir' | 'redisUrl'>, use: (db: Db) => Promise<T>): Promise<T> {
  const { url } = await openState(config)
  const { db, close } = openDatabase(url, 2, () => {})
  try {
    await verifyState(db, { url, queue: false, kind: null }, () => {})
    return await use(db)
  } finally {
    await close()
  }
}
