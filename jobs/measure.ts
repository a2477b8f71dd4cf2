/** Measures Main for a signature (R30, R37): before it is asked for, and again after the click. The bot itself has no access to instances. */

import type { Inventory } from '../src/drivers/driver.js'
import { differences, sameConfiguration } from '../src/lifecycle/differences.js'
import { promotionOf } from '../src/lifecycle/golive.js'
import { isBound, newestMeasurement, shownMeasurement } from '../src/lifecycle/measurement.js'
import type { BoundKind, Environment, Measurement } from '../src/lifecycle/types.js'
import { issueConfigurationReport } from './documents/configuration-report.js'
import { signed } from './documents/issue.js'
import { instanceIn, type Job, must, type StepContext } from './job.js'
import { configurationIn, measurementOf } from './measurement.js'
import { differencesFromLoad, differencesFromVal } from './proof.js'

export const measure: Job = {
  name: 'measure',
  retry: { attempts: 4, backoffMs: 2_000 },
  plan: async () => [],
  steps: [
    {
      name: 'measure',
      title: 'Measure the configuration',
      for: 'main',
      async do(context) {
        const { data } = context.operation.plan
        const kind = must(isBound(String(data['for'])) ? (data['for'] as BoundKind) : null, 'what it is measured for')
        const report = await reported(context)
        const { found } = report
        const measurement = measurementOf(context, found, {
          purpose: kind,
          signatureId: data['signature'] === null ? null : String(data['signature']),
          compared: await comparisons(context, kind, found),
          document: report.document,
        })
        const result = { version: found.version, everything: found.everything, mustMatch: found.mustMatch, document: report.document }
        return { result: { ...report.issued, ...result }, effects: [...report.effects, measurement] }
      },
    },
  ],
}

async function inventoryOf(context: StepContext): Promise<Inventory> {
  return context.driver.inventory(must(await context.standing(instanceIn(context)), 'the database'))
}

/** What was found, and the configuration report that shows it: an earlier one of the very same configuration, or a new one of its own snapshot. */
async function reported(context: StepContext) {
  const instance = instanceIn(context)
  const found = await inventoryOf(context)
  const same = context.situation.measurements.findLast((m) => m.instanceId === instance.id && m.document && sameConfiguration(m, found))
  if (same) return { found, document: same.document, issued: {}, effects: [] }
  const issued = await issueConfigurationReport(context, instance)
  const document = `${issued.effect.number} r${issued.revision}`
  return { found: issued.inventory, document, issued: signed(issued), effects: [issued.effect] }
}

async function comparisons(context: StepContext, kind: BoundKind, found: Inventory): Promise<Measurement['compared']> {
  const { situation } = context
  const environment = must(context.environment, 'the environment')
  const shown = shownMeasurement(situation, kind, environment)
  const iq = iqOf(context, environment)
  return [
    { with: 'iq', differences: await since(context, iq, found) },
    ...(shown ? [{ with: 'shown' as const, differences: await since(context, shown, found) }] : []),
    ...(environment.kind === 'prod' ? await withVal(context, found) : []),
  ]
}

function iqOf({ situation }: StepContext, environment: Environment): Measurement | undefined {
  const main = environment.instances.find((i) => i.role !== 'test')
  return (
    situation.measurements.findLast((m) => m.purpose === 'iq' && m.instanceId === main?.id) ??
    newestMeasurement(situation, environment, 'iq')
  )
}

async function since(context: StepContext, earlier: Measurement | undefined, found: Inventory) {
  const then = earlier && (await context.measured(earlier.id))
  return then ? differences(configurationIn(context, found), then, 'sha256') : null
}

/** PROD Main against what VAL validated, and its lists against what the migration loaded (R37). */
async function withVal(context: StepContext, found: Inventory): Promise<Measurement['compared']> {
  const promotion = promotionOf(context.situation)
  if (!promotion || promotion.plan.data['validated'] === undefined) return []
  const configuration = { with: 'val' as const, differences: await differencesFromVal(context, promotion, found) }
  if (promotion.plan.data['migration'] !== true) return [configuration]
  const load = (await context.stepsOf(promotion.id)).find((step) => step.name === 'load-migration')
  return [configuration, { with: 'lists', differences: differencesFromLoad(context, load, found) }]
}
