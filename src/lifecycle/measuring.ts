/** When an instance is measured for a signature: before it is asked for, and again after the click (R28, R30, R37). */
import { announce } from './announce.js'
import type { Effect } from './decision.js'
import { checklist, differsFromVal, prodOf } from './golive.js'
import { asSignedValid, countedSignature, measuredAfter, pendingSignature, shownMeasurement, standingOf } from './measurement.js'
import { lastOf, lockOn } from './situation.js'
import type { BoundKind, Environment, Operation, Situation } from './types.js'

const minute = 60_000

/** How long after each failure in a row a measurement is made again, in minutes: soon, then hourly for some hours, and then daily. */
const waits = [10, 30, 60, 60, 60, 60, 60, 60, 24 * 60]

/** So long what is shown to a signer is as good as new; of an instance that is not what was validated, and is being mended, not so long. In milliseconds. */
export const [freshMs, mendingMs] = [24 * 60 * minute, 60 * minute]

interface Need {
  kind: BoundKind
  environment: Environment
  /** The click that it belongs to; null for the measurement before anybody is asked. */
  signature: string | null
}

/**
 * Whether validation is signed complete, and VAL was measured after the click. A signature from before signatures were measured is enough
 * once PROD stands; until then it is asked for once more, for PROD is compared with what was measured (R37).
 */
export function validated(s: Situation, val: Environment): boolean {
  if (!countedSignature(s, 'validation-complete', val.id)) return false
  return asSignedValid(s, val) !== undefined || prodOf(s) !== undefined || s.customer?.state !== 'onboarding'
}

/** Whether PROD Main was reviewed and is not what VAL validated: it is mended, and reviewed again (R37). */
export function reviewAgain(s: Situation, prod: Environment): boolean {
  return s.golive?.state === 'open' && countedSignature(s, 'sign-g4', prod.id) !== undefined && differsFromVal(s, prod) !== null
}

/** The signatures that are due, measured or not. */
function due(s: Situation): Omit<Need, 'signature'>[] {
  const val = lastOf(s, 'val')
  const prod = prodOf(s)
  const open = (id: string) => s.golive?.state === 'open' && checklist(s).find((step) => step.id === id)?.state === 'open'
  const path = s.customer?.state === 'onboarding' || s.customer?.state === 'live'
  return [
    ...(path && val?.state === 'ready' && !validated(s, val) ? [{ kind: 'validation-complete', environment: val } as const] : []),
    ...(prod && (open('G4') || reviewAgain(s, prod)) ? [{ kind: 'sign-g4', environment: prod } as const] : []),
    ...(prod && open('G6') ? [{ kind: 'sign-g6', environment: prod } as const] : []),
  ]
}

function needs(s: Situation): Need[] {
  return due(s).flatMap(({ kind, environment }): Need[] => {
    const pending = pendingSignature(s, kind, environment.id)
    if (pending) return [{ kind, environment, signature: pending.id }]
    return isFresh(s, kind, environment) ? [] : [{ kind, environment, signature: null }]
  })
}

/** Whether what the request shows, or will show, need not be measured anew. The request changes only where something else is found (R30). */
function isFresh(s: Situation, kind: BoundKind, environment: Environment): boolean {
  const shown = shownMeasurement(s, kind, environment)
  const differs = shown?.compared.some((c) => (c.with === 'val' || c.with === 'lists') && c.differences?.length)
  return shown !== undefined && s.now.getTime() - shown.at.getTime() < (differs ? mendingMs : freshMs)
}

/** The measurements to make now; one that came to nothing is made again, later each time, as often as it takes. */
export function measurements(s: Situation): Effect[] {
  const needed = needs(s)
  const stale = s.operations.filter((o) => o.verb === 'measure' && o.state === 'scheduled' && !needed.some((need) => isFor(o, need)))
  const dropped = stale.map(
    (o): Effect => ({ do: 'set-operation', id: o.id, state: 'cancelled', trouble: 'Nobody waits for it any more.' }),
  )
  if (s.freezes.length > 0) return dropped
  return [...dropped, ...needed.filter(({ environment }) => !lockOn(s, environment)).flatMap((need) => measurement(s, need))]
}

function isFor(operation: Operation, { kind, environment, signature }: Need): boolean {
  const { data } = operation.plan
  return operation.environmentId === environment.id && data['for'] === kind && data['signature'] === signature
}

function measurement(s: Situation, need: Need): Effect[] {
  const { kind, environment, signature } = need
  const before = s.operations.filter((o) => o.verb === 'measure' && isFor(o, need))
  if (before.some((o) => !over.has(o.state))) return []
  const last = before.at(-1)
  const failed = last && last.state !== 'done' ? failuresOf(last) : 0
  const wait = (waits[Math.min(failed, waits.length) - 1] ?? 0) * minute
  const runAt = failed > 0 && last?.endedAt ? { runAt: new Date(Math.max(s.now.getTime(), last.endedAt.getTime() + wait)) } : {}
  const data = { purpose: environment.kind, for: kind, signature, ...(failed > 0 ? { failed } : {}) }
  return [{ do: 'add-operation', operation: { verb: 'measure', job: 'measure', environment: environment.name, data, slots: [], ...runAt } }]
}

/** How many in a row came to nothing, with this one. */
function failuresOf({ plan: { data } }: Operation): number {
  return Number(data['failed'] ?? 0) + 1
}

const over = new Set<Operation['state']>(['done', 'undone', 'rejected', 'expired', 'cancelled'])

/** The measurement after a click is there: what the click was for comes about now, if it counts. */
export function measured(s: Situation, operation: Operation): Effect[] {
  const signature = s.signatures.find((x) => x.id === operation.plan.data['signature'])
  const environment = s.environments.find((e) => e.id === operation.environmentId)
  if (!signature || !environment || !measuredAfter(s, signature)) return []
  if (signature.kind !== 'validation-complete' || standingOf(s, signature) !== 'counts') return []
  return [announce('validation-completed', environment, { user: signature.userId })]
}
