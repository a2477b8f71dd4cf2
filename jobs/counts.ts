/** Planned against counted (R34): one way of counting for plan, thread and IQ. */
import { countedOtherwise } from '../src/lifecycle/counting.js'
import type { Instance, PlanElement } from '../src/lifecycle/types.js'
import {
  type ContentSet,
  configurationElements,
  content,
  type ElementCount,
  ignoredUnit,
  isIgnored,
  type LoadTable,
  type Product,
  unitOf,
} from '../src/product/index.js'
import { type StepContext, StepRefused } from './job.js'

export interface Reconciled {
  element: string
  title: string
  disposition: PlanElement['disposition']
  planned: number
  actual: number
  /** The same part by part; absent where the plan was made before it was counted so. */
  parts?: { table: string; unit: string; planned: number; actual: number; configuration: boolean }[]
}

type Part = ElementCount['parts'][number]
type Count = Omit<PlanElement, 'role'>

/** Which of a plan's lines one counting is about. What is dropped is not written: only a count of the source has it. */
const ABOUT = {
  source: ['carried', 'reset', 'dropped'],
  copied: ['carried', 'reset'],
  migrated: ['migrated'],
  loaded: ['loaded'],
} satisfies Record<string, PlanElement['disposition'][]>

/**
 * What the plan promised against what was counted (R34), line by line; what the plan did not name stands there with 0 planned. What the
 * migration program brings is counted by itself; lines of a plan that was made before there was a dry run of it say nothing.
 */
export function compareCounts(
  context: StepContext,
  actual: readonly Count[],
  role: Instance['role'],
  which: keyof typeof ABOUT = 'copied',
): Reconciled[] {
  const concerned = (line: Count) => (ABOUT[which] as PlanElement['disposition'][]).includes(line.disposition)
  const planned = context.operation.plan.elements.filter((e) => e.role === role && concerned(e) && (which !== 'migrated' || e.parts))
  if (which === 'migrated' && planned.length === 0) return []
  const same = (one: Count, other: Count) => one.element === other.element && one.disposition === other.disposition
  const unplanned = actual.filter((a) => a.rows > 0 && concerned(a) && !planned.some((p) => same(p, a)))
  const lines: Count[] = [...planned, ...unplanned.map((a) => ({ ...a, rows: 0, parts: [] }))]
  return lines.map((line) => {
    const found = actual.find((a) => same(line, a))
    const { element, title, disposition, rows } = line
    const parts = line.parts && found?.parts ? partsOf(line.parts, found.parts) : undefined
    return { element, title, disposition, planned: rows, actual: found?.rows ?? 0, ...(parts ? { parts } : {}) }
  })
}

function partsOf(planned: readonly Part[], actual: readonly Part[]): NonNullable<Reconciled['parts']> {
  const same = (one: Part, other: Part) => one.table === other.table && one.unit === other.unit
  const extra = actual.filter((a) => !planned.some((p) => same(p, a))).map((a) => ({ ...a, rows: 0 }))
  return [...planned, ...extra].map(({ rows, ...part }) => ({
    ...part,
    planned: rows,
    actual: actual.find((a) => same({ rows, ...part }, a))?.rows ?? 0,
  }))
}

/** What was approved is what happens: a source that changed since the plan was counted needs a new plan, and new approvals (R30, R34). */
export function asPlanned(counts: Reconciled[], context: Pick<StepContext, 'operation'>): Reconciled[] {
  return asApproved(
    counts,
    context,
    (said) => `The source changed after the plan was approved (${said}). Ask for it anew: the new plan shows what is there now.`,
  )
}

/** The same for what the migration program loaded: its dry run over the same files, when the plan was made, is what was approved. */
export function asDryRun(counts: Reconciled[], context: Pick<StepContext, 'operation'>): Reconciled[] {
  return asApproved(
    counts,
    context,
    (said) =>
      `The migration program loaded other counts than its dry run for the plan (${said}). Ask for it anew: the new plan counts again.`,
  )
}

function asApproved(counts: Reconciled[], { operation }: Pick<StepContext, 'operation'>, why: (said: string) => string): Reconciled[] {
  const said = differing(counts)
  if (said === null) return counts
  if (countedOtherwise(operation)) throw ofAnEarlierSlipway(said)
  throw new StepRefused('R34', 'not-as-planned', why(said))
}

/** The source may be as it was: what differs is the counting. */
function ofAnEarlierSlipway(said: string): StepRefused {
  return new StepRefused(
    'R34',
    'planned-earlier',
    `The plan was made by an earlier Slipway, and this version counts differently (${said}); whether the source changed cannot be told. Ask for it anew: the new plan is counted by this version.`,
  )
}

function differing(counts: Reconciled[]): string | null {
  const lines = counts.flatMap(({ title, disposition, planned, actual, parts = [] }) => {
    const part = parts.find((each) => each.planned !== each.actual)
    if (planned === actual && !part) return []
    const detail = part ? `, of these ${part.actual} ${part.unit}, planned ${part.planned}` : ''
    return [`${title}: ${actual} ${disposition}, planned ${planned}${detail}`]
  })
  if (lines.length === 0) return null
  return lines.length > 5 ? `${lines.slice(0, 5).join('; ')} and ${lines.length - 5} more` : lines.join('; ')
}

/** The plan's lines for content that the product ships, counted from its files; the tables of `without` are left out. */
export async function plannedContent(
  product: Product,
  version: string,
  sets: readonly ContentSet[],
  { role, without = new Set() }: { role: Instance['role']; without?: ReadonlySet<string> },
): Promise<PlanElement[]> {
  const rows = new Map<string, number>()
  const ignored = new Map<string, number>()
  for (const table of content(product, version, sets)) {
    if (without.has(table.table)) continue
    let n = 0
    for await (const _ of watched(product, table, ignored).rows) n += 1
    rows.set(table.table, n)
  }
  return byElement(product, rows, ignored).map((line) => ({ ...line, role }))
}

/** The same table; rows of settings that are not compared are counted into `ignored` as they pass. */
export function watched(product: Product, table: LoadTable, ignored: Map<string, number>): LoadTable {
  const { settings } = product.definition.tables[table.table] ?? {}
  if (!settings) return table
  const key = table.columns.indexOf(settings.key)
  async function* rows() {
    for await (const row of table.rows) {
      if (isIgnored(product, table.table, row[key] ?? '')) ignored.set(table.table, (ignored.get(table.table) ?? 0) + 1)
      yield row
    }
  }
  return { ...table, rows: rows() }
}

/** Rows of tables as rows of elements; a table that two elements share is counted with the first. */
export function byElement(product: Product, rows: ReadonlyMap<string, number>, ignored: ReadonlyMap<string, number>): Count[] {
  const configured = new Set(configurationElements(product).map(({ id }) => id))
  const taken = new Set<string>()
  return product.definition.elements.flatMap(({ id, title, tables }) => {
    const own = Object.keys(tables).filter((table) => rows.has(table) && !taken.has(table))
    for (const table of own) taken.add(table)
    const parts = own.flatMap((table) => {
      const apart = configured.has(id) ? (ignored.get(table) ?? 0) : 0
      const part = { table, unit: unitOf(product, table), rows: (rows.get(table) ?? 0) - apart, configuration: configured.has(id) }
      return apart === 0 ? [part] : [part, { table, unit: ignoredUnit, rows: apart, configuration: false }]
    })
    const sum = parts.reduce((all, part) => all + part.rows, 0)
    return sum > 0 ? [{ element: id, title, disposition: 'loaded' as const, rows: sum, parts }] : []
  })
}
