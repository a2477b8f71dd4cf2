/** What an instance server must be before a customer's data goes there: nobody's login may reach a database that is not its own. */
import { DriverRefused } from '../driver.js'
import { type Client, ident } from './connection.js'

/** Databases that PUBLIC, and with it every tenant, may connect to. */
export async function openDatabases(admin: Client): Promise<string[]> {
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database where datallowconn and has_database_privilege('public', oid, 'connect') order by datname`,
  )
  return rows.map(({ datname }) => datname)
}

/** What a superuser, or the database's owner, runs to close it. */
export function closing(database: string): string {
  return `revoke connect, temporary on database ${ident(database)} from public`
}

/**
 * Refuses a server on which a tenant could connect to a database that is not its own (and stop others by locks there, or read names).
 * The maintenance databases, and those that Slipway made, are closed here where the administrator may; a REVOKE by somebody else only warns, so what is believed
 * is what the server says afterwards.
 */
export async function refuseOpen(admin: Client): Promise<void> {
  await refusePrepared(admin)
  let open = await openDatabases(admin)
  if (open.length === 0) return
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database
      where datname = any ($1) and pg_has_role(datdba, 'usage')
        and (datname in (current_database(), 'postgres', 'template1') or shobj_description(oid, 'pg_database') like 'slipway%')`,
    [open],
  )
  for (const { datname } of rows) await admin.query(closing(datname))
  open = await openDatabases(admin)
  if (open.length === 0) return
  const text = `The instance server is open: every login may connect to ${open.join(', ')}. A superuser there runs: ${open.map(closing).join('; ')}.`
  throw new DriverRefused('server-open', 'R30', text)
}

/** What a superuser runs so that no transaction outlives its session; the server has to be started anew. */
export const withoutPrepared = 'alter system set max_prepared_transactions = 0'

/** True where a transaction can be prepared: it outlives its session, so that it could be committed after a freeze, and keeps a database from being dropped. */
export async function allowsPrepared(admin: Client): Promise<boolean> {
  const { rows } = await admin.query<{ some: boolean }>(`select current_setting('max_prepared_transactions')::int > 0 as some`)
  return rows[0]?.some ?? false
}

async function refusePrepared(admin: Client): Promise<void> {
  if (!(await allowsPrepared(admin))) return
  const text = `The instance server allows prepared transactions, which outlive a freeze. A superuser there runs: ${withoutPrepared}; then the server is started anew.`
  throw new DriverRefused('server-open', 'R15', text)
}
