/** Recomputes the audit trail (R32), and holds it against what was written of its heads outside the database. */
import { sql } from 'kysely'
import { auditHeads, entryHash, genesis } from './audit.js'
import type { Anchored } from './audit-anchor.js'
import type { Db, Tx } from './connection.js'

export interface AuditVerdict<T> {
  entries: number
  /** The first thing that does not fit, or null. */
  broken: string | null
  /** The hash over all heads, as they were when this was looked at. */
  head: string
  /** What `readAnchors` returned; null without it. */
  anchors: T | null
}

interface Head {
  chain: string
  seq: number
  hash: string
}

/** Takes anchors one after the other, oldest first, and returns what its caller makes of them. */
type ReadAnchors<T> = (hold: (anchored: Anchored) => Promise<void>) => Promise<T>

/**
 * Recomputes every chain, 1,000 entries at a time, on one snapshot: entries that are appended meanwhile belong to the next look.
 * Every head that an anchor names must be an entry of that hash: a tail that was cut together with its head is found, and a chain removed.
 * However many anchors there are, one lies in memory, and the last head that was named of each chain.
 */
export async function verifyAudit<T>(db: Db, readAnchors?: ReadAnchors<T>): Promise<AuditVerdict<T>> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const { heads, head } = await auditHeads(tx)
      // Before the chains, which take their time: what is anchored meanwhile is unknown to this look.
      const holding = holdAnchors(tx, heads)
      const anchors = readAnchors ? await readAnchors(holding.hold) : null
      const { entries, broken } = await verifyChains(tx, heads)
      return { entries, broken: broken ?? holding.broken(), head, anchors }
    })
}

/** Holds anchors against the trail; the entries themselves are recomputed elsewhere. `broken` is the first that does not fit. */
function holdAnchors(tx: Tx, heads: readonly Head[]): { hold(anchored: Anchored): Promise<void>; broken(): string | null } {
  const ends = new Map(heads.map(({ chain, seq }) => [chain, seq]))
  const latest = new Map<string, string>()
  let broken: string | null = null
  return {
    broken: () => broken,
    async hold({ number, heads: named }) {
      // A chain at rest may be named by one anchor after the other; once is enough.
      const fresh = broken ? [] : named.filter(([chain, seq, hash]) => latest.get(chain) !== `${seq} ${hash}`)
      for (const [chain, seq, hash] of fresh) latest.set(chain, `${seq} ${hash}`)
      const misfit = (await hashesAt(tx, fresh)).find((one) => one.hash !== one.named || !ends.has(one.chain))
      if (misfit) broken = misfitText(misfit, ends.get(misfit.chain), number)
    },
  }
}

function misfitText({ chain, seq, hash }: NamedEntry, end: number | undefined, anchor: number): string {
  if (end === undefined) return `${chain} is gone, and anchor ${anchor} names its entry ${seq}`
  if (hash === null) return `${chain} ends at ${end}, and anchor ${anchor} knows its entry ${seq}`
  return `${chain} ${seq}: anchor ${anchor} knows another entry`
}

interface NamedEntry {
  chain: string
  seq: number
  named: string
  /** That of the entry itself; null where there is none. */
  hash: string | null
}

/** The entries that heads name, with the hash that each has; entry 0 is what stands before the first. */
async function hashesAt(tx: Tx, heads: Anchored['heads']): Promise<NamedEntry[]> {
  if (heads.length === 0) return []
  const { rows } = await sql<{ chain: string; seq: string; named: string; hash: string | null }>`
    select n.chain, n.seq, n.hash as named, case n.seq when 0 then ${genesis} else e.hash end as hash
      from unnest(${heads.map(([chain]) => chain)}::text[], ${heads.map(([, seq]) => seq)}::bigint[], ${heads.map(([, , hash]) => hash)}::text[])
        with ordinality as n (chain, seq, hash, place)
      left join slipway.audit_entry e on e.chain = n.chain and e.seq = n.seq
     order by n.place`.execute(tx)
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }))
}

/** Whether each of these heads is an entry of its chain, with that very hash. */
export async function areEntries(tx: Tx, heads: Anchored['heads']): Promise<boolean> {
  return (await hashesAt(tx, heads)).every(({ named, hash }) => named === hash)
}

interface Found {
  entries: number
  broken: string | null
}

async function verifyChains(tx: Tx, heads: readonly Head[]): Promise<Found> {
  const chains = heads.length > 0 ? heads.map((h) => h.chain) : ['']
  const [stray] = await tx.selectFrom('audit_entry').select('chain').distinct().where('chain', 'not in', chains).execute()
  if (stray) return { entries: 0, broken: `${stray.chain} has entries but no head` }
  let entries = 0
  for (const chain of heads) {
    const found = await verifyChain(tx, chain)
    entries += found.entries
    if (found.broken) return { entries, broken: found.broken }
  }
  return { entries, broken: null }
}

async function verifyChain(tx: Tx, head: Head): Promise<Found> {
  let prev = genesis
  let seq = 0
  for (;;) {
    const rows = await entriesAfter(tx, head.chain, seq)
    for (const row of rows) {
      if (Number(row.seq) !== seq + 1 || row.prev !== prev || row.hash !== entryHash({ ...row, seq: seq + 1 }))
        return { entries: seq, broken: `${head.chain} ${row.seq}` }
      prev = row.hash
      seq += 1
    }
    if (rows.length < 1000) break
  }
  const fits = seq === head.seq && prev === head.hash
  return { entries: seq, broken: fits ? null : `${head.chain} ends at ${seq}, its head says ${head.seq}` }
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
