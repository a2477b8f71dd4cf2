/** What follows by itself from a situation: level-triggered, so a follow-up that was missed once comes with the next look (next-due.ts says when that is). Applied until nothing follows. */
import { announce } from './announce.js'
import { begin } from './begin.js'
import { dropped } from './click.js'
import { countedOtherwise } from './counting.js'
import type { Effect } from './decision.js'
import { waitsForNotice } from './destroy.js'
import { endedLately, overLimit, teardowns } from './endings.js'
import { checklist, extractionSince, prodOf, stepDone } from './golive.js'
import { measurements } from './measuring.js'
import { concluding } from './qualification.js'
import { environmentById, filesHash, iqDocuments, iqEndorsed, iqSigned, liveOf, lockOn, signatureOf } from './situation.js'
import type { Access, Environment, JobName, Operation, Request, Situation } from './types.js'

/** The next follow-ups, or none when the situation is settled. */
export function settle(s: Situation): Effect[] {
  return oneEach(s, [
    ...expired(s),
    ...outdated(s),
    ...hours(s),
    ...conclusions(s),
    ...handOvers(s),
    ...extraction(s),
    ...measurements(s),
    ...goingLive(s),
    ...communityAccess(s),
    ...teardowns(s),
    ...overLimit(s),
  ])
}

/** Two follow-ups of one pass may want the same environment; the second one meets the first one's lock in the next pass (R40). */
function oneEach(s: Situation, effects: Effect[]): Effect[] {
  const held = new Set<string | undefined>()
  return effects.filter((e) => {
    if (e.do === 'set-operation' && e.state === 'running')
      held.add(environmentById(s, s.operations.find((o) => o.id === e.id)?.environmentId ?? null)?.name)
    if (e.do !== 'add-operation' || !e.operation.environment) return true
    if (held.has(e.operation.environment)) return false
    held.add(e.operation.environment)
    return true
  })
}

function expired(s: Situation): Effect[] {
  const requests = s.requests.filter((r) => r.state === 'open' && r.dueAt && r.dueAt <= s.now)
  const access = s.access.filter((a) => a.until && a.until <= s.now)
  return [...requests.flatMap((r) => expiredRequest(s, r)), ...access.flatMap((a) => expiredAccess(s, a))]
}

function expiredRequest(s: Situation, request: Request): Effect[] {
  const operation = request.kind === 'approve' ? s.operations.find((o) => o.id === request.subject) : undefined
  return [{ do: 'set-request', id: request.id, state: 'expired' }, ...dropped(s, operation, 'expired')]
}

function expiredAccess(s: Situation, access: Access): Effect[] {
  const environment = environmentById(s, access.environmentId)?.name
  const news: Effect = { do: 'announce', event: 'access-revoked', audience: 'both', data: { user: access.userId, role: access.role } }
  return [{ do: 'revoke-access', id: access.id }, ...(environment ? [{ ...news, environment }] : [])]
}

/** What waits for approval was planned on other files than the registered ones, or counted by another release: approvals fall away with the plan (R30). */
function outdated(s: Situation): Effect[] {
  const current = filesHash(s)
  const waiting = s.operations.filter((o) => o.state === 'waiting')
  const ofFiles = waiting.filter((o) => o.plan.data['filesHash'] !== undefined && o.plan.data['filesHash'] !== current)
  const ofCounting = waiting.filter((o) => countedOtherwise(o) && !ofFiles.includes(o))
  return [
    ...ofFiles.flatMap((o) =>
      dropped(s, o, 'cancelled', 'Files were registered anew while it waited, so what was shown no longer holds. Ask again.'),
    ),
    ...ofCounting.flatMap((o) =>
      dropped(
        s,
        o,
        'cancelled',
        'It was planned by an earlier Slipway, which counted differently, so what was shown no longer holds. Ask again.',
      ),
    ),
  ]
}

/** Scheduled operations whose hour has come; one that finds its environment held waits in line (R40). */
function hours(s: Situation): Effect[] {
  return s.operations
    .filter((o) => o.state === 'scheduled' && o.runAt && o.runAt <= s.now)
    .filter((o) => !waitsForNotice(s, o) && !busyWithOther(s, o))
    .filter((o, at, due) => due.findIndex((first) => first.environmentId === o.environmentId) === at)
    .flatMap((o) => begin(s, o))
}

