/** What a copy will do, worked out from the product definition alone (R6, R12, R34). */
import type { CopyMode, Element } from './definition.js'
import type { Product } from './load.js'
import type { MaskPolicy } from './mask.js'
import { ignoredRows, type Reset, resets, unreset } from './resets.js'
import { any as either, all as every } from './sql.js'
import { columnsOf, configurationElements, tablesOf } from './tables.js'
import { type CountedPart, ignoredUnit, unitOf } from './units.js'

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

type Disposition = 'carried' | 'dropped' | 'reset' | 'migrated'

/** One line of the plan. Its number of rows is the sum over `parts`; an element may have a line per disposition. */
interface PlannedElement {
  element: string
  title: string
  disposition: Disposition
  parts: readonly (Omit<CountedPart, 'rows'> & { where?: string })[]
}

/** `mask`: volunteers are obfuscated in flight (R13). Tables that the target's schema files fill are not named. */
export interface CopyPlan {
  version: string
  mode: CopyMode
  migration: boolean
  mask: MaskPolicy | null
  tables: readonly PlannedTable[]
  elements: readonly PlannedElement[]
  /** Volunteers travel unmasked: refused where the source holds one for whom `dummy` (SQL over the table) does not hold (R16). */
  dummiesOnly?: { table: string; dummy: string }
}

/** A line of the dry run, and of what really happened (R34). */
export interface ElementCount {
  element: string
  title: string
  disposition: Disposition
  rows: number
  /** Table by table, with what its rows are called. */
  parts: CountedPart[]
}

/** `migration`: the customer has a legacy database, so that what the migration program brings is not taken from the source. */
interface CopyOptions {
  migration: boolean
  mask?: MaskPolicy | null
}

/**
 * What a copy of this mode carries, drops and resets, in one version of the product (R6, R12, R34). With a mask the audit trail stays behind:
 * it tells in words, and in old and new values, what was done about whom (R13).
 */
export function copyPlan(product: Product, version: string, mode: CopyMode, { migration, mask = null }: CopyOptions): CopyPlan {
  const rule = (element: Element) => (mask && element.class === 'audit' ? 'drop' : ruleOf(element, mode, migration))
  const parts = product.definition.elements.flatMap((element) => partsOf(product, version, element, rule(element)))
  const tables = tablesOf(product, version).flatMap((table) => planTable(product, version, table, parts))
  const migrated = migratedElements(product, mode, migration)
  const elements = product.definition.elements
    .flatMap((element) =>
      planElement(
        element,
        parts.filter((part) => part.element === element),
        migrated.has(element.id),
      ),
    )
    .map((line) => ({ ...line, parts: line.parts.flatMap((part) => named(product, line.element, part)) }))
  const { table, dummy } = product.definition.people
  const dummiesOnly = !mask && tables.some((planned) => planned.table === table) ? { dummiesOnly: { table, dummy } } : {}
  return { version, mode, migration, mask, tables, elements, ...dummiesOnly }
}

/** The rows of one table that belong to one element, and those of them that the copy takes. */
interface Part {
  element: Element
  table: string
  rows: string | undefined
  taken: 'all' | 'none' | string
  clears: Override[]
  resets: Reset[]
}

type Rule = Element['modes'][CopyMode]

function ruleOf(element: Element, mode: CopyMode, migration: boolean): Rule {
  return mode === 'merge' && migration && element.owner === 'migration' ? 'drop' : element.modes[mode]
}

function migratedElements({ definition }: Product, mode: CopyMode, migration: boolean): Set<string> {
  return new Set(mode === 'merge' && migration ? definition.migration.entities.map(({ element }) => element) : [])
}

function partsOf(product: Product, version: string, element: Element, rule: Rule): Part[] {
  const all = resets(product, version)
  const present = new Set(tablesOf(product, version))
  return Object.entries(element.tables)
    .filter(([table]) => present.has(table))
    .map(([table, filter]) => ({
      element,
      table,
      rows: filter ?? undefined,
      taken: takenOf(rule, table),
      clears: clearsOf(rule, table, filter),
      resets: all.filter((reset) => reset.table === table),
    }))
}

function takenOf(rule: Rule, table: string): Part['taken'] {
  if (rule === 'carry') return 'all'
  return rule === 'drop' ? 'none' : (rule.where[table] ?? 'all')
}

