/** Dry runs of the migration program that were made for plans (R34). */
import type { Tx } from './connection.js'

/** Rows per table of the dry run that is kept under this key; null where none is. */
export async function findDryRun(tx: Tx, customerId: string, key: string): Promise<Record<string, number> | null> {
  const row = await tx
    .selectFrom('dry_run')
    .select('tables')
    .where('customer_id', '=', customerId)
    .where('key', '=', key)
    .executeTakeFirst()
  return row?.tables ?? null
}

/** Keeps a dry run; one that is kept already says the same, and stays. */
export async function keepDryRun(
  tx: Tx,
  row: { customerId: string; key: string; tables: Record<string, number>; at: Date },
): Promise<void> {
  const { customerId, key, tables, at } = row
  await tx
    .insertInto('dry_run')
    .values({ customer_id: customerId, key, tables: JSON.stringify(tables), at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
