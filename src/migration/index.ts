/** The migration room: what a customer hands over, by which specification it becomes volunteers, and the proof that nothing got lost. */
export { intake, intakeFolder } from './intake.js'
export type { LeakHit } from './leaks.js'
export { baseLookups } from './lookups.js'
export { compareToLoaded, filesHash, type Reconciliation } from './reconciliation.js'
export { type MigrationOptions, type MigrationRun, PROGRAM_VERSION, runMigration } from './run.js'
export { parseSpecification, readSpecification } from './specification.js'
export type { Lookups } from './target.js'
