/** Recomputes the audit trail (R32), and holds it against what was written of its heads outside the database. */

import { auditHeads, entryHash, genesis } from './audit.js'
import type { Anchored } from './audit-anchor.js'
import type { Db, Tx } from './connection.js'

export interface AuditVerdict {
  entries: number
  /** The first thing that does not fit, or null. */
  broken: string | null
  /** The hash over all heads, as they were when this was looked at. */
  head: string
}

/** What an anchor says of one entry: its number and hash. */
interface KnownEntry {
  seq: number
  hash: string
  anchor: number
}
type Known = Map<string, KnownEntry[]>

/**
 * Recomputes every chain, 1,000 entries at a time, on one snapshot: entries that are appended meanwhile belong to the next look.
 * Every head that an anchor names must be an entry of that hash: a tail that was cut together with its head is found, and a chain removed.
 */
export async function verifyAudit(db: Db, anchors: readonly Anchored[] = []): Promise<AuditVerdict> {
  const known = knownHeads(anchors)
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const { heads, head } = await auditHeads(tx)
      const chains = heads.length > 0 ? heads.map((h) => h.chain) : ['']
      const [stray] = await tx.selectFrom('audit_entry').select('chain').distinct().where('chain', 'not in', chains).execute()
      if (stray) return { entries: 0, broken: `${stray.chain} has entries but no head`, head }
      const gone = [...known.keys()].find((chain) => !chains.includes(chain))
      if (gone !== undefined) return { entries: 0, broken: `${gone} is gone, and ${namesOf(known, gone)}`, head }
      let entries = 0
      for (const chain of heads) {
        const found = await verifyChain(tx, chain, known.get(chain.chain) ?? [])
        entries += found.entries
        if (found.broken) return { entries, broken: found.broken, head }
      }
      return { entries, broken: null, head }
    })
}

function knownHeads(anchors: readonly Anchored[]): Known {
  const known: Known = new Map()
  for (const { number, heads } of anchors) {
    for (const [chain, seq, hash] of heads) {
      const of = known.get(chain) ?? []
      known.set(chain, of)
      // A chain at rest is named by one anchor after the other; once is enough.
      const last = of.at(-1)
      if (seq > 0 && !(last?.seq === seq && last.hash === hash)) of.push({ seq, hash, anchor: number })
    }
  }
  return known
}

function namesOf(known: Known, chain: string): string {
  const last = known.get(chain)?.at(-1)
  return last ? `anchor ${last.anchor} names its entry ${last.seq}` : 'an anchor names it'
}

interface Found {
  entries: number
  broken: string | null
}

async function verifyChain(tx: Tx, head: { chain: string; seq: number; hash: string }, anchored: readonly KnownEntry[]): Promise<Found> {
  const named = new Map<number, KnownEntry[]>()
  for (const one of anchored) named.set(one.seq, [...(named.get(one.seq) ?? []), one])
  let prev = genesis
  let seq = 0
  for (;;) {
    const rows = await entriesAfter(tx, head.chain, seq)
    for (const row of rows) {
      if (Number(row.seq) !== seq + 1 || row.prev !== prev || row.hash !== entryHash({ ...row, seq: seq + 1 }))
        return { entries: seq, broken: `${head.chain} ${row.seq}` }
      prev = row.hash
      seq += 1
      const other = (named.get(seq) ?? []).find((one) => one.hash !== row.hash)
      if (other) return { entries: seq, broken: `${head.chain} ${seq}: anchor ${other.anchor} knows another entry` }
    }
    if (rows.length < 1000) break
  }
  if (seq !== head.seq || prev !== head.hash) return { entries: seq, broken: `${head.chain} ends at ${seq}, its head says ${head.seq}` }
  const cut = anchored.find((one) => one.seq > seq)
  return { entries: seq, broken: cut ? `${head.chain} ends at ${seq}, and anchor ${cut.anchor} knows its entry ${cut.seq}` : null }
}

function entriesAfter(tx: Tx, chain: string, seq: number) {
  return tx
    .selectFrom('audit_entry')
    .selectAll()
    .where('chain', '=', chain)
    .where('seq', '>', String(seq) as never)
    .orderBy('seq')
    .limit(1000)
    .execute()
}
