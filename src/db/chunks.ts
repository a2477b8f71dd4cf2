/** Rows per insert: PostgreSQL takes 65,535 parameters in one statement, and no table of ours has more than 30 columns. */
const rowsPerInsert = 1_000

/** Inserts any number of rows, one statement after the other; to be called inside a transaction. */
export async function inChunks<T>(rows: readonly T[], insert: (some: T[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsPerInsert) await insert(rows.slice(at, at + rowsPerInsert))
}
