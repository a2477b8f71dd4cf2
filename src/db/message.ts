/** Messages as projections (R41): what should be shown, what Slack has, and what is left to do. */
import { sql } from 'kysely'
import type { MessageWish } from '../lifecycle/messages.js'
import type { Tx } from './connection.js'
import { newId } from './id.js'

export interface MessageRow {
  id: string
  key: string
  customer_id: string | null
  channel: string
  audience: 'ops' | 'customer'
  view: string
  subject: string
  data: Record<string, string | number>
  parent_key: string | null
  pin: boolean
  ts: string | null
  shown_hash: string | null
  dirty: number
  shown: number
  attempted_at: Date | null
}

/** Adds the messages that are not there yet and marks the others as to be shown anew. Returns the channels with something to do. */
export async function wishMessages(
  tx: Tx,
  customerId: string | null,
  wishes: (MessageWish & { channel: string })[],
  now: Date,
): Promise<{ added: string[]; channels: string[] }> {
  if (wishes.length === 0) return { added: [], channels: [] }
  const rows = await tx
    .insertInto('message')
    .values(
      wishes.map((w) => ({
        id: newId('msg'),
        key: w.key,
        customer_id: customerId,
        channel: w.channel,
        audience: w.audience,
        view: w.view,
        subject: w.subject,
        data: JSON.stringify(w.data ?? {}),
        parent_key: w.parent ?? null,
        pin: w.pin ?? false,
        created_at: now,
      })),
    )
    .onConflict((c) =>
      c
        .column('key')
        .doUpdateSet({ dirty: sql`message.dirty + 1`, trouble: null, subject: sql`excluded.subject` })
        .where('message.view', '!=', 'announcement'),
    )
    .returning(['key', 'channel', 'dirty'])
    .execute()
  return { added: rows.filter((r) => r.dirty === 1).map((r) => r.key), channels: [...new Set(rows.map((r) => r.channel))] }
}

/** The oldest message of a channel that Slack does not show as it should be, with its thread's parent. Order is the order of events. */
export async function nextMessage(tx: Tx, channel: string, skip: string[]): Promise<(MessageRow & { parent_ts: string | null }) | null> {
  let query = tx
    .selectFrom('message as m')
    .leftJoin('message as p', 'p.key', 'm.parent_key')
    .selectAll('m')
    .select('p.ts as parent_ts')
    .where('m.channel', '=', channel)
    .whereRef('m.shown', '<', 'm.dirty')
    .where('m.trouble', 'is', null)
  if (skip.length > 0) query = query.where('m.id', 'not in', skip)
  return (await query.orderBy('m.ordinal').limit(1).executeTakeFirst()) ?? null
}

/** Noted before posting: with no answer from Slack, the post's fate is looked up by its delivery id from this time on. */
export async function noteAttempt(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.updateTable('message').set({ attempted_at: at }).where('id', '=', id).execute()
}

export async function noteShown(tx: Tx, id: string, shown: { dirty: number; ts?: string; hash: string }): Promise<void> {
  await tx
    .updateTable('message')
    .set({ shown: shown.dirty, shown_hash: shown.hash, ...(shown.ts ? { ts: shown.ts } : {}) })
    .where('id', '=', id)
    .execute()
}

/** Slack will never take it (channel gone, not a member): people see that in the log and by `doctor`; the next change tries again. */
export async function noteTrouble(tx: Tx, id: string, trouble: string): Promise<void> {
  await tx.updateTable('message').set({ trouble }).where('id', '=', id).execute()
}

/** Slack lost the message (deleted): it is posted anew. */
export async function forgetPost(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('message').set({ ts: null, shown_hash: null, attempted_at: null }).where('id', '=', id).execute()
}

export async function readDirtyChannels(tx: Tx): Promise<string[]> {
  const rows = await tx
    .selectFrom('message')
    .select('channel')
    .distinct()
    .whereRef('shown', '<', 'dirty')
    .where('trouble', 'is', null)
    .execute()
  return rows.map((r) => r.channel)
}

/** Whether this message of Slack shows that subject; a click must come from where it was asked (R30). */
export async function countMessages(tx: Tx): Promise<Record<string, number>> {
  const rows = await tx
    .selectFrom('message')
    .select(['audience', sql<string>`count(*)`.as('n')])
    .where('ts', 'is not', null)
    .groupBy('audience')
    .execute()
  return Object.fromEntries(rows.map((r) => [r.audience, Number(r.n)]))
}

/** Marks an operation's messages as to be shown anew; returns their channels. */
export async function touchOperationMessages(tx: Tx, operationId: string): Promise<string[]> {
  const keys = [`operation.${operationId}.customer`, `operation.${operationId}.ops`]
  // Main and Test report side by side: both take the rows in one order, or each may wait for the other's.
  await tx.selectFrom('message').select('id').where('key', 'in', keys).orderBy('key').forUpdate().execute()
  const rows = await tx.updateTable('message').set({ dirty: sql`dirty + 1` }).where('key', 'in', keys).returning('channel').execute()
  return [...new Set(rows.map((r) => r.channel))]
}

/** Slack as a whole is new (the demo's workspace after a restart): every message is posted anew. */
export async function forgetAllPosts(tx: Tx): Promise<void> {
  await tx.updateTable('message').set({ ts: null, shown_hash: null, attempted_at: null, trouble: null, dirty: sql`dirty + 1` }).execute()
}
