/** A whole chain of the audit trail for the archive (R42): with the hashes, so that the extract proves itself (R32). */
import type { Tx } from './connection.js'

/** Oldest first. */
export async function extractAudit(tx: Tx, chain: string) {
  const rows = await tx.selectFrom('audit_entry').selectAll().where('chain', '=', chain).orderBy('seq').execute()
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }))
}
