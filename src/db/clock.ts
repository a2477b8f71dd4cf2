import { sql } from 'kysely'
import type { Tx } from './connection.js'

/** Milliseconds by which every process's clock is moved; only a movable clock (demo, tests) looks at it. */
export async function readClockOffset(tx: Tx): Promise<number> {
  const row = await tx.selectFrom('clock').select('offset_ms').executeTakeFirstOrThrow()
  return Number(row.offset_ms)
}

/** Moves the clock of every process forward together. */
export async function advanceClockOffset(tx: Tx, ms: number): Promise<number> {
  const row = await tx
    .updateTable('clock')
    .set({ offset_ms: sql`offset_ms + ${ms}` })
    .returning('offset_ms')
    .executeTakeFirstOrThrow()
  return Number(row.offset_ms)
}
