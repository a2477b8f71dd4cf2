/** The qualification of controlled environments (R22, R29): what it came to, who is asked to execute it, and what becomes of its deviations. */
import type { Click } from './ask.js'
import { agree, type Decision, type Effect, refuse } from './decision.js'
import { environmentById, iqDocuments, iqPassed, isLive, lockOn, openRequest, sayLock } from './situation.js'
import type { Deviation, Document, Environment, Operation, Request, Situation } from './types.js'

/** The number of an instance's next execution. What was issued before executions were numbered counts once per revision. */
export function nextExecution(s: Situation, instanceId: string): number {
  const executed = s.documents.filter((d) => d.kind === 'iq' && d.instanceId === instanceId).map((d) => d.execution ?? d.revision)
  return Math.max(0, ...executed) + 1
}

/** The number of the environment's next deviation, and of those after it: `DEV-<ENVIRONMENT>-<n>`. */
export function deviationNumber(s: Situation, environment: Environment, offset = 0): string {
  const before = s.deviations.filter((d) => d.environmentId === environment.id).length
  return `DEV-${environment.name.toUpperCase()}-${before + 1 + offset}`
}

/** Whether an environment waits for its qualification to be started: nobody works on it, and an instance needs an execution. */
export function toBeQualified(s: Situation, environment: Environment): boolean {
  if (environment.state !== 'qualifying') return false
  const lock = lockOn(s, environment)
  // Measuring is over in a moment and changes nothing: who is asked already stays asked, who is not is asked after it.
  if (lock && !(lock.verb === 'measure' && openRequest(s, 'start-qualification', environment.id))) return false
  return environment.instances.some((i) => toBeExecuted(s, environment, i.id))
}

/** An instance without an IQ that passed, or with one that could not be issued with its signature: what lies on disk is not what was issued. */
export function toBeExecuted(s: Situation, environment: Environment, instanceId: string): boolean {
  const iq = iqDocuments(s, environment).find((d) => d.instanceId === instanceId)
  if (!iq || !iqPassed(s, environment, instanceId)) return true
  return notAsIssued(s, environment, iq) !== undefined
}

/** Refusals that say that what lies on disk is not what was issued; after a passing fault the signed copy is issued an hour later. */
const differing: ReadonlySet<string> = new Set(['document-changed', 'record-outdated', 'signature-differs', 'attachment-differs'])

function notAsIssued(s: Situation, environment: Environment, iq: Document): Operation | undefined {
  const failed = (o: Operation) => o.verb === 'endorse' && o.environmentId === environment.id && o.state === 'undone'
  return s.operations.findLast((o) => failed(o) && differing.has(o.refusal ?? '') && o.requestedAt >= iq.at)
}

/** Why instances with an IQ that passed are executed again, in words; null where no such one is. */
export function whyAgain(s: Situation, environment: Environment): string | null {
  const refused = iqDocuments(s, environment).flatMap((iq) =>
    iqPassed(s, environment, iq.instanceId ?? '') ? (notAsIssued(s, environment, iq) ?? []) : [],
  )
  return refused.at(-1)?.trouble ?? null
}

/** Failed IQs whose deviations are all accepted by now: each is issued again, and says so (R22). */
export function concluding(s: Situation, environment: Environment): Document[] {
  if (environment.state !== 'qualifying') return []
  return iqDocuments(s, environment).filter((iq) => {
    const standing = standingDeviations(s, iq.instanceId)
    return iq.outcome === 'fail' && standing.length > 0 && standing.every((d) => d.disposition === 'accepted')
  })
}

/** The deviations of an instance that no execution corrected or superseded. */
export function standingDeviations(s: Situation, instanceId: string | null): Deviation[] {
  return s.deviations.filter((d) => d.instanceId === instanceId && !['corrected', 'superseded'].includes(d.disposition))
}

/** Critical deviations of what still stands that are open, or were rejected and are not corrected: they block promotion (R15). */
export function blockingDeviations(s: Situation): Deviation[] {
  const standing = new Set(s.environments.filter(isLive).map((e) => e.id))
  return s.deviations.filter(
    (d) => d.critical && (d.disposition === 'open' || d.disposition === 'rejected') && standing.has(d.environmentId),
  )
}

/** Who answered for a qualification of the environment so far: they do not judge it (R30). */
function responsibles(s: Situation, environmentId: string): string[] {
  const ran = s.operations.filter((o) => o.verb === 'qualify' && o.environmentId === environmentId && o.requestedBy !== 'system')
  return [...new Set(ran.map((o) => o.requestedBy))]
}

/** Who asked for the environment or answered for a qualification of it: they judge neither its deviations nor its IQ (R30). */
export function notJudging(s: Situation, environmentId: string): string[] {
  const maker = s.operations.find((o) => o.environmentId === environmentId && (o.verb === 'create' || o.verb === 'promote'))
  return [...new Set([...(maker ? [maker.requestedBy] : []), ...responsibles(s, environmentId)])]
}

/** The click starts the operation; who clicked answers for it (R29). */
export function startQualification(s: Situation, request: Request): Decision {
  const environment = environmentById(s, request.subject)
  if (!environment) return agree([])
  const lock = lockOn(s, environment)
  if (lock)
    return refuse(
      'R40',
      'environment-busy',
      `\`${environment.name}\` is held by ${sayLock(s, lock)}. Click again in a minute; nothing was started.`,
    )
  const data = { purpose: environment.kind }
  return agree([{ do: 'add-operation', operation: { verb: 'qualify', job: 'qualify', environment: environment.name, data, slots: [] } }])
}

/** QA's word on a deviation, with the reason; a rejection is told to those who have to correct it. */
export function disposeDeviation(s: Situation, request: Request, ask: Click, disposition: 'accepted' | 'rejected'): Effect[] {
  const deviation = s.deviations.find((d) => d.id === request.subject)
  if (deviation?.disposition !== 'open' || !ask.comment) return []
  const environment = environmentById(s, deviation.environmentId)?.name
  return [
    { do: 'set-deviation', id: deviation.id, disposition, reason: ask.comment },
    {
      do: 'announce',
      event: `deviation-${disposition}`,
      audience: 'ops',
      ...(environment ? { environment } : {}),
      data: { deviation: deviation.number, reason: ask.comment },
    },
  ]
}

/** Told to those who have to correct it; it is asked for again. */
export function declinedQualification(s: Situation, request: Request, ask: Click, userId: string): Effect[] {
  const environment = environmentById(s, request.subject)?.name
  const data = { user: userId, reason: ask.comment ?? '' }
  return [{ do: 'announce', event: 'qualification-declined', audience: 'ops', ...(environment ? { environment } : {}), data }]
}

/** What an execution found, told in the operations channel: passed, or each difference by its deviation. */
export function executed(s: Situation, operation: Operation, environment: Environment): Effect[] {
  const failed = iqDocuments(s, environment).filter((d) => d.operationId === operation.id && d.outcome === 'fail')
  return failed.map((d) => ({
    do: 'announce',
    event: 'qualification-failed',
    audience: 'ops',
    environment: environment.name,
    data: { document: d.number, execution: d.execution ?? 1 },
  }))
}
