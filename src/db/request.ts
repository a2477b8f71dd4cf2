import type { Wanted } from '../lifecycle/requests.js'
import type { Request } from '../lifecycle/types.js'
import type { Tx } from './connection.js'
import { newId } from './id.js'

export async function insertRequest(tx: Tx, customerId: string | null, w: Wanted, now: Date): Promise<string> {
  const id = newId('req')
  await tx
    .insertInto('request')
    .values({
      id,
      kind: w.kind,
      subject: w.subject,
      customer_id: customerId,
      version: 1,
      hash: w.hash,
      slots: JSON.stringify(w.slots),
      state: 'open',
      opened_at: now,
      due_at: w.dueAt,
    })
    .execute()
  return id
}

/** What is asked changed: a new version, and the verdicts on the old one no longer count (R30). */
export async function renewRequest(tx: Tx, id: string, w: Wanted, version: number): Promise<void> {
  await tx
    .updateTable('request')
    .set({ version, hash: w.hash, slots: JSON.stringify(w.slots), due_at: w.dueAt })
    .where('id', '=', id)
    .execute()
}

export async function updateRequest(tx: Tx, id: string, state: Request['state']): Promise<void> {
  await tx.updateTable('request').set({ state }).where('id', '=', id).execute()
}

/** A verdict; the primary key and the unique person refuse a second one (R30). */
export async function insertVerdict(
  tx: Tx,
  v: {
    requestId: string
    version: number
    slot: string
    userId: string
    verdict: 'yes' | 'no'
    comment: string | null
    at: Date
    profileId: string | null
  },
): Promise<void> {
  await tx
    .insertInto('verdict')
    .values({
      request_id: v.requestId,
      version: v.version,
      slot: v.slot,
      user_id: v.userId,
      verdict: v.verdict,
      comment: v.comment,
      at: v.at,
      profile_id: v.profileId,
    })
    .execute()
}

/** Whose a request is; undefined when nobody knows it. */
export async function ownerOfRequest(tx: Tx, id: string): Promise<string | null | undefined> {
  const row = await tx.selectFrom('request').select('customer_id').where('id', '=', id).executeTakeFirst()
  return row ? row.customer_id : undefined
}
