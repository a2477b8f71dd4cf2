/** Every value that lies sealed in the database: where, bound to what, under which key. The sealing itself is src/secrets.ts, and handed in. */
import { sql } from 'kysely'
import type { Tx } from './connection.js'

interface SealedColumn {
  table: string
  /** The primary key's column: text. */
  key: string
  column: string
  /** What a value of the row with this key was bound to when it was sealed. */
  bindingOf(key: string): string
}

/** What Slipway's own password for an instance is bound to when it is sealed: it cannot be put in the place of the application's. */
export function boundToMaintenance(database: string): string {
  return `${database} maintenance`
}

/** The only list of them; a test compares it with the columns that the database has. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'instance_database', key: 'database', column: 'secret', bindingOf: (database) => database },
  { table: 'instance_database', key: 'database', column: 'maintenance_secret', bindingOf: boundToMaintenance },
]

/** A sealed value in its place. */
export interface Sealed {
  at: SealedColumn
  key: string
  value: string
}

/** The key's id within a sealed value, `v1.<id>.…`; empty where the value has another form. An empty value is none. */
const keyIdOf = (column: string) => sql<string>`split_part(${sql.ref(column)}, '.', 2)`

/** How many values lie sealed under which key's id. */
export async function countSealed(tx: Tx): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const { table, column } of sealedColumns) {
    const { rows } = await sql<{ id: string; count: string }>`
      select ${keyIdOf(column)} as id, count(*) as count from ${sql.table(table)} where ${sql.ref(column)} <> '' group by 1`.execute(tx)
    for (const { id, count } of rows) counts.set(id, (counts.get(id) ?? 0) + Number(count))
  }
  return counts
}

/** One value under this key's id, to be tried; undefined where there is none. */
export async function oneSealedUnder(tx: Tx, id: string): Promise<Sealed | undefined> {
  for (const at of sealedColumns) {
    const { rows } = await sql<{ key: string; value: string }>`
      select ${sql.ref(at.key)} as key, ${sql.ref(at.column)} as value from ${sql.table(at.table)}
       where ${sql.ref(at.column)} <> '' and ${keyIdOf(at.column)} = ${id} limit 1`.execute(tx)
    if (rows[0]) return { at, ...rows[0] }
  }
  return undefined
}

/** The next `limit` values of a column that lie under another key than `current`, from the row behind `after` on ('' for the first). */
export async function sealedUnderOthers(
  tx: Tx,
  at: SealedColumn,
  { current, after, limit }: { current: string; after: string; limit: number },
): Promise<Sealed[]> {
  const { rows } = await sql<{ key: string; value: string }>`
    select ${sql.ref(at.key)} as key, ${sql.ref(at.column)} as value from ${sql.table(at.table)}
     where ${sql.ref(at.column)} <> '' and ${keyIdOf(at.column)} <> ${current} and ${sql.ref(at.key)} > ${after}
     order by ${sql.ref(at.key)} limit ${limit}`.execute(tx)
  return rows.map((row) => ({ at, ...row }))
}

/** Puts `sealed` in a value's place, unless somebody changed it meanwhile (a database that is gone has no secret any more). Says whether it did. */
export async function replaceSealed(tx: Tx, { at, key, value }: Sealed, sealed: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update ${sql.table(at.table)} set ${sql.ref(at.column)} = ${sealed}
     where ${sql.ref(at.key)} = ${key} and ${sql.ref(at.column)} = ${value}`.execute(tx)
  return numAffectedRows === 1n
}
