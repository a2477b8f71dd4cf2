/** The tables of src/db/migrations as Kysely types; the rows that rules see are made from them in situation.ts. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { InstanceRole, Kind, VolunteerClass } from '../lifecycle/kinds.js'
import type * as t from '../lifecycle/types.js'
import type { EvidenceTables } from './schema-evidence.js'
import type { TrailTables } from './schema-trail.js'

type Json<T> = JSONColumnType<T & object, string, string>
type NullableJson = ColumnType<Record<string, unknown> | null, string | null, string | null>
/** A row of `profile`; null for what the system did, and for rows from before there were profiles. */
type Who = ColumnType<string | null, string | null | undefined, never>
type Count = ColumnType<string, number, number>
/** A new row is due at once. */
type Due = ColumnType<Date | null, Date | null | undefined, Date | null>

export interface Database extends TrailTables, EvidenceTables {
  installation: { id: Generated<boolean>; mark: string }
  system_place: { id: Generated<boolean>; due_at: Due; basis: string | null }
  clock: { id: Generated<boolean>; offset_ms: Count }
  customer: {
    id: string
    slug: string
    name: string
    state: t.CustomerState
    channel: string | null
    legacy: boolean
    policy_version: string
    since: Date
    created_at: Date
    due_at: Due
  }
  person: { customer_id: string; user_id: string; role: t.CustomerRole }
  environment: {
    id: string
    customer_id: string | null
    kind: Kind
    name: string
    number: number
    state: t.EnvironmentState
    source: string
    version: string
    since: Date
    ready_at: Date | null
    created_at: Date
  }
  instance: {
    id: string
    environment_id: string
    role: InstanceRole
    name: string
    version: string
    /** What was ordered; how many is null until they are written. */
    class: Generated<VolunteerClass>
    volunteers: number | null
    /** Of the last inventory in the database that stands, null before there was one. */
    measured_version: string | null
    measured_class: VolunteerClass | null
    measured_volunteers: number | null
    measured_at: Date | null
    measured_by: string | null
    everything: string | null
    must_match: string | null
    database: string | null
  }
  instance_database: {
    database: string
    instance_id: string
    operation_id: string
    login: string
    /** Sealed; of the application's login. Empty once it is gone. */
    secret: string
    /** Sealed; of Slipway's own login for the instance. Null where the instance was made before there was one. */
    maintenance_secret: string | null
    /** Its key in the settings. */
    server: string
    recorded_at: Date
    gone_at: Date | null
  }
  due_anew: { id: Generated<string>; place: string; due_at: Date }
  secret_key: { id: string; fingerprint: string; kept: boolean; seen_at: Date }
  operation: {
    id: string
    customer_id: string | null
    environment_id: string | null
    verb: t.OperationVerb
    state: t.OperationState
    plan: Json<t.Plan>
    plan_hash: string
    requested_by: string
    requested_at: Date
    run_at: Date | null
    postponed: Generated<number>
    started_at: Date | null
    ended_at: Date | null
    trouble: string | null
    refusal: string | null
    cancelling: Generated<boolean>
    slots: Json<t.Slot[]>
    profile_id: Who
  }
  step: {
    id: string
    operation_id: string
    ordinal: number
    stage: number
    name: string
    title: string
    role: InstanceRole | null
    state: Generated<t.Step['state']>
    attempt: Generated<number>
    claim: Generated<number>
    progress: Generated<number>
    sentence: string | null
    result: NullableJson
    started_at: Date | null
    ended_at: Date | null
    seen_at: Date | null
    deaths: Generated<number>
    held: number | null
  }
  request: {
    id: string
    kind: t.RequestKind
    subject: string
    customer_id: string | null
    version: number
    hash: string
    slots: Json<t.Slot[]>
    state: t.Request['state']
    opened_at: Date
    due_at: Date | null
  }
  verdict: {
    request_id: string
    version: number
    slot: string
    user_id: string
    verdict: 'yes' | 'no'
    comment: string | null
    at: Date
    profile_id: Who
  }
  signature: {
    id: string
    customer_id: string | null
    kind: t.RequestKind
    subject: string
    user_id: string
    role: string
    hash: string
    comment: string | null
    at: Date
    profile_id: Who
    awaits: Generated<boolean>
  }
  intake_file: { customer_id: string; name: string; bytes: Count; sha256: string; registered_at: Date }
  iteration: {
    id: string
    customer_id: string
    number: number
    state: t.Iteration['state']
    specification: string
    program: string
    version: string
    files_hash: string
    result_hash: string | null
    balanced: Generated<boolean>
    report: NullableJson
    at: Date
  }
  golive: {
    id: string
    customer_id: string
    date: string
    state: t.GoLive['state']
    started_by: string
    started_at: Date
    profile_id: Who
  }
  document: {
    id: string
    customer_id: string | null
    number: string
    revision: number
    kind: t.DocumentKind
    environment_id: string | null
    instance_id: string | null
    operation_id: string | null
    file: string
    sha256: string
    change: string | null
    asked_by: string | null
    at: Date
    execution: number | null
    outcome: t.IqOutcome | null
  }
  access: {
    id: string
    environment_id: string
    user_id: string
    role: string
    granted_by: string
    at: Date
    until: Date | null
    revoked_at: Date | null
    profile_id: Who
  }
  freeze: {
    id: string
    customer_id: string | null
    reason: string
    by: string
    at: Date
    lifted_at: Date | null
    profile_id: Who
  }
  message: {
    id: string
    key: string
    customer_id: string | null
    channel: string
    audience: 'ops' | 'customer'
    view: string
    subject: string
    data: Json<Record<string, string | number>>
    parent_key: string | null
    pin: boolean
    ordinal: Generated<string>
    ts: string | null
    shown_hash: string | null
    dirty: Generated<number>
    shown: Generated<number>
    attempted_at: Date | null
    trouble: string | null
    created_at: Date
  }
  outbox: {
    id: Generated<string>
    queue: string
    name: string
    job_id: string
    data: Json<Record<string, unknown>>
    not_before: Generated<Date>
    sent_at: Date | null
  }
  answered: { key: string; outcome: Json<Record<string, unknown>>; at: Date }
}
