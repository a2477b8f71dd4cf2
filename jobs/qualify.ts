/**
 * The qualification (R22, R29): an operation of its own, started by an engineer. It executes the protocol on each instance and issues the IQ
 * whatever it finds: what did not pass is a deviation on record, and nothing is undone.
 */
import { concludeIq } from '../src/documents/index.js'
import type { Inventory } from '../src/drivers/driver.js'
import { sameConfiguration } from '../src/lifecycle/differences.js'
import { concluding, nextExecution, toBeExecuted } from '../src/lifecycle/qualification.js'
import { iqDocuments } from '../src/lifecycle/situation.js'
import { couldNot, differences, type Found, listDeviations, settleDeviations, type Unmade } from './deviations.js'
import { type IssuedReport, issueConfigurationReport } from './documents/configuration-report.js'
import { attached, issuedIq } from './documents/iq-evidence.js'
import { headOf, issue, signed } from './documents/issue.js'
import { validatedReferences } from './documents/validated-references.js'
import { expectedOf } from './expectations.js'
import { heldCounts } from './held.js'
import { iqData, productTime } from './iq-data.js'
import { instanceIn, type Job, must, type StepContext, type StepDefinition, type StepResult } from './job.js'
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
  const met = await orFound(context, 'inventory', () => context.driver.inventory(at))
  const checks = await context.driver.check(at, await expectedOf(context, instance))
  const counts = await heldCounts(context, at)
  const address = await context.probe(context.urlOf(instance.name), instance.name)
  const report = await orFound(context, 'configuration-report', () => issueConfigurationReport(context, instance))
  const inventory = isFound(report) || isFound(met) ? met : unchanged(met, report)
  const finishedAt = new Date()
  const found = [...differences(context, checks, counts), ...[inventory, report].filter(isFound)]
  const document = `IQ-${instance.name.toUpperCase()}`
  const settled = settleDeviations(context, { instance, document, execution: number, checks, found, at: context.now.toISOString() })
  const attachments = isFound(report) ? [] : [await attached(context, 'Configuration report', report)]
  const data = iqData(context, {
    instance,
    number,
    startedAt,
    finishedAt,
    checks,
    address,
    inventory: isFound(inventory) ? null : inventory,
    counts,
    attachments,
    validated: await validatedReferences(context, instance, isFound(inventory) ? null : inventory),
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
      ...(isFound(inventory) ? [] : [measurementOf(context, inventory, { purpose: 'iq', document: isFound(report) ? null : report })]),
      ...settled.effects,
    ],
  }
}

/**
 * Report and inventory belong to the IQ (R22). A fault is met by the step's next attempt; what no attempt could make is a difference like any
 * other, and the failed IQ says so.
 */
async function orFound<T extends object>(context: StepContext, check: Unmade, make: () => Promise<T>): Promise<T | Found> {
  try {
    return await make()
  } catch (error) {
    return couldNot(context, check, error)
  }
}

function isFound(made: object): made is Found {
  return 'foundSha256' in made
}

/** What the report holds, if it is what the checks met: an IQ never attaches the report of another configuration. Executed again where it is not. */
function unchanged(met: Inventory, { inventory, effect }: IssuedReport): Inventory {
  if (!sameConfiguration(met, inventory))
    throw new Error(`qualifying, ${effect.number}: the instance was configured while its protocol was executed`)
  return inventory
}

async function concludeIqOf(context: StepContext): Promise<StepResult> {
  const begun = new Date()
  const instance = instanceIn(context)
  const document = concluding(context.situation, must(context.environment, 'the environment')).find((d) => d.instanceId === instance.id)
  if (!document) return { result: {} }
  const before = await issuedIq(context, document)
  const own = context.situation.deviations.filter((d) => d.instanceId === instance.id)
  const { number, revision, issuedAt, revisions } = headOf(context, 'IQ', instance.name, 'Issued again: its deviations are accepted')
  const deviations = { ...before.deviations, value: listDeviations(context, own), at: issuedAt }
  const data = { ...before, number, revision, issuedAt, revisions, deviations, productTime: productTime(context.now, begun) }
  const { outcome } = concludeIq(data)
  const issued = await issue(context, data, instance)
  const applicable = data.checks.value.filter(({ result }) => result !== 'n/a')
  const passed = applicable.filter(({ result }) => result === 'pass').length
  return {
    result: { ...signed(issued), execution: before.execution.value.number, outcome, checks: applicable.length, passed },
    effects: [{ ...issued.effect, execution: before.execution.value.number, outcome }],
  }
}