function clearsOf(rule: Rule, table: string, filter: string | null | undefined): Override[] {
  if (typeof rule === 'string') return []
  return Object.entries(rule.clear[table] ?? {}).map(([column, where]) => ({ column, value: null, where: every([filter, where]) ?? where }))
}

function planTable(product: Product, version: string, table: string, parts: readonly Part[]): PlannedTable[] {
  const carried = parts.filter((part) => part.table === table && part.taken !== 'none')
  if (carried.length === 0) return []
  const where = either(carried.map(({ rows, taken }) => every([rows, taken === 'all' ? undefined : taken])))
  const columns = columnsOf(product, version, table).map(([column]) => column)
  const fixed = (carried[0]?.resets ?? []).map(({ column, value, where }) => ({ column, value, ...(where === undefined ? {} : { where }) }))
  return [{ table, ...(where === undefined ? {} : { where }), columns, overrides: [...fixed, ...carried.flatMap(({ clears }) => clears)] }]
}

type UnnamedPart = Pick<PlannedElement['parts'][number], 'table' | 'where'>
type Unnamed = Omit<PlannedElement, 'parts'> & { parts: readonly UnnamedPart[] }

function planElement(element: Element, parts: readonly Part[], migrated: boolean): Unnamed[] {
  const line = (disposition: Disposition, rows: (Unnamed['parts'][number] | undefined)[]): Unnamed[] => {
    const counted = rows.filter((row) => row !== undefined)
    return counted.length === 0 ? [] : [{ element: element.id, title: element.title, disposition, parts: counted }]
  }
  return [
    ...line('carried', parts.map(carriedRows)),
    ...line('reset', parts.map(resetRows)),
    ...line('dropped', parts.map(droppedRows)),
    ...(migrated ? [{ element: element.id, title: element.title, disposition: 'migrated' as const, parts: [] }] : []),
  ]
}

/** What the rows are called, and whether they are configuration; rows of settings that are not compared are a part of their own. */
export function named(product: Product, element: string, { table, where }: UnnamedPart): PlannedElement['parts'] {
  const configuration = configurationElements(product).some(({ id }) => id === element)
  const ignored = configuration ? ignoredRows(product, table) : undefined
  const part = (unit: string, compared: boolean, condition: string | undefined) => {
    const both = every([where, condition])
    return { table, unit, configuration: compared, ...(both === undefined ? {} : { where: both }) }
  }
  const own = part(unitOf(product, table), configuration, ignored && `(${ignored}) is not true`)
  return ignored === undefined ? [own] : [own, part(ignoredUnit, false, ignored)]
}

function carriedRows({ table, rows, taken, resets }: Part) {
  if (taken === 'none') return undefined
  const changed = changedBy(resets)
  return counted(table, [rows, taken === 'all' ? undefined : taken, changed && `(${changed}) is not true`])
}

function resetRows({ table, rows, taken, resets }: Part) {
  const changed = changedBy(resets)
  if (taken === 'none' || changed === undefined) return undefined
  return counted(table, [rows, taken === 'all' ? undefined : taken, changed])
}

function droppedRows({ table, rows, taken }: Part) {
  if (taken === 'all') return undefined
  return counted(table, [rows, taken === 'none' ? undefined : `(${taken}) is not true`])
}

function changedBy(resets: readonly Reset[]): string | undefined {
  return resets.length === 0 ? undefined : either(resets.map(unreset))
}

function counted(table: string, conditions: (string | undefined)[]) {
  const where = every(conditions)
  return where === undefined ? { table } : { table, where }
}

/**
 * What the migration program brought, to be counted in an instance as `dryRun` counts a source: by element, only the tables that the program
 * loads, of each the rows that are the element's (R34).
 */
export function migratedPlan(product: Product, version: string): CopyPlan {
  const present = new Set(tablesOf(product, version))
  const { entities } = product.definition.migration
  const elements = product.definition.elements.flatMap(({ id, title, tables }) => {
    const parts = entities
      .filter(({ element, table }) => element === id && present.has(table))
      .flatMap(({ table }) => named(product, id, { table, ...(tables[table] ? { where: tables[table] } : {}) }))
    return parts.length > 0 ? [{ element: id, title, disposition: 'migrated' as const, parts }] : []
  })
  return { version, mode: 'full', migration: true, mask: null, tables: [], elements }
}
