/** What the lifecycle itself ends, and what it reports because it stands too long (R9, R14, R15, R17, R31). */
import type { Effect } from './decision.js'
import { teardown, teardownOf } from './destroy.js'
import { prodOf } from './golive.js'
import { kinds } from './kinds.js'
import { countedSignature } from './measurement.js'
import { approvedIteration, isLive, liveOf, lockOn, signatureOf } from './situation.js'
import type { Environment, Operation, Signature, Situation } from './types.js'

const day = 86_400_000
/** So long what the lifecycle asked for itself is not asked for again after it came to nothing, in milliseconds. */
export const retryMs = day / 24

/** What was undone or cancelled within the last hour is not tried again yet. */
export function endedLately(s: Situation, operation: Operation): boolean {
  return s.now.getTime() - (operation.endedAt ?? s.now).getTime() < retryMs
}

interface Due {
  environment: Environment | undefined
  /** When the reason came about; undefined while it has not. */
  since: Date | undefined
  reason: string
  rule: string
}

/** What the lifecycle itself ends, always with notice (R31): Migration with the scripts (R9), Sandbox, VAL and Pre-PROD once live (R14, R15, R17). */
export function teardowns(s: Situation): Effect[] {
  if (s.freezes.length > 0) return []
  const live = s.customer?.state === 'live' ? s.customer.since : undefined
  const approved = approvedIteration(s)
  const val = liveOf(s, 'val')
  const due: Due[] = [
    {
      environment: liveOf(s, 'migration'),
      since: approved && (signatureOf(s, 'approve-scripts', approved.id)?.at ?? approved.at),
      reason: 'the migration scripts are approved',
      rule: 'R9',
    },
    { environment: liveOf(s, 'sandbox'), since: live, reason: 'the customer is live', rule: 'R17' },
    {
      environment: liveOf(s, 'preprod'),
      since: prodOf(s)?.state === 'ready' ? live : undefined,
      reason: 'promoted into PROD',
      rule: 'R15',
    },
    {
      environment: val,
      since: live && val && validated(s, val) ? live : undefined,
      reason: 'validation is complete and the customer is live',
      rule: 'R14',
    },
  ]
  return due.flatMap(({ environment, since, reason, rule }) =>
    environment && since && endable(s, environment, since) ? [teardown(s, environment, { reason, rule })] : [],
  )
}

/** The signatures that an end by this rule rests on, in words and as they were given (R9, R14); none for rules that rest on something else. */
export function endGrounds(s: Situation, environment: Environment, rule: string): { what: string; signature: Signature }[] {
  const approved = approvedIteration(s)
  const given: [what: string, signature: Signature | undefined][] =
    rule === 'R14'
      ? [
          ['Validation signed complete', countedSignature(s, 'validation-complete', environment.id)],
          ['Evidence exported and findings closed', signatureOf(s, 'evidence-exported', environment.id)],
        ]
      : rule === 'R9'
        ? [['Migration scripts approved', approved && signatureOf(s, 'approve-scripts', approved.id)]]
        : []
  return given.flatMap(([what, signature]) => (signature ? [{ what, signature }] : []))
}

/** Signed complete, and the customer confirmed that evidence is exported and findings are closed (R14). */
function validated(s: Situation, val: Environment): boolean {
  return Boolean(countedSignature(s, 'validation-complete', val.id) && signatureOf(s, 'evidence-exported', val.id))
}

function endable(s: Situation, environment: Environment, since: Date): boolean {
  return (
    ['ready', 'frozen'].includes(environment.state) &&
    !lockOn(s, environment) &&
    !teardownOf(s, environment) &&
    !calledOff(s, environment, since)
  )
}

/** Who cancelled the lifecycle's own teardown has the last word on that reason; one that did not come about is asked for again after an hour. */
function calledOff(s: Situation, environment: Environment, since: Date): boolean {
  return s.operations.some(
    (o) =>
      o.verb === 'teardown' &&
      o.environmentId === environment.id &&
      o.slots.length === 0 &&
      o.requestedAt >= since &&
      (o.state === 'cancelled' || (o.state === 'undone' && endedLately(s, o))),
  )
}

/** Past its limit an environment is reported weekly, never destroyed silently (R31). `week` makes each report one of its kind. */
export function overLimit(s: Situation): Effect[] {
  return s.environments.filter(isLive).flatMap((e) => {
    const limit = kinds[e.kind].limitDays
    const days = e.readyAt ? Math.floor((s.now.getTime() - e.readyAt.getTime()) / day) : 0
    if (limit === null || days < limit) return []
    return [
      {
        do: 'announce',
        event: 'environment-over-limit',
        audience: 'ops',
        environment: e.name,
        data: { days: limit, week: Math.floor((days - limit) / 7) },
      },
    ]
  })
}
