/**
 * Large tables are filled without their indexes and keys, which are made afterwards: sorting once is several times quicker than
 * inserting into each, and a foreign key that is made again is thereby checked.
 */

import type { InstanceAddress } from '../driver.js'
import { type Client, ident, inside, isPostgresError } from './connection.js'

const dependedOn = '2BP01'

/** What has to be made again, in this order. Lost with the process: a target that lacks it is no longer its version's and is remade. */
export interface SetAside {
  tables: ReadonlySet<string>
  /** Primary keys, unique constraints and indexes, each of one table. */
  indexes: string[]
  foreignKeys: { name: string; statement: string }[]
}

interface Part {
  kind: 'foreign key' | 'constraint' | 'index'
  name: string
  table: string
  definition: string
}

/** Takes indexes and keys off the tables, all or none: none where something else in the schema needs one of them. */
export async function setAside(client: Client, tables: readonly string[]): Promise<SetAside> {
  const parts = await partsOf(client, tables)
  await client.query('begin')
  try {
    for (const part of parts) await client.query(dropping(part))
    await client.query('commit')
  } catch (error) {
    if (!isPostgresError(error) || error.code !== dependedOn) throw error
    await client.query('rollback')
    return { tables: new Set(), indexes: [], foreignKeys: [] }
  }
  return {
    tables: new Set(tables),
    indexes: parts.filter(({ kind }) => kind !== 'foreign key').map(making),
    foreignKeys: parts.filter(({ kind }) => kind === 'foreign key').map((part) => ({ name: part.name, statement: making(part) })),
  }
}

/** Makes everything again, indexes on several connections. A row that breaks a key is a fault that names the key. */
export async function restore(target: InstanceAddress, { indexes, foreignKeys }: SetAside, connections: number): Promise<void> {
  const queue = [...indexes]
  const lane = () =>
    inside(target, async (client) => {
      await client.query(`set maintenance_work_mem = '256MB'`)
      for (let statement = queue.shift(); statement; statement = queue.shift()) await client.query(statement)
    })
  if (queue.length > 0) await Promise.all(Array.from({ length: connections }, lane))
  if (foreignKeys.length > 0) {
    await inside(target, async (client) => {
      for (const { statement } of foreignKeys) await client.query(statement)
    })
  }
}

/** Foreign keys first, for they hold on to the others; those of partitions and of what an exclusion needs are left alone. */
async function partsOf(client: Client, tables: readonly string[]): Promise<Part[]> {
  const { rows } = await client.query<Part>(
    `with large as (
       select c.oid from unnest($1::text[]) t (name) join pg_class c on c.oid = t.name::regclass
        where c.relkind = 'r' and not c.relispartition and not c.relhassubclass)
     select * from (
     select 'foreign key' as kind, conname as name, conrelid::regclass::text as table, pg_get_constraintdef(oid) as definition
       from pg_constraint
      where contype = 'f' and conparentid = 0 and (conrelid in (table large) or confrelid in (table large))
      union all
     select 'constraint', conname, conrelid::regclass::text, pg_get_constraintdef(oid)
       from pg_constraint where contype in ('p', 'u') and conrelid in (table large)
      union all
     select 'index', indexrelid::regclass::text, indrelid::regclass::text, pg_get_indexdef(indexrelid)
       from pg_index i
      where indrelid in (table large) and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
     ) parts order by kind = 'foreign key' desc, name`,
    [tables.map(ident)],
  )
  return rows
}

function dropping({ kind, name, table }: Part): string {
  return kind === 'index' ? `drop index ${name}` : `alter table ${table} drop constraint ${ident(name)}`
}

function making({ kind, name, table, definition }: Part): string {
  return kind === 'index' ? definition : `alter table ${table} add constraint ${ident(name)} ${definition}`
}
