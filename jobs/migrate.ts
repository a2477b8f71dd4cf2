/** One iteration of the migration (R7–R9): Migration remade, the program run, the books balanced, the review asked for. */

import { filesHash } from '../src/lifecycle/situation.js'
import { baseLookups, PROGRAM_VERSION } from '../src/migration/index.js'
import type { Product } from '../src/product/index.js'
import { plannedContent } from './counts.js'
import { issue, signed } from './documents/issue.js'
import { reconciliationReport } from './documents/reconciliation-report.js'
import { plannedMigration } from './dry-run.js'
import { instanceIn, type Job, must, type StepContext } from './job.js'
import { refuseOtherFiles, reportOf, resultOfRun, runProgram } from './program.js'
import { adapt, createDatabase, dropAllotted, inventory, loadContent } from './steps.js'

const number = (context: StepContext) => Number(context.operation.plan.data['iteration'])

function iterationOf(context: StepContext) {
  return must(
    context.situation.iterations.find((i) => i.number === number(context)),
    `iteration ${number(context)}`,
  )
}

/** What the program loads whole is not loaded from the base before: its lists would stand in the plan twice. */
function migratedLists({ definition }: Product): ReadonlySet<string> {
  const owned = definition.elements.filter(({ owner }) => owner === 'migration')
  const loaded = definition.migration.entities.map(({ table }) => table)
  return new Set(owned.flatMap(({ tables }) => Object.keys(tables)).filter((table) => loaded.includes(table)))
}

export const migrate: Job = {
  name: 'migrate',
  retry: { attempts: 3, backoffMs: 2_000 },
  async plan(context) {
    const instance = must(context.environment?.instances[0], 'the Migration instance')
    const { version, role } = instance
    const base = await plannedContent(context.product, version, ['base'], { role, without: migratedLists(context.product) })
    refuseOtherFiles(context)
    const lookups = await baseLookups(context.product, version)
    return [...base, ...(await plannedMigration(context, { version, role, lookups }))]
  },
  steps: [
    {
      name: 'remove-previous',
      title: 'Remove the previous iteration',
      for: 'main',
      async do(context) {
        return { result: { removed: await dropAllotted(context) } }
      },
      // What could not be removed at first may hold real volunteers, and its environment is lost now.
      async undo(context) {
        await dropAllotted(context)
      },
    },
    createDatabase('main'),
    loadContent('load-content', 'Load base configuration', () => ['base'], 'main', { without: migratedLists }),
    {
      name: 'load-migration',
      title: 'Run the migration program',
      for: 'main',
      async do(context) {
        refuseOtherFiles(context)
        const ran = await runProgram(context, { mask: null })
        const { reconciliation } = ran
        return {
          result: resultOfRun(ran),
          effects: [
            {
              do: 'add-iteration',
              iteration: {
                number: number(context),
                state: 'running',
                specification: reconciliation.specification.sha256,
                program: PROGRAM_VERSION,
                version: instanceIn(context).version,
                filesHash: filesHash(context.situation),
                resultHash: reconciliation.resultHash,
                balanced: reconciliation.balanced,
                report: reportOf(ran),
              },
            },
          ],
        }
      },
    },
    adapt('main'),
    inventory('main'),
    {
      name: 'report',
      title: 'Issue the reconciliation report',
      for: 'main',
      async do(context) {
        const about = {
          number: number(context),
          prefix: `${must(context.environment, 'the environment').name}-${number(context)}`,
          review: true,
        }
        const document = await issue(context, reconciliationReport(context, about), instanceIn(context))
        return {
          result: signed(document),
          effects: [document.effect, { do: 'set-iteration', id: iterationOf(context).id, state: 'review' }],
        }
      },
    },
  ],
}
