/** Operations: what is done to environments, as a plan of steps that people approve and workers carry out. */
import type { InstanceRole } from './kinds.js'

export type OperationVerb =
  | 'create'
  | 'migrate'
  | 'register'
  | 'extract'
  | 'qualify'
  | 'endorse'
  | 'measure'
  | 'promote'
  | 'teardown'
  | 'rollback'
export type JobName =
  | 'provision'
  | 'clone'
  | 'migrate'
  | 'register'
  | 'extract'
  | 'qualify'
  | 'conclude'
  | 'endorse'
  | 'measure'
  | 'merge'
  | 'teardown'
  | 'rollback'

/**
 * planning: the dry run counts (R34) · waiting: for approvals · scheduled: for its hour · running · undoing · then an end:
 * done | undone (failed and cleanly undone) | stuck (undo needs people) | rejected | expired | cancelled.
 */
export type OperationState =
  | 'planning'
  | 'waiting'
  | 'scheduled'
  | 'running'
  | 'undoing'
  | 'done'
  | 'undone'
  | 'stuck'
  | 'rejected'
  | 'expired'
  | 'cancelled'

export interface PlanElement {
  element: string
  title: string
  disposition: 'carried' | 'dropped' | 'reset' | 'migrated' | 'loaded'
  rows: number
  /** Which instance it concerns; a pair's Test is planned apart from its Main. */
  role: InstanceRole
  /** `rows` part by part: the table, what its rows are called, and whether the configuration report holds them. Absent in older plans. */
  parts?: { table: string; unit: string; rows: number; configuration: boolean }[]
}

export interface Plan {
  job: JobName
  data: Record<string, string | number | boolean | null>
  steps: { name: string; title: string; role: InstanceRole | null; stage: number }[]
  elements: PlanElement[]
}

export interface Operation {
  id: string
  customerId: string | null
  environmentId: string | null
  verb: OperationVerb
  state: OperationState
  plan: Plan
  planHash: string
  requestedBy: string
  /** Who that was then (profile.ts); null or absent where it was not recorded, and for the system. */
  profileId?: string | null
  requestedAt: Date
  /** When a scheduled operation runs. */
  runAt: Date | null
  postponed: number
  startedAt: Date | null
  endedAt: Date | null
  /** A short sentence for people when it did not end well, with a reference id; never a stack trace. */
  trouble: string | null
  /** The code of the refusal that ended it (`document-changed`); null or absent: a fault, nothing, or not recorded then. */
  refusal?: string | null
  /** True once somebody asked to cancel; the running steps end, then everything is undone. */
  cancelling: boolean
  slots: Slot[]
}

/** One signature or approval that is needed: any one person with one of the roles of the party, but none of `not`. */
export interface Slot {
  id: string
  party: 'vendor' | 'customer'
  roles: string[]
  not: string[]
}

/** One named step of an operation, as workers report it. `progress` is 0…1, `sentence` is fit for the vendor's channel. */
export interface Step {
  id: string
  operationId: string
  ordinal: number
  stage: number
  name: string
  title: string
  role: InstanceRole | null
  state: 'pending' | 'queued' | 'running' | 'done' | 'failed' | 'undoing' | 'undone' | 'stuck'
  attempt: number
  progress: number
  sentence: string | null
  /** Counts and checksums for people; no names, hosts or secrets. */
  result: Record<string, unknown> | null
  startedAt: Date | null
  endedAt: Date | null
}
