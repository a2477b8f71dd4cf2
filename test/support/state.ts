/** Slipway's own database for tests, as `slipway migrate` leaves it: tables of an owner, and the login that bot and worker have. */
import { migrateState } from '../../src/main-state.js'
import { freshDatabase, sql, testServer } from './postgres.js'

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

/** An empty state, or a copy of the database `template` (one that was made here). */
export async function stateDatabase(template?: string): Promise<StateDatabase> {
  const server = await testServer()
  for (const role of Object.values(roles)) await makeRole(server, role)
  const { url, name, drop } = await freshDatabase(template)
  await sql(server, `alter database "${name}" owner to ${roles.owner}`)
  const as = (role: string) => withLogin(url, role)
  const named = [
    { name: roles.runtime, kind: 'worker' },
    { name: roles.bot, kind: 'bot' },
  ] as const
  await migrateState({ ownerUrl: as(roles.owner), queue: true, roles: named })
  return { name, url: as(roles.runtime), botUrl: as(roles.bot), ownerUrl: as(roles.owner), superuserUrl: url, drop }
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
