/** VAL and PROD by the very same path (R11, R12): the source's configuration merged with the migration output into Main, then Test from Main. */

import type { Inventory } from '../src/drivers/driver.js'
import { approvedIteration, lastOf } from '../src/lifecycle/situation.js'
import type { Instance, Plan, PlanElement } from '../src/lifecycle/types.js'
import { PROGRAM_VERSION } from '../src/migration/index.js'
import { copyPlan, type ElementCount, elementOf } from '../src/product/index.js'
import { asPlanned, compareCounts, plannedContent } from './counts.js'
import { issue, signed } from './documents/issue.js'
import { iterationOf } from './documents/migration-references.js'
import { reconciliationReport } from './documents/reconciliation-report.js'
import { plannedMigration } from './dry-run.js'
import { instanceIn, type Job, must, type StepContext, StepRefused } from './job.js'
import { maskPolicyOf, searchTest } from './mask.js'
import { lookupsOf, refuseOtherFiles, resultOfRun, runProgram } from './program.js'
import { expectExtracted, expectLoaded, expectValidated } from './proof.js'
import { formerly } from './qualify.js'
import { adapt, createDatabase, inventory, loadContent, plannedCopy, sourceInstance } from './steps.js'

const promoting = (data: Plan['data']) => data['purpose'] === 'prod'
const migrating = (data: Plan['data']) => data['migration'] === true

function mergePlan(context: StepContext) {
  return copyPlan(context.product, sourceInstance(context).version, 'merge', {
    migration: migrating(context.operation.plan.data),
    mask: maskPolicyOf(context.operation.plan.data),
  })
}

function testPlan(context: StepContext) {
  return copyPlan(context.product, sourceInstance(context).version, 'test', { migration: false })
}

function mainOf(context: StepContext) {
  return must(
    context.environment?.instances.find((i) => i.role === 'main'),
    'the Main instance',
  )
}

/**
 * Test is planned from Pre-PROD and copied from Main, which holds the migration by then: its lists are migrated ones here too, what stays
 * behind in Main was never promised to Test, and the dummies come with a step of their own.
 */
function testCounts(context: StepContext, copied: ElementCount[], dummies: PlanElement[]): Record<string, unknown> {
  const migrated = context.operation.plan.elements.filter((line) => line.role === 'test' && line.disposition === 'migrated')
  const named = (lines: { element: string }[], { element }: { element: string }) => lines.some((line) => line.element === element)
  const own = copied.filter((line) => !named(dummies, line))
  const lists = own.filter((line) => line.disposition === 'carried' && named(migrated, line))
  const others = own.filter((line) => !named(migrated, line))
  const counts = compareCounts(context, others, 'test').filter((line) => !named(dummies, line))
  const arrived = lists.map((line) => ({ ...line, disposition: 'migrated' as const }))
  return {
    counts: [...asPlanned(counts, context), ...asPlanned(compareCounts(context, arrived, 'test', 'migrated'), context)],
    rows: copied.reduce((sum, line) => sum + (line.disposition === 'carried' ? line.rows : 0), 0),
  }
}

/** Test's lines of the plan: the lists that Main gets from the migration come from there, as many as Main's; no historical study does (R12). */
function plannedTest(context: StepContext, copy: PlanElement[], migrated: PlanElement[]): PlanElement[] {
  return copy.map((line) => {
    const brought = line.disposition === 'carried' ? migrated.find(({ element }) => element === line.element) : undefined
    if (!brought) return line
    if (elementOf(context.product, line.element).owner === 'migration') return { ...brought, role: 'test' as const }
    return { ...line, rows: 0, parts: (line.parts ?? []).map((part) => ({ ...part, rows: 0 })) }
  })
}

/** What the migration will bring Main, by a dry run: the dump may point at what will be carried from the source. */
async function plannedOutput(context: StepContext, source: Instance): Promise<PlanElement[]> {
  if (!migrating(context.operation.plan.data)) return []
  const at = must(await context.standing(source), `the database of ${source.name}`)
  const lookups = await lookupsOf(context, at, mergePlan(context))
  return plannedMigration(context, { version: source.version, role: 'main', lookups })
}

/** PROD comes from exactly what was approved: specification, program and product version (R9, R37). */
function approvedRun(context: StepContext, run: { specification: string; version: string }): void {
  const approved = approvedIteration(context.situation)
  if (!approved) throw new StepRefused('R15', 'scripts-not-approved', 'The migration scripts are not approved.')
  const same = approved.specification === run.specification && approved.program === PROGRAM_VERSION && approved.version === run.version
  if (!same)
    throw new StepRefused(
      'R37',
      'migration-differs',
      `The migration is not the one that was approved as iteration ${approved.number} (specification, program or product version differ). Run /migration run and have it accepted anew.`,
    )
}

