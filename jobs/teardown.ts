/** Archive first, then destroy, then verify, then the destruction record (R42). It has no way back: what fails waits for people. */
import { issueConfigurationReport } from './documents/configuration-report.js'
import { destructionRecord } from './documents/destruction-record.js'
import { archiveAudit, issue, signed } from './documents/issue.js'
import { instanceIn, type Job, type StepContext, type StepDefinition } from './job.js'

/** Drops every database that the instance ever had and is not known to be gone, with its role and secret. */
const destroyInstance: StepDefinition = {
  name: 'destroy',
  title: 'Destroy the database',
  for: 'each',
  async do(context) {
    for (const at of await context.allotted(instanceIn(context))) {
      await context.driver.drop(at)
      await context.gone(at)
    }
    // Looked at by name, so that a second attempt tells the same as the first.
    const ever = await context.everAllotted(instanceIn(context))
    for (const at of ever) {
      const presence = await context.driver.presence(at)
      if (presence !== 'absent') throw new Error(`destroying ${at.database}: it is still ${presence}`)
    }
    return { result: { destroyed: ever.map((at) => at.database), verified: context.now.toISOString() } }
  },
}

async function archive(context: StepContext) {
  const instance = instanceIn(context)
  if (!(await context.standing(instance))) return {}
  const document = await issueConfigurationReport(context, instance)
  return { result: signed(document), effects: [document.effect] }
}

export const teardown: Job = {
  name: 'teardown',
  retry: { attempts: 5, backoffMs: 3_000 },
  plan: async () => [],
  steps: [
    { name: 'archive', title: 'Archive the final configuration', for: 'each', do: archive },
    {
      name: 'archive-audit',
      title: 'Archive the audit trail',
      for: 'once',
      do: async (context) => ({ result: { ...(await archiveAudit(context)) } }),
    },
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
