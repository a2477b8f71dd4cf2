/** After rows came in with triggers off: do the foreign keys hold, and do the sequences stand behind the highest id? */
import { type Client, ident, relation } from './connection.js'

/** No trigger fires and no foreign key is checked for the rest of the transaction; `verifyReferences` makes up for it. */
export async function withoutTriggers(client: Client): Promise<void> {
  await client.query(`set local session_replication_role = replica`)
}

interface ForeignKey {
  name: string
  child: string
  parent: string
  columns: string[]
  references: string[]
}

/** Throws, naming each foreign key that a row of these tables, or one pointing at them, breaks; `checked` ones are known to hold. */
export async function verifyReferences(client: Client, tables: readonly string[], checked: readonly string[] = []): Promise<void> {
  const broken: string[] = []
  for (const key of await foreignKeys(client, tables)) {
    if (checked.includes(key.name)) continue
    const match = key.columns.map((column, at) => `p.${ident(key.references[at] ?? '')} = c.${ident(column)}`).join(' and ')
    const present = key.columns.map((column) => `c.${ident(column)} is not null`).join(' and ')
    const { rows } = await client.query<{ count: string }>(
      `select count(*) from ${key.child} c where ${present} and not exists (select from ${key.parent} p where ${match})`,
    )
    if (rows[0] && rows[0].count !== '0') broken.push(`${key.name} (${rows[0].count} rows)`)
  }
  if (broken.length > 0) throw new Error(`the rows break foreign keys: ${broken.join(', ')}`)
}

async function foreignKeys(client: Client, tables: readonly string[]): Promise<ForeignKey[]> {
  const names = (numbers: string, table: string) =>
    `(select array_agg(a.attname::text order by k.n) from unnest(${numbers}) with ordinality k (number, n)
       join pg_attribute a on a.attrelid = ${table} and a.attnum = k.number)`
  const { rows } = await client.query<ForeignKey>(
    `select conname as name, conrelid::regclass::text as child, confrelid::regclass::text as parent,
            ${names('conkey', 'conrelid')} as columns, ${names('confkey', 'confrelid')} as references
       from pg_constraint
      where contype = 'f' and conparentid = 0
        and (conrelid = any ($1::text[]::regclass[]) or confrelid = any ($1::text[]::regclass[]))
      order by conname`,
    [tables.map(relation)],
  )
  return rows
}

/** Puts the rows of these tables into the order of their primary keys, for good: nothing is left of the order in which they came. */
export async function reorder(client: Client, tables: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ table: string; key: string }>(
    `select i.indrelid::regclass::text as table, quote_ident(k.relname) as key
       from pg_index i join pg_class k on k.oid = i.indexrelid
      where i.indisprimary and i.indrelid = any ($1::text[]::regclass[])`,
    [tables.map(relation)],
  )
  for (const { table, key } of rows) {
    await client.query(`cluster ${table} using ${key}`)
    await client.query(`alter table ${table} set without cluster`)
  }
}

/** Sets the sequences of these tables' columns to the highest value there is. */
export async function advanceSequences(client: Client, tables: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(
    `select s.oid::regclass::text as sequence, d.refobjid::regclass::text as table, a.attname as column
       from pg_depend d
       join pg_class s on s.oid = d.objid and s.relkind = 'S'
       join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        and d.refobjid = any ($1::text[]::regclass[])`,
    [tables.map(relation)],
  )
  for (const { sequence, table, column } of rows) {
    await client.query(
      `select setval('${sequence.replaceAll("'", "''")}', coalesce(max(${ident(column)}), 1), max(${ident(column)}) is not null) from ${table}`,
    )
  }
}
