/** Deviations: added, and what became of them; the database refuses that anything else of one is changed. */
import type { Effect } from '../lifecycle/decision.js'
import type { Tx } from './connection.js'

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
type Became = Without<Extract<Effect, { do: 'set-deviation' }>, 'do' | 'id'>
type Added = Omit<Extract<Effect, { do: 'add-deviation' }>, 'do'>

/** Puts an open deviation on record. Its number is unique: a second one of that number is refused by the database. */
export async function insertDeviation(
  tx: Tx,
  d: Added & { id: string; customerId: string | null; raisedBy: string; raisedAt: Date },
): Promise<void> {
  const row = {
    id: d.id,
    number: d.number,
    customer_id: d.customerId,
    environment_id: d.environmentId,
    instance_id: d.instanceId,
    document: d.document,
    execution: d.execution,
    check_id: d.check,
    what: d.what,
    found_sha256: d.foundSha256,
    executed: d.executed,
    impact: d.impact,
    critical: d.critical,
    raised_by: d.raisedBy,
    raised_at: d.raisedAt,
    decision: null,
    disposed_by: null,
    disposed_at: null,
    reason: null,
    corrected_by: null,
    corrected_at: null,
    superseded_by: null,
  }
  await tx.insertInto('deviation').values(row).execute()
}

/**
 * What became of a deviation: accepted or rejected by a person with a reason, corrected or superseded, as an execution showed, or open again.
 * QA's word is written only where QA says one.
 */
export async function updateDeviation(tx: Tx, id: string, became: Became, said: { by: string; at: Date }): Promise<void> {
  await tx.updateTable('deviation').set(changesOf(became, said)).where('id', '=', id).execute()
}

function changesOf(became: Became, { by, at }: { by: string; at: Date }) {
  const { disposition } = became
  if ('reason' in became) return { disposition, decision: became.disposition, disposed_by: by, disposed_at: at, reason: became.reason }
  if ('correctedBy' in became) return { disposition, corrected_by: became.correctedBy, corrected_at: at }
  if ('supersededBy' in became) return { disposition, superseded_by: became.supersededBy }
  return { disposition }
}
