/** Running the migration program into an instance: the same code for Migration, VAL and PROD (R8, R11). */
import type { MaskEvidence } from '../src/documents/index.js'
import type { InstanceAddress } from '../src/drivers/driver.js'
import { filesHash } from '../src/lifecycle/situation.js'
import {
  type ApartRun,
  compareToLoaded,
  intakeFolder,
  type Lookups,
  MigrationRefused,
  type Reconciliation,
} from '../src/migration/index.js'
import { type CopyPlan, type ElementCount, isPersonal, type MaskPolicy, migratedPlan } from '../src/product/index.js'
import { asDryRun, compareCounts, type Reconciled } from './counts.js'
import { instanceIn, must, type StepContext, StepRefused } from './job.js'
import { rejectsFile } from './leftovers.js'
import { searchedForIdentities } from './mask.js'

export interface ProgramRun {
  reconciliation: Reconciliation
  volunteers: ReturnType<ApartRun['testVolunteers']>
  /** What the mask did, what was searched and what risk is left (R13, R36); null where nothing was masked. */
  mask: MaskEvidence | null
  /** By element what its dry run counted when the plan was made, and what stands in the database now (R34). */
  counts: Reconciled[]
  countedAt: Date
  startedAt: Date
  finishedAt: Date
}

/**
 * Loads the registered files into `at`'s instance, masked in flight where asked (R13, R36), and then searched for the source's identifiers.
 * Files are read in a process of their own. Refuses files that are not the registered ones, books that do not balance (`not-balanced`), a
 * database that does not hold what was sent (`counts-differ`), and other counts than the plan's dry run (`not-as-planned`).
 */
export async function runProgram(context: StepContext, { mask }: { mask: MaskPolicy | null }): Promise<ProgramRun> {
  const instance = instanceIn(context)
  const at = must(await context.standing(instance), 'the database')
  const startedAt = context.moment()
  const options = {
    ...commissionOf(context, instance.version, await lookupsOf(context, at)),
    rejectsFile: rejectsFile(context, instance),
    ...(mask ? { mask } : {}),
  }
  return refusingAsStep(context, options, async (run) => {
    await context.driver.load(at, kept(context, run, mask !== null), context.progress)
    const reconciliation = run.reconciliation()
    refuseImbalance(reconciliation)
    const held = await context.driver.dryRun(at, migratedPlan(context.product, instance.version))
    refuseDifference(reconciliation, held)
    const countedAt = context.moment()
    const counts = asDryRun(compareCounts(context, held, instance.role, 'migrated'), context)
    const searched = mask && (await searchedForIdentities(context, run, mask))
    const volunteers = run.testVolunteers()
    return { reconciliation, volunteers, mask: searched, counts, countedAt, startedAt, finishedAt: context.moment() }
  })
}

/** What every run of the program over the registered files is given. The files' last day counts as today, so that they come out the same on every day (R9). */
export function commissionOf(context: StepContext, version: string, lookups: Lookups) {
  const { files } = context.situation
  const last = Math.max(...files.map(({ registeredAt }) => registeredAt.getTime()))
  return {
    folder: must(intakeFolder(context.intakeDir, slugOf(context)), 'the intake folder'),
    registered: files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
    product: context.product,
    productVersion: version,
    lookups,
    today: (files.length > 0 ? new Date(last) : context.now).toISOString().slice(0, 10),
    signal: context.progress.signal,
  }
}

/** Starts a run, uses it and ends it; what the customer's files are refused for, at the start or in the middle, refuses the step. */
export async function refusingAsStep<T>(
  context: StepContext,
  options: Parameters<StepContext['runApart']>[0],
  use: (run: ApartRun) => Promise<T>,
): Promise<T> {
  const started = await context.runApart(options)
  if (!started.ok) throw refused(started.refusal)
  try {
    return await use(started.run)
  } catch (error) {
    const met = refusalIn(error)
    throw met ? refused(met) : error
  } finally {
    await started.run.end()
  }
}

function slugOf({ situation }: StepContext): string {
  return situation.customer?.slug ?? ''
}

/** Refuses other files than those that the operation was asked for with, before anything is read (R9, R30). */
export function refuseOtherFiles({ operation, situation }: StepContext): void {
  const asked = operation.plan.data['filesHash']
  if (asked !== undefined && asked !== filesHash(situation))
    throw new StepRefused(
      'R9',
      'files-changed',
      'Files were registered anew while this waited, so what was shown no longer holds. Start it again.',
    )
}

function refusalIn(error: unknown): MigrationRefused['refusal'] | undefined {
  if (error instanceof MigrationRefused) return error.refusal
  return error instanceof Error && error.cause !== undefined ? refusalIn(error.cause) : undefined
}

/**
 * The configuration's rows that the dump may point at (sites, say), by natural key, with the ids that this instance gave them. For an
 * instance that is yet to be copied from this one, `plan` says which of them will be there.
 */
