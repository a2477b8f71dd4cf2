/** Which places are to be looked at, because their moment has come or because something changed that is everybody's. */
import { sql } from 'kysely'
import { COUNTING } from '../lifecycle/counting.js'
import { systemChain } from './audit.js'
import type { Tx } from './connection.js'

/** So long a place that was claimed is nobody else's, in milliseconds: whoever claimed it may die, and it is looked at again. */
const leaseMs = 60_000

/** When the place is to be looked at next (lifecycle/next-due.ts); null for the customer stands for the system. Call it under the place's lock. */
export async function noteDue(tx: Tx, customerId: string | null, dueAt: Date | null): Promise<void> {
  if (customerId) await tx.updateTable('customer').set({ due_at: dueAt }).where('id', '=', customerId).execute()
  else await tx.updateTable('installation').set({ due_at: dueAt }).execute()
}

/**
 * Claims at most `limit` customers, and the system (null) beside them, whose moment has come at `now` (product time) or who were required
 * anew. Places that somebody is changing are left for the next time, and nothing is waited for. Whoever claims a place looks at it: the change
 * notes its next moment; without one, the place is claimed again after a minute.
 */
export async function claimDue(tx: Tx, now: Date, limit: number): Promise<(string | null)[]> {
  const lease = new Date(now.getTime() + leaseMs)
  const { rows } = await sql<{ place: string | null }>`
    with anew as materialized (select id, place from due_anew where due_at <= ${now}),
    found as (
      select id from customer where id in (select id from customer where due_at <= ${now} union select place from anew)
        -- Said once more of the row itself: it is this that is looked at again where another claimed it a moment ago.
        and (due_at <= ${now} or id in (select place from anew))
        order by due_at nulls first limit ${limit} for update skip locked
    ),
    ours as (
      select id from installation where due_at <= ${now} or exists (select from anew where place = ${systemChain}) for update skip locked
    ),
    customers as (update customer set due_at = ${lease} from found where customer.id = found.id returning customer.id),
    system as (update installation set due_at = ${lease} from ours where installation.id = ours.id returning installation.id),
    met as (
      delete from due_anew using anew where due_anew.id = anew.id
        and (anew.place in (select id from found) or (anew.place = ${systemChain} and exists (select from ours)))
    )
    select id as place from customers union all select null from system`.execute(tx)
  return rows.map(({ place }) => place)
}

/** Whom a change concerns that is not their own. */
const concerned = {
  /** A freeze of everything was lifted; another policy is in force. */
  everybody: sql`select id from customer union all select ${systemChain}`,
  /** Community is there, or is not (R17). */
  live: sql`select id from customer where state = 'live'`,
  /** Another release counted what waits for approval (R34). */
  'counted-otherwise': sql`select distinct coalesce(customer_id, ${systemChain}) from operation
    where state = 'waiting' and jsonb_array_length(plan -> 'elements') > 0 and plan -> 'data' ->> 'counting' is distinct from ${String(COUNTING)}`,
} as const

/**
 * Requires that these places are looked at from `from` (product time) on, by whoever claims them. It is written in the transaction of the
 * change that concerns them and takes no customer's lock: who is being changed at this moment, and may not have seen that change, is claimed
 * after it.
 */
export async function requireAnew(tx: Tx, whom: keyof typeof concerned, from: Date): Promise<void> {
  await sql`insert into due_anew (place, due_at) select each.id, ${from}::timestamptz from (${concerned[whom]}) each (id)`.execute(tx)
}

/**
 * After `slipway migrate`: what the new release's rules make of what it finds is carried out by the next sweep, in every place. It may be
 * called again and again, and a database in which nothing was ever done has nothing to be looked at.
 */
export async function requireAfterMigration(tx: Tx): Promise<void> {
  const { rows } = await sql<{ used: boolean }>`select exists (select from operation) as used`.execute(tx)
  if (rows[0]?.used) await requireAnew(tx, 'everybody', new Date(0))
}
