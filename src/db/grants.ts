/** Who may do what in Slipway's own database: the owner everything, the runtime roles exactly this. */
import { sql } from 'kysely'
import { escapeIdentifier } from 'pg'
import type { Db, Tx } from './connection.js'
import { lockMigrations } from './migrate.js'
import type { Database } from './schema.js'
import { StateError } from './state-error.js'

/** A bot answers Slack from the internet; a worker, or a process that is both, also holds the keys of instances. */
export interface RuntimeRole {
  name: string
  kind: 'bot' | 'worker'
}

type Right = 'select' | 'insert' | 'update' | 'delete'

const read: Right[] = ['select']
const add: Right[] = ['select', 'insert']
const keep: Right[] = ['select', 'insert', 'update']
const replace: Right[] = ['select', 'insert', 'delete']
const all: Right[] = ['select', 'insert', 'update', 'delete']

/**
 * What people decided, and what is on record, is only ever added to. `outbox` and `audit_anchor_due` are updated by nobody or in one row;
 * the right is what `for update` asks for.
 */
const rights: Record<keyof Database | 'migration', Right[]> = {
  migration: read,
  installation: read,
  system_place: ['select', 'update'],
  clock: ['select', 'update'],
  due_anew: replace,
  customer: keep,
  person: all,
  environment: keep,
  instance: keep,
  instance_database: keep,
  secret_key: all,
  operation: keep,
  step: keep,
  request: keep,
  verdict: add,
  signature: add,
  profile: add,
  heard: all,
  measurement: add,
  intake_file: replace,
  iteration: keep,
  dry_run: add,
  golive: keep,
  document: add,
  deviation: keep,
  access: keep,
  freeze: keep,
  message: keep,
  outbox: all,
  answered: all,
  audit_head: read,
  audit_entry: add,
  audit_anchor: add,
  audit_anchor_due: ['select', 'update'],
}

/**
 * Tables that hold what opens an instance, or tells where it is: of these a bot role reads the columns that are named here and writes none.
 * A column that is added to them later is withheld until somebody names it.
 */
const openToBots: Partial<Record<keyof Database, readonly string[]>> = {
  instance_database: ['database', 'instance_id', 'operation_id', 'login', 'recorded_at', 'gone_at'],
  secret_key: [],
}

/**
 * What only a worker's steps, its sweep or its count for a plan write: a bot, which anybody on the internet speaks to, only reads it; of
 * deviations it records what people decided on them.
 */
const ofBots: Partial<Record<keyof Database, Right[]>> = {
  audit_anchor: read,
  audit_anchor_due: read,
  dry_run: read,
  due_anew: ['insert'],
  measurement: read,
  deviation: ['select', 'update'],
}

/**
 * Gives the roles their rights, anew: what a role had before in the schema is taken away first. Refuses (`StateError`) a role that is not
 * there, or that is more than a plain login. Run as the owner of the tables.
 */
export async function grantRuntime(db: Db, roles: readonly RuntimeRole[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await lockMigrations(tx)
    for (const statement of ['revoke all on schema slipway from public', 'revoke all on all routines in schema slipway from public'])
      await sql.raw(statement).execute(tx)
    for (const role of roles) {
      await refuseMighty(tx, role.name)
      for (const statement of statements(role)) await sql.raw(statement).execute(tx)
    }
  })
}

/**
 * The logins that work with the tables, by the rights that they were given before: whoever adds to the trail, a worker where it also writes
 * what opens an instance. Owners, superusers and whoever may only read are none.
 */
export async function runtimeRoles(tx: Tx): Promise<RuntimeRole[]> {
  const { rows } = await sql<RuntimeRole>`
    with held as (
      select c.relname, a.grantee, a.privilege_type from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = 'slipway'
        cross join lateral pg_catalog.aclexplode(c.relacl) a
    )
    select r.rolname as name,
      case when exists (
        select from held where grantee = r.oid and relname = 'instance_database' and privilege_type = 'INSERT'
      ) then 'worker' else 'bot' end as kind
    from pg_catalog.pg_roles r
    where exists (select from held where grantee = r.oid and relname = 'audit_entry' and privilege_type = 'INSERT')
      and not (r.rolsuper or r.rolcreaterole or pg_has_role(r.oid, current_user, 'member'))
    order by r.rolname`.execute(tx)
  return rows
}

/** What the login of a connection lacks of the rights of its kind: `insert on measurement`. None when it has all, or more. */
export async function missingRights(tx: Tx, kind: RuntimeRole['kind']): Promise<string[]> {
  const wanted = Object.entries(rights).flatMap(([table, held]): { table: string; right: Right; column: string | null }[] => {
    const columns = kind === 'bot' ? openToBots[table as keyof Database] : undefined
    if (columns) return columns.map((column) => ({ table, right: 'select', column }))
    return rightsOf(table, held, kind).map((right) => ({ table, right, column: null }))
  })
  const of = <K extends 'table' | 'right' | 'column'>(key: K) => wanted.map((each) => each[key])
  const { rows } = await sql<{ lacking: string }>`
    select distinct w.power || ' on ' || w.name as lacking
    from unnest(${of('table')}::text[], ${of('right')}::text[], ${of('column')}::text[]) w (name, power, col)
    where not coalesce(
      case when w.col is null then has_table_privilege(to_regclass('slipway.' || w.name), w.power)
      else has_column_privilege(to_regclass('slipway.' || w.name), w.col, w.power) end, false)
    order by lacking`.execute(tx)
  return rows.map(({ lacking }) => lacking)
}

function rightsOf(table: string, held: Right[], kind: RuntimeRole['kind']): Right[] {
  return (kind === 'bot' && ofBots[table as keyof Database]) || held
}

function statements({ name, kind }: RuntimeRole): string[] {
  const role = escapeIdentifier(name)
  const tables = Object.entries(rights).filter(([table]) => kind === 'worker' || !(table in openToBots))
  const columns = kind === 'worker' ? [] : Object.entries(openToBots).filter(([, names]) => names.length > 0)
  return [
    ...['tables', 'sequences', 'routines'].map((what) => `revoke all on all ${what} in schema slipway from ${role}`),
    `revoke all on schema slipway from ${role}`,
    `grant usage on schema slipway to ${role}`,
    ...tables.map(([table, held]) => `grant ${rightsOf(table, held, kind).join(', ')} on slipway.${escapeIdentifier(table)} to ${role}`),
    ...columns.map(
      ([table, names]) => `grant select (${names.map(escapeIdentifier).join(', ')}) on slipway.${escapeIdentifier(table)} to ${role}`,
    ),
    `grant usage on sequence slipway.document_number to ${role}`,
    `grant execute on function slipway.lock_audit_head(text) to ${role}`,
  ]
}

async function refuseMighty(tx: Tx, name: string): Promise<void> {
  const { rows } = await sql<{ mighty: boolean }>`
    select rolsuper or rolcreaterole or pg_has_role(rolname, current_user, 'member') as mighty
    from pg_catalog.pg_roles where rolname = ${name}`.execute(tx)
  if (!rows[0])
    throw new StateError(`There is no role ${name}: create role ${escapeIdentifier(name)} login password '…', then migrate again.`)
  if (rows[0].mighty)
    throw new StateError(
      `The role ${name} is a superuser, may make roles, or is a member of the owner: what is withheld from it, it would take. Name a plain login.`,
    )
}
