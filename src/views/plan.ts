/** The plan as a contract (R34): what will happen to each element, and afterwards what really happened. */
import { roleOrder } from '../lifecycle/ask.js'
import type { Operation, PlanElement, Step } from '../lifecycle/types.js'
import { countedText } from '../product/index.js'
import { type Audience, context, line, lines, section, shortHash, type View, view } from './view.js'
import { count, instanceTitles, number, some } from './words.js'

const dispositions: PlanElement['disposition'][] = ['carried', 'loaded', 'migrated', 'reset', 'dropped']

/** What will happen, before anyone approves. Both audiences see the same contract: elements and counts, nothing else. */
export function planThread({ operation, audience }: { operation: Operation; audience: Audience }): View {
  const { elements } = operation.plan
  const text = `The plan: ${planSummary(elements)}`
  const lead = audience === 'ops' ? 'An approval is for exactly this.' : 'Nothing else will be done.'
  return view(text, [
    section(`*The plan*\n${planSummary(elements)}`),
    ...byRole(elements, (some) => [...some.map(planLine), ...configurationLine(some)]),
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

/** In plans that were made before there was a dry run of the migration program: its own reconciliation accounts for it. */
function isCountedLater({ disposition, rows, parts }: PlanElement): boolean {
  return disposition === 'migrated' && rows === 0 && !parts
}

/** `Roles: 9 roles, 44 permissions, 127 assignments` */
function planLine(each: PlanElement): string {
  return `${nameOf(each)}: ${isCountedLater(each) ? 'counted by the migration program' : partsText(each)}`
}

function nameOf({ title, disposition }: Pick<PlanElement, 'title' | 'disposition'>): string {
  return line(disposition === 'carried' ? title : `${title} (${disposition})`, 80)
}

function partsText({ rows, parts }: Pick<PlanElement, 'rows' | 'parts'>): string {
  return parts ? line(countedText(parts), 240) : count(rows, 'row')
}

/** What the configuration report of the instance will count: without users, volunteers, and settings that no comparison looks at. */
function configurationLine(elements: readonly PlanElement[]): string[] {
  const held = elements
    .filter(({ disposition }) => disposition !== 'dropped')
    .flatMap(({ element, parts = [] }) =>
      parts.filter(({ configuration, rows }) => configuration && rows > 0).map(({ rows }) => ({ element, rows })),
    )
  if (held.length === 0) return []
  const rows = held.reduce((sum, each) => sum + each.rows, 0)
  return [`_In the configuration report: ${count(new Set(held.map(({ element }) => element)).size, 'element')}, ${count(rows, 'row')}_`]
}

/** Planned against actual counts. Where no step counted an element, nothing is claimed about it. */
export function resultThread({ operation, steps }: { operation: Operation; steps: readonly Step[]; audience: Audience }): View {
  const planned = operation.plan.elements
  const actual = new Map(steps.flatMap(countsOf).map((each) => [keyOf(each), each]))
  const known = planned.filter((each) => each.disposition !== 'dropped' && !isCountedLater(each) && actual.has(keyOf(each)))
  const differ = known.filter((each) => differs(each, actual.get(keyOf(each)))).length
  const verdict = verdictText(known.length, differ, loadedBy(steps))
  return view(`Planned and actual: ${verdict.text}`, [
    section(`*Planned and actual*\n${verdict.emoji} ${verdict.text}`),
    ...byRole(planned, (some) => some.map((each) => resultLine(each, actual.get(keyOf(each))))),
    context(`Plan ${shortHash(operation.planHash)}`),
  ])
}

/** `✓  Roles: 9 roles, 44 permissions, 127 assignments`, `≠  Sites: 3 sites, planned 4 sites`, `–  Labs: not counted, planned 2 labs` */
function resultLine(each: PlanElement, found: Count | undefined): string {
  if (isCountedLater(each)) return `–  ${nameOf(each)}: see the migration report`
  // Nothing is counted of what was not written.
  if (each.disposition === 'dropped') return `–  ${nameOf(each)}: ${partsText(each)}, not written`
  if (!found) return `–  ${nameOf(each)}: not counted, planned ${partsText(each)}`
  return differs(each, found)
    ? `≠  ${nameOf(each)}: ${partsText(found)}, planned ${partsText(each)}`
    : `✓  ${nameOf(each)}: ${partsText(found)}`
}

function differs(each: PlanElement, found: Count | undefined): boolean {
  if (!found || found.rows !== each.rows) return true
  return Boolean(each.parts && found.parts && countedText(each.parts) !== countedText(found.parts))
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

type Count = Pick<PlanElement, 'element' | 'disposition' | 'role' | 'rows' | 'parts'>

/** What a step counted, element by element. Anything of another shape is passed over. */
function countsOf({ result, role }: Step): Count[] {
  if (!role) return []
  return records(result?.['counts']).flatMap(({ element, disposition, actual, parts }) => {
    if (typeof element !== 'string' || typeof actual !== 'number' || !isDisposition(disposition)) return []
    const counted = records(parts).flatMap(partOf)
    return [{ element, disposition, role, rows: actual, ...(counted.length > 0 ? { parts: counted } : {}) }]
  })
}

function partOf({ table, unit, actual, configuration }: Partial<Record<string, unknown>>): NonNullable<PlanElement['parts']> {
  if (typeof table !== 'string' || typeof unit !== 'string' || typeof actual !== 'number') return []
  return [{ table, unit, rows: actual, configuration: configuration === true }]
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

/** As many lines as a message has room for; further ones are counted. */
function byRole(elements: readonly PlanElement[], show: (some: PlanElement[]) => string[]) {
  const roles = rolesIn(elements)
  return roles.flatMap((role) => {
    const own = some(show(elements.filter((each) => each.role === role)), 40)
    return lines(roles.length > 1 ? [`*${instanceTitles[role]}*`, ...own] : own)
  })
}
