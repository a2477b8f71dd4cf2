/**
 * What changed nothing, in the trail (R32): reads, what was not understood, what was refused before any rule was asked. In a transaction of
 * its own after the answer, lost only with the process: what people decided, and what a rule refused, is on record before it is
 * acknowledged (change/index.ts). Bounded to a person's hour (lifecycle/heard.ts) is what comes through here, and what a rule refuses a stranger;
 * what a rule refuses somebody who is known is not bounded.
 */

import { type AuditEntry, appendAudit, systemChain } from '../db/audit.js'
import type { Tx } from '../db/connection.js'
import { readCustomerOfChannel } from '../db/customer.js'
import { countHeard, takeHeard } from '../db/heard.js'
import { patiently } from '../db/patience.js'
import { customersNamed, resolveActor } from '../db/place.js'
import { type Heard, heardAnHour, typedText } from '../lifecycle/heard.js'
import type { Actor } from '../lifecycle/types.js'
import type { ChangeDeps } from './deps.js'

type Deps = Pick<ChangeDeps, 'db' | 'clock' | 'policy'>

const hourMs = 3_600_000
/** A transaction that began in an hour may end in the next. */
const lateMs = 300_000
const LONGEST_WHAT = 80
const NOT_THEIRS = '[left out: it names another customer]'

/**
 * Appends what was heard to the chain of the customer whom it concerns, else the system's; beyond the person's bound it is counted only.
 * Where it names several customers, the first one's chain has who did what, and the system's the words (R38).
 */
export async function noteHeard(deps: Deps, heard: Heard): Promise<void> {
  await patiently(() =>
    deps.db.transaction().execute(async (tx) => {
      const now = await deps.clock.now(tx)
      const actor = await resolveActor(tx, deps.policy, heard.userId, null)
      const { customer, others } = await concerned(tx, heard, actor)
      if (!(await withinBound(tx, actor, now))) return
      if (customer && others) await appendAudit(tx, customer, now, [entryOf({ ...heard, typed: NOT_THEIRS })])
      await appendAudit(tx, others ? systemChain : (customer ?? systemChain), now, [entryOf(heard)])
    }),
  )
}

/** Counts one more of what is bounded in this person's hour (see above); false: the trail has enough of them, and gets the number later. */
export function withinBound(tx: Tx, actor: Actor, now: Date): Promise<boolean> {
  return countHeard(tx, actor.userId, hourOf(now), heardAnHour[actor.party])
}

/** One entry for each person's hour of which not everything was kept. Safe side by side and twice. */
export async function tellUncounted(deps: Deps): Promise<void> {
  await patiently(() =>
    deps.db.transaction().execute(async (tx) => {
      const now = await deps.clock.now(tx)
      const hours = await takeHeard(tx, hourOf(new Date(now.getTime() - lateMs)))
      const entries = hours.map(({ userId, hour, seen, kept }) => ({
        actor: 'system',
        verb: 'more-attempts',
        subject: userId,
        after: { hour: hour.toISOString(), kept, notKept: seen - kept },
      }))
      await appendAudit(tx, systemChain, now, entries)
    }),
  )
}

function hourOf(now: Date): Date {
  return new Date(Math.floor(now.getTime() / hourMs) * hourMs)
}

function entryOf({ userId, teamId, channel, how, what, typed, code, rule }: Heard): AuditEntry {
  const after = { typed: typedText(typed), channel, team: teamId, ...(code ? { code, rule } : {}) }
  return { actor: userId, verb: how, subject: typedText(what).slice(0, LONGEST_WHAT), after }
}

/**
 * Whose chain, and who else is named. A customer's person is in their own customer's chain only, whatever they name, and a stranger in the
 * system's: neither writes into the chain of somebody else (R38).
 */
async function concerned(tx: Tx, { typed, channel }: Heard, actor: Actor): Promise<{ customer: string | null; others: boolean }> {
  if (actor.party !== 'vendor') return { customer: actor.party === 'customer' ? actor.customerId : null, others: false }
  const named = await customersNamed(tx, typedText(typed))
  const customer = named[0] ?? (channel ? ((await readCustomerOfChannel(tx, channel))?.id ?? null) : null)
  return { customer, others: named.length > 1 }
}
