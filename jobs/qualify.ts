/**
 * The qualification (R22, R29): an operation of its own, started by an engineer. It executes the protocol on each instance and issues the IQ
 * whatever it finds: what did not pass is a deviation on record, and nothing is undone.
 */
import { concludeIq } from '../src/documents/index.js'
import type { Inventory } from '../src/drivers/driver.js'
import { sameConfiguration } from '../src/lifecycle/differences.js'
import { concluding, nextExecution, toBeExecuted } from '../src/lifecycle/qualification.js'
import { iqDocuments } from '../src/lifecycle/situation.js'
import type { Instance } from '../src/lifecycle/types.js'
import { couldNot, differences, type Found, listDeviations, settleDeviations, type Unmade } from './deviations.js'
import { type IssuedReport, issueConfigurationReport } from './documents/configuration-report.js'
import { attached, issuedIq } from './documents/iq-evidence.js'
import { headOf, issue, signed } from './documents/issue.js'
import { validatedReferences } from './documents/validated-references.js'
import { expectedOf } from './expectations.js'
import { heldCounts } from './held.js'
import { iqData } from './iq-data.js'
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
  const { checks, counts, address, report, inventory, at } = await looked(context, instance)
  const finishedAt = new Date()
  const found = [...differences(context, checks, counts), ...[inventory, report].filter(isFound)]
  const document = `IQ-${instance.name.toUpperCase()}`
  const attachments = isFound(report) ? [] : [await attached(context, 'Configuration report', report)]
  const settledAt = context.moment()
  const settled = settleDeviations(context, { instance, document, execution: number, checks, found, at: settledAt.toISOString() })
  const seen = isFound(inventory) ? null : { inventory, readAt: at.inventory }
  const data = iqData(context, {
    ...{ instance, number, startedAt, finishedAt, checks, address, counts, attachments },
    at: { ...at, attachments: settledAt, deviations: settledAt },
    inventory: seen?.inventory ?? null,
    validated: await validatedReferences(context, instance, seen),
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

/** All that an execution looks at in the instance, and when it did: product time. */
async function looked(context: StepContext, instance: Instance) {
  const database = must(await context.standing(instance), 'the database')
  const metAt = context.moment()
  const met = await orFound(context, 'inventory', () => context.driver.inventory(database))
  const checks = await context.driver.check(database, await expectedOf(context, instance))
  const checked = context.moment()
  const counts = await heldCounts(context, database)
  const counted = context.moment()
  const address = await context.probe(context.urlOf(instance.name), instance.name)
  const probed = context.moment()
  const report = await orFound(context, 'configuration-report', () => issueConfigurationReport(context, instance))
  const inventory = isFound(report) || isFound(met) ? met : unchanged(met, report)
  const readAt = isFound(report) ? metAt : report.readAt
  return { checks, counts, address, report, inventory, at: { checks: checked, counts: counted, address: probed, inventory: readAt } }
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
