/** Before G6 a go-live can be rolled back: PROD is destroyed, Pre-PROD is as it was (R28). */
import { type Job, must } from './job.js'
import { sourceInstance } from './steps.js'
import { teardown } from './teardown.js'

export const rollback: Job = {
  name: 'rollback',
  retry: { attempts: 5, backoffMs: 3_000 },
  plan: async () => [],
  steps: [
    {
      name: 'unfreeze-source',
      title: 'Unfreeze Pre-PROD',
      for: 'once',
      async do(context) {
        await context.driver.unfreeze(must(await context.standing(sourceInstance(context)), 'the database of Pre-PROD'))
        return {}
      },
    },
    ...teardown.steps,
  ],
}
