/** From what an execution found to deviations: raised, still shown, or no longer shown and so corrected (R22). */
import { agrees, type IqData } from '../src/documents/index.js'
import type { Effect } from '../src/lifecycle/decision.js'
import { deviationNumber, standingDeviations } from '../src/lifecycle/qualification.js'
import type { Deviation, Instance } from '../src/lifecycle/types.js'
import { type CheckResult, isCritical } from '../src/product/index.js'
import { personFacts } from './documents/issue.js'
import type { Held } from './held.js'
import { must, type StepContext } from './job.js'

/** One difference, by the check that found it. */
export type Found = Pick<Deviation, 'what' | 'impact' | 'critical'> & { check: string }

type Listed = IqData['deviations']['value'][number]

/** The name under which a deviation covers rows that differ from the approved plan (R34). */
const PLAN = 'plan'
/** And a configuration report that could not be made. */
export const REPORT = 'configuration-report'

/** What an execution found not to be as it should be. `counts` is null where the instance could not be counted. */
export function differences(context: StepContext, checks: readonly CheckResult[], counts: readonly Held[] | null): Found[] {
  const failed = checks.filter(({ result }) => result === 'fail' || result === 'blocked').map((check) => ofCheck(context, check))
  if (!counts)
    return [
      ...failed,
      { check: PLAN, what: 'Rows could not be counted.', impact: 'Not known to be what was approved (R34).', critical: true },
    ]
  const differing = counts.filter((line) => !agrees(line))
  if (differing.length === 0) return failed
  const lines = differing.map(({ title, planned, actual }) => `${title}: ${actual}, planned ${planned}`)
  const what = `Rows were counted that differ from the approved plan: ${short(lines.join('; '), 400)}.`
  return [...failed, { check: PLAN, what, impact: 'It is not what was approved (R34).', critical: true }]
}

function ofCheck({ product }: StepContext, { id, title, requirement, expected, actual, result }: CheckResult): Found {
  const what =
    result === 'blocked'
      ? `${id} ${title} could not be executed: ${short(actual, 200)}`
      : `${id} ${title}: expected ${short(expected, 200)}, found ${short(actual, 200)}`
  return { check: id, what, impact: `Not fulfilled, or not known to be: ${requirement}`, critical: isCritical(product, id) }
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

/** Settles what was found with what stands on record: the same difference keeps its number and what became of it; each change is an effect. */
export function settleDeviations(
  context: StepContext,
  { instance, document, execution, found, at }: { instance: Instance; document: string; execution: number; found: Found[]; at: string },
): Settled {
  const { situation } = context
  const environment = must(context.environment, 'the environment')
  const standing = standingDeviations(situation, instance.id).filter((d) => d.document !== null)
  const fresh = found.filter((f) => !standing.some((d) => d.check === f.check && d.what === f.what))
  const raised = fresh.map((f, index) => ({ ...f, number: deviationNumber(situation, environment, index) }))
  const gone = standing.filter((d) => !found.some((f) => d.check === f.check && d.what === f.what))
  const correctedBy = `${document} execution ${execution}`
  const where = { environmentId: environment.id, instanceId: instance.id, document, execution }
  const earlier = situation.deviations.filter((d) => d.instanceId === instance.id)
  const system = personFacts(context, 'system', null)
  return {
    effects: [
      ...raised.map((d) => ({ do: 'add-deviation' as const, ...where, ...d })),
      ...gone.map((d) => ({ do: 'set-deviation' as const, id: d.id, disposition: 'corrected' as const, correctedBy })),
    ],
    listed: [
      ...listDeviations(context, earlier).map((d) =>
        gone.some((g) => g.number === d.number) ? { ...d, disposition: 'corrected' as const, by: system, at, correctedBy } : d,
      ),
      ...raised.map(({ number, check, what, impact, critical }) => ({
        number,
        check,
        foundBy: correctedBy,
        description: what,
        impact,
        critical,
        disposition: 'open' as const,
      })),
    ],
  }
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
    ...(d.disposedBy && d.disposedAt
      ? { by: personFacts(context, d.disposedBy, disposerOf(context, d)), at: d.disposedAt.toISOString() }
      : {}),
    ...(d.reason ? { reason: d.reason } : {}),
    ...(d.correctedBy ? { correctedBy: d.correctedBy } : {}),
  }))
}
