/** Which places are to be looked at, because their moment has come or because something changed that is everybody's. */
import { sql } from 'kysely'
import { systemChain } from './audit.js'
import type { Db, Tx } from './connection.js'

/** So long a place that was claimed is nobody else's, in milliseconds: whoever claimed it may die, and it is looked at again. */
const leaseMs = 60_000

/** When the place is to be looked at next (lifecycle/next-due.ts); null for the customer stands for the system. Call it under the place's lock. */
export async function noteDue(tx: Tx, customerId: string | null, dueAt: Date | null): Promise<void> {
  if (customerId) await tx.updateTable('customer').set({ due_at: dueAt }).where('id', '=', customerId).execute()
  else await tx.updateTable('system_place').set({ due_at: dueAt }).execute()
}

/**
 * Claims at most `limit` customers, and the system (null) beside them, whose moment has come at `now` (product time) or who were required
 * anew: deadlines first, the oldest before the others. Places that somebody is changing are left for the next time, and nothing is waited for.
 * Whoever claims a place looks at it: the change notes its next moment; without one, the place is claimed again after a minute. What was
 * required anew may be claimed by two who ask at the same moment, and is looked at twice then.
 *
 * Whoever decides by another `basis` than the last one that was said (`requireUnder`) leaves what was required anew to those who do: its look
 * would count for nothing.
 */
export async function claimDue(tx: Tx, { now, limit, basis }: { now: Date; limit: number; basis: string }): Promise<(string | null)[]> {
  const lease = new Date(now.getTime() + leaseMs)
  const { rows } = await sql<{ place: string | null }>`
    with anew as materialized (
      select id, place from due_anew where due_at <= ${now} and exists (select from system_place where coalesce(basis, ${basis}) = ${basis})
    ),
    places as materialized (select distinct place from anew),
    found as (
      select id from customer where id in (select id from customer where due_at <= ${now} union select place from places)
        -- Said once more of the row itself: a moment that another claimed just now is looked at by that one.
        and (due_at <= ${now} or id in (select place from places))
        order by due_at nulls last limit ${limit} for update skip locked
    ),
    ours as (
      select id from system_place where due_at <= ${now} or exists (select from places where place = ${systemChain}) for update skip locked
    ),
    customers as (update customer set due_at = ${lease} from found where customer.id = found.id returning customer.id),
    system as (update system_place set due_at = ${lease} from ours where system_place.id = ours.id returning system_place.id),
    met as (
      delete from due_anew using anew where due_anew.id = anew.id
        and (anew.place in (select id from found) or (anew.place = ${systemChain} and exists (select from ours)))
    )
    select id as place from customers union all select null from system`.execute(tx)
  return rows.map(({ place }) => place)
}

/**
 * Requires that every place is looked at from `from` (product time) on, by whoever claims it: a freeze of everything was lifted, Community
 * became another, everybody is decided by something else. It is written in the transaction of the change and takes no customer's lock: who is
 * being changed at this moment, and may not have seen that change, is claimed after it.
 */
export async function requireAnew(tx: Tx, from: Date): Promise<void> {
  await sql`
    insert into due_anew (place, due_at)
    select each.id, ${from}::timestamptz from (select id from customer union all select ${systemChain}) each (id)`.execute(tx)
}

/**
 * Says by what a worker decides that starts at `now`: where that is not what the last one said, everybody is required anew, for nobody's own
 * rows tell of it. Twice, and side by side, it requires once.
 */
export async function requireUnder(db: Db, basis: string, now: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const other = await tx.updateTable('system_place').set({ basis }).where('basis', 'is distinct from', basis).returning('id').execute()
    if (other.length > 0) await requireAnew(tx, now)
  })
}
