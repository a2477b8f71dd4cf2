/**
 * Large tables are filled without their indexes and keys, which are made afterwards: sorting once is several times quicker than
 * inserting into each, and a foreign key that is made again is thereby checked.
 */

import type { InstanceAddress } from '../driver.js'
import { type Client, ident, inside, isPostgresError, relation } from './connection.js'

const dependedOn = '2BP01'

/** What has to be made again, in this order. Lost with the process: a target that lacks it is no longer its version's and is remade. */
export interface SetAside {
  tables: ReadonlySet<string>
  /** Those of primary keys and unique constraints too: several can be built on a table at a time, where a constraint locks it. */
  indexes: string[]
  constraints: string[]
  foreignKeys: { name: string; statement: string }[]
}

interface Part {
  kind: 'foreign key' | 'constraint' | 'index'
  name: string
  table: string
  definition: string
  /** The index that a constraint rests on. */
  index: string | null
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
    return { tables: new Set(), indexes: [], constraints: [], foreignKeys: [] }
  }
  return {
    tables: new Set(tables),
    indexes: parts.flatMap(({ kind, index, definition }) => (kind === 'index' ? definition : (index ?? []))),
    constraints: parts.filter(({ kind }) => kind === 'constraint').map(adding),
    foreignKeys: parts.filter(({ kind }) => kind === 'foreign key').map((part) => ({ name: part.name, statement: adding(part) })),
  }
}

/** Makes everything again, indexes on several connections. A row that breaks a key is a fault that names the key. */
export async function restore(
  target: InstanceAddress,
  { indexes, constraints, foreignKeys }: SetAside,
  connections: number,
): Promise<void> {
  const queue = [...indexes]
  const lane = () =>
    inside(target, async (client) => {
      await client.query(`set maintenance_work_mem = '256MB'`)
      for (let statement = queue.shift(); statement; statement = queue.shift()) await client.query(statement)
    })
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(connections, queue.length) }, lane))
  for (const outcome of lanes) if (outcome.status === 'rejected') throw outcome.reason
  const rest = [...constraints, ...foreignKeys.map(({ statement }) => statement)]
  if (rest.length === 0) return
  await inside(target, async (client) => {
    for (const statement of rest) await client.query(statement)
  })
}

/** Foreign keys first, for they hold on to the others; those of partitions and of what an exclusion needs are left alone. */
async function partsOf(client: Client, tables: readonly string[]): Promise<Part[]> {
  const { rows } = await client.query<Part>(
    `with large as (
       select c.oid from unnest($1::text[]) t (name) join pg_class c on c.oid = t.name::regclass
        where c.relkind = 'r' and not c.relispartition and not c.relhassubclass)
     select * from (
     select 'foreign key' as kind, conname as name, conrelid::regclass::text as table, pg_get_constraintdef(oid) as definition, null as index
       from pg_constraint
      where contype = 'f' and conparentid = 0 and (conrelid in (table large) or confrelid in (table large))
      union all
     select 'constraint', conname, conrelid::regclass::text,
            format('%s using index %I%s%s', case contype when 'p' then 'primary key' else 'unique' end, conname,
                   case when condeferrable then ' deferrable' end, case when condeferred then ' initially deferred' end),
            pg_get_indexdef(conindid)
       from pg_constraint where contype in ('p', 'u') and conrelid in (table large) and pg_get_constraintdef(oid) !~ 'WITHOUT OVERLAPS'
      union all
     select 'index', indexrelid::regclass::text, indrelid::regclass::text, pg_get_indexdef(indexrelid), null
       from pg_index i
      where indrelid in (table large) and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
     ) parts order by kind = 'foreign key' desc, name`,
    [tables.map(relation)],
  )
  return rows
}

function dropping({ kind, name, table }: Part): string {
  return kind === 'index' ? `drop index ${name}` : `alter table ${table} drop constraint ${ident(name)}`
}

function adding({ name, table, definition }: Part): string {
  return `alter table ${table} add constraint ${ident(name)} ${definition}`
}
