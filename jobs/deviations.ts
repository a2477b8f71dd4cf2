/** From what an execution found to deviations: raised, still shown, or no longer shown and so corrected (R22). */
import { agrees, type IqData } from '../src/documents/index.js'
import type { Effect } from '../src/lifecycle/decision.js'
import { hashOf } from '../src/lifecycle/hash.js'
import { deviationNumber, standingDeviations } from '../src/lifecycle/qualification.js'
import type { Deviation, Instance } from '../src/lifecycle/types.js'
import { type CheckResult, isCritical } from '../src/product/index.js'
import { personFacts } from './documents/issue.js'
import type { Held } from './held.js'
import { must, type StepContext } from './job.js'

/** One difference, by the check that found it. */
export type Found = Pick<Deviation, 'what' | 'foundSha256' | 'executed' | 'impact' | 'critical'> & { check: string }

type Listed = IqData['deviations']['value'][number]

/** The name under which a deviation covers rows that differ from the approved plan (R34). */
const PLAN = 'plan'
/** And what an execution could not make or read, though it is no check: a configuration report, the inventory. */
export type Unmade = 'configuration-report' | 'inventory'

const unmade: Record<Unmade, { what: string; impact: string }> = {
  'configuration-report': { what: 'The configuration report could not be made', impact: 'What is configured is not known.' },
  inventory: { what: 'What is installed could not be read', impact: 'What is installed is not known.' },
}

/** What an execution found not to be as it should be. `counts` is null where the instance could not be counted. */
export function differences(context: StepContext, checks: readonly CheckResult[], counts: readonly Held[] | null): Found[] {
  const failed = checks.filter(({ result }) => result === 'fail' || result === 'blocked').map((check) => ofCheck(context, check))
  if (!counts) {
    const uncounted = { what: 'Rows could not be counted.', impact: 'Not known to be what was approved (R34).', critical: true }
    return [...failed, { check: PLAN, ...uncounted, foundSha256: hashOf([PLAN, 'uncounted']), executed: false }]
  }
  const differing = counts.filter((line) => !agrees(line))
  if (differing.length === 0) return failed
  const lines = differing.map(({ title, planned, actual }) => `${title}: ${actual}, planned ${planned}`)
  const what = `Rows were counted that differ from the approved plan: ${short(lines.join('; '), 400)}.`
  const impact = 'It is not what was approved (R34).'
  return [...failed, { check: PLAN, what, foundSha256: hashOf([PLAN, differing]), executed: true, impact, critical: true }]
}

function ofCheck({ product }: StepContext, { id, title, requirement, expected, actual, result }: CheckResult): Found {
  const executed = result !== 'blocked'
  const what = executed
    ? `${id} ${title}: expected ${short(expected, 200)}, found ${short(actual, 200)}`
    : `${id} ${title} could not be executed: ${short(actual, 200)}`
  const foundSha256 = hashOf([id, result, expected, actual])
  return {
    check: id,
    what,
    foundSha256,
    executed,
    impact: `Not fulfilled, or not known to be: ${requirement}`,
    critical: isCritical(product, id),
  }
}

/** What could not be made or read in any attempt is a difference like any other, with the reference of its cause (R22). Throws as `giveUp` does. */
export function couldNot(context: StepContext, check: Unmade, error: unknown): Found {
  const reference = context.giveUp(error)
  const { what, impact } = unmade[check]
  const cause = error instanceof Error ? [error.name, error.message] : [String(error)]
  return {
    ...{ check, what: `${what} (reference ${reference}).`, foundSha256: hashOf([check, ...cause]) },
    ...{ executed: false, impact, critical: true },
  }
}

function short(text: string, max: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > max ? `${line.slice(0, max - 1)}…` : line || '(nothing)'
}

export interface Settled {
  effects: Effect[]
  /** Every deviation of the instance as it stands after this execution, oldest first. */
  listed: Listed[]
}

interface Execution {
  instance: Instance
  document: string
  execution: number
  checks: readonly CheckResult[]
  found: Found[]
  at: string
}

/**
 * Settles what was found with what stands on record: the same difference keeps its number and what became of it, and is judged anew where it
 * was rejected. One is corrected only by an execution in which its check passed; each change is an effect.
 */
