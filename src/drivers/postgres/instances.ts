/** An instance's outer shell: its roles and its database, made, marked, looked for and dropped. */
import { DriverRefused, type InstanceAddress, type Presence } from '../driver.js'
import { administering, type Client, holding, ident, inside, isPostgresError, literal, transaction } from './connection.js'
import { maintenanceOf, ownerOf } from './names.js'
import { giveOwnership, grantApplication, revokeAll, strangersIn } from './ownership.js'
import { asTemporary, dropRoles, ensureRoles, isInsufficient, markOf } from './roles.js'
import { schemaLines } from './schema.js'
import { refuseOpen } from './server.js'
import { ensureTemplate, templateOwner, type VersionSchema } from './templates.js'

const largeBytes = 64 * 1024 * 1024
/** The application's and Slipway's own sessions together, and some for a person who looks. */
export const connectionLimit = 40

/** Makes, or makes again, the instance from its version's template. */
export async function createInstance(at: InstanceAddress, schema: VersionSchema): Promise<void> {
  const template = await ensureTemplate(at.server, schema)
  await holding(at, 'alone', async (admin) => {
    const clean = await makeFrom(admin, at, { template, owners: [await templateOwner(admin)] })
    if (!clean) throw new Error(`the template ${template} grants something to a role that is not the instance's`)
  })
}

/** What an instance is copied from. */
export interface Origin {
  template: string
  /** The roles that own the things in there. */
  owners: readonly string[]
  /** The role that was granted something there, and must not keep it in the copy. */
  application?: string
  /** Done in the copy, as the instance's own maintenance login, before the application's can connect. */
  prepare?(): Promise<void>
}

/**
 * Nobody can connect to the copy before it is its owner's, not for a moment: it is made closed, and opened when PUBLIC has no right left.
 * False where the copy holds something of roles that are not its own and that cannot be taken off; it has to be made another way then.
 */
export async function makeFrom(admin: Client, at: InstanceAddress, origin: Origin): Promise<boolean> {
  const [database, owner] = [ident(at.database), ownerOf(at.database)]
  await refuseOpen(admin)
  await refuseStrangers(admin, at)
  await ensureRoles(admin, at)
  await dropDatabase(admin, at.database)
  await admin.query(
    `create database ${database} owner ${ident(owner)} template ${ident(origin.template)} allow_connections false
       connection limit ${connectionLimit} strategy ${await strategy(admin, origin.template)}`,
  )
  await admin.query(`comment on database ${database} is ${literal(`slipway:${at.role}`)}`)
  await admin.query(`revoke all on database ${database} from public`)
  await admin.query(`alter database ${database} allow_connections true`)
  await asTemporary(admin, at, [owner, ...origin.owners], (client) =>
    transaction(client, async () => {
      await giveOwnership(client, origin.owners, owner)
      if (origin.application) await revokeAll(client, origin.application)
    }),
  )
  await origin.prepare?.()
  const clean = await inside(at, async (client) => {
    await transaction(client, () => grantApplication(client, at.role))
    return (await strangersIn(client, [owner, at.role])) === 0
  })
  // The last of all: an instance whose application may connect is whole.
  if (clean) await admin.query(`grant connect on database ${database} to ${ident(at.role)}`)
  return clean
}

/** A schema of some megabytes is quicker written to the log than copied as files with two checkpoints; much data is not. */
async function strategy(admin: Client, template: string): Promise<string> {
  const { rows } = await admin.query<{ large: boolean }>(`select pg_database_size($1) > $2 as large`, [template, largeBytes])
  return rows[0]?.large ? 'file_copy' : 'wal_log'
}

/** A database or a role of these names that Slipway did not make for each other is somebody else's: hands off. */
async function refuseStrangers(admin: Client, { database, role }: Pick<InstanceAddress, 'database' | 'role'>): Promise<void> {
  const { rows } = await admin.query<{ stranger: string }>(
    `select 'database ' || datname as stranger from pg_database d
      where datname = $1 and coalesce(shobj_description(oid, 'pg_database'), '') not like 'slipway:%'
        and not exists (select from pg_roles r where shobj_description(r.oid, 'pg_authid') = 'slipway:' || d.datname)
      union all
     select 'role ' || rolname from pg_roles where rolname = any ($2) and shobj_description(oid, 'pg_authid') is distinct from $3`,
    [database, [role, ownerOf(database), maintenanceOf(database)], markOf(database)],
  )
  if (rows.length > 0) throw new Error(`${rows.map(({ stranger }) => stranger).join(' and ')} belongs to somebody else`)
}

