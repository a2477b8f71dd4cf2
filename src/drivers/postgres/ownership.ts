/**
 * Who owns what inside an instance, and what its application may do there. `REASSIGN OWNED` and `DROP OWNED` cannot be used: they also reach
 * for the databases of the role, on the whole server.
 */
import { type Client, ident } from './connection.js'

/** Where the word of the catalogue is not that of the command. */
const commandOf: Readonly<Record<string, string>> = { 'statistics object': 'statistics' }

const functionKinds = ['function', 'procedure', 'aggregate']

/** Gives everything in the client's database that one of `from` owns to `to`. The client is a member of all of them. */
export async function giveOwnership(client: Client, from: readonly string[], to: string): Promise<void> {
  const { rows } = await client.query<{ kind: string; name: string }>(
    `select o.type as kind, o.identity as name
       from pg_shdepend d
       join pg_database b on b.oid = d.dbid and b.datname = current_database()
       cross join lateral pg_identify_object(d.classid, d.objid, 0) o
       left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid
      where d.deptype = 'o' and d.refclassid = 'pg_authid'::regclass
        and d.refobjid in (select oid from pg_roles where rolname = any ($1))
        and o.type not in ('extension', 'composite type', 'default acl')
        -- A sequence that belongs to a column follows its table.
        and not (c.relkind = 'S' and exists (
          select from pg_depend p where p.classid = 'pg_class'::regclass and p.objid = c.oid and p.deptype in ('a', 'i')))
      -- The new owner needs rights on a schema before it can own what is in there.
      order by o.type = 'schema' desc, o.type = 'table' desc, o.identity`,
    [from],
  )
  if (rows.length === 0) return
  await client.query(rows.map(({ kind, name }) => `alter ${commandOf[kind] ?? kind} ${name} owner to ${ident(to)}`).join(';\n'))
}

/** Functions that run with their owner's rights go from one owner to another, and back. */
export async function moveDefinerFunctions(client: Client, from: string, to: string): Promise<void> {
  const { rows } = await client.query<{ kind: string; name: string; schema: string }>(
    `select o.type as kind, o.identity as name, n.nspname as schema
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       cross join lateral pg_identify_object('pg_proc'::regclass, p.oid, 0) o
      where p.prosecdef and p.proowner = (select oid from pg_roles where rolname = $1)`,
    [from],
  )
  for (const { kind, name, schema } of rows.filter((row) => functionKinds.includes(row.kind))) {
    // PostgreSQL lets nobody own a thing in a schema where it may create nothing.
    const lent = (await mayCreate(client, to, schema)) ? [] : [`create on schema ${ident(schema)}`]
    for (const right of lent) await client.query(`grant ${right} to ${ident(to)}`)
    await client.query(`alter ${kind} ${name} owner to ${ident(to)}`)
    for (const right of lent) await client.query(`revoke ${right} from ${ident(to)}`)
  }
}

async function mayCreate(client: Client, role: string, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(`select has_schema_privilege($1, $2, 'create') as may`, [role, schema])
  return rows[0]?.may ?? false
}

/** The application's rights: rows of every table, and nothing else. No DDL, no TRIGGER, no TRUNCATE. */
export async function grantApplication(client: Client, role: string): Promise<void> {
  await onSchemas(client, (schema) => [
    `grant usage on schema ${schema} to ${ident(role)}`,
    `grant select, insert, update, delete on all tables in schema ${schema} to ${ident(role)}`,
    `grant usage, select, update on all sequences in schema ${schema} to ${ident(role)}`,
  ])
}

/** Leaves the application with reading. */
export async function revokeWriting(client: Client, role: string): Promise<void> {
  await onSchemas(client, (schema) => [
    `revoke insert, update, delete on all tables in schema ${schema} from ${ident(role)}`,
    `revoke usage, update on all sequences in schema ${schema} from ${ident(role)}`,
  ])
}

/** Takes what `grantApplication` gave. */
export async function revokeAll(client: Client, role: string): Promise<void> {
  await onSchemas(client, (schema) => [
    `revoke all on all tables in schema ${schema} from ${ident(role)}`,
    `revoke all on all sequences in schema ${schema} from ${ident(role)}`,
    `revoke all on all routines in schema ${schema} from ${ident(role)}`,
    `revoke all on schema ${schema} from ${ident(role)}`,
  ])
}

/** Takes from PUBLIC what a tenant that owned its tables may have given. */
export async function revokePublic(client: Client): Promise<void> {
  await onSchemas(client, (schema) => [
    `revoke all on all tables in schema ${schema} from public`,
    `revoke all on all sequences in schema ${schema} from public`,
    `revoke create on schema ${schema} from public`,
  ])
}

/** How many things in the client's database belong to, or grant something to, a role that is none of `own`; extensions keep their maker. */
export async function strangersIn(client: Client, own: readonly string[]): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `select count(*) from pg_shdepend d join pg_database b on b.oid = d.dbid and b.datname = current_database()
      where d.refclassid = 'pg_authid'::regclass and d.classid <> 'pg_extension'::regclass
        and d.refobjid not in (select oid from pg_roles where rolname = any ($1))`,
    [own],
  )
  return Number(rows[0]?.count)
}

async function onSchemas(client: Client, statements: (schema: string) => string[]): Promise<void> {
  const { rows } = await client.query<{ nspname: string }>(
    `select nspname from pg_namespace where nspname <> 'information_schema' and nspname not like 'pg\\_%' order by nspname`,
  )
  for (const { nspname } of rows) await client.query(statements(ident(nspname)).join(';\n'))
}
