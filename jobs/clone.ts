/** A full clone, dummy data included: Demo into both instances of a Sandbox (R6). */
import { copyPlan } from '../src/product/index.js'
import { compareCounts } from './counts.js'
import { instanceIn, type Job, must, type StepContext } from './job.js'
import { adapt, createDatabase, inventory, plannedCopy, sourceInstance } from './steps.js'

function full(context: StepContext) {
  return copyPlan(context.product, sourceInstance(context).version, 'full', { migration: false })
}

export const clone: Job = {
  name: 'clone',
  retry: { attempts: 4, backoffMs: 2_000 },
  async plan(context) {
    const source = sourceInstance(context)
    const lines = await plannedCopy(context, source, full(context), 'main')
    return (context.environment?.instances ?? []).flatMap(({ role }) => lines.map((line) => ({ ...line, role })))
  },
  steps: [
    createDatabase('each'),
    {
      name: 'copy',
      title: 'Copy everything',
      for: 'each',
      async do(context) {
        const source = sourceInstance(context)
        const from = must(await context.standing(source), 'the source database')
        const to = must(await context.standing(instanceIn(context)), 'the target database')
        const counts = compareCounts(
          context,
          await context.driver.copy(from, to, full(context), context.progress),
          instanceIn(context).role,
        )
        return { result: { counts, rows: counts.reduce((sum, line) => sum + line.actual, 0), at: context.moment().toISOString() } }
      },
    },
    adapt(),
    inventory('each'),
  ],
}
