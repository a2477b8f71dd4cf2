/** Whose the bot's own tables are, and how another login becomes their owner. */
import { sql } from 'kysely'
import { escapeIdentifier } from 'pg'
import type { Db, Tx } from './connection.js'
import { lockMigrations } from './migrate.js'

/** The schemas that are Slipway's, BullMQ's included. */
const schemas = ['slipway', 'bullmq']

/** The statements that make `owner` the owner of everything of Slipway's that is not theirs yet, in this database. */
async function takeOverStatements(tx: Tx, owner: string): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    with ours as (select oid, nspname from pg_catalog.pg_namespace where nspname = any(${schemas}))
    select 'schema ' || quote_ident(n.nspname) as what, 0 as rank from pg_catalog.pg_namespace n join ours using (oid)
      where n.nspowner <> (select oid from pg_catalog.pg_roles where rolname = ${owner})
    union all
    select case c.relkind when 'S' then 'sequence ' when 'v' then 'view ' when 'm' then 'materialized view ' else 'table ' end
        || quote_ident(ours.nspname) || '.' || quote_ident(c.relname), 1
      from pg_catalog.pg_class c join ours on ours.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relowner <> (select oid from pg_catalog.pg_roles where rolname = ${owner})
        and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i') and c.relkind = 'S')
    union all
    select format('routine %I.%I(%s)', ours.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)), 2
      from pg_catalog.pg_proc p join ours on ours.oid = p.pronamespace
      where p.proowner <> (select oid from pg_catalog.pg_roles where rolname = ${owner})
    union all
    select 'type ' || quote_ident(ours.nspname) || '.' || quote_ident(t.typname), 3
      from pg_catalog.pg_type t join ours on ours.oid = t.typnamespace
      where t.typtype in ('e', 'd') and t.typowner <> (select oid from pg_catalog.pg_roles where rolname = ${owner})
    order by rank, what`.execute(tx)
  return rows.map(({ what }) => `alter ${what} owner to ${plainly(owner)}`)
}

/**
 * Makes `owner` the owner of what is Slipway's in this database, in one transaction. Null when it is so now; else the statements that
 * somebody with more rights must run, and nothing was changed.
 */
export async function takeOver(db: Db, owner: string): Promise<string[] | null> {
  let needed: string[] = []
  try {
    await db.transaction().execute(async (tx) => {
      await lockMigrations(tx)
      needed = await takeOverStatements(tx, owner)
      for (const statement of needed) await sql.raw(statement).execute(tx)
    })
    return null
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error
    return needed
  }
}

/** Who owns the audit trail's entries; null where there is none yet. */
export async function ownerOfTrail(db: Db): Promise<{ name: string; superuser: boolean } | null> {
  const { rows } = await sql<{ name: string; superuser: boolean }>`
    select r.rolname as name, r.rolsuper as superuser from pg_catalog.pg_class c join pg_catalog.pg_roles r on r.oid = c.relowner
     where c.relname = 'audit_entry' and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = 'slipway')`.execute(db)
  return rows[0] ?? null
}

/** Whether a login was given the rights of one that works with the tables (`slipway migrate`), so that it must not own them. */
export async function worksWithTrail(db: Db, login: string): Promise<boolean> {
  const { rows } = await sql<{ works: boolean }>`
    select exists (select from pg_catalog.pg_class c cross join lateral pg_catalog.aclexplode(c.relacl) a join pg_catalog.pg_roles r on r.oid = a.grantee
      where c.relname = 'audit_entry' and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = 'slipway') and r.rolname = ${login} and a.grantee <> c.relowner) as works`.execute(
    db,
  )
  return rows[0]?.works ?? false
}

/** Quoted where it must be: these statements are read by people. */
function plainly(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : escapeIdentifier(name)
}

/** What the login of a connection may do that a runtime login must not, and whether strangers may come in. */
export interface Rights {
  login: string
  database: string
  superuser: boolean
  /** It owns tables of ours, or may act as who does. */
  owns: boolean
  /** Whether anybody at all may connect, or make temporary tables; null: not looked at. */
  publicConnects: boolean
  publicTemporary: boolean
  /** Whether anybody at all may create in the schema public. */
  publicCreates: boolean
  /** Whether the login may make things in one of the schemas of ours. */
  creates: boolean
  /** Other powers by which it, or a role that it may become, changes the audit trail: `delete on slipway.audit_entry`, `createrole`. */
  trail: string[]
}

/** What nobody but the owner does to the tables of the trail. To `audit_entry` and `audit_anchor` rows are added, under triggers. */
const ownersAlone = ['update', 'delete', 'truncate', 'trigger']
const ofTrail = ['audit_head', 'audit_entry', 'audit_anchor'].flatMap((table) =>
  [...ownersAlone, ...(table === 'audit_head' ? ['insert'] : [])].map((right) => ({ table, right })),
)
/** Roles of PostgreSQL whose members write every table, or what they like on the server's disk. */
const writers = ['pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program']

/** Asked of every role that the login may become: a membership that is not inherited is one `set role` away. */
async function powersOverTrail(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ power: string }>`
    with reach as (select oid, rolname, rolcreaterole from pg_catalog.pg_roles where pg_has_role(current_user, oid, 'member')),
    asked as (select t.name, t.power from unnest(${ofTrail.map(({ table }) => table)}::text[], ${ofTrail.map(({ right }) => right)}::text[]) t (name, power))
    select asked.power || ' on slipway.' || asked.name as power
      from asked join pg_catalog.pg_class c on c.relname = asked.name
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = 'slipway'
      where exists (select from reach where case when asked.power in ('insert', 'update')
        then has_any_column_privilege(reach.oid, c.oid, asked.power) else has_table_privilege(reach.oid, c.oid, asked.power) end)
    union all
    select p.power || ' on session_replication_role' from unnest(array['set', 'alter system']) p (power)
      where exists (select from reach where has_parameter_privilege(reach.oid, 'session_replication_role', p.power))
    union all select 'createrole' where exists (select from reach where rolcreaterole)
    union all select 'membership of ' || rolname from reach where rolname = any(${writers})
    union all
    select distinct 'membership of the owner ' || reach.rolname from reach join pg_catalog.pg_class c on c.relowner = reach.oid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = any(${schemas}) and reach.rolname <> current_user`.execute(tx)
  return rows.map(({ power }) => power)
}

/** Whether by any of these the login can change what stands in the audit trail (R32). */
export function changesTrail({ superuser, owns, creates, trail }: Rights): boolean {
  return superuser || owns || creates || trail.length > 0
}

/** Read from the catalog, not from what a REVOKE said: one by a stranger to the database only warns. */
export async function readRights(tx: Tx): Promise<Rights> {
  const { rows } = await sql<Omit<Rights, 'trail'>>`
    select current_user as login, current_database() as database, r.rolsuper as superuser,
      exists (
        select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = any(${schemas}) and pg_has_role(current_user, c.relowner, 'member')
      ) as owns,
      has_database_privilege('public', current_database(), 'connect') as "publicConnects",
      has_database_privilege('public', current_database(), 'temporary') as "publicTemporary",
      coalesce((select has_schema_privilege('public', oid, 'create') from pg_catalog.pg_namespace where nspname = 'public'), false) as "publicCreates",
      exists (
        select from pg_catalog.pg_namespace n where n.nspname = any(${schemas}) and has_schema_privilege(n.oid, 'create')
      ) as creates
    from pg_catalog.pg_roles r where r.rolname = current_user`.execute(tx)
  const [row] = rows
  if (!row) throw new Error('reading the rights of the login: it is not in pg_roles')
  return { ...row, trail: await powersOverTrail(tx) }
}

/** What makes a database closed to strangers: run by its owner. */
export function closingStatements(database: string): string[] {
  return [`revoke connect, temporary on database ${plainly(database)} from public`, 'revoke create on schema public from public']
}

/**
 * Closes the database to everybody who is not named, where the login owns it, and opens it to the roles named (`temporary`: also for
 * temporary tables). Returns the statements that are still to be run by the database's owner: none, when it is closed.
 */
export async function closeDatabase(db: Db, roles: readonly string[], temporary: boolean): Promise<string[]> {
  const { rows } = await sql<{ database: string; owns: boolean; publics: boolean }>`
    select current_database() as database, pg_has_role(current_user, d.datdba, 'usage') as owns,
      coalesce((select pg_has_role(current_user, nspowner, 'usage') from pg_catalog.pg_namespace where nspname = 'public'), false) as publics
    from pg_catalog.pg_database d where d.datname = current_database()`.execute(db)
  const { database = '', owns = false, publics = false } = rows[0] ?? {}
  const [closing = '', publicSchema = ''] = closingStatements(database)
  await db.transaction().execute(async (tx) => {
    await lockMigrations(tx)
    const held = temporary ? 'connect, temporary' : 'connect'
    if (owns)
      for (const role of roles)
        await sql.raw(`grant ${held} on database ${escapeIdentifier(database)} to ${escapeIdentifier(role)}`).execute(tx)
    if (owns) await sql.raw(closing).execute(tx)
    if (publics) await sql.raw(publicSchema).execute(tx)
  })
  const left = await readRights(db)
  return [...(left.publicConnects || left.publicTemporary ? [closing] : []), ...(left.publicCreates ? [publicSchema] : [])]
}
