/** The hinge: everything that changes state goes through here. Lock → policy → rule → rows + audit + outbox, in one transaction. */
import type { Writing } from './change-effects.js'
import { applyEffects, followUp, gather, startOperations } from './change-follow.js'
import type { Clock } from './clock.js'
import { claimAnswer, readAnswer, writeAnswer } from './db/answered.js'
import type { Db, Tx } from './db/connection.js'
import { locate, lockPlace, resolveActor } from './db/place.js'
import { readSituation } from './db/situation.js'
import type { Ask, Outcome, PersonAsk, SystemAsk } from './lifecycle/ask.js'
import { type Decision, type Refusal, refuse } from './lifecycle/decision.js'
import type { Policy, PolicyKey } from './lifecycle/policy.js'
import { rules } from './lifecycle/rules.js'
import { entryOf, hasRole, sayRoles } from './lifecycle/situation.js'
import type { Actor, Situation } from './lifecycle/types.js'

export interface ChangeDeps {
  db: Db
  clock: Clock
  policy: Policy
  /** Product versions, oldest first. */
  versions: string[]
  opsChannel: string
  expand: Writing['expand']
  /** Called after a commit that left something in the outbox. */
  nudge(): void
}

export interface PersonCall {
  ask: PersonAsk
  actor: { userId: string; teamId: string | null }
  /** Key of the Slack payload: the same payload is carried out once. */
  dedupe: string
}

const system: Actor = { party: 'system', userId: 'system' }

/** Carries out a person's ask. Refusals are values; only faults throw, and then nothing was written. */
export async function changeByPerson(deps: ChangeDeps, call: PersonCall): Promise<Outcome> {
  const outcome = await deps.db.transaction().execute(async (tx) => {
    if (!(await claimAnswer(tx, call.dedupe, new Date()))) {
      const before = await readAnswer(tx, call.dedupe)
      return { ...(before ?? { kind: 'agreed' as const, say: null, slug: null }), repeated: true } as Outcome
    }
    const answer = await decide(deps, tx, call.ask, call.actor.userId)
    await writeAnswer(tx, call.dedupe, answer)
    return answer
  })
  deps.nudge()
  return outcome
}

/** Carries out what the clock asks. */
export async function changeBySystem(deps: ChangeDeps, ask: SystemAsk): Promise<void> {
  await deps.db.transaction().execute((tx) => decide(deps, tx, ask, null))
  deps.nudge()
}

async function decide(deps: ChangeDeps, tx: Tx, ask: Ask, userId: string | null): Promise<Outcome> {
  const rule = rules[ask.verb] as (typeof rules)['click'] & { policy: PolicyKey | ((a: Ask) => PolicyKey) | null }
  const customerId = await locate(tx, rule.place(ask as never))
  if (customerId === undefined && ask.verb !== 'customer-add') return { kind: 'refused', refusal: unknown(ask), repeated: false }
  await lockPlace(tx, customerId ?? null)
  const frame = { now: await deps.clock.now(tx), policy: deps.policy, versions: deps.versions }
  const situation = await readSituation(tx, customerId ?? null, frame)
  const actor = userId === null ? system : await resolveActor(tx, deps.policy, userId, customerId ?? null)
  const decision = permitted(situation, ask, actor) ?? rule.decide(situation, ask as never, actor)
  const gathered = gather({ frame, customerId: customerId ?? null, actor: actor.userId })
  gathered.entries.push({
    actor: actor.userId,
    verb: ask.verb,
    subject: subjectOf(ask),
    after: decision.ok ? { ask } : { ask, refused: decision.refusal.code, rule: decision.refusal.rule },
    why: whyOf(ask),
  })
  if (decision.ok) {
    await applyEffects(deps, tx, situation, decision.effects, gathered)
    await startOperations(deps, tx, gathered)
  }
  await followUp(deps, tx, gathered)
  return decision.ok
    ? { kind: 'agreed', say: decision.say ?? null, repeated: false, slug: situation.customer?.slug ?? null }
    : { kind: 'refused', refusal: decision.refusal, repeated: false }
}

/** Policy and freeze, before the rule is asked (R29, R40). */
function permitted(s: Situation, ask: Ask, actor: Actor): Extract<Decision, { ok: false }> | null {
  const rule = rules[ask.verb] as { policy: PolicyKey | ((a: Ask) => PolicyKey) | null; starts?: boolean }
  const key = typeof rule.policy === 'function' ? rule.policy(ask) : rule.policy
  if (key && actor.party !== 'system' && !hasRole(actor, entryOf(s, key).ask)) {
    return refuse('R29', 'not-entitled', 'You may not ask for this.', sayRoles(entryOf(s, key).ask))
  }
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
