/** The product room: a product's definition and all that follows from it. */
import { join } from 'node:path'

export { type CanonicalTable, canonicalRow, compareKeys } from './canonical.js'
export { type CanonicalQuery, canonicalQueries } from './canonical-query.js'
export {
  type ApplicableCheck,
  applicableChecks,
  identityText,
  inProtocolOrder,
  isCritical,
  judge,
  leftOutChecks,
  type Procedure,
  releaseExpectations,
  rowsAsText,
} from './checks.js'
export { configurationRoots, ElementDigest } from './checksum.js'
export { type ContentSet, content } from './content.js'
export type { Column, CopyMode, MigrationEntity } from './definition.js'
export { TooFewPeople } from './generalise.js'
export { arrivedCounts, heldPlan, lostOnTheWay } from './held.js'
export { checkProduct, latestVersion, loadProduct, type Product, ProductError, schemaFiles, upgradeFiles } from './load.js'
export { Mask, type MaskPolicy } from './mask.js'
export { columnsLeft, promisesOf, quasiIdentifiers } from './mask-levels.js'
export { comparable } from './plain-text.js'
export { type CopyPlan, copyPlan, type ElementCount, migratedPlan, type Override, type PlannedTable } from './plan.js'
export { releaseConfiguration } from './release.js'
export { isIgnored, resets } from './resets.js'
export { columnsOf, configurationElements, elementOf, isPersonal, isText, listIn, tablesOf } from './tables.js'
export { countedText, ignoredUnit, unitFor, unitOf } from './units.js'

/** The product that ships with Slipway. */
export const clinicDir = join(__dirname, 'clinic')

/** Rows to load, each value in PostgreSQL's text form; tables come in the order that foreign keys ask for. */
export interface LoadTable {
  table: string
  columns: readonly string[]
  rows: AsyncIterable<readonly (string | null)[]>
}

/** Who an instance is: what `adapt` writes into it (R12). */
export interface IdentityOf {
  name: string
  url: string
  customer: string
  environment: string
  role: 'main' | 'test' | 'single'
}

/** An executed IQ check (R22). `evidence` is raw: the statement, its rows, who ran it and when. */
export interface CheckResult {
  id: string
  title: string
  requirement: string
  expected: string
  actual: string
  /** `n/a`: it does not apply to this instance; `actual` says why. */
  result: 'pass' | 'fail' | 'blocked' | 'n/a'
  /** Both as people read them; absent where the texts themselves are. */
  inWords?: { expected: string; actual: string }
  evidence: string
  /** By the wall clock of who executed it (ISO 8601, UTC); absent where it does not apply. */
  startedAt?: string
  finishedAt?: string
}
