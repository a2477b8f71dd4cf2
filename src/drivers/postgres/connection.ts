/** Connections to instances' servers. Nothing that leaves here carries a password or a row's value: PostgreSQL puts both into its errors. */
import { isNativeError } from 'node:util/types'
import { Client, escapeIdentifier, escapeLiteral } from 'pg'
import { DriverRefused, type InstanceAddress } from '../driver.js'
import { maintenanceOf } from './names.js'

export { Client, escapeIdentifier as ident, escapeLiteral as literal }

/** A table of the product, with its schema: nothing is looked up along a path. */
export function relation(table: string): string {
  return `public.${escapeIdentifier(table)}`
}

/**
 * For every session of the driver. A tenant cannot put anything before the catalogue's own names: what stands in the startup packet wins
 * over the settings of database and role. Its locks on its own tables hold nobody up for longer than `patience` says.
 */
const pinned = [
  'search_path=pg_catalog',
  'idle_in_transaction_session_timeout=30min',
  'tcp_keepalives_idle=30',
  'datestyle=ISO',
  'intervalstyle=postgres',
  'timezone=UTC',
]

/** How long locks are waited for; whoever runs the server may say otherwise in its URL. */
const patience = 'lock_timeout=10s'

/** PostgreSQL 16 is the first that lets a role without superuser rights administer what it made (DESIGN §5). */
export const oldestServer = 160_000

/** A live instance may be busy with an old `CREATE DATABASE` of a killed process; that ends within minutes or not at all. */
const lockMayTake = '10min'

/** SQLSTATE classes whose messages name things, never values. */
const safeClasses = new Set(['08', '0A', '25', '28', '3D', '40', '42', '53', '54', '55', '57', '58', 'XX'])

/** Faults that say what they are by their name, and reach the caller as they are. */
const passedOn = new Set(['AbortError', 'SchemaDiffers', 'DriverRefused'])

interface PostgresError extends Error {
  code: string
  table?: string
  column?: string
  constraint?: string
  where?: string
}

/** A fault with what was being done in front and the cleaned original as its cause. */
export async function doing<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (passedOn.has((error as Error).name)) throw error
    const cause = clean(error)
    throw new Error(`${what}: ${cause.message}`, { cause })
  }
}

/** The error without a row's values: SQLSTATE, table, column and constraint say enough. */
export function clean(error: unknown): Error {
  if (!isPostgresError(error)) return isNativeError(error) ? named(error) : new Error(String(error))
  const { code, table, column, constraint, where } = error
  const place = /COPY \w+, line \d+(?:, column \w+)?/.exec(where ?? '')?.[0]
  const things = [table && `table ${table}`, column && `column ${column}`, constraint && `constraint ${constraint}`, place]
  const message = safeClasses.has(code.slice(0, 2)) ? error.message : `PostgreSQL refused the data (${code})`
  const cleaned = new Error([message, ...things.filter(Boolean)].join(', '))
  return Object.assign(cleaned, { code })
}

/** True for an error that PostgreSQL reported, as opposed to one of the connection. */
export function isPostgresError(error: unknown): error is PostgresError {
  return isNativeError(error) && 'severity' in error && 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code))
}

/** Node gives an unreachable host an AggregateError without a message. */
function named(error: Error & { code?: string }): Error {
  return error.message ? error : Object.assign(new Error(error.code ?? error.name), { cause: error })
}

/** Who connects, and where to; the server's URL says how (host, port, TLS). */
export interface Session {
  database: string
  user: string
  password: string
}

/** The server's URL for another session. */
export function urlFor(server: string, { database, user, password }: Session): string {
  const url = new URL(server)
  url.pathname = `/${encodeURIComponent(database)}`
  url.username = encodeURIComponent(user)
  url.password = encodeURIComponent(password)
  return url.href
}

/** One connection for as long as `use` runs. */
export async function connected<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const { client, close } = await open(url)
  try {
    return await use(client)
  } finally {
    await close()
  }
}

