/** What people should be asked for in a situation. Requests follow from the state, so none is ever lost: `change` opens the missing and voids the stale ones. */
import { teardownOf } from './destroy.js'
import { checklist, prodOf, promotionOf } from './golive.js'
import { hashOf } from './hash.js'
import { boundTo, pendingSignature, shownMeasurement } from './measurement.js'
import { reviewAgain, validated } from './measuring.js'
import type { PolicyKey } from './policy.js'
import { nextExecution, notJudging, toBeQualified } from './qualification.js'
import { requestKinds } from './request-kinds.js'
import {
  approvedIteration,
  entryOf,
  filesHash,
  iqDocuments,
  iqPassed,
  iqSigned,
  isLive,
  lastOf,
  liveOf,
  lockOn,
  newestIteration,
  sameScripts,
  signatureOf,
  slotsOf,
} from './situation.js'
import type { BoundKind, Environment, RequestKind, Situation, Slot } from './types.js'

export interface Wanted {
  kind: RequestKind
  subject: string
  /** Bound to what is shown: when it changes, verdicts fall away (R30). */
  hash: string
  slots: Slot[]
  dueAt: Date | null
}

const day = 86_400_000

function want(s: Situation, kind: RequestKind, subject: string, shown: unknown, not: string[] = []): Wanted {
  const slots = slotsOf(entryOf(s, requestKinds[kind].policy as PolicyKey), not)
  return { kind, subject, hash: hashOf(shown), slots: kind === 'ask-val' ? askers(s) : slots, dueAt: null }
}

/** VAL is asked for by one person of those who may ask; its approvals come afterwards (R29). */
function askers(s: Situation): Slot[] {
  return [{ id: '1', party: 'customer', roles: entryOf(s, 'create.val').ask, not: [] }]
}

/** All requests that should be open now. */
export function wantedRequests(s: Situation): Wanted[] {
  return [
    ...approvals(s),
    ...migrationRequests(s),
    ...valRequests(s),
    ...qualifications(s),
    ...deviations(s),
    ...goliveRequests(s),
    ...training(s),
    ...postponements(s),
  ]
}

function approvals(s: Situation): Wanted[] {
  return s.operations
    .filter((o) => o.state === 'waiting')
    .map((o) => ({
      kind: 'approve',
      subject: o.id,
      hash: o.planHash,
      slots: o.slots,
      dueAt: new Date(o.requestedAt.getTime() + s.policy.expireDays * day),
    }))
}

function migrationRequests(s: Situation): Wanted[] {
  if (s.customer?.state !== 'onboarding') return []
  const last = newestIteration(s)
  if (last?.state === 'review') return [want(s, 'review-iteration', last.id, last.resultHash)]
  if (last?.state === 'accepted')
    return [want(s, 'approve-scripts', last.id, [last.specification, last.program, last.version, last.filesHash, last.resultHash])]
  return []
}

function valRequests(s: Situation): Wanted[] {
  if (s.customer?.state !== 'onboarding' && s.customer?.state !== 'live') return []
  const wanted: Wanted[] = []
  const preprod = liveOf(s, 'preprod')
  const val = lastOf(s, 'val')
  if (preprod?.state === 'ready' && !val) {
    if (!signatureOf(s, 'choose-source', preprod.id)) wanted.push(want(s, 'choose-source', preprod.id, preprod.name))
  }
  const scripts = !s.customer.legacy || approvedIteration(s)
  const settled = val && (isLive(val) || (signatureOf(s, 'evidence-exported', val.id) && sameScripts(s, val) && validated(s, val)))
  if (s.customer.state === 'onboarding' && preprod?.state === 'ready' && scripts && !settled && !withheld(s, preprod))
    wanted.push(want(s, 'ask-val', preprod.id, preprod.name))
  if (val?.state === 'ready') {
    if (!validated(s, val)) wanted.push(...bound(s, 'validation-complete', val))
    else if (!signatureOf(s, 'evidence-exported', val.id)) wanted.push(want(s, 'evidence-exported', val.id, val.name))
  }
  return wanted
}

