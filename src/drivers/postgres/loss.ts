/** Rows that were read and are not there: whatever lost them, such a copy is no copy (R34). */
import { type ElementCount, lostOnTheWay } from '../../product/index.js'
import { DriverRefused } from '../driver.js'

/** Refuses a table of which another number of rows was written than was read. */
export function refuseLoss(table: string, read: number | null, written: number | null): void {
  if (read === written) return
  throw new DriverRefused(
    'rows-lost',
    'R34',
    `Of ${table}, ${read} rows were read and ${written} are in the copy. The copy is undone; an engineer of the vendor looks for what changed them on the way.`,
  )
}

/** The same by what was counted in source and target, once the copy is written. */
export function refuseDifferentCounts(before: readonly ElementCount[], arrived: readonly ElementCount[]): void {
  const lost = lostOnTheWay(before, arrived)
  if (lost) refuseLoss(lost.table, lost.read, lost.written)
}
