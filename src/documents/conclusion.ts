/** What the results say. Every verdict in a document is computed here from its data; none is handed in. */
import { type Cell, count, type Tone } from './paper.js'
import type { DestructionRecordData, EntityBalance, IqData, ReconciliationReportData } from './types.js'

export interface Conclusion {
  outcome: 'pass' | 'pass-with-deviations' | 'fail'
  /** Empty where nothing stands in the way. */
  reasons: string[]
}

export const OUTCOME: Record<Conclusion['outcome'], { title: string; tone: Tone }> = {
  pass: { title: 'PASS', tone: 'good' },
  'pass-with-deviations': { title: 'PASS WITH DEVIATIONS', tone: 'caution' },
  fail: { title: 'FAIL', tone: 'bad' },
}

/** The name under which a deviation covers a difference between planned and counted rows (R34). */
const PLAN_CHECK = 'plan'

type CountLine = NonNullable<IqData['counts']>['value'][number]

/** Whether what was counted is what was planned, in sum and in every part; of what grows with use, there are no fewer. */
export function agrees({ planned, actual, parts = [], grows }: Pick<CountLine, 'planned' | 'actual' | 'parts' | 'grows'>): boolean {
  return [{ planned, actual }, ...parts].every((each) => (grows ? each.actual >= each.planned : each.actual === each.planned))
}

/** Pass: every check passed and the counts are those of the plan. A check that did not pass, or could not run, needs an accepted deviation. */
export function concludeIq({ checks, deviations, counts }: Pick<IqData, 'checks' | 'deviations' | 'counts'>): Conclusion {
  const accepted = new Set(
    deviations.value.filter(({ disposition, by, reason }) => disposition === 'accepted' && by && reason).map(({ check }) => check),
  )
  const reasons = checks.value
    .filter(({ id, result }) => (result === 'fail' || result === 'blocked') && !accepted.has(id))
    .map(({ id, result }) => `${id} ${result === 'fail' ? 'failed' : 'could not be executed'}, and no accepted deviation covers it`)
  if (checks.value.every(({ result }) => result === 'n/a')) reasons.push('no check was executed')
  if (counts?.measuredBy === 'none' && !accepted.has(PLAN_CHECK))
    reasons.push('rows could not be counted, and no accepted deviation covers it')
  if (counts?.value.some((line) => !agrees(line)) && !accepted.has(PLAN_CHECK))
    reasons.push('rows were counted that differ from the approved plan, and no accepted deviation covers it')
  for (const { number, disposition, by, reason } of deviations.value) {
    if (disposition === 'open' || disposition === 'rejected') reasons.push(`deviation ${number} is ${disposition}`)
    if (disposition === 'accepted' && !(by && reason)) reasons.push(`deviation ${number} is accepted by nobody, or without a reason`)
  }
  if (reasons.length > 0) return { outcome: 'fail', reasons }
  return { outcome: accepted.size > 0 ? 'pass-with-deviations' : 'pass', reasons }
}

/** Extracted less all that became of it; 0 when balanced. */
export function imbalance({ extracted, loaded, rejected, excluded, merged }: EntityBalance): number {
  return extracted - loaded - rejected - excluded - merged
}

/** Balanced: nothing was lost on the way, for every entity. */
export function concludeReconciliation({
  entities,
  rejects,
  counts,
}: Pick<ReconciliationReportData, 'entities' | 'rejects' | 'counts'>): Conclusion {
  const reasons = entities.value
    .filter((entity) => imbalance(entity) !== 0)
    .map((entity) => `${entity.entity} is out of balance by ${imbalance(entity)}`)
  if (entities.value.length === 0) reasons.push('no entity was extracted')
  for (const { title, planned, actual } of counts.value)
    if (planned !== actual) reasons.push(`${title}: ${count(actual)} rows in the database, planned ${count(planned)}`)
  for (const { entity, rejected } of entities.value) {
    const explained = rejects.value.filter((reject) => reject.entity === entity).reduce((sum, reject) => sum + reject.count, 0)
    if (explained !== rejected) reasons.push(`${entity}: ${count(rejected)} rejected, but reasons are given for ${count(explained)}`)
  }
  return { outcome: reasons.length > 0 ? 'fail' : 'pass', reasons }
}

/** Gone: whatever was looked for was not found, and of every instance that had a database, database and roles were looked for. */
export function concludeDestruction({ instances, gone, archived }: DestructionRecordData): Conclusion {
  const lists = [gone.databases, gone.roles, gone.secrets, gone.files]
  const reasons = lists.flatMap(({ value }) =>
    value.filter(({ result }) => result !== 'gone').map(({ what, name }) => `${what} ${name}: still there`),
  )
  for (const { name, made } of instances) {
    if (!made.value.database) continue
    const missing = (lines: typeof gone.roles.value) => !lines.some(({ instance }) => instance === name)
    if (missing(gone.databases.value)) reasons.push(`database of ${name}: was not looked for`)
    if (missing(gone.roles.value)) reasons.push(`roles of ${name}: were not looked for`)
  }
  if (archived.value.length === 0) reasons.push('nothing was archived before')
  return { outcome: reasons.length > 0 ? 'fail' : 'pass', reasons }
}

/** To whom the end was not announced in time, though it was to be; empty where nobody was passed over (R31). */
export function toldLate({ notices }: Pick<DestructionRecordData, 'notices'>): string[] {
  return (['vendor', 'customer'] as const).flatMap((audience) => {
    const due = notices.value.filter((notice) => notice.audience === audience && notice.due !== null)
    if (due.length === 0 || due.some(({ late }) => !late)) return []
    return [`the ${audience} ${due.some(({ posted }) => posted) ? 'was told only after the hour' : 'was never told'}`]
  })
}

/** How a single result is shown. */
export function resultCell(result: 'pass' | 'fail' | 'blocked' | 'n/a' | 'gone' | 'present'): Cell {
  if (result === 'n/a') return 'n/a'
  const good = result === 'pass' || result === 'gone'
  return { text: result.toUpperCase(), tone: good ? 'good' : 'bad' }
}
