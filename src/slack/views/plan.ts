/** The plan as a contract (R34): what will happen to each element, and afterwards what really happened. */
import { roleOrder } from '../../lifecycle/ask.js'
import type { Operation, PlanElement, Step } from '../../lifecycle/types.js'
import { table } from './table.js'
import { type Audience, context, section, shortHash, type View, view } from './view.js'
import { count, instanceTitles, number } from './words.js'

const dispositions: PlanElement['disposition'][] = ['carried', 'migrated', 'reset', 'dropped']

/** What will happen, before anyone approves. Both audiences see the same contract: elements and counts, nothing else. */
export function planThread({ operation, audience }: { operation: Operation; audience: Audience }): View {
  const { elements } = operation.plan
  const text = `The plan: ${planSummary(elements)}`
  const lead = audience === 'ops' ? 'An approval is for exactly this.' : 'Nothing else will be done.'
  return view(text, [
    section(`*The plan*\n${planSummary(elements)}`),
    ...byRole(elements, (some) => table(['Rows', 'Will be', 'Element'], some.map(planRow))),
    context(`${lead} Plan ${shortHash(operation.planHash)}`),
  ])
}

/** `14 elements · 1,203 rows carried, 20 reset, 3 dropped` */
export function planSummary(elements: readonly PlanElement[]): string {
  if (elements.length === 0) return 'Nothing is copied.'
  const sums = dispositions.flatMap((disposition) => {
    const rows = elements.filter((each) => each.disposition === disposition).reduce((sum, each) => sum + each.rows, 0)
    return rows > 0 ? [{ rows, disposition }] : []
  })
  const told = sums.map(({ rows, disposition }, at) => `${at === 0 ? count(rows, 'row') : number(rows)} ${disposition}`)
  const later = namesOf(elements.filter(isCountedLater))
  const program = later > 0 ? ` · ${later} counted by the migration program` : ''
  return `${count(namesOf(elements), 'element')} · ${told.join(', ') || 'no rows yet'}${program}`
}

function namesOf(elements: readonly PlanElement[]): number {
  return new Set(elements.map(({ element }) => element)).size
}

/** What the migration program brings is not known before it has run: its own reconciliation accounts for it. */
function isCountedLater({ disposition, rows }: PlanElement): boolean {
  return disposition === 'migrated' && rows === 0
}

function planRow(each: PlanElement): (string | number)[] {
  return [plannedRows(each), each.disposition, each.title]
}

function plannedRows(each: PlanElement): number | string {
  return isCountedLater(each) ? '' : each.rows
}

/** Planned against actual counts. Where no step counted an element, nothing is claimed about it. */
export function resultThread({ operation, steps }: { operation: Operation; steps: readonly Step[]; audience: Audience }): View {
  const planned = operation.plan.elements
  const actual = new Map(steps.flatMap(countsOf).map((each) => [keyOf(each), each.rows]))
  const known = planned.filter((each) => !isCountedLater(each) && actual.has(keyOf(each)))
  const differ = known.filter((each) => actual.get(keyOf(each)) !== each.rows).length
  const verdict = verdictText(known.length, differ, loadedBy(steps))
  const row = (each: PlanElement) => {
    const what = each.disposition === 'carried' ? each.title : `${each.title} (${each.disposition})`
    return [plannedRows(each), actual.get(keyOf(each)) ?? '', sign(each, actual), what]
  }
  return view(`Planned and actual: ${verdict.text}`, [
    section(`*Planned and actual*\n${verdict.emoji} ${verdict.text}`),
    ...byRole(planned, (some) => table(['Planned', 'Actual', '', 'Element'], some.map(row))),
    context(`Plan ${shortHash(operation.planHash)}`),
  ])
}

/** Rows that steps loaded from what the product ships; they are told in sum, not by element. */
function loadedBy(steps: readonly Step[]): number {
  return steps.reduce((sum, { result }) => sum + (typeof result?.['rows'] === 'number' ? result['rows'] : 0), 0)
}

function verdictText(known: number, differ: number, loaded: number): { emoji: string; text: string } {
  const info = ':information_source:'
  if (known === 0) return { emoji: info, text: loaded > 0 ? `${count(loaded, 'row')} loaded.` : 'Nothing was counted.' }
  if (differ === 0) return { emoji: ':white_check_mark:', text: `As planned: ${known} of ${known} counts agree.` }
  return { emoji: ':warning:', text: `${differ} of ${count(known, 'count')} ${differ === 1 ? 'differs' : 'differ'} from the plan.` }
}

function sign(element: PlanElement, actual: ReadonlyMap<string, number>): string {
  const rows = actual.get(keyOf(element))
  if (rows === undefined) return '–'
  if (isCountedLater(element)) return ''
  return rows === element.rows ? '✓' : '≠'
}

type Count = Pick<PlanElement, 'element' | 'disposition' | 'role' | 'rows'>

/** What a step reported: `counts` of a copy, `entities` of the migration program. Anything of another shape is passed over. */
function countsOf({ result, role }: Step): Count[] {
  if (!role) return []
  const copied = records(result?.['counts']).flatMap(({ element, disposition, actual }) =>
    typeof element === 'string' && typeof actual === 'number' && isDisposition(disposition) && disposition !== 'migrated'
      ? [{ element, disposition, role, rows: actual }]
      : [],
  )
  const migrated = records(result?.['entities']).flatMap(({ entity, loaded }) =>
    typeof entity === 'string' && typeof loaded === 'number'
      ? [{ element: entity, disposition: 'migrated' as const, role, rows: loaded }]
      : [],
  )
  return [...copied, ...migrated]
}

function records(value: unknown): Partial<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter((each): each is Record<string, unknown> => typeof each === 'object' && each !== null) : []
}

function isDisposition(value: unknown): value is PlanElement['disposition'] {
  return dispositions.some((each) => each === value)
}

function keyOf({ element, disposition, role }: Omit<Count, 'rows'>): string {
  return `${role} ${disposition} ${element}`
}

function rolesIn(elements: readonly PlanElement[]) {
  return roleOrder.filter((role) => elements.some((each) => each.role === role))
}

function byRole(elements: readonly PlanElement[], show: (some: PlanElement[]) => ReturnType<typeof table>) {
  const roles = rolesIn(elements)
  return roles.flatMap((role) => {
    const own = show(elements.filter((each) => each.role === role))
    return roles.length > 1 ? [section(`*${instanceTitles[role]}*`), own] : [own]
  })
}
