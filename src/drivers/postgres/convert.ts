/**
 * Instances from before there were three roles: the login that the application uses owned everything, and could leave things there for
 * whoever came. They are converted by a superuser, who runs nothing of theirs: the path is pinned, and only the catalogue is read and changed.
 */
import { DriverRefused, type InstanceAddress } from '../driver.js'
import { administering, type Client, connected, ident, literal, lockName, transaction, urlFor } from './connection.js'
import { ensureFrozenCode } from './freeze.js'
import { connectionLimit } from './instances.js'
import { ownerOf } from './names.js'
import { giveOwnership, grantApplication, moveDefinerFunctions, revokeAll, revokePublic, revokeWriting } from './ownership.js'
import { systemRights, systemStrangers } from './rights-catalog.js'
import { applicationConnections, ensureRoles } from './roles.js'
import { refuseDifference } from './schema.js'

/** What owned frozen instances and their functions, and templates, before. */
const formerOwners = ['slipway_frozen', 'slipway_frozen_code', 'slipway_template']

export interface Conversion {
  at: InstanceAddress
  /** A superuser's URL of the same server. */
  superuser: string
  version: string
  /** The lines of the version's schema on that server. */
  expected: readonly string[]
}

/**
 * Gives the instance its three roles; safe to repeat, also after it was interrupted anywhere. Throws `SchemaDiffers` where its schema is not
 * its version's, and refuses what only a person should decide about: nothing was changed then but that the database is no template and
 * takes connections. Whatever fails, its application may connect again.
 */
export async function convertInstance(conversion: Conversion): Promise<void> {
  const { at, superuser } = conversion
  const frozenCode = await administering(at.server, ensureFrozenCode)
  const administrator = decodeURIComponent(new URL(at.server).username)
  await administering(superuser, async (admin) => {
    await lockName(admin, at.database, 'alone')
    const before = await admin.query<{ owner: string; frozen: boolean; limit: number }>(
      `select pg_get_userbyid(d.datdba) as owner, r.rolconnlimit as limit,
              exists (select from pg_db_role_setting s where s.setdatabase = d.oid and s.setrole = 0
                         and 'default_transaction_read_only=on' = any (s.setconfig)) as frozen
         from pg_database d join pg_roles r on r.rolname = $2 where datname = $1`,
      [at.database, at.role],
    )
    const [was] = before.rows
    if (!was) throw new Error(`${at.database} or its login ${at.role} is not there`)
    const frozen = was.frozen || was.owner === 'slipway_frozen'
    await shutOut(admin, at)
    try {
      await connected(urlOf(conversion), (client) => refuseWhatIsStrange(client, conversion))
      await takeSettings(admin, at)
      // Whoever had been let in by a grant that is gone now.
      await endSessions(admin, at.database)
      // From here on its administrator can do the rest; what it grants itself it can also take back before a drop.
      await admin.query(`grant ${ident(at.role)} to ${ident(administrator)} with admin true, inherit true, set true`)
      await administering(at.server, (own) => ensureRoles(own, at))
      await admin.query(`alter role ${ident(at.role)} connection limit 0`)
      const work = { at, frozen, frozenCode }
      await connected(urlOf(conversion), (client) => transaction(client, () => handOver(client, work), 'begin read write'))
    } catch (error) {
      // Its application works on as before; what was set already is set again by the next run.
      if (frozen) await admin.query(`alter database ${ident(at.database)} set default_transaction_read_only = on`)
      await admin.query(`alter role ${ident(at.role)} connection limit ${was.limit || -1}`)
      throw error
    }
    await admin.query(`alter role ${ident(at.role)} connection limit ${applicationConnections}`)
    await admin.query(`grant connect on database ${ident(at.database)} to ${ident(at.role)}`)
  })
}

/** Whose login a server's URL is, whether a superuser's, and when the server was started (which tells servers apart). */
export function whoIs(server: string): Promise<{ login: string; super: boolean; started: string }> {
  return administering(server, async (admin) => {
    const { rows } = await admin.query<{ login: string; super: boolean; started: string }>(
      `select current_user as login, rolsuper as super, pg_postmaster_start_time()::text as started from pg_roles where rolname = current_user`,
    )
    return rows[0] ?? { login: '', super: false, started: '' }
  })
}

/** The names of the server's superusers, for a person to look at: before the conversion a tenant could make one. */
export function superusersOf(superuser: string): Promise<string[]> {
  return administering(superuser, async (admin) => {
    const { rows } = await admin.query<{ rolname: string }>(`select rolname from pg_roles where rolsuper order by rolname`)
    return rows.map(({ rolname }) => rolname)
  })
}

