/** The plan as a contract (R34): what will happen to each element, and afterwards what really happened. */
import { roleOrder } from '../../lifecycle/ask.js'
import type { Operation, PlanElement, Step } from '../../lifecycle/types.js'
import { table } from './table.js'
import { type Audience, context, section, shortHash, type View, view } from './view.js'
import { count, instanceTitles, number } from './words.js'

const dispositions: PlanElement['disposition'][] = ['carried', 'migrated', 'reset', 'dropped']
const rowsShown = 45

/** What will happen, before anyone approves. Both audiences see the same contract: elements and counts, nothing else. */
export function planThread({ operation, audience }: { operation: Operation; audience: Audience }): View {
  const { elements } = operation.plan
  const text = `The plan: ${planSummary(elements)}`
  const lead = audience === 'ops' ? 'An approval is for exactly this.' : 'Nothing else will be done.'
  return view(text, [
    section(`*The plan*\n${planSummary(elements)}`),
    ...byRole(elements, (some) =>
      table(['Element', 'Will be', 'Rows'], some.map(planRow), Math.floor(rowsShown / rolesIn(elements).length)),
    ),
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
  const names = new Set(elements.map(({ element }) => element)).size
  const told = sums.map(({ rows, disposition }, at) => `${at === 0 ? count(rows, 'row') : number(rows)} ${disposition}`)
  return `${count(names, 'element')} · ${told.join(', ') || 'no rows yet'}`
}

function planRow({ title, disposition, rows }: PlanElement): [string, string, number] {
  return [title, disposition, rows]
}

/** Planned against actual counts. Where no step counted an element, nothing is claimed about it. */
export function resultThread({ operation, steps }: { operation: Operation; steps: readonly Step[]; audience: Audience }): View {
  const planned = operation.plan.elements
  const actual = new Map(steps.flatMap(countsOf).map((each) => [keyOf(each), each.rows]))
  const known = planned.filter((each) => actual.has(keyOf(each)))
  const differ = known.filter((each) => actual.get(keyOf(each)) !== each.rows).length
  const verdict = verdictText(known.length, differ)
  const row = (each: PlanElement) => [each.title, each.disposition, each.rows, actual.get(keyOf(each)) ?? '', sign(each, actual)]
  return view(`Planned and actual: ${verdict.text}`, [
    section(`*Planned and actual*\n${verdict.emoji} ${verdict.text}`),
    ...byRole(planned, (some) => {
      return table(['Element', 'Was', 'Planned', 'Actual', ''], some.map(row), Math.floor(rowsShown / rolesIn(planned).length))
    }),
    context(`Plan ${shortHash(operation.planHash)}`),
  ])
}

function verdictText(known: number, differ: number): { emoji: string; text: string } {
  if (known === 0) return { emoji: ':information_source:', text: 'Nothing was counted.' }
  if (differ === 0) return { emoji: ':white_check_mark:', text: `As planned: ${known} of ${known} counts agree.` }
  return { emoji: ':warning:', text: `${differ} of ${count(known, 'count')} ${differ === 1 ? 'differs' : 'differ'} from the plan.` }
}

function sign(element: PlanElement, actual: ReadonlyMap<string, number>): string {
  const rows = actual.get(keyOf(element))
  if (rows === undefined) return '–'
  return rows === element.rows ? '✓' : '≠'
}

type Count = Pick<PlanElement, 'element' | 'disposition' | 'role' | 'rows'>

/** The counts that a step reported under `elements`; anything of another shape is passed over. */
function countsOf({ result, role }: Step): Count[] {
  const reported = result?.['elements']
  if (!Array.isArray(reported)) return []
  return reported.flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null) return []
    const found = each as Partial<Record<string, unknown>>
    const [element, disposition, rows] = [found['element'], found['disposition'], found['rows']]
    if (typeof element !== 'string' || typeof rows !== 'number' || !isDisposition(disposition)) return []
    const of = found['role'] ?? role
    return roleOrder.flatMap((known) => (known === of ? [{ element, disposition, rows, role: known }] : []))
  })
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
