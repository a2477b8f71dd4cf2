/** Measurements of instances: written once, never changed. */
import { type Selectable, sql } from 'kysely'
import type { MeasuredConfiguration } from '../lifecycle/differences.js'
import type { MeasuredElement, Measurement } from '../lifecycle/types.js'
import type { Db, Tx } from './connection.js'
import type { Database } from './schema.js'

export type MeasurementRow = Omit<Selectable<Database['measurement']>, 'customer_id' | 'elements'>

/** A step that ran twice writes one row. */
export async function insertMeasurement(
  tx: Tx,
  m: Measurement & { elements: MeasuredElement[] },
  customerId: string | null,
): Promise<void> {
  await tx
    .insertInto('measurement')
    .values({
      id: m.id,
      customer_id: customerId,
      environment_id: m.environmentId,
      instance_id: m.instanceId,
      operation_id: m.operationId,
      purpose: m.purpose,
      signature_id: m.signatureId,
      verdict: m.verdict,
      version: m.version,
      fingerprint: m.fingerprint,
      everything: m.everything,
      must_match: m.mustMatch,
      volunteers: m.volunteers,
      elements: JSON.stringify(m.elements),
      compared: JSON.stringify(m.compared),
      document: m.document,
      at: m.at,
    })
    .onConflict((c) => c.columns(['operation_id', 'instance_id', 'purpose']).doNothing())
    .execute()
}

/**
 * Of what stands, and of the newest VAL, with which PROD is compared however it ended: the newest of each purpose; and one for each click,
 * whatever became of the environment: a message that is drawn anew says the same as before. The checksums by element, which are most of it, stay behind.
 */
export function standingMeasurements(customerId: string | null) {
  return sql`
    select distinct on (m.instance_id, m.purpose, m.signature_id) m.id, m.environment_id, m.instance_id, m.operation_id, m.purpose,
      m.signature_id, m.verdict, m.version, m.fingerprint, m.everything, m.must_match, m.volunteers, m.compared, m.document, m.at
    from measurement m
    where (m.signature_id is not null and m.customer_id = ${customerId}) or m.environment_id in (
      select id from environment where customer_id = ${customerId} and state not in ('destroyed', 'promoted', 'failed')
      union all
      (select id from environment where customer_id = ${customerId} and kind = 'val' and ready_at is not null
        order by created_at desc, id desc limit 1))
    order by m.instance_id, m.purpose, m.signature_id, m.at desc`
}

/** A row of `measurement` in the words of the rules. */
export function toMeasurement(row: MeasurementRow): Measurement {
  return {
    id: row.id,
    environmentId: row.environment_id,
    instanceId: row.instance_id,
    operationId: row.operation_id,
    purpose: row.purpose,
    signatureId: row.signature_id,
    verdict: row.verdict,
    version: row.version,
    fingerprint: row.fingerprint,
    everything: row.everything,
    mustMatch: row.must_match,
    volunteers: row.volunteers,
    compared: row.compared,
    document: row.document,
    at: row.at,
  }
}

/** A measurement as it is compared, with its checksums by element; null when there is no such measurement. */
export async function readMeasured(db: Db, id: string): Promise<MeasuredConfiguration | null> {
  const row = await db
    .selectFrom('measurement')
    .select(['version', 'fingerprint', 'everything', 'must_match as mustMatch', 'elements'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}
