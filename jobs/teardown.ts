/** Archive first, then destroy, then verify, then the destruction record (R42). It has no way back: what fails waits for people. */
import { configurationReport } from './documents/configuration-report.js'
import { destructionRecord } from './documents/destruction-record.js'
import { issue, signed } from './documents/issue.js'
import { instanceIn, type Job, resultOf, type StepContext, type StepDefinition } from './job.js'

/** Drops every database that the instance ever had and is not known to be gone, with its role and secret. */
const destroyInstance: StepDefinition = {
  name: 'destroy',
  title: 'Destroy the database',
  for: 'each',
  async do(context) {
    const addresses = await context.allotted(instanceIn(context))
    for (const at of addresses) {
      await context.driver.drop(at)
      const presence = await context.driver.presence(at)
      if (presence !== 'absent') throw new Error(`destroying ${at.database}: it is still ${presence}`)
      await context.gone(at)
    }
    return { result: { destroyed: addresses.map((at) => at.database), verified: context.now.toISOString() } }
  },
}

async function archive(context: StepContext) {
  const instance = instanceIn(context)
  const known = resultOf(context, 'archive')
  if (known['number'] || !(await context.standing(instance))) return { result: known }
  const document = await issue(context, await configurationReport(context, instance), instance)
  return { result: signed(document), effects: [document.effect] }
}

export const teardown: Job = {
  name: 'teardown',
  retry: { attempts: 5, backoffMs: 3_000 },
  plan: async () => [],
  steps: [
    { name: 'archive', title: 'Archive the final configuration', for: 'each', do: archive },
    destroyInstance,
    {
      name: 'record',
      title: 'Issue the destruction record',
      for: 'once',
      async do(context) {
        const document = await issue(context, await destructionRecord(context), null)
        return { result: signed(document), effects: [document.effect] }
      },
    },
  ],
}