export function settleDeviations(context: StepContext, now: Execution): Settled {
  const { situation } = context
  const { instance, document, execution, found } = now
  const environment = must(context.environment, 'the environment')
  const standing = standingDeviations(situation, instance.id).filter((d) => d.document !== null)
  const fresh = found.filter((f) => !standing.some((d) => isSame(d, f)))
  const raised = fresh.map((f, index) => ({ ...f, number: deviationNumber(situation, environment, index) }))
  const known = found.flatMap((f) => standing.filter((d) => isSame(d, f)).map(({ number }) => ({ ...f, number })))
  const changed = new Map(
    standing.flatMap((d) => [becameOf(d, now, [...raised, ...known])].flatMap((became) => (became ? [[d.id, became] as const] : []))),
  )
  const where = { environmentId: environment.id, instanceId: instance.id, document, execution }
  const earlier = situation.deviations.filter((d) => d.instanceId === instance.id)
  return {
    effects: [
      ...raised.map((d) => ({ do: 'add-deviation' as const, ...where, ...d })),
      ...[...changed].map(([id, became]) => ({ do: 'set-deviation' as const, id, ...became })),
    ],
    listed: [
      ...listDeviations(context, earlier).map((d, index) => {
        const became = changed.get(earlier[index]?.id ?? '')
        if (!became) return d
        const { foundAgainBy: _, ...told } = { foundAgainBy: null, ...became }
        return { ...d, ...told, ...('correctedBy' in told ? { correctedAt: now.at } : {}) }
      }),
      ...raised.map(({ number, check, what, impact, critical }) => ({
        ...{ number, check, foundBy: foundBy(now), description: what, impact, critical },
        disposition: 'open' as const,
      })),
    ],
  }
}

function foundBy({ document, execution }: Pick<Execution, 'document' | 'execution'>): string {
  return `${document} execution ${execution}`
}

function isSame(d: Deviation, f: Found): boolean {
  return d.check === f.check && d.foundSha256 === f.foundSha256
}

type Became =
  | { disposition: 'open'; foundAgainBy: string }
  | { disposition: 'corrected'; correctedBy: string }
  | { disposition: 'superseded'; supersededBy: string }

/** What an execution makes of a deviation that stood before; null: it stays as it is. A check that could not be executed shows nothing of what was found. */
function becameOf(d: Deviation, now: Execution, numbered: readonly (Found & { number: string })[]): Became | null {
  const f = numbered.find(({ check }) => check === d.check)
  if (!f) return wasExecuted(d, now) ? { disposition: 'corrected', correctedBy: foundBy(now) } : null
  if (isSame(d, f)) return d.disposition === 'rejected' ? { disposition: 'open', foundAgainBy: foundBy(now) } : null
  return d.executed && !f.executed ? null : { disposition: 'superseded', supersededBy: f.number }
}

/** Whether the execution held what the deviation is about: its check passed or does not apply; counts, report and inventory are looked at each time. */
function wasExecuted({ check }: Deviation, { checks }: Execution): boolean {
  if (check === PLAN || (check !== null && check in unmade)) return true
  return checks.some(({ id, result }) => id === check && (result === 'pass' || result === 'n/a'))
}

/** Who accepted or rejected it, as they were at that click. */
function disposerOf({ situation }: StepContext, { id, disposedBy }: Deviation): string | null {
  const verdicts = situation.requests.filter((r) => r.kind === 'accept-deviation' && r.subject === id).flatMap((r) => r.verdicts)
  return verdicts.find(({ userId }) => userId === disposedBy)?.profileId ?? null
}

/** Deviations as an IQ lists them: what was found, and what became of it, by whom and why. */
export function listDeviations(context: StepContext, deviations: readonly Deviation[]): Listed[] {
  return deviations.map((d) => ({
    number: d.number,
    check: d.check ?? '–',
    foundBy: d.document === null ? '–' : `${d.document} execution ${d.execution ?? '–'}`,
    description: d.what,
    impact: d.impact,
    critical: d.critical,
    disposition: d.disposition,
    ...(d.decision ? { decision: d.decision } : {}),
    ...(d.disposedBy && d.disposedAt
      ? { by: personFacts(context, d.disposedBy, disposerOf(context, d)), at: d.disposedAt.toISOString() }
      : {}),
    ...(d.reason ? { reason: d.reason } : {}),
    ...(d.correctedBy ? { correctedBy: d.correctedBy } : {}),
    ...(d.correctedAt ? { correctedAt: d.correctedAt.toISOString() } : {}),
    ...(d.supersededBy ? { supersededBy: d.supersededBy } : {}),
  }))
}