/** Absent, open or frozen. A frozen database says so in its own settings, which only its owner may change. */
export async function presenceOf(at: InstanceAddress): Promise<Presence> {
  return administering(at.server, (admin) => readPresence(admin, at.database))
}

/** As `presenceOf`, on a connection that is there. */
export async function readPresence(admin: Client, database: string): Promise<Presence> {
  const { rows } = await admin.query<{ frozen: boolean }>(
    `select exists (select from pg_db_role_setting s where s.setdatabase = d.oid and s.setrole = 0
                       and 'default_transaction_read_only=on' = any (s.setconfig)) as frozen
       from pg_database d where datname = $1`,
    [database],
  )
  if (!rows[0]) return 'absent'
  return rows[0].frozen ? 'frozen' : 'open'
}

/** True when the last `create` or copy came to its end: its application may connect, and it has all of its version's schema. */
export async function isWhole(at: InstanceAddress, expected: readonly string[]): Promise<boolean> {
  const { rowCount } = await administering(at.server, (admin) =>
    admin.query(
      `select from pg_database d join pg_roles r on r.rolname = $2
        where datname = $1 and pg_get_userbyid(datdba) = $3 and has_database_privilege(r.oid, d.oid, 'connect')`,
      [at.database, at.role, ownerOf(at.database)],
    ),
  )
  return rowCount === 1 && (await inside(at, schemaLines)).join() === expected.join()
}

/** Drops the database, whatever was set on it. A superuser's session can be ended by a superuser only: then this is refused with a word. */
async function dropDatabase(admin: Client, name: string): Promise<void> {
  const { rows } = await admin.query<{ template: boolean; ours: boolean; owner: string }>(
    `select datistemplate as template, pg_has_role(datdba, 'usage') as ours, pg_get_userbyid(datdba) as owner from pg_database where datname = $1`,
    [name],
  )
  if (rows.length === 0) return
  if (!rows[0]?.ours) {
    const text = `${name} belongs to ${rows[0]?.owner}, which Slipway's login for this server cannot act for. Run \`slipway migrate instances\` (docs/security.md), then try again.`
    throw new DriverRefused('not-converted', 'R42', text)
  }
  if (rows[0]?.template) await admin.query(`alter database ${ident(name)} is_template false`)
  try {
    await admin.query(`drop database if exists ${ident(name)} with (force)`)
  } catch (error) {
    if (!isInsufficient(error) && !(isPostgresError(error) && error.code === '55006')) throw error
    const sessions = await admin.query<{ who: string }>(
      `select distinct usename as who from pg_stat_activity where datname = $1 and usename is not null and not pg_has_role(usesysid, 'usage')`,
      [name],
    )
    if (sessions.rows.length === 0) throw error
    const who = sessions.rows.map((row) => row.who).join(', ')
    const text = `${name} cannot be dropped while ${who} is connected to it, whose sessions Slipway may not end. Close that session, then try again.`
    throw new DriverRefused('superuser-connected', 'R42', text)
  }
}

/** Drops database and roles, and looks afterwards. */
export async function dropInstance(at: Pick<InstanceAddress, 'server' | 'database' | 'role'>): Promise<void> {
  await holding(at, 'alone', async (admin) => {
    await refuseStrangers(admin, at)
    await dropDatabase(admin, at.database)
    await dropRoles(admin, at)
    const left = await admin.query(
      `select from pg_database where datname = $1 union all
       select from pg_roles where rolname = any ($2) or shobj_description(oid, 'pg_authid') = $3`,
      [at.database, [at.role, ownerOf(at.database), maintenanceOf(at.database)], markOf(at.database)],
    )
    if (left.rowCount) throw new Error('the database or one of its roles is still there')
  })
}

/** Databases that carry the mark, or whose role does. */
export async function ownedDatabases(server: string): Promise<string[]> {
  return administering(server, async (admin) => {
    const { rows } = await admin.query<{ datname: string }>(
      `select datname from pg_database d
        where shobj_description(oid, 'pg_database') like 'slipway:%'
           or exists (select from pg_roles r where shobj_description(r.oid, 'pg_authid') = 'slipway:' || d.datname)
        order by datname collate "C"`,
    )
    return rows.map(({ datname }) => datname)
  })
}
