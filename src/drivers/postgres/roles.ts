/** The three roles of an instance, and logins that live only as long as one piece of work. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { DriverRefused, type InstanceAddress } from '../driver.js'
import { type Client, connected, ident, isPostgresError, literal, transaction, urlFor } from './connection.js'
import { maintenanceOf, ownerOf } from './names.js'

/** So many sessions a login may hold: enough for an application's pool, too few to use up a server's connections (300 in compose). */
export const applicationConnections = 20
/** Slipway's copies take two lanes, checks one session; several steps may be at one instance. */
export const maintenanceConnections = 12
/** A login that its maker could not take away, because it was killed, stops working after this time. */
const temporaryFor = '30 minutes'

const insufficient = '42501'
/** The parameter that switches triggers off while rows are loaded; setting it is a right that the administrator hands on. */
const parameter = 'session_replication_role'

/** Makes owner, application's login and maintenance login, or brings those that are there to the same state. Passwords are stored as verifiers. */
export async function ensureRoles(admin: Client, { role, secret, database, maintenanceSecret }: InstanceAddress): Promise<void> {
  const [owner, maintenance] = [ownerOf(database), maintenanceOf(database)]
  await transaction(admin, async () => {
    await ensureRole(admin, owner, database, 'nologin')
    await ensureRole(admin, role, database, `login connection limit ${applicationConnections} password ${verifier(secret)}`)
    const own = `login connection limit ${maintenanceConnections} password ${verifier(maintenanceSecret)}`
    await ensureRole(admin, maintenance, database, own)
    await admin.query(`grant ${ident(owner)} to ${ident(maintenance)} with inherit true, set true`)
    await grantParameter(admin, maintenance)
  })
}

async function grantParameter(admin: Client, login: string): Promise<void> {
  await lockParameter(admin)
  await admin.query(`grant set on parameter ${parameter} to ${ident(login)}`)
  // Without the right to hand it on, PostgreSQL only warns.
  const { rows } = await admin.query<{ may: boolean }>(`select has_parameter_privilege($1, $2, 'set') as may`, [login, parameter])
  if (rows[0]?.may) return
  const { rows: me } = await admin.query<{ name: string }>(`select current_user as name`)
  const statement = `grant set on parameter ${parameter} to ${ident(me[0]?.name ?? '')} with grant option`
  throw new DriverRefused(
    'server-rights',
    'R22',
    `The login for the instance server may not hand on ${parameter}: a superuser runs \`${statement}\`.`,
  )
}

/** All grants on a parameter share a row of the catalogue, and PostgreSQL lets two who change it at a time fail. To the end of the transaction. */
async function lockParameter(admin: Client): Promise<void> {
  await admin.query(`select pg_advisory_xact_lock(hashtext('slipway'), hashtext($1))`, [parameter])
}

/** The role carries the database's name before the database exists, so that a database without its mark is found too. */
async function ensureRole(admin: Client, role: string, database: string, attributes: string): Promise<void> {
  const { rowCount } = await admin.query(`select from pg_roles where rolname = $1`, [role])
  await admin.query(`${rowCount ? 'alter' : 'create'} role ${ident(role)} ${attributes}`)
  await admin.query(`comment on role ${ident(role)} is ${literal(markOf(database))}`)
}

/** A role that only owns things, shared by what this administrator makes. Safe to repeat, also at the same time elsewhere. */
export async function ensureOwning(admin: Client, role: string): Promise<void> {
  await admin.query(
    `do $$ begin execute pg_catalog.format('create role %I nologin', ${literal(role)});
     exception when duplicate_object or unique_violation then null; end $$`,
  )
}

/** What stands as comment on everything that Slipway makes for a database. */
export function markOf(database: string): string {
  return `slipway:${database}`
}

/** Drops every role that carries the database's mark, the parameter's grant first, for PostgreSQL keeps a role that something was granted to. */
export async function dropRoles(admin: Client, at: Pick<InstanceAddress, 'database' | 'role'>): Promise<void> {
  const { rows } = await admin.query<{ rolname: string }>(
    `select rolname from pg_roles where rolname = any ($1) or shobj_description(oid, 'pg_authid') = $2 order by rolname`,
    [[at.role, ownerOf(at.database), maintenanceOf(at.database)], markOf(at.database)],
  )
  for (const { rolname } of rows) await dropRole(admin, rolname)
}

async function dropRole(admin: Client, role: string): Promise<void> {
  const { rowCount } = await admin.query(
    `select from pg_parameter_acl p cross join lateral aclexplode(p.paracl) a join pg_roles r on r.oid = a.grantee where r.rolname = $1`,
    [role],
  )
  await transaction(admin, async () => {
    if (rowCount) {
      await lockParameter(admin)
      await admin.query(`revoke set on parameter ${parameter} from ${ident(role)}`)
    }
    await admin.query(`drop role if exists ${ident(role)}`)
  })
}

/**
 * A session in the database as a login that is made for it and dropped after it: a member of `roles`, with their rights and no others.
 * So nobody who administers the server has to connect there, and nothing depends on a password that a tenant may have changed.
 */
export async function asTemporary<T>(
  admin: Client,
  { server, database }: Pick<InstanceAddress, 'server' | 'database'>,
  roles: readonly string[],
  use: (client: Client, login: string) => Promise<T>,
): Promise<T> {
  await dropExpired(admin, database)
  const login = `${database}_${randomBytes(4).toString('hex')}`
  const password = randomBytes(24).toString('base64url')
  const { rows } = await admin.query<{ until: string }>(`select (now() + $1::interval)::text as until`, [temporaryFor])
  await transaction(admin, async () => {
    await ensureRole(admin, login, database, `login password ${verifier(password)} valid until ${literal(rows[0]?.until ?? '')}`)
    for (const role of new Set(roles)) await admin.query(`grant ${ident(role)} to ${ident(login)} with inherit true, set true`)
  })
  try {
    return await connected(urlFor(server, { database, user: login, password }), (client) => use(client, login))
  } finally {
    // One that cannot be dropped now expires, and goes with its database.
    await admin.query(`drop role if exists ${ident(login)}`).catch(() => undefined)
  }
}

/** Temporary logins whose makers were killed. */
async function dropExpired(admin: Client, database: string): Promise<void> {
  const { rows } = await admin.query<{ rolname: string }>(
    `select rolname from pg_roles where rolvaliduntil < now() and shobj_description(oid, 'pg_authid') = $1`,
    [markOf(database)],
  )
  for (const { rolname } of rows) await dropRole(admin, rolname)
}

/** What PostgreSQL keeps of a password, worked out here: a server that logs statements would log the password itself. */
export function verifier(secret: string): string {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(secret.normalize('NFKC'), salt, 4096, 32, 'sha256')
  const mac = (text: string) => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(mac('Client Key')).digest('base64')
  return literal(`SCRAM-SHA-256$4096:${salt.toString('base64')}$${stored}:${mac('Server Key').toString('base64')}`)
}

/** True for the refusal of a right. */
export function isInsufficient(error: unknown): boolean {
  return isPostgresError(error) && error.code === insufficient
}
