/**
 * The qualification (R22, R29): an operation of its own, started by an engineer. It executes the protocol on each instance and issues the IQ
 * whatever it finds: what did not pass is a deviation on record, and nothing is undone.
 */
import { concludeIq } from '../src/documents/index.js'
import { concluding, nextExecution, toBeExecuted } from '../src/lifecycle/qualification.js'
import { iqDocuments } from '../src/lifecycle/situation.js'
import type { Instance } from '../src/lifecycle/types.js'
import { differences, type Found, listDeviations, REPORT, settleDeviations } from './deviations.js'
import { issueConfigurationReport } from './documents/configuration-report.js'
import { attached, issuedIq } from './documents/iq-evidence.js'
import { headOf, type Issued, issue, signed } from './documents/issue.js'
import { expectedOf } from './expectations.js'
import { countsOf, iqData } from './iq-data.js'
import { instanceIn, type Job, must, refusalOf, type StepContext, type StepDefinition, type StepResult } from './job.js'
import { measurementOf } from './measurement.js'

/** Main before Test: deviations of an environment are numbered one after the other. */
const execution = (role: 'main' | 'test'): StepDefinition => ({
  name: 'qualify',
  title: 'Execute the protocol and issue the IQ',
  for: role,
  do: execute,
})

export const qualify: Job = {
  name: 'qualify',
  retry: { attempts: 4, backoffMs: 2_000 },
  plan: async () => [],
  steps: [execution('main'), execution('test')],
}

/** Issues each failed IQ whose deviations were all accepted once more, with them: it can be signed then. */
export const conclude: Job = {
  name: 'conclude',
  retry: { attempts: 4, backoffMs: 2_000 },
  plan: async () => [],
  steps: [{ name: 'conclude', title: 'Issue the IQ with its accepted deviations', for: 'each', do: concludeIqOf }],
}

/**
 * A step that operations planned by an earlier Slipway still have: they executed the IQ themselves, and a failure undid everything. It leaves
 * the qualification to its own operation.
 */
export const formerly: StepDefinition = {
  name: 'qualify',
  title: 'Qualify: by an operation of its own',
  for: 'each',
  when: () => false,
  do: async () => ({ result: { left: 'the qualification is started by its own button' } }),
}

async function execute(context: StepContext): Promise<StepResult> {
  const instance = instanceIn(context)
  const environment = must(context.environment, 'the environment')
  const before = iqDocuments(context.situation, environment).find((d) => d.instanceId === instance.id)
  if (before && !toBeExecuted(context.situation, environment, instance.id))
    return { result: { passedBefore: `${before.number} r${before.revision}` } }
  const number = nextExecution(context.situation, instance.id)
  const startedAt = new Date()
  const at = must(await context.standing(instance), 'the database')
  const checks = await context.driver.check(at, await expectedOf(context, instance))
  const checked = context.moment()
  const inventory = await context.driver.inventory(at).catch(unread(context))
  const address = await context.probe(context.urlOf(instance.name))
  const probed = context.moment()
  const report = await reported(context, instance)
  const finishedAt = new Date()
  const found = [...differences(context, checks, countsOf(context)), ...(isFound(report) ? [report] : [])]
  const document = `IQ-${instance.name.toUpperCase()}`
  const attachments = isFound(report) ? [] : [await attached(context, 'Configuration report', report)]
  const settledAt = context.moment()
  const settled = settleDeviations(context, { instance, document, execution: number, found, at: settledAt.toISOString() })
  const data = iqData(context, {
    instance,
    number,
    startedAt,
    finishedAt,
    at: { checks: checked, inventory: checked, address: probed, attachments: settledAt, deviations: settledAt },
    checks,
    address,
    inventory,
    attachments,
    deviations: settled.listed,
  })
  const { outcome } = concludeIq(data)
  const issued = await issue(context, data, instance)
  const applicable = checks.filter(({ result }) => result !== 'n/a')
  return {
    result: {
      ...signed(issued),
      execution: number,
      outcome,
      checks: applicable.length,
      passed: applicable.filter(({ result }) => result === 'pass').length,
    },
    effects: [
      ...(isFound(report) ? [] : [report.effect]),
      { ...issued.effect, execution: number, outcome },
      ...(inventory ? [measurementOf(context, inventory, { purpose: 'iq', document: isFound(report) ? null : report })] : []),
      ...settled.effects,
    ],
  }
}

/** The configuration report belongs to the IQ (R22). What cannot be reported is a difference like any other: the failed IQ says so. */
async function reported(context: StepContext, instance: Instance): Promise<Issued | Found> {
  try {
    return await issueConfigurationReport(context, instance)
  } catch (error) {
    if (context.progress.signal.aborted || refusalOf(error)) throw error
    const name = error instanceof Error ? error.name : 'fault'
    return {
      check: REPORT,
      what: `The configuration report could not be made (${name}).`,
      impact: 'What is configured is not known.',
      critical: true,
    }
  }
}

/** What could not be read is not stated; the checks say what is wrong with the instance. A step that is let go stops. */
function unread({ progress }: StepContext): (error: unknown) => null {
  return (error) => {
    if (progress.signal.aborted || refusalOf(error)) throw error
    return null
  }
}

function isFound(report: Issued | Found): report is Found {
  return 'check' in report
}

async function concludeIqOf(context: StepContext): Promise<StepResult> {
  const instance = instanceIn(context)
  const document = concluding(context.situation, must(context.environment, 'the environment')).find((d) => d.instanceId === instance.id)
  if (!document) return { result: {} }
  const before = await issuedIq(context, document)
  const own = context.situation.deviations.filter((d) => d.instanceId === instance.id)
  const { number, revision, issuedAt, productTime, revisions } = headOf(
    context,
    'IQ',
    instance.name,
    'Issued again: its deviations are accepted',
  )
  const deviations = { ...before.deviations, value: listDeviations(context, own), at: issuedAt }
  const data = { ...before, number, revision, issuedAt, productTime, revisions, deviations }
  const { outcome } = concludeIq(data)
  const issued = await issue(context, data, instance)
  const applicable = data.checks.value.filter(({ result }) => result !== 'n/a')
  const passed = applicable.filter(({ result }) => result === 'pass').length
  return {
    result: { ...signed(issued), execution: before.execution.value.number, outcome, checks: applicable.length, passed },
    effects: [{ ...issued.effect, execution: before.execution.value.number, outcome }],
  }
}
