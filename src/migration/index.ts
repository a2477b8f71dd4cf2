/** The migration room: what a customer hands over, by which specification it becomes volunteers, and the proof that nothing got lost. */
export { type Intake, type IntakeFile, intake, intakeFolder, SPECIFICATION_FILE } from './intake.js'
export type { LeakHit, LeakKind } from './leaks.js'
export { baseLookups } from './lookups.js'
export {
  compareToLoaded,
  type EntityReconciliation,
  filesHash,
  type LoadDifference,
  type Reconciliation,
  type Warning,
} from './reconciliation.js'
export type { Finding, MigrationRefusal, Refused } from './refusal.js'
export type { Stratum, TestVolunteer } from './review.js'
export { type MigrationOptions, type MigrationRun, PROGRAM_VERSION, runMigration } from './run.js'
export type { Specification } from './schema.js'
export { type ParsedSpecification, parseSpecification, readSpecification, type SpecificationFile } from './specification.js'
export type { Lookups } from './target.js'
