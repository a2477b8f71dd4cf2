/** What rules see of a row: names as in the rules, counts as numbers, instances in their order. */
import type { Selectable } from 'kysely'
import type { InstanceRole } from '../lifecycle/kinds.js'
import type * as t from '../lifecycle/types.js'
import type { Database } from './schema.js'

const roleOrder: Record<InstanceRole, number> = { main: 0, single: 0, test: 1 }

export function toCustomer(row: Selectable<Database['customer']>): t.Customer {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    state: row.state,
    channel: row.channel,
    legacy: row.legacy,
    policyVersion: row.policy_version,
    since: row.since,
  }
}

export function toEnvironment(row: Selectable<Database['environment']>, instances: Selectable<Database['instance']>[]): t.Environment {
  return {
    id: row.id,
    customerId: row.customer_id,
    kind: row.kind,
    name: row.name,
    number: row.number,
    state: row.state,
    source: row.source,
    version: row.version,
    since: row.since,
    readyAt: row.ready_at,
    instances: instances
      .sort((a, b) => roleOrder[a.role] - roleOrder[b.role])
      .map((i) => ({
        id: i.id,
        environmentId: i.environment_id,
        role: i.role,
        name: i.name,
        version: i.version,
        ordered: { class: i.class, volunteers: i.volunteers },
        measured: toMeasured(i),
        everything: i.everything,
        mustMatch: i.must_match,
        database: i.database,
      })),
  }
}

function toMeasured(row: Selectable<Database['instance']>): t.MeasuredInstance | null {
  const { measured_version: version, measured_volunteers: volunteers } = row
  if (version === null || volunteers === null) return null
  return { version, volunteers, class: row.measured_class, at: row.measured_at, operationId: row.measured_by }
}

export function toOperation(row: Selectable<Database['operation']>): t.Operation {
  return {
    id: row.id,
    customerId: row.customer_id,
    environmentId: row.environment_id,
    verb: row.verb,
    state: row.state,
    plan: row.plan,
    planHash: row.plan_hash,
    requestedBy: row.requested_by,
    profileId: row.profile_id,
    requestedAt: row.requested_at,
    runAt: row.run_at,
    postponed: row.postponed,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    trouble: row.trouble,
    refusal: row.refusal,
    cancelling: row.cancelling,
    slots: row.slots,
  }
}

export function toIteration(row: Selectable<Database['iteration']>): t.Iteration {
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    specification: row.specification,
    program: row.program,
    version: row.version,
    filesHash: row.files_hash,
    resultHash: row.result_hash,
    balanced: row.balanced,
    report: row.report,
    at: row.at,
  }
}

export function toAccess(row: Selectable<Database['access']>): t.Access {
  return {
    id: row.id,
    environmentId: row.environment_id,
    userId: row.user_id,
    role: row.role,
    grantedBy: row.granted_by,
    at: row.at,
    until: row.until,
  }
}

export function toSignature(row: Selectable<Database['signature']>): t.Signature {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    userId: row.user_id,
    role: row.role,
    hash: row.hash,
    comment: row.comment,
    at: row.at,
    profileId: row.profile_id,
    awaits: row.awaits,
  }
}

export function toDocument(row: Selectable<Database['document']>): t.Document {
  return {
    id: row.id,
    number: row.number,
    revision: row.revision,
    kind: row.kind,
    environmentId: row.environment_id,
    instanceId: row.instance_id,
    operationId: row.operation_id,
    file: row.file,
    sha256: row.sha256,
    change: row.change,
    askedBy: row.asked_by,
    at: row.at,
    execution: row.execution,
    outcome: row.outcome,
  }
}

/** A row of `deviation` in the words of the rules. */
export function toDeviation(row: Selectable<Database['deviation']>): t.Deviation {
  return {
    id: row.id,
    number: row.number,
    environmentId: row.environment_id,
    instanceId: row.instance_id,
    document: row.document,
    execution: row.execution,
    check: row.check_id,
    what: row.what,
    foundSha256: row.found_sha256,
    executed: row.executed,
    impact: row.impact,
    critical: row.critical,
    raisedBy: row.raised_by,
    raisedAt: row.raised_at,
    disposition: row.disposition,
    decision: row.decision,
    disposedBy: row.disposed_by,
    disposedAt: row.disposed_at,
    reason: row.reason,
    correctedBy: row.corrected_by,
    correctedAt: row.corrected_at,
    supersededBy: row.superseded_by,
  }
}

/** A request with the verdicts on its current version; those on earlier ones fell away (R30). */
export function toRequest(row: Selectable<Database['request']>, verdicts: Selectable<Database['verdict']>[]): t.Request {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    customerId: row.customer_id,
    version: row.version,
    hash: row.hash,
    slots: row.slots,
    state: row.state,
    openedAt: row.opened_at,
    dueAt: row.due_at,
    verdicts: verdicts
      .filter((v) => v.request_id === row.id && v.version === row.version)
      .map((v) => ({ slot: v.slot, userId: v.user_id, verdict: v.verdict, comment: v.comment, at: v.at, profileId: v.profile_id })),
  }
}

export function toGolive(row: Selectable<Database['golive']>): t.GoLive {
  return { id: row.id, date: row.date, state: row.state, startedBy: row.started_by, startedAt: row.started_at }
}
