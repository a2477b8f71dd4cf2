/** The outbox: what the queue must hear of, committed with the state that made it so (DESIGN §4). */
import { sql } from 'kysely'
import { inChunks } from './chunks.js'
import type { Tx } from './connection.js'

export type QueueName = 'steps' | 'messages'

export interface OutboxRow {
  queue: QueueName
  name: string
  /** Deterministic, joined with dots: adding it again runs nothing while the job is still there. */
  jobId: string
  /** Ids only. */
  data: Record<string, unknown>
  /** Milliseconds from now; retries wait. */
  delayMs?: number
}

export async function addOutbox(tx: Tx, rows: OutboxRow[]): Promise<void> {
  const values = rows.map((r) => ({
    queue: r.queue,
    name: r.name,
    job_id: r.jobId,
    data: JSON.stringify(r.data),
    not_before: sql<Date>`clock_timestamp() + ${`${r.delayMs ?? 0} milliseconds`}::interval`,
  }))
  await inChunks(values, (some) => tx.insertInto('outbox').values(some).execute())
}

/** Takes due rows for sending; other relays skip them while this transaction lasts. */
export function takeOutbox(tx: Tx, limit: number) {
  return tx
    .selectFrom('outbox')
    .select(['id', 'queue', 'name', 'job_id', 'data'])
    .where('sent_at', 'is', null)
    .where('not_before', '<=', sql<Date>`clock_timestamp()`)
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
}

/** A sent row has done its work: the step row alone decides retries, so it is not kept. */
export async function dropOutbox(tx: Tx, ids: string[]): Promise<void> {
  if (ids.length > 0) await tx.deleteFrom('outbox').where('id', 'in', ids).execute()
}
