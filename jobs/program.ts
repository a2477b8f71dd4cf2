/** Running the migration program into an instance: the same code for Migration, VAL and PROD (R8, R11). */
import type { InstanceAddress } from '../src/drivers/driver.js'
import {
  type ApartRun,
  compareToLoaded,
  intakeFolder,
  type LeakHit,
  type Lookups,
  MigrationRefused,
  type Reconciliation,
} from '../src/migration/index.js'
import { columnsOf, isPersonal, tablesOf } from '../src/product/index.js'
import { instanceIn, must, type StepContext, StepRefused } from './job.js'
import { rejectsFile } from './leftovers.js'

export interface ProgramRun {
  reconciliation: Reconciliation
  volunteers: ReturnType<ApartRun['testVolunteers']>
  /** Source identifiers that a masked load left behind (R36); empty where nothing was masked. */
  leaks: LeakHit[]
}

/**
 * Loads the registered files into `at`'s instance, masked in flight where asked (R13, R36), and then searched for the source's identifiers.
 * Files are read in a process of their own. Refuses files that are not the registered ones, and books that do not balance.
 */
export async function runProgram(context: StepContext, { mask }: { mask: boolean }): Promise<ProgramRun> {
  const instance = instanceIn(context)
  const at = must(await context.standing(instance), 'the database')
  const slug = context.situation.customer?.slug ?? ''
  const started = await context.runApart({
    folder: must(intakeFolder(context.intakeDir, slug), 'the intake folder'),
    registered: context.situation.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
    product: context.product,
    productVersion: instance.version,
    lookups: await lookupsOf(context, at),
    today: context.now.toISOString().slice(0, 10),
    signal: context.progress.signal,
    rejectsFile: rejectsFile(context, instance),
    ...(mask ? { mask: { key: context.maskKey(must(context.environment, 'the environment').id) } } : {}),
  })
  if (!started.ok) throw refused(started.refusal)
  const { run } = started
  try {
    const loaded = await context.driver.load(at, kept(context, run), context.progress)
    const reconciliation = run.reconciliation()
    balanced(reconciliation, loaded)
    return { reconciliation, volunteers: run.testVolunteers(), leaks: mask ? await scanForLeaks(context, run) : [] }
  } catch (error) {
    // What the files are refused for may be met in the middle of them; everything else goes on as it is.
    const met = refusalIn(error)
    throw met ? refused(met) : error
  } finally {
    await run.end()
  }
}

function refusalIn(error: unknown): MigrationRefused['refusal'] | undefined {
  if (error instanceof MigrationRefused) return error.refusal
  return error instanceof Error && error.cause !== undefined ? refusalIn(error.cause) : undefined
}

/** The configuration's rows that the dump may point at (sites, say), by natural key, with the ids that this instance gave them. */
async function lookupsOf({ driver, product }: StepContext, at: InstanceAddress): Promise<Lookups> {
  const tables = new Set(
    product.definition.migration.entities.flatMap(({ fields }) => Object.values(fields).flatMap(({ lookup }) => lookup ?? [])),
  )
  const lookups: Record<string, Record<string, string>> = {}
  for (const table of tables) {
    const [key = ''] = product.definition.tables[table]?.key ?? []
    const rows: [string, string][] = []
    for await (const [natural, id] of driver.read(at, { table, columns: [key, 'id'] })) if (natural && id) rows.push([natural, id])
    lookups[table] = Object.fromEntries(rows)
  }
  return lookups
}

/** A migration's studies stand beside the master library, which comes from the source (R12). */
async function* kept(context: StepContext, run: ApartRun) {
  const keep = context.product.definition.masterLibrary
  for await (const table of run.tables()) yield table.table === keep.table ? { ...table, keep: keep.where } : table
}

function refused({ rule, code, text }: { rule: string; code: string; text: string }): StepRefused {
  return new StepRefused(rule, code, text)
}

function balanced(reconciliation: Reconciliation, loaded: Record<string, number>): void {
  const unbalanced = reconciliation.entities.find((entity) => !entity.balanced)
  if (unbalanced)
    throw new StepRefused(
      'R9',
      'not-balanced',
      `${unbalanced.title}: extracted ${unbalanced.extracted} is not loaded ${unbalanced.loaded} + rejected ${unbalanced.rejected} + excluded ${unbalanced.excluded} + merged ${unbalanced.merged}.`,
    )
  const difference = compareToLoaded(reconciliation, loaded)[0]
  if (difference) throw new StepRefused('R9', 'counts-differ', `The database does not hold what was loaded: ${JSON.stringify(difference)}.`)
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

/** No source identifier may be found in the target (R36): every table of volunteers is scanned. */
async function scanForLeaks(context: StepContext, run: ApartRun): Promise<LeakHit[]> {
  const at = must(await context.standing(instanceIn(context)), 'the database')
  const hits: LeakHit[] = []
  const version = instanceIn(context).version
  for (const table of tablesOf(context.product, version).filter((name) => isPersonal(context.product.definition, name))) {
    const columns = columnsOf(context.product, version, table).map(([column]) => column)
    hits.push(...(await run.leakScan({ table, columns, rows: context.driver.read(at, { table, columns }) })))
  }
  return hits
}
