/** Teardown (R14, R29, R31): by hand with a second person, or by the lifecycle itself; always with notice and Postpone. */

import { agree, type Decision, type Effect, refuse } from './decision.js'
import type { Kind } from './kinds.js'
import { entryOf, environmentByName, isLive, lockOn, sayLock, slotsOf } from './situation.js'
import type { Actor, Environment, Operation, Situation, Slot } from './types.js'

const hour = 3_600_000

interface Asked {
  slots?: Slot[]
  reason: string
  rule: string
}

/** `/env destroy`: a second person of the vendor approves; then the notice runs. */
export function destroy(s: Situation, ask: { environment: string; reason: string }, actor: Actor): Decision {
  const environment = environmentByName(s, ask.environment)
  if (!environment || !isLive(environment))
    return refuse('R3', 'unknown-environment', `There is no standing environment \`${ask.environment}\`.`)
  if (environment.kind === 'prod')
    return refuse(
      'R29',
      'prod-stays',
      'PROD is torn down only at offboarding: export accepted by the customer, access revoked, two approvers of different roles, name typed in full. A promotion that went wrong is undone by /golive rollback, before G6.',
    )
  if (environment.kind === 'community')
    return refuse('R2', 'community-stays', 'Community is shared by all customers and is never torn down.')
  if (environment.kind === 'preprod' && s.golive?.state === 'open')
    return refuse(
      'R15',
      'preprod-needed',
      `\`${environment.name}\` stays restorable until G6 of the go-live that is open. Roll it back first: /golive rollback ${s.customer?.slug}.`,
      'a PM of the vendor',
    )
  const held = busy(s, environment)
  if (held) return held
  return agree(
    [teardown(s, environment, { slots: slotsOf(entryOf(s, 'teardown'), [actor.userId]), reason: ask.reason, rule: 'R29' })],
    `The teardown of \`${environment.name}\` is asked for; a second person approves it, then the notice of ${s.policy.teardownNoticeHours} hours runs.`,
  )
}

function busy(s: Situation, environment: Environment): Decision | null {
  const lock = lockOn(s, environment)
  if (lock) return refuse('R40', 'environment-busy', `\`${environment.name}\` is held by ${sayLock(s, lock)}.`)
  if (teardownOf(s, environment))
    return refuse('R40', 'teardown-scheduled', `The teardown of \`${environment.name}\` is scheduled already.`)
  return null
}

/** The teardown operation that waits for its hour, if any. */
export function teardownOf(s: Situation, environment: Environment) {
  return s.operations.find(
    (o) => o.verb === 'teardown' && o.environmentId === environment.id && ['planning', 'waiting', 'scheduled', 'running'].includes(o.state),
  )
}

/** Kinds that were made with the customer's dump, or stood while it was needed: with their end it may be over, too. */
const endsTheDump = new Set<Kind>(['migration', 'preprod', 'val', 'prod'])

/** What becomes of the legacy dump with this teardown: it is the plan's, so that what was announced is what happens. Nothing where there is none. */
function dumpOf(s: Situation, { kind }: Environment): { legacyDump?: 'keep' | 'destroy'; policy?: string } {
  if (s.files.length === 0 || !endsTheDump.has(kind)) return {}
  const destroys = s.policy.legacyDump === 'destroy-after-golive' && s.customer?.state === 'live'
  return { legacyDump: destroys ? 'destroy' : 'keep', policy: s.policy.version }
}

/** How long the notice of a teardown runs (R31), in milliseconds. */
export function noticeMs({ policy }: Situation): number {
  return policy.teardownNoticeHours * hour
}

/**
 * Whether a scheduled teardown whose hour has come waits on: a notice of it was never posted. Where Slack is away it waits for as long as the
 * notice again, and then goes on; its record says that it was not announced (R31, R42).
 */
export function waitsForNotice(s: Situation, { id, verb, runAt }: Operation): boolean {
  if (verb !== 'teardown' || !runAt || !s.untold?.includes(id)) return false
  return s.now.getTime() < runAt.getTime() + noticeMs(s)
}

/**
 * The effect that plans a teardown, its hour at the end of the notice (R31). No slots: the lifecycle asks for it (R23's standard change).
 * `rule` is the rule that it follows from.
 */
export function teardown(s: Situation, environment: Environment, { slots = [], reason, rule }: Asked): Effect {
  const runAt = new Date(s.now.getTime() + noticeMs(s))
  return {
    do: 'add-operation',
    operation: {
      verb: 'teardown',
      job: 'teardown',
      environment: environment.name,
      data: { reason, rule, purpose: environment.kind, ...dumpOf(s, environment) },
      slots,
      runAt,
    },
  }
}
