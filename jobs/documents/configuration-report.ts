import { type ConfigurationReportData, measuredBy } from '../../src/documents/index.js'
import type { Instance } from '../../src/lifecycle/types.js'
import { elementOf } from '../../src/product/index.js'
import { must, type StepContext } from '../job.js'
import { environmentFacts, headOf, instanceFacts } from './issue.js'

/** All that is configured in one instance, with a checksum per element and one for the whole (R19). */
export async function configurationReport(context: StepContext, instance: Instance): Promise<ConfigurationReportData> {
  const at = must(await context.standing(instance), 'the database')
  const found = await context.driver.inventory(at)
  const content = await context.driver.configuration(at)
  const measured = measuredBy('inventory', context.now)
  const title = (element: string) => elementOf(context.product, element).title
  return {
    kind: 'configuration-report',
    ...headOf(context, 'CR', instance.name, `Extracted for ${context.operation.verb}`),
    environment: environmentFacts(context),
    instance: instanceFacts(context, instance),
    version: measured(found.version),
    fingerprint: measured(found.fingerprint),
    everything: measured(found.everything),
    mustMatch: measured(found.mustMatch),
    elements: measured(found.elements.map(({ element, rows, sha256 }) => ({ element, title: title(element), rows, sha256 }))),
    content: measured(content.map(({ element, rows }) => ({ element, title: title(element), rows }))),
  }
}
