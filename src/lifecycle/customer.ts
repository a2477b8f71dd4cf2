/** The customer's path (LIFECYCLE §3): add, people, sign, lose, cancel. */

import type { PersonAsk } from './ask.js'
import { create } from './create.js'
import { agree, type Decision, type Effect, refuse } from './decision.js'
import { teardown, teardownOf } from './destroy.js'
import { prodOf } from './golive.js'
import { isLive, liveOf } from './situation.js'
import type { Actor, Situation } from './types.js'

type Of<V extends PersonAsk['verb']> = Extract<PersonAsk, { verb: V }>

/** A new prospect. Slugs are unique and never reused (R3). */
export function addCustomer(s: Situation, ask: Of<'customer-add'>): Decision {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/.test(ask.slug))
    return refuse('R3', 'bad-slug', `\`${ask.slug}\` is no customer slug: at most 20 of a–z, 0–9 and dashes, none at an end.`)
  if (s.customer)
    return refuse(
      'R3',
      'customer-exists',
      `There is a customer \`${ask.slug}\` already (${s.customer.name}, ${s.customer.state}). Choose another slug.`,
    )
  if (s.channelOf) return refuse('R38', 'channel-taken', `That channel belongs to ${s.channelOf}; every customer has one of their own.`)
  return agree(
    [{ do: 'add-customer', slug: ask.slug, name: ask.name, channel: ask.channel, legacy: ask.legacy }],
    `${ask.name} is a prospect now. Next: /customer people ${ask.slug} add @user lead, /env create demo ${ask.slug}.`,
  )
}

/** Who may act for the customer (R30); one role a person. */
export function changePeople(s: Situation, ask: Of<'customer-people'>): Decision {
  if (s.policy.people[ask.userId])
    return refuse('R30', 'vendor-person', `<@${ask.userId}> belongs to the vendor and cannot act for a customer.`)
  const present = s.people.find((p) => p.userId === ask.userId)
  if (ask.action === 'remove' && !present)
    return refuse('R30', 'unknown-person', `<@${ask.userId}> is not among the people of ${ask.slug}.`)
  return agree(
    [{ do: 'set-person', userId: ask.userId, role: ask.action === 'add' ? ask.role : null }],
    ask.action === 'add' ? `<@${ask.userId}> is ${ask.role} of ${ask.slug} now.` : `<@${ask.userId}> no longer acts for ${ask.slug}.`,
  )
}

/** Signing moves the customer to onboarding and asks for the Sandbox pair (R5). */
export function signCustomer(s: Situation, ask: Of<'customer-sign'>, actor: Actor): Decision {
  if (s.customer?.state !== 'prospect') return refuse('R5', 'not-prospect', `${ask.slug} is ${s.customer?.state}; only a prospect signs.`)
  const demo = liveOf(s, 'demo')
  if (ask.sandbox === 'demo' && !demo)
    return refuse('R5', 'no-demo', `${ask.slug} has no Demo to clone. Use --sandbox base, or make one: /env create demo ${ask.slug}.`)
  const after: Situation = { ...s, customer: { ...s.customer, state: 'onboarding' } }
  const sandbox = create(after, { kind: 'sandbox', from: ask.sandbox === 'demo' ? (demo?.name ?? null) : null, version: null }, actor)
  if (!sandbox.ok) return sandbox
  return agree(
    [{ do: 'set-customer', state: 'onboarding' }, { do: 'announce', event: 'customer-signed', audience: 'both' }, ...sandbox.effects],
    `${s.customer.name} is in onboarding. The Sandbox pair is asked for and waits for approval.`,
  )
}

/** Side exits of the path: a prospect is lost, an onboarding is cancelled; what stands is torn down with notice (R31). */
export function leave(s: Situation, ask: Of<'customer-lose' | 'customer-cancel'>): Decision {
  const [from, to] = ask.verb === 'customer-lose' ? (['prospect', 'lost'] as const) : (['onboarding', 'cancelled'] as const)
  if (s.customer?.state !== from)
    return refuse('R31', 'wrong-stage', `${ask.slug} is ${s.customer?.state}; only a customer in ${from} can be ${to}.`)
  const busy = s.operations.find((o) => ['running', 'undoing', 'stuck'].includes(o.state))
  if (busy) return refuse('R40', 'operation-running', `A ${busy.verb} is ${busy.state} for ${ask.slug}. Cancel it or wait for its end.`)
  if (prodOf(s))
    return refuse('R28', 'prod-stands', `\`${prodOf(s)?.name}\` stands. Roll the go-live back first: /golive rollback ${ask.slug}.`)
  return agree(
    [
      { do: 'set-customer', state: to },
      { do: 'announce', event: `customer-${to}`, audience: to === 'lost' ? 'ops' : 'both', data: { reason: ask.reason } },
      ...(s.golive?.state === 'open' ? [{ do: 'set-golive', state: 'rolled-back' } as Effect] : []),
      ...ends(s, to),
    ],
    `${s.customer.name} is ${to}. What stands is torn down after the notice.`,
  )
}

/** What was asked for is dropped, what stands is torn down with notice, access to Community ends. */
function ends(s: Situation, to: string): Effect[] {
  const dropped = s.operations.filter((o) => ['planning', 'waiting'].includes(o.state))
  const standing = s.environments.filter((e) => isLive(e) && e.state !== 'waiting' && teardownOf(s, e)?.state !== 'scheduled')
  return [
    ...dropped.map((o): Effect => ({ do: 'set-operation', id: o.id, state: 'cancelled' })),
    ...s.environments
      .filter((e) => e.state === 'waiting')
      .map((e): Effect => ({ do: 'set-environment', name: e.name, state: 'destroyed' })),
    ...standing.map((e) => teardown(s, e, { reason: `the customer is ${to}`, rule: 'R31' })),
    ...s.access.filter((a) => a.environmentId === s.community?.id).map((a): Effect => ({ do: 'revoke-access', id: a.id })),
  ]
}
