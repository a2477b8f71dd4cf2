/** What a document is made of: facts handed in by the jobs. All times are ISO 8601 in UTC; nothing here is asked from a clock. */
import type { CheckResult, Disposition } from '../product/index.js'

export type DocumentData = IqData | ConfigurationReportData | ReconciliationReportData | DestructionRecordData

interface Revision {
  revision: number
  at: string
  by: string
  change: string
}

/** What every document says of itself. `number` is never reused; `issuedAt` is also the date inside the PDF. */
export interface DocumentHead {
  number: string
  revision: number
  issuedAt: string
  customer: string
  product: string
  /** Oldest first, this revision included. */
  revisions: Revision[]
}

export interface EnvironmentFacts {
  name: string
  /** The kind's title: `Pre-PROD`, `VAL`, … */
  kind: string
  controlled: boolean
  purpose: string
}

export interface InstanceFacts {
  name: string
  role: 'main' | 'test' | 'single'
  database: string
  version: string
}

export interface PersonFacts {
  name: string
  userId: string
  party: 'vendor' | 'customer' | 'system'
  role: string
}

/** A confirmed click in Slack. `contentSha256` is the checksum of the content that was shown to the signer. */
interface SignatureFacts extends PersonFacts {
  meaning: string
  at: string
  contentSha256: string
}

interface RequiredSigner {
  duty: string
  party: 'vendor' | 'customer'
  role: string
}

interface FileFacts {
  name: string
  bytes: number
  sha256: string
}

export interface Attachment {
  title: string
  number?: string
  sha256: string
}

interface Deviation {
  number: string
  check: string
  description: string
  impact: string
  cause: string
  correction: string
  /** Only `accepted`, with an approver, lets the qualification pass. */
  disposition: 'open' | 'accepted' | 'rejected'
  approver?: string
}

export type IqCheck = CheckResult & { startedAt?: string; finishedAt?: string }

/** An Installation Qualification of one instance (R22): protocol and executed report in one record. */
export interface IqData extends DocumentHead {
  kind: 'iq'
  environment: EnvironmentFacts
  instance: InstanceFacts
  /** Of the protocol that was executed; frozen before the execution. */
  protocol: { version: string; sha256: string }
  execution: { number: number; startedAt: string; finishedAt: string; performedBy: PersonFacts }
  requiredSigners: RequiredSigner[]
  references: { title: string; reference: string }[]
  /** What was found installed: versions, schema fingerprint, settings; name and value. */
  inventory: { name: string; value: string }[]
  /** What the plan promised and what was counted afterwards (R34); absent where nothing was copied. */
  counts?: { title: string; disposition: Disposition; planned: number; actual: number }[]
  checks: IqCheck[]
  deviations: Deviation[]
  /** Evidence beside the checks' own raw output, which is indexed by itself. */
  evidence: (FileFacts & { capturedAt: string; capturedBy: string })[]
  attachments: Attachment[]
  signatures: SignatureFacts[]
}

interface ElementFacts {
  element: string
  title: string
  rows: number
  sha256: string
}

/** All that is configured in one instance (R19). `everything` and `mustMatch` are Merkle roots, as the product room makes them. */
export interface ConfigurationReportData extends DocumentHead {
  kind: 'configuration-report'
  environment: EnvironmentFacts
  instance: InstanceFacts
  capturedAt: string
  capturedBy: string
  fingerprint: string
  everything: string
  mustMatch: string
  elements: ElementFacts[]
  content: { element: string; title: string; rows: Record<string, string | null>[] }[]
}

export interface EntityBalance {
  entity: string
  extracted: number
  loaded: number
  rejected: number
  excluded: number
  merged: number
}

/** What one run of the migration program did with the customer's files (R9): counts and checksums only, no volunteer's data. */
export interface ReconciliationReportData extends DocumentHead {
  kind: 'reconciliation-report'
  environment: EnvironmentFacts
  instance: InstanceFacts
  iteration: number
  startedAt: string
  finishedAt: string
  /** The three that an acceptance is bound to. */
  specification: { version: string; sha256: string }
  program: string
  files: (FileFacts & { rows?: number })[]
  entities: EntityBalance[]
  rejects: { entity: string; reason: string; count: number }[]
  codes: { list: string; source: string; target: string | null; count: number }[]
  tables: { table: string; rows: number; sha256: string }[]
  resultSha256: string
  /** The chosen test volunteers by number, and what each is an example of. */
  testVolunteers: { number: string; example: string }[]
}

interface Verification {
  what: 'database' | 'role' | 'files' | 'secrets'
  instance: string
  /** How it was looked for, and what came back. */
  evidence: string
  result: 'gone' | 'present' | 'unknown'
  at: string
}

/** What is left of an environment that was destroyed (R42). */
export interface DestructionRecordData extends DocumentHead {
  kind: 'destruction-record'
  environment: EnvironmentFacts
  instances: (InstanceFacts & { everything: string; mustMatch: string; volunteers: { count: number; class: string } })[]
  reason: string
  requestedBy: PersonFacts
  requestedAt: string
  announcedAt: string
  postponed: number
  destroyedAt: string
  approvals: (PersonFacts & { at: string; comment?: string })[]
  /** The final configuration reports and the audit extract, archived before. */
  archived: Attachment[]
  verifications: Verification[]
}
