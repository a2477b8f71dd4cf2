/** What stands in an instance, counted in the lines of a plan: after a copy, and at the execution of an IQ (R34). */
import type { Product } from './load.js'
import { type CopyPlan, type ElementCount, named } from './plan.js'
import { tablesOf } from './tables.js'
import type { CountedPart } from './units.js'

/**
 * What a copy brought: `after` are the plan's lines counted in the target once it is written, `before` the same in the source on the copy's
 * snapshot. How many rows there are is the target's count. Which of them were reset no longer shows in them: that is `before`'s, less the rows
 * that still have another value. What the plan drops was not written, and has no line.
 */
export function arrivedCounts(before: readonly ElementCount[], after: readonly ElementCount[]): ElementCount[] {
  const rowsIn = (counts: readonly ElementCount[], element: string, disposition: string, part: CountedPart) =>
    counts
      .filter((line) => line.element === element && line.disposition === disposition)
      .flatMap(({ parts }) => parts)
      .find(({ table, unit }) => table === part.table && unit === part.unit)?.rows ?? 0
  return before
    .filter(({ disposition }) => disposition === 'carried' || disposition === 'reset')
    .map((line) => {
      const parts = line.parts.map((part) => {
        const there = rowsIn(after, line.element, 'carried', part)
        const due = rowsIn(before, line.element, 'reset', part) - rowsIn(after, line.element, 'reset', part)
        const reset = Math.min(Math.max(due, 0), there)
        return { ...part, rows: line.disposition === 'reset' ? reset : there - reset }
      })
      return { ...line, rows: sumOf(parts), parts }
    })
}

/** The first table of which another number of rows arrived than the copy's snapshot had to give; undefined where all arrived. */
export function lostOnTheWay(
  before: readonly ElementCount[],
  arrived: readonly ElementCount[],
): { table: string; read: number; written: number } | undefined {
  const read = byTable(before.filter(({ disposition }) => disposition === 'carried' || disposition === 'reset'))
  const written = byTable(arrived)
  const [table] = [...read].find(([each, rows]) => rows !== (written.get(each) ?? 0)) ?? []
  return table === undefined ? undefined : { table, read: read.get(table) ?? 0, written: written.get(table) ?? 0 }
}

function byTable(counts: readonly ElementCount[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { table, rows } of counts.flatMap(({ parts }) => parts)) sums.set(table, (sums.get(table) ?? 0) + rows)
  return sums
}

function sumOf(parts: readonly CountedPart[]): number {
  return parts.reduce((sum, { rows }) => sum + rows, 0)
}

/** Every element with all that it holds, to be counted in an instance as `dryRun` counts a source: whatever brought it there. */
export function heldPlan(product: Product, version: string): CopyPlan {
  const present = new Set(tablesOf(product, version))
  const elements = product.definition.elements.map(({ id, title, tables }) => ({
    element: id,
    title,
    disposition: 'carried' as const,
    parts: Object.entries(tables)
      .filter(([table]) => present.has(table))
      .flatMap(([table, where]) => named(product, id, where == null ? { table } : { table, where })),
  }))
  return { version, mode: 'full', migration: false, mask: null, tables: [], elements }
}
