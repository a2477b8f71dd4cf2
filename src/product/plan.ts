/** What a copy will do, worked out from the product definition alone (R6, R12, R34). */
import type { CopyMode } from './definition.js'

/** A column that the copy does not take from the source: in the rows of `where` (all, when absent) it gets `value`. */
export interface Override {
  column: string
  value: string | null
  where?: string
}

/** One table of a copy, in the order in which foreign keys allow loading. `where` is SQL over the source. */
export interface PlannedTable {
  table: string
  where?: string
  columns: readonly string[]
  overrides: readonly Override[]
}

export type Disposition = 'carried' | 'dropped' | 'reset' | 'migrated'

/** One line of the plan. Its number of rows is the sum over `parts`; an element may have a line per disposition. */
export interface PlannedElement {
  element: string
  title: string
  disposition: Disposition
  parts: readonly { table: string; where?: string }[]
}

/** `mask`: volunteers are obfuscated in flight (R13). Tables that the target's schema files fill are not named. */
export interface CopyPlan {
  version: string
  mode: CopyMode
  migration: boolean
  mask: boolean
  tables: readonly PlannedTable[]
  elements: readonly PlannedElement[]
}

/** A line of the dry run, and of what really happened (R34). */
export interface ElementCount {
  element: string
  title: string
  disposition: Disposition
  rows: number
}
