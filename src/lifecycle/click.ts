/** A click on a request's button: authority, customer, version and hash are checked here, at every click (R30). */
import { announce } from './announce.js'
import type { Click } from './ask.js'
import { begin } from './begin.js'
import { countedOtherwise } from './counting.js'
import { create } from './create.js'
import { agree, type Decision, type Effect, refuse } from './decision.js'
import { noticeMs } from './destroy.js'
import { isBound } from './measurement.js'
import { declinedQualification, disposeDeviation, startQualification } from './qualification.js'
import { requestKinds } from './request-kinds.js'
import { environmentById, filesHash, hasRole, liveOf, sayRoles } from './situation.js'
import type { Actor, Operation, Request, RequestKind, Situation, Slot } from './types.js'

const day = 86_400_000

/** Refuses what the clicker may not, or what is no longer asked; else records the verdict and, with the last slot filled, what follows from it. */
export function click(s: Situation, ask: Click, actor: Actor): Decision {
  const request = s.requests.find((r) => r.id === ask.requestId)
  if (!request) return nothing()
  // Whose it is comes first: how it stands is told to nobody whom it does not concern (R30, R38).
  const stranger = concerned(request, actor)
  if (stranger) return stranger
  const action = requestKinds[request.kind].actions.find((a) => a.action === ask.action)
  if (!action) return nothing()
  const wrong = stale(s, request, ask) ?? frozen(s, request) ?? plannedEarlier(s, request)
  if (wrong) return wrong
  const slot = slotFor(request, actor)
  if ('ok' in slot) return slot
  if (action.reason && !ask.comment) return unexplained(request, action.label)
  const effects: Effect[] = [{ do: 'add-verdict', requestId: request.id, slot: slot.id, verdict: action.verdict, comment: ask.comment }]
  const left = request.slots.filter((x) => x.id !== slot.id && !request.verdicts.some((v) => v.slot === x.id))
  if (action.verdict === 'no') return close(s, request, actor, 'refused', [...effects, ...refusedEffects(s, request, ask, actor)])
  if (left.length > 0) return agree(effects, `Noted. Still needed: ${left.map((x) => sayRoles(x.roles)).join('; ')}.`)
  const follow = granted(s, request, ask, actor)
  return follow.ok ? close(s, request, actor, 'granted', [...effects, ...follow.effects]) : follow
}

const nothing = () => refuse('R30', 'unknown-request', 'This button belongs to nothing that you can decide on here.')

/** Refuses whoever could not decide on the request however it stood. */
function concerned(request: Request, actor: Actor): Decision | null {
  if (actor.party === 'stranger')
    return refuse('R30', 'stranger', 'You are not known to this customer or vendor team. Ask the PM to add you: /customer people.')
  if (actor.party === 'customer' && actor.customerId !== request.customerId)
    return refuse('R30', 'not-yours', 'This belongs to another customer.')
  if (request.slots.some((x) => hasRole(actor, x.roles))) return null
  return refuse('R29', 'not-entitled', 'This is not yours to decide.', request.slots.map((x) => sayRoles(x.roles)).join('; '))
}

function stale(s: Situation, request: Request, ask: Click): Decision | null {
  const last = request.verdicts.at(-1)
  const by = last ? ` by <@${last.userId}>` : ''
  if (request.state === 'expired' || (request.dueAt && request.dueAt <= s.now))
    return refuse('R30', 'expired', 'This request expired. Ask again; nothing was done.')
  if (request.state !== 'open')
    return refuse('R30', 'already-decided', `This was already decided${by}. The message shows how it stands now.`)
  if (request.version !== ask.version || !request.hash.startsWith(ask.hash) || ask.hash.length !== 8) {
    return refuse(
      'R30',
      'old-message',
      'What was asked has changed since this message was shown. Look at the newest message and decide on that.',
    )
  }
  return null
}

