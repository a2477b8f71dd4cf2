/** Anchors of the audit trail: which heads were written outside the database, and when the next are due. */
import type { Tx } from './connection.js'

/** What one line of the anchor file says of the trail. */
export interface Anchored {
  number: number
  /** Chain, number and hash of its last entry, by chain. */
  heads: [chain: string, seq: number, hash: string][]
}

/** An anchor as the database remembers it; the heads themselves stand in the file. */
export interface AnchorRow {
  number: number
  due_at: Date
  at: Date
  entries: number
  head: string
  /** SHA-256 of the file's line. */
  line_hash: string
}

/**
 * Whether an anchor is due, locked until the transaction ends; `null`: not yet, or another worker is at it. `due` is the time it was due at,
 * `now` where there was none before. A time that is further away than `everyMs` was not set by us, and puts nothing off.
 */
export async function takeAnchorDue(tx: Tx, now: Date, everyMs: number): Promise<{ due: Date } | null> {
  const row = await tx
    .selectFrom('audit_anchor_due')
    .select('due_at')
    .where((e) => e.or([e('due_at', 'is', null), e('due_at', '<=', now), e('due_at', '>', new Date(now.getTime() + everyMs))]))
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return row ? { due: row.due_at && row.due_at < now ? row.due_at : now } : null
}

/** When the next anchor is to be written; asked for by whoever holds the row from `takeAnchorDue`. */
export async function setAnchorDue(tx: Tx, due: Date): Promise<void> {
  await tx.updateTable('audit_anchor_due').set({ due_at: due }).execute()
}

/** Notes an anchor; the database refuses (42501) any number but the one after the last. */
export async function insertAnchor(tx: Tx, row: AnchorRow): Promise<void> {
  await tx.insertInto('audit_anchor').values(row).execute()
}

/** Oldest first. */
export async function readAnchors(tx: Tx): Promise<AnchorRow[]> {
  const rows = await tx.selectFrom('audit_anchor').selectAll().orderBy('number').execute()
  return rows.map((row) => ({ ...row, entries: Number(row.entries) }))
}

/** The newest anchor, null before the first. */
export async function lastAnchor(tx: Tx): Promise<AnchorRow | null> {
  const row = await tx.selectFrom('audit_anchor').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirst()
  return row ? { ...row, entries: Number(row.entries) } : null
}