export async function lookupsOf({ driver, product }: StepContext, at: InstanceAddress, plan?: CopyPlan): Promise<Lookups> {
  const tables = new Set(
    product.definition.migration.entities.flatMap(({ fields }) => Object.values(fields).flatMap(({ lookup }) => lookup ?? [])),
  )
  const lookups: Record<string, Record<string, string>> = {}
  for (const table of tables) {
    const copied = plan?.tables.find((each) => each.table === table)
    const { id = 'id', key = [] } = product.definition.tables[table] ?? {}
    const rows: [string, string][] = []
    const selection = { table, columns: [id, ...key], ...(copied?.where === undefined ? {} : { where: copied.where }) }
    if (!plan || copied)
      for await (const [own, ...parts] of driver.read(at, selection)) if (own) rows.push([parts.map((part) => part ?? '').join('/'), own])
    lookups[table] = Object.fromEntries(rows)
  }
  return lookups
}

/** A migration's studies stand beside the master library, which comes from the source (R12). */
async function* kept(context: StepContext, run: ApartRun, masked: boolean) {
  const keep = context.product.definition.masterLibrary
  for await (const table of run.tables()) {
    const reordered = masked && isPersonal(context.product.definition, table.table)
    yield { ...table, reordered, ...(table.table === keep.table ? { keep: keep.where } : {}) }
  }
}

function refused({ rule, code, text }: { rule: string; code: string; text: string }): StepRefused {
  return new StepRefused(rule, code, text)
}

/** Every row that came in is accounted for, or nothing is loaded. */
export function refuseImbalance({ entities }: Reconciliation): void {
  const unbalanced = entities.find((entity) => !entity.balanced)
  if (!unbalanced) return
  const { title, extracted, loaded, rejected, excluded, merged } = unbalanced
  throw new StepRefused(
    'R9',
    'not-balanced',
    `${title}: extracted ${extracted} is not loaded ${loaded} + rejected ${rejected} + excluded ${excluded} + merged ${merged}. What was loaded is undone; an engineer of the vendor looks for the lost rows.`,
  )
}

/** `held` was counted in the database after the load, not by what was sent there. */
function refuseDifference(reconciliation: Reconciliation, held: readonly ElementCount[]): void {
  const counted: Record<string, number> = {}
  for (const { table, rows } of held.flatMap(({ parts }) => parts)) counted[table] = (counted[table] ?? 0) + rows
  const [first, ...others] = compareToLoaded(reconciliation, counted)
  if (!first) return
  const more = others.length > 0 ? ` and ${others.length} more tables` : ''
  throw new StepRefused(
    'R9',
    'counts-differ',
    `The database does not hold what was loaded: ${first.table} has ${first.actual} rows, ${first.expected} were sent${more}. The load is undone; an engineer of the vendor looks for what changed them.`,
  )
}

/** Counts for people and for the approval: no value of any volunteer (R33). */
export function reportOf({ volunteers, reconciliation }: ProgramRun): Record<string, unknown> {
  return {
    balanced: reconciliation.balanced,
    orphans: reconciliation.orphans,
    resultHash: reconciliation.resultHash,
    specificationVersion: reconciliation.specification.version,
    entities: reconciliation.entities.map(({ entity, title, extracted, loaded, rejected, excluded, merged }) => ({
      entity,
      title,
      extracted,
      loaded,
      rejected,
      excluded,
      merged,
    })),
    rejects: reconciliation.entities.flatMap(({ title, rejectedBy }) =>
      Object.entries(rejectedBy).map(([reason, count]) => ({ entity: title, reason, count })),
    ),
    warnings: reconciliation.warnings.map(({ kind, entity, rows }) => ({ kind, entity, rows })),
    files: reconciliation.files.map(({ name, rows, bytes, sha256 }) => ({ name, rows, bytes, sha256 })),
    testVolunteers: volunteers.map(({ number, why }) => ({ number, example: why.join(', ') })),
  }
}

/** The same for later steps and the reconciliation report (R9): codes and reasons are the specification's words, rows go by their numbers. */
export function resultOfRun(ran: ProgramRun): Record<string, unknown> {
  const { reconciliation, counts, countedAt, startedAt, finishedAt } = ran
  const { program, productVersion, specification, entities, warnings, lists, masked } = reconciliation
  return {
    ...reportOf(ran),
    counts,
    at: countedAt.toISOString(),
    lists,
    program,
    productVersion,
    specification,
    masked,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    rejections: entities.flatMap(({ title, rejections }) => rejections.map((each) => ({ entity: title, ...each }))),
    exclusions: entities.flatMap(({ title, exclusions }) => exclusions.map((each) => ({ entity: title, ...each }))),
    codes: entities.flatMap(({ title, codes }) => codes.map((each) => ({ entity: title, ...each }))),
    tables: entities.map(({ table, loaded, sha256 }) => ({ table, rows: loaded, sha256 })),
    warnings: warnings.map((each) => ({ ...each, entity: entities.find(({ entity }) => entity === each.entity)?.title ?? each.entity })),
  }
}