/** Pre-PROD is what VAL validated (R37) and what G2 reported (R28): before anything is frozen or copied, and once it is frozen. */
async function expectPromotable(context: StepContext): Promise<void> {
  if (!promoting(context.operation.plan.data)) return
  const found = await context.driver.inventory(must(await context.standing(sourceInstance(context)), 'the database of Pre-PROD'))
  await expectValidated(context, found, 'Pre-PROD')
  await expectExtracted(context, found)
}

/** PROD Main is what VAL validated, and its lists what the migration loaded (R37). */
async function proven(context: StepContext, found: Inventory): Promise<Record<string, unknown>> {
  const { data } = context.operation.plan
  if (!promoting(data)) return {}
  await expectValidated(context, found, 'PROD Main')
  const lists = migrating(data) && data['validated'] !== undefined ? expectLoaded(context, found) : {}
  return { provenBy: lastOf(context.situation, 'val')?.name ?? '', ...lists }
}

export const merge: Job = {
  name: 'merge',
  retry: { attempts: 4, backoffMs: 2_000 },
  async plan(context) {
    const source = sourceInstance(context)
    await expectPromotable(context)
    const main = await plannedCopy(context, source, mergePlan(context), 'main')
    const test = await plannedCopy(context, source, testPlan(context), 'test')
    const dummies = await plannedContent(context.product, source.version, ['dummy'], { role: 'test' })
    const migrated = await plannedOutput(context, source)
    const promised = test.filter((line) => !dummies.some((d) => d.element === line.element))
    return [...main.filter((line) => line.disposition !== 'migrated'), ...migrated, ...plannedTest(context, promised, migrated), ...dummies]
  },
  steps: [
    {
      name: 'freeze-source',
      title: 'Freeze Pre-PROD',
      for: 'once',
      when: promoting,
      async do(context) {
        const source = sourceInstance(context)
        await context.driver.freeze(must(await context.standing(source), 'the database of Pre-PROD'))
        await expectPromotable(context)
        return { effects: [{ do: 'set-environment', name: String(context.operation.plan.data['source']), state: 'frozen' }] }
      },
      async undo(context) {
        const at = await context.standing(sourceInstance(context))
        if (at) await context.driver.unfreeze(at)
      },
    },
    createDatabase('main', 'Create the database of Main'),
    {
      name: 'copy',
      title: 'Merge the configuration',
      for: 'main',
      async do(context) {
        const source = sourceInstance(context)
        const from = must(await context.standing(source), 'the database of Pre-PROD')
        const before = await context.driver.inventory(from)
        const to = must(await context.standing(instanceIn(context)), 'the database of Main')
        asPlanned(compareCounts(context, await context.driver.dryRun(from, mergePlan(context)), 'main', 'source'), context)
        const copied = await context.driver.copy(from, to, mergePlan(context), context.progress)
        const counts = asPlanned(compareCounts(context, copied, 'main'), context)
        const rows = counts.reduce((sum, line) => sum + line.actual, 0)
        return { result: { counts, sourceMustMatch: before.mustMatch, rows, at: context.moment().toISOString() } }
      },
    },
    {
      name: 'load-migration',
      title: 'Run the migration program',
      for: 'main',
      when: migrating,
      async do(context) {
        refuseOtherFiles(context)
        const ran = await runProgram(context, { mask: maskPolicyOf(context.operation.plan.data) })
        approvedRun(context, { specification: ran.reconciliation.specification.sha256, version: instanceIn(context).version })
        return { result: { ...resultOfRun(ran), ...(ran.mask ? { mask: ran.mask } : {}) } }
      },
    },
    adapt('main'),
    inventory('main', proven),
    {
      name: 'report',
      title: 'Issue the reconciliation report',
      for: 'main',
      when: migrating,
      async do(context) {
        const instance = instanceIn(context)
        const { number } = must(iterationOf(context, context.operation) ?? approvedIteration(context.situation), 'the approved iteration')
        const document = await issue(context, reconciliationReport(context, { number, prefix: instance.name, review: false }), instance)
        return { result: signed(document), effects: [document.effect] }
      },
    },
    createDatabase('test', 'Create the database of Test'),
    {
      name: 'copy',
      title: "Copy Main's configuration",
      for: 'test',
      async do(context) {
        const from = must(await context.standing(mainOf(context)), 'the database of Main')
        const to = must(await context.standing(instanceIn(context)), 'the database of Test')
        const copied = await context.driver.copy(from, to, testPlan(context), context.progress)
        const at = context.moment().toISOString()
        const dummies = await plannedContent(context.product, instanceIn(context).version, ['dummy'], { role: 'test' })
        return { result: { ...testCounts(context, copied, dummies), at } }
      },
    },
    loadContent('load-dummies', 'Load dummy volunteers', () => ['dummy'], 'test'),
    searchTest(mainOf),
    adapt('test'),
    inventory('test'),
    formerly,
  ],
}
