/** The audit trail (R32): one chain per customer and one for the system, each entry carrying the hash of the one before. */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { canonicalJson } from '../lifecycle/hash.js'
import type { Tx } from './connection.js'

export interface AuditEntry {
  actor: string
  verb: string
  subject: string
  before?: unknown
  after?: unknown
  why?: string | null
}

export const systemChain = 'system'
/** What the first entry of a chain, and the first line of the anchors, carry as the hash before. */
export const genesis = '0'.repeat(64)

interface Hashed {
  chain: string
  seq: number
  at: Date
  actor: string
  verb: string
  subject: string
  before: unknown
  after: unknown
  why: string | null
  prev: string
}

/** SHA-256 over the canonical JSON of the entry, the hash before included. */
export function entryHash({ chain, seq, at, actor, verb, subject, before, after, why, prev }: Hashed): string {
  const entry = { chain, seq, at: at.toISOString(), actor, verb, subject, before: before ?? null, after: after ?? null, why, prev }
  return createHash('sha256').update(canonicalJson(entry)).digest('hex')
}

/**
 * Appends to one chain. The head's row is locked here, so call this last in a transaction: others wait only from now to the commit.
 * `taken` is the moment as this transaction took it. Times never run backwards within a chain: where a transaction that took its time later
 * appended before, these entries carry the time of the entry before them. The head follows by a trigger of the tables' owner (migration 0005), which refuses whatever does not continue the chain.
 */
export async function appendAudit(tx: Tx, chain: string, taken: Date, entries: AuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  const head = await sql<{ seq: string; hash: string }>`select seq, hash from slipway.lock_audit_head(${chain})`.execute(tx)
  let seq = Number(head.rows[0]?.seq)
  let prev = String(head.rows[0]?.hash)
  const at = await notBefore(tx, { chain, seq }, taken)
  const rows = entries.map((entry) => {
    seq += 1
    const plain = { before: plainJson(entry.before), after: plainJson(entry.after) }
    const row = { chain, seq, at, actor: entry.actor, verb: entry.verb, subject: entry.subject, why: entry.why ?? null, prev, ...plain }
    prev = entryHash(row)
    return { ...row, before: asText(plain.before), after: asText(plain.after), hash: prev }
  })
  await tx.insertInto('audit_entry').values(rows).execute()
}

/** The moment, but not before that of the chain's entry `seq`: under the head's lock that is the last one. */
async function notBefore(tx: Tx, { chain, seq }: Pick<Hashed, 'chain' | 'seq'>, moment: Date): Promise<Date> {
  const last = await tx.selectFrom('audit_entry').select('at').where('chain', '=', chain).where('seq', '=', String(seq)).executeTakeFirst()
  return last && last.at > moment ? last.at : moment
}

function plainJson(value: unknown): unknown {
  return value === undefined || value === null ? null : JSON.parse(JSON.stringify(value))
}

function asText(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value)
}

/** Every chain's head; `audit.head` of a report is the hash over them, sorted. */
export async function auditHeads(tx: Tx): Promise<{ heads: { chain: string; seq: number; hash: string }[]; head: string }> {
  const rows = await tx.selectFrom('audit_head').selectAll().orderBy('chain').execute()
  const heads = rows.map((row) => ({ chain: row.chain, seq: Number(row.seq), hash: row.hash }))
  return {
    heads,
    head: createHash('sha256')
      .update(canonicalJson(heads.map((h) => [h.chain, h.seq, h.hash]).sort()))
      .digest('hex'),
  }
}

/** The newest entries of a chain, newest first. */
export async function readAudit(tx: Tx, chain: string, limit: number) {
  const rows = await tx
    .selectFrom('audit_entry')
    .select(['seq', 'at', 'actor', 'verb', 'subject', 'why', 'before', 'after'])
    .where('chain', '=', chain)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }))
}
