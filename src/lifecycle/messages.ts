/** Which messages a situation wants to show, in which channel (R38): one per operation, one per request, one checklist. */
import { environmentById } from './situation.js'
import type { Operation, Request, Situation } from './types.js'

export interface MessageWish {
  /** One message per key, for ever: it is edited in place. */
  key: string
  audience: 'ops' | 'customer'
  view: 'operation' | 'plan' | 'result' | 'request' | 'checklist' | 'announcement'
  /** The id of the operation, request or go-live; an announcement's event. */
  subject: string
  data?: Record<string, string | number>
  /** Key of the message in whose thread it belongs. */
  parent?: string
  pin?: boolean
}

/** What changed in this transaction: messages about other things stay as they are. */
export interface Touched {
  operations: ReadonlySet<string>
  requests: ReadonlySet<string>
}

const insideOnly: ReadonlySet<Operation['verb']> = new Set(['extract', 'qualify', 'endorse', 'measure'])

/** The customer hears of operations on their environments; Demo and Community are the vendor's own work, and so is reading files. */
function customerSees(s: Situation, operation: Operation): boolean {
  const kind = environmentById(s, operation.environmentId)?.kind
  return kind !== undefined && kind !== 'demo' && kind !== 'community' && !insideOnly.has(operation.verb)
}

/** The messages to add or to show anew after a change. */
export function wantedMessages(s: Situation, touched: Touched): MessageWish[] {
  const asked = new Set(s.requests.filter((r) => touched.requests.has(r.id)).map((r) => r.subject))
  const operations = s.operations.filter((o) => (touched.operations.has(o.id) || asked.has(o.id)) && !madeAgain(s, o))
  return [
    ...operations.flatMap((o) => operationWishes(s, o)),
    ...s.requests.filter((r) => touched.requests.has(r.id)).flatMap(requestWishes),
    ...(s.golive
      ? [{ key: `checklist.${s.golive.id}`, audience: 'customer', view: 'checklist', subject: s.golive.id, pin: true } as MessageWish]
      : []),
  ]
}

/** A measurement that is made again, however often, is one message, and tells of the newest (R38). */
function needOf({ environmentId, plan: { data } }: Operation): string {
  return `measure.${environmentId}.${data['for']}.${data['signature'] ?? 'before'}`
}

function madeAgain(s: Situation, operation: Operation): boolean {
  const last = s.operations.findLast((o) => o.verb === 'measure' && needOf(o) === needOf(operation))
  return operation.verb === 'measure' && last?.id !== operation.id
}

function operationWishes(s: Situation, operation: Operation): MessageWish[] {
  const audiences: MessageWish['audience'][] = customerSees(s, operation) ? ['ops', 'customer'] : ['ops']
  return audiences.flatMap((audience) => {
    const key = `operation.${operation.verb === 'measure' ? needOf(operation) : operation.id}.${audience}`
    const wishes: MessageWish[] = [{ key, audience, view: 'operation', subject: operation.id }]
    if (operation.state !== 'planning' && operation.plan.elements.length > 0)
      wishes.push({ key: `plan.${operation.id}.${audience}`, audience, view: 'plan', subject: operation.id, parent: key })
    // A qualification and a measurement have no counts of a plan; what they found has messages of its own.
    if (operation.state === 'done' && operation.verb !== 'qualify' && operation.verb !== 'measure')
      wishes.push({ key: `result.${operation.id}.${audience}`, audience, view: 'result', subject: operation.id, parent: key })
    return wishes
  })
}

/** Approvals and postponements are buttons in the operation's own message; everything else that is asked stands alone, where those who may answer are. */
function requestWishes(request: Request): MessageWish[] {
  if (request.kind === 'approve' || request.kind === 'postpone') return []
  const audiences = new Set(request.slots.map((slot) => (slot.party === 'customer' ? ('customer' as const) : ('ops' as const))))
  return [...audiences].map((audience) => ({ key: `request.${request.id}.${audience}`, audience, view: 'request', subject: request.id }))
}
