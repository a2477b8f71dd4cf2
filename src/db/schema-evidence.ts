/** What records rest on: measurements, deviations, dry runs; part of schema.ts. */
import type { Generated, JSONColumnType } from 'kysely'
import type * as t from '../lifecycle/types.js'

type Json<T> = JSONColumnType<T & object, string, string>

export interface EvidenceTables {
  measurement: {
    id: string
    customer_id: string | null
    environment_id: string
    instance_id: string
    operation_id: string
    purpose: t.Measurement['purpose']
    signature_id: string | null
    verdict: t.Measurement['verdict']
    version: string
    fingerprint: string
    everything: string
    must_match: string
    volunteers: number
    elements: Json<t.MeasuredElement[]>
    compared: Json<t.Measurement['compared']>
    document: string | null
    at: Date
  }
  deviation: {
    id: string
    number: string
    customer_id: string | null
    environment_id: string
    instance_id: string | null
    document: string | null
    execution: number | null
    check_id: string | null
    what: string
    found_sha256: string
    executed: boolean
    impact: string
    critical: boolean
    raised_by: string
    raised_at: Date
    disposition: Generated<t.Deviation['disposition']>
    decision: t.Deviation['decision']
    disposed_by: string | null
    disposed_at: Date | null
    reason: string | null
    corrected_by: string | null
    corrected_at: Date | null
    superseded_by: string | null
  }
  dry_run: { customer_id: string; key: string; tables: Json<Record<string, number>>; at: Date }
}