function frozen(s: Situation, request: Request): Decision | null {
  const freeze = s.freezes[0]
  if (!freeze || !['approve', 'ask-val', 'start-qualification'].includes(request.kind)) return null
  return refuse('R40', 'frozen', `Operations are frozen: ${freeze.reason}.`, `<@${freeze.by}>`)
}

/** It falls away with this very click, and if not by it, with the next sweep (settle.ts). */
function plannedEarlier(s: Situation, request: Request): Decision | null {
  const operation = request.kind === 'approve' ? operationOf(s, request) : undefined
  if (!operation || !countedOtherwise(operation)) return null
  const text = 'This was planned by an earlier Slipway, which counted differently, so what was shown no longer holds. Ask for it again.'
  return refuse('R34', 'planned-earlier', text)
}

function unexplained({ kind }: Request, label: string): Decision {
  return refuse(
    requestKinds[kind].rule,
    'reason-missing',
    `“${label}” needs a reason. Write it into the field beside the buttons, then click again.`,
  )
}

function slotFor(request: Request, actor: Actor): Slot | Extract<Decision, { ok: false }> {
  if (request.verdicts.some((v) => v.userId === actor.userId))
    return refuse('R30', 'one-slot', 'You have decided on this already; another person fills the next slot.')
  const entitled = request.slots.filter((x) => hasRole(actor, x.roles))
  if (entitled.every((x) => x.not.includes(actor.userId))) {
    const own =
      request.kind === 'sign-g4'
        ? 'You implemented this; somebody else reviews it.'
        : request.kind === 'accept-deviation' || request.kind === 'sign-iq'
          ? 'You asked for this or answer for its execution; somebody else judges it.'
          : 'Nobody approves their own request; a second person decides.'
    return refuse('R30', 'own-request', own, request.slots.map((x) => sayRoles(x.roles)).join('; '))
  }
  const free = entitled.find((x) => !x.not.includes(actor.userId) && !request.verdicts.some((v) => v.slot === x.id))
  return (
    free ??
    refuse(
      'R30',
      'slot-taken',
      'That part is approved already; what is missing is another role.',
      request.slots
        .filter((x) => !request.verdicts.some((v) => v.slot === x.id))
        .map((x) => sayRoles(x.roles))
        .join('; '),
    )
  )
}

function close(s: Situation, request: Request, actor: Actor, state: 'granted' | 'refused', effects: Effect[]): Decision {
  const all: Effect[] = [...effects, { do: 'set-request', id: request.id, state }]
  if (state === 'granted' && !unsigned.has(request.kind)) {
    const role = actor.party === 'vendor' || actor.party === 'customer' ? `${actor.party}:${actor.roles.join(',')}` : actor.party
    const hash = request.kind === 'confirm-files' ? filesHash(s) : request.hash
    const awaits = isBound(request.kind)
    all.push({ do: 'sign', kind: request.kind, subject: request.subject, role, hash, comment: null, ...(awaits ? { awaits } : {}) })
    if (awaits) return agree(all, 'Recorded; the instance is being measured once more. It counts if nothing changed since it was shown.')
  }
  return agree(all, state === 'granted' ? 'Recorded.' : 'Recorded: rejected.')
}

/** What is asked for and decided, and recorded as that, not as a signature. */
const unsigned: ReadonlySet<RequestKind> = new Set(['approve', 'ask-val', 'postpone', 'start-qualification', 'accept-deviation'])

function operationOf(s: Situation, request: Request): Operation | undefined {
  return s.operations.find((o) => o.id === request.subject)
}

const announced: Partial<Record<RequestKind, string>> = {
  'approve-scripts': 'scripts-approved',
}

