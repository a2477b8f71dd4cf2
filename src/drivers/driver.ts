/** The contract that every driver fulfils and `test/drivers/contract.ts` proves: where instances live and what can be done to them. */
import type { PeopleCount } from '../lifecycle/kinds.js'
import type { CheckResult, CopyPlan, ElementCount, IdentityOf, LoadTable } from '../product/index.js'

/**
 * One instance as the driver sees it. `server` is the URL under which Slipway administers the server: no superuser, and never used inside
 * an instance. `database` is at most 48 bytes and recorded, with operation and attempt, before it is created; `role` and `secret` are the
 * application's login, which may read and write rows and nothing else; `maintenanceSecret` belongs to Slipway's own login for this one
 * instance, a member of the role that owns everything in it and cannot log in (docs/security.md). It is empty where an instance was made
 * before there were three roles.
 */
export interface InstanceAddress {
  server: string
  database: string
  role: string
  secret: string
  maintenanceSecret: string
}

/** A step's means to say how far it is (0…1, with a sentence for people) and to stop early when its claim is lost. */
export interface Progress {
  report(fraction: number, sentence: string): void
  signal: AbortSignal
}

/** One element's share of the two roots. */
interface Checksum {
  element: string
  rows: number
  sha256: string
  mustMatch: string
}

/** Rows that replace a table's content, but for those of `keep` (SQL over the table): a migration's studies beside the master library. */
export interface Load extends LoadTable {
  keep?: string
  /** The rows are put into the order of the table's primary key once all are there: the order in which they came tells whose they are (R13). */
  reordered?: boolean
}

/** Rows to read; `where` is SQL over the table. */
export interface Selection {
  table: string
  columns: readonly string[]
  where?: string
}

/** What an instance holds. `everything` and `mustMatch` are Merkle roots (hex SHA-256); R37 compares `mustMatch`. */
export interface Inventory {
  version: string
  fingerprint: string
  elements: Checksum[]
  everything: string
  mustMatch: string
  /** All people of the product's `people` table. */
  volunteers: number
  /** The same people by what the product's conditions say of each, on the same snapshot (R16). */
  people: PeopleCount
}

/**
 * A part of an instance's configuration as it comes: first the name of a table and its columns, the key's first; then its rows in canonical
 * form and order, some at a time; at the very end the inventory of the same snapshot. `key` is how many of the columns are the key's.
 */
export type ConfigurationPart =
  | { part: 'table'; element: string; table: string; columns: string[]; key: number }
  | { part: 'rows'; rows: (string | null)[][] }
  | { part: 'inventory'; inventory: Inventory }
/** One of the things that an instance is made of on its server, by name; `further` are roles that carry its mark and have no other name. */
export interface Remnant {
  part: 'database' | 'owner' | 'application' | 'maintenance' | 'further'
  name: string
  present: boolean
}

/** Where an instance stands: absent, or there and open, or there and frozen (read-only). */
export type Presence = 'absent' | 'open' | 'frozen'

/** What the driver does not do, in a sentence for people that says what would have to be different; trying again would not help. */
export class DriverRefused extends Error {
  override readonly name = 'DriverRefused'
  constructor(
    readonly code:
      | 'server-too-old'
      | 'server-open'
      | 'server-rights'
      | 'not-converted'
      | 'superuser-connected'
      | 'real-volunteers'
      | 'identity-leaked'
      | 'too-few-people'
      | 'rows-lost'
      | 'too-many-identifiers',
    readonly rule: string,
    message: string,
  ) {
    super(message)
  }
}

/** Refuses a source that is not what its version says. The difference is for people: `+` is only in the instance, `-` only in the version. */
export class SchemaDiffers extends Error {
  override readonly name = 'SchemaDiffers'
  constructor(
    readonly database: string,
    readonly version: string,
    readonly difference: readonly string[],
  ) {
    const shown = difference.slice(0, 12).join('\n')
    const more = difference.length > 12 ? `\n… and ${difference.length - 12} more` : ''
    super(`the schema of ${database} is not that of version ${version}:\n${shown}${more}`)
  }
}

/** A check of a driver's own as it is defined, with the names of roles and database in place of an instance's. */
export interface OwnCheck {
  id: string
  title: string
  requirement: string
  procedure: string
  expected: string
}

/** Every method may run twice and may find the half-made work of a killed predecessor; it then finishes or remakes it. */
export interface Driver {
  /** Makes an instance of `version`: its three roles and a database with the schema and no content. An existing database of that name is remade. */
  create(at: InstanceAddress, version: string): Promise<void>
  /** Replaces the content of the named tables by the given rows, in one transaction. Returns rows written per table. */
  load(at: InstanceAddress, tables: AsyncIterable<Load>, progress: Progress): Promise<Record<string, number>>
  /**
   * Copies from a consistent snapshot of `source`, which may be in use, what the plan carries; `target` is fresh from `create`. Returns what
   * was counted in the target once it was written; what is dropped has no line. Refuses a source whose schema differs from its version, and
   * rows that were read and did not arrive (`rows-lost`).
   */
  copy(source: InstanceAddress, target: InstanceAddress, plan: CopyPlan, progress: Progress): Promise<ElementCount[]>
  /** What `copy` would do, without doing it (R34): per element the disposition and the number of rows. */
  dryRun(source: InstanceAddress, plan: CopyPlan): Promise<ElementCount[]>
  /** Gives the instance its own name and URL, blanks integrations, resets credentials and secrets (R12, R35). */
  adapt(at: InstanceAddress, identity: IdentityOf): Promise<void>
  /** Makes the instance read-only for its role and ends writing sessions; `unfreeze` is the way back (R15). */
  freeze(at: InstanceAddress): Promise<void>
  unfreeze(at: InstanceAddress): Promise<void>
  inventory(at: InstanceAddress): Promise<Inventory>
  /** The configuration, element by element and table by table in the order of the checksums, from one snapshot: for the configuration report (R19). */
  configuration(at: InstanceAddress): AsyncIterable<ConfigurationPart>
  /** Rows of one table in PostgreSQL's text form: for look-ups, leak scans and exports. */
  read(at: InstanceAddress, selection: Selection): AsyncIterable<readonly (string | null)[]>
  /**
   * Executes the driver's own checks (engine, rights) and the product's IQ checks, each with its own start and end by the wall clock; those
   * that do not apply are there as `n/a`, with the reason. `expected` never comes from the instance under test.
   */
  check(at: InstanceAddress, expected: Record<string, string>): Promise<CheckResult[]>
  /** The definitions of the driver's own checks: they are part of the protocol, and of its checksum. */
  readonly ownChecks: readonly OwnCheck[]
  presence(at: InstanceAddress): Promise<Presence>
  /** Looks for the database and each role of an instance by name, whatever is on record of them (R42). Changes nothing. */
  remnants(at: InstanceAddress): Promise<Remnant[]>
  /** Drops the database and its roles and returns only when all are verified gone (R42). Absent is fine. */
  drop(at: InstanceAddress): Promise<void>
  /** Names of the databases on the server that Slipway made (they carry its mark), for the sweeper that drops what no row owns. */
  owned(server: string): Promise<string[]>
}
