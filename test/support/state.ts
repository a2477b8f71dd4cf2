/** Slipway's own database for tests, as `slipway migrate` leaves it: tables of an owner, and the login that bot and worker have. */
import { migrateState } from '../../src/app/state.js'
import { closedDatabase, connected, dropDatabase, freshName, inDatabase, sql, testServer } from './postgres.js'

const roles = { owner: 'slipway_test_owner', runtime: 'slipway_test_runtime', bot: 'slipway_test_bot' }
const password = 'test'

export interface StateDatabase {
  name: string
  /** The login of bot and worker. */
  url: string
  /** That of a bot alone. */
  botUrl: string
  ownerUrl: string
  /** The server's superuser, in this database. */
  superuserUrl: string
  drop(): Promise<void>
}

/** An empty state, or a copy of the database `template` (one that was made here). Tables and their rights come with the copy. */
export async function stateDatabase(template?: string): Promise<StateDatabase> {
  const server = await testServer()
  const name = freshName()
  const { owner, runtime, bot } = roles
  await closedDatabase(server, { name, template: template ?? (await migrated(server)), owner, open: [runtime, bot] })
  const url = inDatabase(server, name)
  const as = (role: string) => withLogin(url, role)
  return { name, url: as(runtime), botUrl: as(bot), ownerUrl: as(owner), superuserUrl: url, drop: () => dropDatabase(server, name) }
}

let known: Promise<string> | undefined

/** What the states of a run are copied from, made by whoever needs it first; its name is that of the run (global-setup.ts). */
function migrated(server: string): Promise<string> {
  known ??= connected(server, async (client) => {
    const name = process.env['SLIPWAY_TEST_TEMPLATE']
    if (!name) throw new Error('finding the template of states: test/support/global-setup.ts has not run')
    await client.query(`select pg_advisory_lock(hashtext('slipway test template'))`)
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (!rowCount) await makeTemplate(server, name)
    return name
  })
  return known
}

/** Under its name only once it is whole, and then nobody connects to it: nobody copies a database that somebody is in. */
async function makeTemplate(server: string, name: string): Promise<void> {
  for (const role of Object.values(roles)) await makeRole(server, role)
  const making = freshName()
  await closedDatabase(server, { name: making, owner: roles.owner })
  const named = [
    { name: roles.runtime, kind: 'worker' },
    { name: roles.bot, kind: 'bot' },
  ] as const
  await migrateState({ ownerUrl: withLogin(inDatabase(server, making), roles.owner), queue: true, roles: named })
  await sql(server, `alter database "${making}" allow_connections false`)
  await sql(server, `alter database "${making}" rename to "${name}"`)
}

/** Customers of these ids, and of nothing else: a chain of the audit trail is the system's or a customer's. */
export async function makeCustomers(url: string, ...ids: string[]): Promise<void> {
  await sql(
    url,
    `insert into slipway.customer (id, slug, name, state, legacy, policy_version, since, created_at)
     select id, id, id, 'live', false, '1', now(), now() from unnest($1::text[]) id`,
    [ids],
  )
}

/** Makes a plain login, where another test file has not made it before or just now. */
export async function makeRole(server: string, role: string): Promise<void> {
  const statement = `create role "${role}" login password '${password}'`
  await sql(server, statement).catch((error: { code?: string }) => {
    if (error.code !== '42710' && error.code !== '23505') throw error
  })
}

/** The same database with another of our logins. */
export function withLogin(url: string, role: string): string {
  const own = new URL(url)
  own.username = role
  own.password = password
  return own.href
}
