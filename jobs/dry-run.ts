/** What the migration program would load of the registered files: counted for the plan before anything is made (R34). */
import { createHash } from 'node:crypto'
import type { PlanElement } from '../src/lifecycle/types.js'
import { type Lookups, PROGRAM_VERSION } from '../src/migration/index.js'
import { migratedPlan } from '../src/product/index.js'
import { must, type StepContext } from './job.js'
import { commissionOf, refuseImbalance, refusingAsStep } from './program.js'

/** Where the program would load: the version, the instance's role, and the configuration's rows that the dump may point at. */
interface Planned {
  version: string
  role: PlanElement['role']
  lookups: Lookups
}

/**
 * The plan's lines for what the program brings, by element, its tables as parts. The program runs in its own process and its rows are let
 * go. Files, program, version, day and look-ups being the same, the counts of an earlier dry run are taken. Refuses what a run refuses.
 */
export async function plannedMigration(context: StepContext, { version, role, lookups }: Planned): Promise<PlanElement[]> {
  const key = keyOf(context, version, lookups)
  const kept = await context.keptDryRun(key)
  const tables = kept ?? (await dryRun(context, version, lookups))
  if (!kept) await context.keepDryRun(key, tables)
  return migratedPlan(context.product, version).elements.map(({ element, title, disposition, parts }) => {
    const counted = parts.map(({ where: _, ...part }) => ({ ...part, rows: must(tables[part.table], `the dry run of ${part.table}`) }))
    return { element, title, disposition, role, rows: counted.reduce((sum, { rows }) => sum + rows, 0), parts: counted }
  })
}

async function dryRun(context: StepContext, version: string, lookups: Lookups): Promise<Record<string, number>> {
  return refusingAsStep(context, commissionOf(context, version, lookups), async (run) => {
    for await (const { rows } of run.tables()) for await (const _ of rows) context.progress.signal.throwIfAborted()
    const reconciliation = run.reconciliation()
    refuseImbalance(reconciliation)
    return Object.fromEntries(reconciliation.entities.map(({ table, loaded }) => [table, loaded]))
  })
}

/** All that the counts depend on; of the look-ups their names, for ids are given anew in every instance. */
function keyOf(context: StepContext, version: string, lookups: Lookups): string {
  const { registered, today } = commissionOf(context, version, lookups)
  const files = registered.map(({ name, bytes, sha256 }) => [name, bytes, sha256]).sort()
  const names = Object.entries(lookups).map(([table, rows]) => [table, Object.keys(rows).sort()])
  return createHash('sha256')
    .update(JSON.stringify([PROGRAM_VERSION, version, today, files, names.sort()]))
    .digest('hex')
}