/** A connection to be closed by the caller. Losing it in the middle rejects what is being asked, never the process. */
export async function open(server: string): Promise<{ client: Client; close(): Promise<void> }> {
  const url = new URL(server)
  // What the URL itself says of options would stand in place of ours, not beside it.
  const given = url.searchParams.get('options') ?? ''
  url.searchParams.delete('options')
  const client = new Client({
    connectionString: url.href,
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'slipway',
    options: [`-c ${patience}`, given, ...pinned.map((setting) => `-c ${setting}`)].join(' '),
  })
  client.on('error', () => undefined)
  const close = () => client.end().catch(() => undefined)
  try {
    await client.connect()
    return { client, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** As the server's administrator, in its maintenance database and never in an instance. Refuses servers that are too old. */
export function administering<T>(server: string, use: (admin: Client) => Promise<T>): Promise<T> {
  return connected(server, async (admin) => {
    const { rows } = await admin.query<{ number: number; version: string }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
    )
    const { number = 0, version = '' } = rows[0] ?? {}
    if (number < oldestServer) {
      throw new DriverRefused(
        'server-too-old',
        'R22',
        `The instance server runs PostgreSQL ${version}; 16 is the oldest that is supported.`,
      )
    }
    // What it makes, it may also use and hand on: without this a CREATEROLE role has no more than ADMIN on the roles that it creates.
    await admin.query(`set createrole_self_grant = 'set, inherit'`)
    return use(admin)
  })
}

/** Where Slipway's own login for the instance connects. Refuses instances that have none yet. */
export function maintenanceUrl({ server, database, maintenanceSecret }: InstanceAddress): string {
  if (!maintenanceSecret) {
    const text = `${database} was made before instances had three roles. Run \`slipway migrate instances\` (docs/security.md), then try again.`
    throw new DriverRefused('not-converted', 'R16', text)
  }
  return urlFor(server, { database, user: maintenanceOf(database), password: maintenanceSecret })
}

/** Inside the instance, as Slipway's own login for it. */
export async function inside<T>(at: InstanceAddress, use: (client: Client) => Promise<T>): Promise<T> {
  return connected(maintenanceUrl(at), use)
}

/**
 * All or nothing. After a fault there is no `rollback`: the connection may be in the middle of a COPY that nobody reads any more,
 * where it would wait for ever. Whoever opened the connection closes it, and that rolls back.
 */
export async function transaction<T>(client: Client, run: () => Promise<T>, begin = 'begin'): Promise<T> {
  await client.query(begin)
  const result = await run()
  await client.query('commit')
  return result
}

/**
 * Holds the instance's name while `use` works, against every other driver call on it, of other processes too.
 * The lock belongs to the very connection that `use` gets, so a `CREATE DATABASE` that outlives its killed client still holds it.
 */
export function holding<T>(
  at: Pick<InstanceAddress, 'server' | 'database'>,
  how: 'alone' | 'shared',
  use: (admin: Client) => Promise<T>,
): Promise<T> {
  return administering(at.server, async (admin) => {
    await lockName(admin, at.database, how)
    return use(admin)
  })
}

/** Holds both ends of a copy: the source against being changed from outside, the target alone. Always in the order of names, so that no two copies wait for each other. */
export function holdingBoth<T>(source: InstanceAddress, target: InstanceAddress, use: (admin: Client) => Promise<T>): Promise<T> {
  return administering(source.server, (reading) =>
    administering(target.server, async (admin) => {
      const take = [() => lockName(reading, source.database, 'shared'), () => lockName(admin, target.database, 'alone')]
      if (target.database < source.database) take.reverse()
      for (const next of take) await next()
      return use(admin)
    }),
  )
}

/** Locks a database's name for the rest of the session. */
export async function lockName(admin: Client, database: string, how: 'alone' | 'shared'): Promise<void> {
  const take = how === 'alone' ? 'pg_advisory_lock' : 'pg_advisory_lock_shared'
  await admin.query(`set lock_timeout = '${lockMayTake}'`)
  await admin.query(`select ${take}(hashtext('slipway'), hashtext($1))`, [database])
  await admin.query('reset lock_timeout') // to what the session began with
}
