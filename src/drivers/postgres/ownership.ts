/**
 * Who owns what inside an instance. Owners may do everything, whatever is revoked from them, so freezing takes the ownership away.
 * `REASSIGN OWNED` cannot be used: it also takes the databases of the role, on the whole server.
 */
import { type Client, ident } from './connection.js'

/** Owns the objects of schema templates. */
export const templateOwner = 'slipway_template'
/** Owns the objects of frozen instances. */
export const frozenOwner = 'slipway_frozen'
/** Owns their functions: it may do nothing, so that a `SECURITY DEFINER` function is no way around a freeze. */
export const frozenCode = 'slipway_frozen_code'

const functionKinds = ['function', 'procedure', 'aggregate']

/** Makes the roles that cannot log in and only own things. Safe to repeat, also at the same time elsewhere. */
export async function ensureOwners(admin: Client): Promise<void> {
  for (const role of [templateOwner, frozenOwner, frozenCode]) {
    await admin.query(`do $$ begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end $$`)
  }
}

/** Gives everything in the client's database that one of `from` owns to `to`, functions to `functionsTo`. */
export async function giveOwnership(client: Client, from: readonly string[], to: string, functionsTo = to): Promise<void> {
  const { rows } = await client.query<{ kind: string; name: string }>(
    `select o.type as kind, o.identity as name
       from pg_shdepend d
       join pg_database b on b.oid = d.dbid and b.datname = current_database()
       cross join lateral pg_identify_object(d.classid, d.objid, 0) o
       left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid
      where d.deptype = 'o' and d.refclassid = 'pg_authid'::regclass
        and d.refobjid in (select oid from pg_roles where rolname = any ($1))
        and o.type not in ('extension', 'composite type')
        -- A sequence that belongs to a column follows its table.
        and not (c.relkind = 'S' and exists (
          select from pg_depend p where p.classid = 'pg_class'::regclass and p.objid = c.oid and p.deptype in ('a', 'i')))
      order by o.type = 'table' desc, o.identity`,
    [from],
  )
  if (rows.length === 0) return
  const statements = rows.map(
    ({ kind, name }) => `alter ${kind} ${name} owner to ${ident(functionKinds.includes(kind) ? functionsTo : to)}`,
  )
  await client.query(statements.join(';\n'))
}

/** Lets the role read, and no more. */
export async function grantReading(client: Client, role: string): Promise<void> {
  for (const schema of await schemas(client)) {
    await client.query(`grant usage on schema ${ident(schema)} to ${ident(role)}`)
    await client.query(`grant select on all tables in schema ${ident(schema)} to ${ident(role)}`)
    await client.query(`grant select on all sequences in schema ${ident(schema)} to ${ident(role)}`)
  }
}

/** Takes back what `grantReading` gave. */
export async function revokeReading(client: Client, role: string): Promise<void> {
  for (const schema of await schemas(client)) {
    await client.query(`revoke all on all tables in schema ${ident(schema)} from ${ident(role)}`)
    await client.query(`revoke all on all sequences in schema ${ident(schema)} from ${ident(role)}`)
    await client.query(`revoke all on schema ${ident(schema)} from ${ident(role)}`)
  }
}

async function schemas(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ nspname: string }>(
    `select nspname from pg_namespace where nspname <> 'information_schema' and nspname not like 'pg\\_%' order by nspname`,
  )
  return rows.map(({ nspname }) => nspname)
}
