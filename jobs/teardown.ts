/** Archive first, then destroy, then look for what is left, then the destruction record (R42). It has no way back: what fails waits for people. */
import { announce } from '../src/lifecycle/announce.js'
import type { Effect } from '../src/lifecycle/decision.js'
import { endOf } from '../src/lifecycle/operation.js'
import type { Instance } from '../src/lifecycle/types.js'
import { issueConfigurationReport } from './documents/configuration-report.js'
import { destructionRecord } from './documents/destruction-record.js'
import { summaryOf } from './documents/destruction-summary.js'
import { archiveAudit, issue, signed } from './documents/issue.js'
import { instanceIn, type Job, must, resultOf, type StepContext, type StepDefinition } from './job.js'
import { finalState, lastLook, refuseLeft, stateIn } from './last-look.js'
import { type LeftFile, leftFiles, refuseRemnants, removeFiles, setAside } from './leftovers.js'
import { destroyDump, destroysDump } from './legacy-dump.js'

/** What was destroyed, by name: kept in the step's result, so that it can be looked for by name afterwards, also by a later attempt. */
const destroyInstance: StepDefinition = {
  name: 'destroy',
  title: 'Destroy the database',
  for: 'each',
  async do(context) {
    const instance = instanceIn(context)
    for (const at of await context.allotted(instance)) {
      await context.driver.drop(at)
      await context.gone(at)
    }
    const ever = await context.everAllotted(instance)
    for (const at of ever) await refuseRemnants(context, at)
    const files = await filesOf(context, instance)
    const names = (rendering: boolean) => files.filter((file) => file.rendering === rendering).map(({ name }) => name)
    await removeFiles(context, names(false))
    await setAside(context, names(true))
    const dump = instance.role !== 'test' && destroysDump(context) ? { dump: await destroyDump(context) } : {}
    return { result: { destroyed: ever.map((at) => at.database), files: files.map(({ name }) => name), ...dump } }
  },
}

/** An instance's own files; those of the environment go with its first instance. */
async function filesOf(context: StepContext, instance: Instance): Promise<LeftFile[]> {
  const environment = must(context.environment, 'the environment')
  const about = new Set(instance.role === 'test' ? [instance.name] : [instance.name, environment.name])
  return (await leftFiles(context, environment)).filter((file) => about.has(file.instance))
}

/** The names of the files that were there before, as the steps told that saw and removed them. */
function removedFiles(context: StepContext): { instance: string; name: string }[] {
  const { instances } = must(context.environment, 'the environment')
  return instances.flatMap(({ role, name: instance }) => {
    const told = ['archive', 'destroy'].flatMap((step) => resultOf(context, step, role)['files'] ?? [])
    return [...new Set(told.map(String))].map((name) => ({ instance, name }))
  })
}

/** The final state is in the step's result: a teardown that dies after the drop still tells what was measured before. */
async function archive(context: StepContext) {
  const instance = instanceIn(context)
  const files = (await filesOf(context, instance)).map(({ name }) => name)
  const final = await finalState(context, instance)
  if ('notMeasured' in final) return { result: { final, files } }
  const document = await issueConfigurationReport(context, instance)
  // As the archived report has it, from the report's own snapshot.
  return {
    result: { ...signed(document), final: stateIn(document.inventory, document.readAt.toISOString()), files },
    effects: [document.effect],
  }
}

/** Looked for anew by this step, whatever the steps before said; the news says what was found. */
async function record(context: StepContext) {
  const environment = must(context.environment, 'the environment')
  const look = await lastLook(context, removedFiles(context))
  refuseLeft(look)
  const data = await destructionRecord(context, look)
  const document = await issue(context, data, null)
  const summary = summaryOf(data)
  const event = endOf(context.situation, environment) === 'promoted' ? 'environment-promoted' : 'environment-destroyed'
  const news: Effect = announce(event, environment, summary)
  return { result: { ...signed(document), ...summary }, effects: [document.effect, news] }
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
    { name: 'record', title: 'Look for what is left and issue the destruction record', for: 'once', do: record },
  ],
}