function urlOf({ at, superuser }: Conversion): string {
  const { username, password } = new URL(superuser)
  return urlFor(superuser, { database: at.database, user: decodeURIComponent(username), password: decodeURIComponent(password) })
}

/** Nobody of the tenant's is connected, or can come, while it is looked at. */
async function shutOut(admin: Client, { database, role }: InstanceAddress): Promise<void> {
  await admin.query(`alter role ${ident(role)} connection limit 0`)
  await admin.query(`alter database ${ident(database)} is_template false`)
  await admin.query(`alter database ${ident(database)} allow_connections true`)
  await endSessions(admin, database)
}

/** Every session in the database, whosever it is; waits up to 10 s for each to be gone. */
async function endSessions(admin: Client, database: string): Promise<void> {
  await admin.query(`select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()`, [
    database,
  ])
}

async function refuseWhatIsStrange(client: Client, { at, version, expected }: Conversion): Promise<void> {
  await refuseDifference(client, at.database, version, expected)
  const { rows } = await client.query<{ what: string }>(
    `select 'event trigger ' || evtname as what from pg_event_trigger
      union all select 'prepared transaction ' || gid from pg_prepared_xacts where database = current_database()
      union all select 'default privileges of ' || defaclrole::regrole::text from pg_default_acl
      union all select x from (${systemStrangers}) s (x) where x <> '(none)'
      union all select 'rights on ' || x from (${systemRights}) s (x) where x <> '(none)'`,
  )
  if (rows.length === 0) return
  const text = `${at.database} holds what no instance has: ${rows.map(({ what }) => what).join(', ')}. A superuser looks at it and removes it, then runs this again.`
  throw new DriverRefused('not-converted', 'R16', text)
}

/** What the tenant may have set on database and login, and every membership, is taken off. */
async function takeSettings(admin: Client, { database, role }: InstanceAddress): Promise<void> {
  await admin.query(`alter database ${ident(database)} connection limit ${connectionLimit}`)
  await admin.query(`alter database ${ident(database)} reset all`)
  await admin.query(`alter role ${ident(role)} reset all`)
  await admin.query(`alter role ${ident(role)} in database ${ident(database)} reset all`)
  await admin.query(`alter role ${ident(role)} nosuperuser nocreatedb nocreaterole noreplication nobypassrls`)
  const { rows } = await admin.query<{ role: string; member: string }>(
    `select r.rolname as role, m.rolname as member from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member
      where $1 in (r.rolname, m.rolname)`,
    [role],
  )
  for (const each of rows) await admin.query(`revoke ${ident(each.role)} from ${ident(each.member)}`)
  const { rows: others } = await admin.query<{ grantee: string | null }>(
    `select distinct case a.grantee when 0 then null else pg_get_userbyid(a.grantee) end as grantee
       from pg_database d cross join lateral aclexplode(d.datacl) a where d.datname = $1 and a.grantee <> d.datdba`,
    [database],
  )
  for (const { grantee } of others)
    await admin.query(`revoke all on database ${ident(database)} from ${grantee === null ? 'public' : ident(grantee)}`)
}

interface HandOver {
  at: InstanceAddress
  frozen: boolean
  frozenCode: string
}

async function handOver(client: Client, { at, frozen, frozenCode }: HandOver): Promise<void> {
  const owner = ownerOf(at.database)
  await client.query(`alter database ${ident(at.database)} owner to ${ident(owner)}`)
  await client.query(`revoke all on database ${ident(at.database)} from ${ident(at.role)}`)
  await giveOwnership(client, [at.role, ...formerOwners], owner)
  for (const grantee of await granteesIn(client, owner)) await revokeAll(client, grantee)
  await revokePublic(client)
  await grantApplication(client, at.role)
  if (!frozen) return
  await revokeWriting(client, at.role)
  await moveDefinerFunctions(client, owner, frozenCode)
  await client.query(`alter database ${ident(at.database)} set default_transaction_read_only = on`)
}

/** Roles that something in the database was granted to, besides its owner. */
async function granteesIn(client: Client, owner: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct r.rolname as name from pg_shdepend d join pg_database b on b.oid = d.dbid and b.datname = current_database()
       join pg_roles r on r.oid = d.refobjid
      where d.refclassid = 'pg_authid'::regclass and d.deptype = 'a' and r.rolname <> ${literal(owner)}`,
  )
  return rows.map(({ name }) => name)
}
