/** Deviations: added, and what became of them; the database refuses that anything else of one is changed. */
import type { Effect } from '../lifecycle/decision.js'
import type { Deviation } from '../lifecycle/types.js'
import type { Tx } from './connection.js'

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
    impact: d.impact,
    critical: d.critical,
    raised_by: d.raisedBy,
    raised_at: d.raisedAt,
    disposed_by: null,
    disposed_at: null,
    reason: null,
    corrected_by: null,
  }
  await tx.insertInto('deviation').values(row).execute()
}

/** What became of a deviation: accepted or rejected by a person with a reason, or corrected, as an execution showed. */
export async function updateDeviation(
  tx: Tx,
  id: string,
  set: { disposition: Deviation['disposition']; by: string; at: Date; reason: string | null; correctedBy: string | null },
): Promise<void> {
  await tx
    .updateTable('deviation')
    .set({
      disposition: set.disposition,
      disposed_by: set.by,
      disposed_at: set.at,
      ...(set.reason === null ? {} : { reason: set.reason }),
      corrected_by: set.correctedBy,
    })
    .where('id', '=', id)
    .execute()
}
