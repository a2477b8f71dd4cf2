/** The state that rules decide on: plain data, read under a lock by `src/change`. Ids are opaque strings, times are Dates (UTC). */
import type { Access, Freeze } from './access-types.js'
import type { Deviation, IqOutcome } from './deviation-types.js'
import type { InstanceRole, Kind, VolunteerClass } from './kinds.js'
import type { Measurement } from './measurement-types.js'
import type { Operation, Slot } from './operation-types.js'
import type { Policy } from './policy.js'

export type * from './access-types.js'
export type * from './deviation-types.js'
export type * from './measurement-types.js'
export type * from './operation-types.js'

export type VendorRole = 'sales' | 'pm' | 'engineer' | 'qa' | 'admin'
export type CustomerRole = 'owner' | 'lead' | 'qa' | 'member'

/** Who acts, as resolved on the server: roles come from the policy file or from the customer's people, never from the click (R30). */
export type Actor =
  | { party: 'vendor'; userId: string; roles: readonly VendorRole[] }
  | { party: 'customer'; userId: string; customerId: string; roles: readonly CustomerRole[] }
  | { party: 'stranger'; userId: string }
  | { party: 'system'; userId: 'system' }

export type CustomerState = 'prospect' | 'onboarding' | 'live' | 'offboarded' | 'lost' | 'cancelled'

export interface Customer {
  id: string
  slug: string
  name: string
  state: CustomerState
  channel: string | null
  legacy: boolean
  policyVersion: string
  since: Date
}

export interface Person {
  userId: string
  role: CustomerRole
}

export type EnvironmentState =
  | 'waiting'
  | 'building'
  | 'qualifying'
  | 'ready'
  | 'frozen'
  | 'ending'
  | 'destroyed'
  | 'promoted'
  | 'failed'
  | 'stuck'

export interface Instance {
  id: string
  environmentId: string
  role: InstanceRole
  /** `<environment>` for a single, else `<environment>-main` / `-test`. */
  name: string
  /** The product version that was ordered. */
  version: string
  /** Who was ordered: the class, by kind and plan; how many, as the making's own loader counted them, null while it has not. */
  ordered: { class: VolunteerClass; volunteers: number | null }
  /** What the last inventory found in the database; null where there was none since that database was made. */
  measured: MeasuredInstance | null
  /** Merkle roots of the last inventory: everything, and the must-match keys that R37 compares. */
  everything: string | null
  mustMatch: string | null
  /** The database that stands, or stood last; null before the first one is recorded. */
  database: string | null
}

/** What an inventory found. Of instances from before this was recorded nobody counted who the volunteers are, nor is known when. */
export interface MeasuredInstance {
  version: string
  class: VolunteerClass | null
  volunteers: number
  at: Date | null
  operationId: string | null
}

export interface Environment {
  id: string
  customerId: string | null
  kind: Kind
  name: string
  number: number
  state: EnvironmentState
  /** An environment's name, or `base`. */
  source: string
  version: string
  instances: Instance[]
  since: Date
  readyAt: Date | null
}

/** What people are asked for. The action ids of DESIGN §6 belong to these kinds; see requests.ts. */
export type RequestKind =
  | 'approve'
  | 'ask-val'
  | 'choose-source'
  | 'confirm-files'
  | 'review-iteration'
  | 'approve-scripts'
  | 'validation-complete'
  | 'evidence-exported'
  | 'training-done'
  | 'postpone'
  | 'start-qualification'
  | 'accept-deviation'
  | 'sign-iq'
  | 'sign-g4'
  | 'sign-g6'

export interface Verdict {
  slot: string
  userId: string
  verdict: 'yes' | 'no'
  comment: string | null
  at: Date
  /** Who that was then (profile.ts); null or absent where it was not recorded. */
  profileId?: string | null
}

export interface Request {
  id: string
  kind: RequestKind
  /** The id of what it is about: an operation, environment, document, iteration or go-live. */
  subject: string
  customerId: string | null
  /** Grows whenever what was shown changes; a click must name the current one. */
  version: number
  hash: string
  slots: Slot[]
  verdicts: Verdict[]
  state: 'open' | 'granted' | 'refused' | 'void' | 'expired'
  openedAt: Date
  dueAt: Date | null
}

/** A confirmed click, until the signing page stands; `kind` is the request's, `hash` what was shown. */
export interface Signature {
  id: string
  kind: RequestKind
  subject: string
  userId: string
  role: string
  hash: string
  comment: string | null
  at: Date
  /** Who that was then; null or absent where it was not recorded. */
  profileId?: string | null
  /** Counts only once the instance was measured again after the click (measurement.ts). */
  awaits?: boolean
}

export interface IntakeFile {
  name: string
  bytes: number
  sha256: string
  registeredAt: Date
}

export interface Iteration {
  id: string
  number: number
  state: 'running' | 'review' | 'accepted' | 'rejected' | 'approved' | 'failed'
  specification: string
  program: string
  version: string
  filesHash: string
  resultHash: string | null
  balanced: boolean
  /** Counts only, for people: per entity extracted, loaded, rejected, excluded, merged; reasons; chosen test volunteers by number. */
  report: Record<string, unknown> | null
  at: Date
}

export interface GoLive {
  id: string
  date: string
  state: 'open' | 'done' | 'rolled-back'
  startedBy: string
  startedAt: Date
}

export type DocumentKind = 'iq' | 'signed-iq' | 'configuration-report' | 'reconciliation-report' | 'destruction-record'

export interface Document {
  id: string
  number: string
  revision: number
  kind: DocumentKind
  environmentId: string | null
  instanceId: string | null
  operationId: string | null
  file: string
  sha256: string
  /** Why this revision was made, and who asked for it; null where neither was kept. */
  change: string | null
  askedBy: string | null
  at: Date
  /** Of an IQ: the execution and what it came to; null where it was issued before that was recorded. */
  execution: number | null
  outcome: IqOutcome | null
}

/** Everything a rule may look at: one customer (or none, for Community), what hangs on it, and the moment. */
export interface Situation {
  now: Date
  policy: Policy
  /** Product versions, oldest first. */
  versions: string[]
  /** Version of the migration program. */
  program: string
  customer: Customer | null
  people: Person[]
  environments: Environment[]
  community: Environment | null
  operations: Operation[]
  requests: Request[]
  signatures: Signature[]
  files: IntakeFile[]
  iterations: Iteration[]
  golive: GoLive | null
  documents: Document[]
  deviations: Deviation[]
  /** Of what stands, and of the newest VAL: the newest of each purpose, and one for each click. */
  measurements: Measurement[]
  access: Access[]
  /** What was granted and ended: nothing is granted again by itself. */
  formerAccess?: Pick<Access, 'environmentId' | 'userId'>[]
  freezes: Freeze[]
  /** Ids of scheduled teardowns whose hour has come and of which a notice is not posted yet (R31). Absent: there is none. */
  untold?: readonly string[]
  /** For a new customer: who has the channel that was named, if anybody. */
  channelOf?: string | null
}
