/** Rows into an instance, streamed, all tables in one transaction. */
import type { InstanceAddress, Load, Progress } from '../driver.js'
import { type Client, holding, inside, relation, transaction } from './connection.js'
import { advanceSequences, reorder, verifyReferences, withoutTriggers } from './integrity.js'
import { writeRows } from './rows.js'

/** Replaces the content of each table, but for the rows of `keep`, and returns how many rows it wrote. */
export async function loadTables(
  at: InstanceAddress,
  tables: AsyncIterable<Load>,
  { report, signal }: Progress,
): Promise<Record<string, number>> {
  const written: Record<string, number> = {}
  const reordered = new Set<string>()
  await holding(at, 'alone', () =>
    inside(at, (client) =>
      transaction(client, async () => {
        await withoutTriggers(client)
        for await (const table of tables) {
          signal.throwIfAborted()
          if (table.reordered) reordered.add(table.table)
          if (!(table.table in written)) await empty(client, table.table, table.keep)
          const rows = await writeRows(client, table, signal)
          written[table.table] = (written[table.table] ?? 0) + rows
          report(progressOf(Object.keys(written).length), `${table.table}: ${rows} rows`)
        }
        const names = Object.keys(written)
        await advanceSequences(client, names)
        await verifyReferences(client, names)
        await reorder(client, [...reordered])
      }),
    ),
  )
  report(1, 'loaded')
  return written
}

/** How many tables will come is not known beforehand; this only ever grows. */
function progressOf(tables: number): number {
  return Math.min(0.95, tables / (tables + 4))
}

/** `truncate` is refused where another table points here, even from no row; and it is for nothing where there is nothing. */
async function empty(client: Client, table: string, keep?: string): Promise<void> {
  const { rows } = await client.query<{ rows: boolean; referenced: boolean }>(
    `select exists (select from ${relation(table)}) as rows,
            exists (select from pg_constraint where contype = 'f' and confrelid = $1::regclass) as referenced`,
    [relation(table)],
  )
  if (!rows[0]?.rows) return
  if (keep) await client.query(`delete from ${relation(table)} where (${keep}) is not true`)
  else await client.query(rows[0].referenced ? `delete from ${relation(table)}` : `truncate ${relation(table)}`)
}