function busyWithOther(s: Situation, operation: Operation): boolean {
  const environment = environmentById(s, operation.environmentId)
  const lock = environment && lockOn(s, environment)
  return s.freezes.length > 0 || (lock !== undefined && lock.id !== operation.id)
}

/** A failed IQ whose deviations are all accepted is issued again with them, and can be signed then (R22). */
function conclusions(s: Situation): Effect[] {
  if (s.freezes.length > 0) return []
  return s.environments.flatMap((e) => {
    const [iq] = concluding(s, e)
    if (!iq || lockOn(s, e) || triedLately(s, 'qualify', e.id, iq.at, 'conclude')) return []
    const data = { purpose: e.kind }
    return [{ do: 'add-operation', operation: { verb: 'qualify', job: 'conclude', environment: e.name, data, slots: [] } } as Effect]
  })
}

/** A controlled environment is handed over when each instance's IQ is signed and issued with its signature (R22); PROD also needs its turn in the checklist (G5). */
function handOvers(s: Situation): Effect[] {
  return s.environments
    .filter((e) => e.state === 'qualifying' && iqSigned(s, e) && (e.kind !== 'prod' || stepDone(s, 'G5')))
    .flatMap((e) =>
      iqEndorsed(s, e)
        ? [{ do: 'set-environment', name: e.name, state: 'ready' } as Effect, announce('environment-ready', e)]
        : endorsement(s, e),
    )
}

/** The signed copies are issued once everybody has signed. */
function endorsement(s: Situation, environment: Environment): Effect[] {
  if (s.freezes.length > 0 || lockOn(s, environment) || triedLately(s, 'endorse', environment.id, newestSignature(s, environment)))
    return []
  return [
    {
      do: 'add-operation',
      operation: { verb: 'endorse', job: 'endorse', environment: environment.name, data: { purpose: environment.kind }, slots: [] },
    },
  ]
}

function newestSignature(s: Situation, environment: Environment): Date | null {
  const times = iqDocuments(s, environment).flatMap((d) => signatureOf(s, 'sign-iq', d.id)?.at ?? [])
  return times.sort((a, b) => a.getTime() - b.getTime()).at(-1) ?? null
}

/** What the lifecycle itself asked for is asked for once; when it was undone or cancelled, again after an hour. */
function triedLately(s: Situation, verb: Operation['verb'], environmentId: string, since: Date | null, job?: JobName): boolean {
  return s.operations.some(
    (o) =>
      o.verb === verb &&
      (job === undefined || o.plan.job === job) &&
      o.environmentId === environmentId &&
      (since === null || o.requestedAt >= since) &&
      (!['undone', 'cancelled'].includes(o.state) || endedLately(s, o)),
  )
}

/** G2 follows G1 without anybody asking: the report of the agreed source (R10, R28). */
function extraction(s: Situation): Effect[] {
  if (s.golive?.state !== 'open' || checklist(s)[1]?.state !== 'open' || s.freezes.length > 0) return []
  const source = liveOf(s, 'preprod')
  if (!source || lockOn(s, source) || triedLately(s, 'extract', source.id, extractionSince(s))) return []
  return [
    {
      do: 'add-operation',
      operation: { verb: 'extract', job: 'extract', environment: source.name, data: { purpose: 'preprod' }, slots: [] },
    },
  ]
}

/** G6 is signed: the customer is live (R17). A rollback that was asked for first is decided first. */
function goingLive(s: Situation): Effect[] {
  if (s.golive?.state !== 'open' || s.customer?.state !== 'onboarding' || !stepDone(s, 'G6')) return []
  const prod = prodOf(s)
  if (!prod || lockOn(s, prod)) return []
  return [
    { do: 'set-customer', state: 'live' },
    { do: 'set-golive', state: 'done' },
    { do: 'announce', event: 'customer-live', audience: 'both', environment: prod.name },
  ]
}

/** The people of a live customer get Community in Sandbox's place, once each, as soon as it is there (R17). */
function communityAccess(s: Situation): Effect[] {
  const community = s.community
  if (s.customer?.state !== 'live' || community?.state !== 'ready') return []
  const had = new Set([...s.access, ...(s.formerAccess ?? [])].filter((a) => a.environmentId === community.id).map((a) => a.userId))
  return s.people
    .filter((p) => !had.has(p.userId))
    .map((p) => ({ do: 'grant-access', environment: community.name, userId: p.userId, role: 'explorer', until: null }))
}
