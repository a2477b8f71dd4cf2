/** The hinge: everything that changes state goes through here. Lock → policy → rule → rows + audit + outbox, in one transaction. */

import { claimAnswer, readAnswer, writeAnswer } from '../db/answered.js'
import { type AuditEntry, appendAudit, systemChain } from '../db/audit.js'
import type { Tx } from '../db/connection.js'
import { readCustomerOfChannel } from '../db/customer.js'
import { isBusy, patiently } from '../db/patience.js'
import { locate, lockPlace, resolveActor } from '../db/place.js'
import { insertProfile } from '../db/profile.js'
import { readSituation } from '../db/situation.js'
import type { Ask, Outcome, PersonAsk, SystemAsk } from '../lifecycle/ask.js'
import { type Decision, type Refusal, refuse } from '../lifecycle/decision.js'
import type { PolicyKey } from '../lifecycle/policy.js'
import { type KnownName, type Profile, profileOf } from '../lifecycle/profile.js'
import { rules } from '../lifecycle/rules.js'
import { entryOf, hasRole, sayRoles } from '../lifecycle/situation.js'
import type { Actor, Situation } from '../lifecycle/types.js'
import { type ChangeDeps, frameOf } from './deps.js'
import { applyEffects, followUp, gather, startOperations } from './follow.js'
import { withinBound } from './heard.js'

interface Person {
  userId: string
  teamId: string | null
  name?: KnownName | null
}

export interface PersonCall {
  ask: PersonAsk
  /** `name`: what Slack calls them, as far as it is known by now. */
  actor: Person
  /** Key of the Slack payload: the same payload is carried out once. */
  dedupe: string
}

const system: Actor = { party: 'system', userId: 'system' }

/** Carries out a person's ask. Refusals are values, also that somebody else's change held this one up; only faults throw. Nothing was written then. */
export async function changeByPerson(deps: ChangeDeps, call: PersonCall): Promise<Outcome> {
  const outcome = await patiently(() => onceOnly(deps, call), 'person').catch(heldUp)
  deps.nudge()
  return outcome
}

function onceOnly(deps: ChangeDeps, call: PersonCall): Promise<Outcome> {
  return deps.db.transaction().execute(async (tx) => {
    if (!(await claimAnswer(tx, call.dedupe, new Date()))) {
      const before = await readAnswer(tx, call.dedupe)
      return { ...(before ?? { kind: 'agreed' as const, say: null, slug: null }), repeated: true } as Outcome
    }
    const answer = await decide(deps, tx, call.ask, call.actor)
    await writeAnswer(tx, call.dedupe, answer)
    return answer
  })
}

/** A person does not wait for ever: they are told, and ask again. */
function heldUp(error: unknown): Outcome {
  if (!isBusy(error)) throw error
  const text = 'Another change of the same thing takes unusually long, and this one was not carried out. Try again in a minute.'
  return { kind: 'refused', refusal: { rule: 'R40', code: 'busy', text }, repeated: false }
}

/** Carries out what the clock asks. */
export async function changeBySystem(deps: ChangeDeps, ask: SystemAsk): Promise<void> {
  await patiently(() => deps.db.transaction().execute((tx) => decide(deps, tx, ask, null)))
  deps.nudge()
}

async function decide(deps: ChangeDeps, tx: Tx, ask: Ask, person: Person | null): Promise<Outcome> {
  const rule = rules[ask.verb] as (typeof rules)['click']
  const found = await locateLocked(tx, ask)
  const frame = await frameOf(deps, tx)
  if (found === undefined && ask.verb !== 'customer-add') return nobodys(deps, tx, { ask, person, now: frame.now })
  const customerId = found ?? null
  const situation = await withChannel(deps, tx, ask, await readSituation(tx, customerId, frame))
  const actor = person === null ? system : await resolveActor(tx, deps.policy, person.userId, customerId)
  const profile = person && profileOf(actor, person)
  const decision = permitted(situation, ask, actor) ?? rule.decide(situation, ask as never, actor)
  const gathered = gather({ frame, customerId, actor: actor.userId, profileId: profile?.id ?? null })
  const entry = profile && (await onRecord(tx, { actor, decision, now: frame.now })) ? entryOfAsk(ask, profile, decision) : null
  const elsewhere = decision.ok ? null : chainApart(actor, customerId)
  if (entry && !elsewhere) gathered.entries.push(entry)
  if (decision.ok) {
    if (profile) await insertProfile(tx, profile, frame.now)
    await applyEffects(deps, tx, situation, decision.effects, gathered)
    await startOperations(deps, tx, gathered)
  }
  await followUp(deps, tx, gathered)
  if (entry && elsewhere) await appendAudit(tx, elsewhere, frame.now, [entry])
  return decision.ok
    ? { kind: 'agreed', say: decision.say ?? null, repeated: false, slug: situation.customer?.slug ?? null }
    : { kind: 'refused', refusal: decision.refusal, repeated: false }
}

