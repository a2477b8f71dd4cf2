/** The audit trail (R32): one chain per customer and one for the system, each entry carrying the hash of the one before. */
import { createHash } from 'node:crypto'
import { canonicalJson } from '../lifecycle/hash.js'
import type { Db, Tx } from './connection.js'

export interface AuditEntry {
  actor: string
  verb: string
  subject: string
  before?: unknown
  after?: unknown
  why?: string | null
}

export const systemChain = 'system'
const genesis = '0'.repeat(64)

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

/** Appends to one chain. The head's row is locked here, so call this last in a transaction: others wait only from now to the commit. */
export async function appendAudit(tx: Tx, chain: string, at: Date, entries: AuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  await tx
    .insertInto('audit_head')
    .values({ chain, seq: 0, hash: genesis })
    .onConflict((c) => c.doNothing())
    .execute()
  const head = await tx.selectFrom('audit_head').selectAll().where('chain', '=', chain).forUpdate().executeTakeFirstOrThrow()
  let seq = Number(head.seq)
  let prev = head.hash
  const rows = entries.map((entry) => {
    seq += 1
    const plain = { before: plainJson(entry.before), after: plainJson(entry.after) }
    const row = { chain, seq, at, actor: entry.actor, verb: entry.verb, subject: entry.subject, why: entry.why ?? null, prev, ...plain }
    prev = entryHash(row)
    return { ...row, before: asText(plain.before), after: asText(plain.after), hash: prev }
  })
  await tx.insertInto('audit_entry').values(rows).execute()
  await tx.updateTable('audit_head').set({ seq, hash: prev }).where('chain', '=', chain).execute()
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

export interface AuditVerdict {
  entries: number
  /** The first entry that does not fit, or null. */
  broken: string | null
  /** The hash over all heads, as they were when this was looked at. */
  head: string
}

/** Recomputes every chain, 1,000 entries at a time, on one snapshot: entries that are appended meanwhile belong to the next look. */
export async function verifyAudit(db: Db): Promise<AuditVerdict> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const { heads, head } = await auditHeads(tx)
      const known = heads.length > 0 ? heads.map((h) => h.chain) : ['']
      const [stray] = await tx.selectFrom('audit_entry').select('chain').distinct().where('chain', 'not in', known).execute()
      if (stray) return { entries: 0, broken: `${stray.chain} has entries but no head`, head }
      let entries = 0
      for (const chain of heads) {
        const found = await verifyChain(tx, chain)
        entries += found.entries
        if (found.broken) return { entries, broken: found.broken, head }
      }
      return { entries, broken: null, head }
    })
}

async function verifyChain(
  tx: Tx,
  head: { chain: string; seq: number; hash: string },
): Promise<{ entries: number; broken: string | null }> {
  let prev = genesis
  let seq = 0
  for (;;) {
    const rows = await tx
      .selectFrom('audit_entry')
      .selectAll()
      .where('chain', '=', head.chain)
      .where('seq', '>', String(seq) as never)
      .orderBy('seq')
      .limit(1000)
      .execute()
    for (const row of rows) {
      if (Number(row.seq) !== seq + 1 || row.prev !== prev || row.hash !== entryHash({ ...row, seq: seq + 1 }))
        return { entries: seq, broken: `${head.chain} ${row.seq}` }
      prev = row.hash
      seq += 1
    }
    if (rows.length < 1000) break
  }
  const ends = seq === head.seq && prev === head.hash
  return { entries: seq, broken: ends ? null : `${head.chain} ends at ${seq}, its head says ${head.seq}` }
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