function granted(s: Situation, request: Request, ask: Click, actor: Actor): Decision {
  const effects: Effect[] = []
  const event = announced[request.kind]
  if (event) effects.push({ do: 'announce', event, audience: 'both', data: { user: actor.userId } })
  switch (request.kind) {
    case 'approve':
      return agree(approved(s, request))
    case 'ask-val':
      return create(s, { kind: 'val', from: liveOf(s, 'preprod')?.name ?? null, version: null }, actor)
    case 'review-iteration':
      return agree([
        { do: 'set-iteration', id: request.subject, state: 'accepted' },
        verdictEvent('iteration-accepted', s, request, actor, ask),
      ])
    case 'approve-scripts':
      return agree([...effects, { do: 'set-iteration', id: request.subject, state: 'approved' }])
    case 'postpone':
      return agree(postponed(s, request))
    case 'start-qualification':
      return startQualification(s, request)
    case 'accept-deviation':
      return agree(disposeDeviation(s, request, ask, 'accepted'))
    case 'choose-source':
    case 'confirm-files':
    case 'validation-complete':
    case 'evidence-exported':
    case 'training-done':
    case 'sign-iq':
    case 'sign-g4':
    case 'sign-g6':
      return agree(effects)
    default:
      return request.kind satisfies never
  }
}

function verdictEvent(event: string, s: Situation, request: Request, actor: Actor, ask: Click): Effect {
  const number = s.iterations.find((i) => i.id === request.subject)?.number ?? 0
  return { do: 'announce', event, audience: 'both', data: { number, user: actor.userId, ...(ask.comment ? { comment: ask.comment } : {}) } }
}

/** With the last approval the operation starts; a teardown first lets its notice run, announced to both parties (R31). */
function approved(s: Situation, request: Request): Effect[] {
  const operation = operationOf(s, request)
  if (operation?.state !== 'waiting') return []
  if (operation.verb !== 'teardown') return begin(s, operation)
  const runAt = new Date(s.now.getTime() + noticeMs(s))
  const environment = environmentById(s, operation.environmentId)
  return [
    { do: 'set-operation', id: operation.id, state: 'scheduled', runAt },
    ...(environment ? [announce('teardown-scheduled', environment, { until: runAt.toISOString() })] : []),
  ]
}

function postponed(s: Situation, request: Request): Effect[] {
  const operation = operationOf(s, request)
  if (!operation?.runAt) return []
  const runAt = new Date(operation.runAt.getTime() + s.policy.postponeDays * day)
  const environment = environmentById(s, operation.environmentId)
  return [
    { do: 'set-operation', id: operation.id, state: 'scheduled', runAt, postponed: operation.postponed + 1 },
    ...(environment ? [announce('teardown-postponed', environment, { until: runAt.toISOString() })] : []),
  ]
}

/** A rejected operation ends; what was only asked for is never built. A rejected iteration is followed by the next one (R9). */
function refusedEffects(s: Situation, request: Request, ask: Click, actor: Actor): Effect[] {
  if (request.kind === 'start-qualification') return declinedQualification(s, request, ask, actor.userId)
  if (request.kind === 'accept-deviation') return disposeDeviation(s, request, ask, 'rejected')
  if (request.kind === 'review-iteration') {
    const number = s.iterations.find((i) => i.id === request.subject)?.number ?? 0
    return [
      { do: 'set-iteration', id: request.subject, state: 'rejected' },
      { do: 'announce', event: 'iteration-rejected', audience: 'both', data: { number, ...(ask.comment ? { comment: ask.comment } : {}) } },
    ]
  }
  return request.kind === 'approve' ? dropped(s, operationOf(s, request), 'rejected') : []
}

/** Ends an operation that never started, and the environment that was only asked for. */
export function dropped(
  s: Situation,
  operation: Operation | undefined,
  state: 'rejected' | 'expired' | 'cancelled',
  trouble?: string,
): Effect[] {
  if (!operation) return []
  const environment = environmentById(s, operation.environmentId)
  const never: Effect[] = environment?.state === 'waiting' ? [{ do: 'set-environment', name: environment.name, state: 'destroyed' }] : []
  return [{ do: 'set-operation', id: operation.id, state, ...(trouble ? { trouble } : {}) }, ...never]
}