/** Whose thing it is, locked. A customer that somebody else added while we waited for the lock is found the second time. */
async function locateLocked(tx: Tx, ask: Ask): Promise<string | null | undefined> {
  const place = (rules[ask.verb] as (typeof rules)['click']).place(ask as never)
  const found = await locate(tx, place)
  if (found === undefined && ask.verb !== 'customer-add') return undefined
  await lockPlace(tx, found ?? null)
  if (found !== undefined) return found
  const meanwhile = await locate(tx, place)
  if (meanwhile) await lockPlace(tx, meanwhile)
  return meanwhile
}

/** A new customer's channel must be nobody else's, least of all the operations channel (R38). */
async function withChannel(deps: ChangeDeps, tx: Tx, ask: Ask, s: Situation): Promise<Situation> {
  if (ask.verb !== 'customer-add' || !ask.channel) return s
  if (ask.channel === deps.opsChannel) return { ...s, channelOf: "the vendor's operations" }
  const other = await readCustomerOfChannel(tx, ask.channel)
  return other ? { ...s, channelOf: `\`${other.slug}\`` } : s
}

/** What is asked about a thing that nobody knows is refused, and on record all the same (R32). */
async function nobodys(
  { policy }: ChangeDeps,
  tx: Tx,
  { ask, person, now }: { ask: Ask; person: Person | null; now: Date },
): Promise<Outcome> {
  const refusal = unknown(ask)
  const actor = person && (await resolveActor(tx, policy, person.userId, null))
  const profile = person && actor && profileOf(actor, person)
  const decision = { ok: false as const, refusal }
  if (profile && (await onRecord(tx, { actor, decision, now })))
    await appendAudit(tx, systemChain, now, [entryOfAsk(ask, profile, decision)])
  return { kind: 'refused', refusal, repeated: false }
}

/** All that people ask is on record; of what strangers try, as much as an hour holds (change/heard.ts). */
async function onRecord(tx: Tx, { actor, decision, now }: { actor: Actor; decision: Decision; now: Date }): Promise<boolean> {
  return decision.ok || actor.party !== 'stranger' || withinBound(tx, actor, now)
}

/** Whose chain keeps what was refused to somebody who has no business with this customer: none of their words come into its own (R38). */
function chainApart(actor: Actor, customerId: string | null): string | null {
  if (customerId === null) return null
  if (actor.party === 'stranger') return systemChain
  return actor.party === 'customer' && actor.customerId !== customerId ? actor.customerId : null
}

/** With the roles as they were at the click, and the name as it was known then (slack/names.ts: at most 12 hours old): the chain keeps them from being written anew. */
function entryOfAsk(ask: Ask, { userId, teamId, party, roles, name, nameFrom }: Profile, decision: Decision): AuditEntry {
  const by = { name, nameFrom, team: teamId, party, roles }
  const after = decision.ok ? { ask, by } : { ask, by, refused: decision.refusal.code, rule: decision.refusal.rule }
  return { actor: userId, verb: ask.verb, subject: subjectOf(ask), after, why: whyOf(ask) }
}

/** Policy and freeze, before the rule is asked (R29, R40). */
function permitted(s: Situation, ask: Ask, actor: Actor): Extract<Decision, { ok: false }> | null {
  const rule = rules[ask.verb] as { policy: PolicyKey | ((a: Ask) => PolicyKey) | null; starts?: boolean }
  const key = typeof rule.policy === 'function' ? rule.policy(ask) : rule.policy
  if (key && actor.party !== 'system' && !hasRole(actor, entryOf(s, key).ask)) {
    return refuse('R29', 'not-entitled', 'You may not ask for this.', sayRoles(entryOf(s, key).ask))
  }
  if (actor.party === 'customer' && actor.customerId !== s.customer?.id && ask.verb !== 'click')
    return refuse('R30', 'not-yours', 'This belongs to another customer.')
  const freeze = rule.starts ? s.freezes[0] : undefined
  return freeze ? refuse('R40', 'frozen', `New operations are frozen: ${freeze.reason}.`, `<@${freeze.by}>, with /env unfreeze`) : null
}

function unknown(ask: Ask): Refusal {
  if ('slug' in ask)
    return { code: 'unknown-customer', rule: 'R3', text: `There is no customer \`${ask.slug}\`. /customer list shows them all.` }
  if ('environment' in ask)
    return { code: 'unknown-environment', rule: 'R3', text: `There is no environment \`${ask.environment}\`. /env list shows them all.` }
  return { code: 'unknown-request', rule: 'R30', text: 'This button belongs to nothing that is known here.' }
}

function subjectOf(ask: Ask): string {
  if ('environment' in ask) return ask.environment
  if ('slug' in ask && ask.slug) return ask.slug
  if ('requestId' in ask) return ask.requestId
  if ('operationId' in ask) return ask.operationId
  return 'kind' in ask ? ask.kind : 'system'
}

function whyOf(ask: Ask): string | null {
  return 'reason' in ask ? ask.reason : 'comment' in ask ? ask.comment : null
}