/** Asked for once the instance was measured for it, and not while a click waits for the second measurement (R37). */
function bound(s: Situation, kind: BoundKind, environment: Environment, not: string[] = []): Wanted[] {
  const shown = shownMeasurement(s, kind, environment)
  if (!shown || pendingSignature(s, kind, environment.id)) return []
  return [want(s, kind, environment.id, boundTo(environment, shown), not)]
}

function qualifications(s: Situation): Wanted[] {
  if (s.customer?.state === 'cancelled' || s.customer?.state === 'lost') return []
  return s.environments
    .filter((e) => e.state === 'qualifying' && !withheld(s, e))
    .flatMap((e) => {
      const signable = iqDocuments(s, e).filter((d) => iqPassed(s, e, d.instanceId ?? '') && !signatureOf(s, 'sign-iq', d.id))
      return [
        ...(toBeQualified(s, e) ? [want(s, 'start-qualification', e.id, toQualify(s, e))] : []),
        ...signable.map((d) => want(s, 'sign-iq', d.id, d.sha256, notJudging(s, e.id))),
      ]
    })
}

/** What a qualification is started for: the instances as they are known, and which execution it will be. */
function toQualify(s: Situation, environment: Environment): unknown {
  return [environment.name, environment.version, environment.instances.map((i) => [i.role, i.everything, nextExecution(s, i.id)])]
}

/** QA judges each open deviation of what is being qualified; who asked for it or answers for its execution does not (R22, R30). */
function deviations(s: Situation): Wanted[] {
  return s.environments
    .filter((e) => e.state === 'qualifying' && !lockOn(s, e))
    .flatMap((e) =>
      s.deviations
        .filter((d) => d.environmentId === e.id && d.disposition === 'open')
        .map((d) => want(s, 'accept-deviation', d.id, [d.number, d.foundSha256, d.what, d.impact, d.critical], notJudging(s, e.id))),
    )
}

function goliveRequests(s: Situation): Wanted[] {
  if (s.golive?.state !== 'open') return []
  const steps = checklist(s)
  const open = (id: string) => steps.find((x) => x.id === id)?.state === 'open'
  const wanted: Wanted[] = []
  if (open('G1') && (!s.customer?.legacy || s.files.length > 0)) wanted.push(want(s, 'confirm-files', s.golive.id, filesHash(s)))
  const prod = prodOf(s)
  // Whoever asked to roll back is answered first: nobody signs for a PROD that may be gone tomorrow.
  if (!prod || withheld(s, prod)) return wanted
  const implementer = promotionOf(s)?.requestedBy
  if (open('G4') || reviewAgain(s, prod)) wanted.push(...bound(s, 'sign-g4', prod, implementer ? [implementer] : []))
  if (open('G6')) wanted.push(...bound(s, 'sign-g6', prod))
  return wanted
}

/** Executing or issuing an IQ, or measuring, changes nothing: what waits for a signature meanwhile is still asked for. */
function withheld(s: Situation, environment: Environment): boolean {
  const lock = lockOn(s, environment)
  return lock !== undefined && lock.verb !== 'qualify' && lock.verb !== 'endorse' && lock.verb !== 'measure'
}

/** The training in PROD Test can be signed off as soon as its IQ is signed, before or after going live (R18). */
function training(s: Situation): Wanted[] {
  const prod = prodOf(s)
  if (!prod || withheld(s, prod) || !iqSigned(s, prod) || signatureOf(s, 'training-done', prod.id)) return []
  return [want(s, 'training-done', prod.id, prod.name)]
}

/** Both parties may postpone a teardown while its notice runs, twice (R31, default). */
function postponements(s: Situation): Wanted[] {
  return s.environments.flatMap((e) => {
    const operation = teardownOf(s, e)
    if (operation?.state !== 'scheduled' || operation.postponed >= s.policy.postponeTimes) return []
    return [want(s, 'postpone', operation.id, [operation.id, operation.runAt?.toISOString()])]
  })
}

/** The value of a request's buttons: `<request>.<version>.<first 8 of the hash>` (DESIGN §6). */
export function buttonValue(request: { id: string; version: number; hash: string }): string {
  return `${request.id}.${request.version}.${request.hash.slice(0, 8)}`
}
