/** An instance as it stands, by checksums, as it goes on record. */
import type { Inventory } from '../src/drivers/driver.js'
import type { Effect } from '../src/lifecycle/decision.js'
import type { MeasuredConfiguration } from '../src/lifecycle/differences.js'
import type { MeasuredElement, Measurement } from '../src/lifecycle/types.js'
import { elementOf } from '../src/product/index.js'
import type { Issued } from './documents/issue.js'
import { instanceIn, must, type StepContext } from './job.js'

/** What an inventory found, with the titles that people read. */
export function elementsOf(context: Pick<StepContext, 'product'>, found: Inventory): MeasuredElement[] {
  return found.elements.map(({ element, rows, sha256, mustMatch }) => ({
    element,
    title: elementOf(context.product, element).title,
    rows,
    sha256,
    mustMatch,
  }))
}

/** What an inventory found, as it is compared. */
export function configurationIn(context: Pick<StepContext, 'product'>, found: Inventory): MeasuredConfiguration {
  const { version, fingerprint, everything, mustMatch } = found
  return { version, fingerprint, everything, mustMatch, elements: elementsOf(context, found) }
}

interface About {
  purpose: Measurement['purpose']
  signatureId?: string | null
  compared?: Measurement['compared']
  /** The configuration report that shows it: issued just now, or as it is named in an earlier measurement. */
  document: Issued | string | null
}

/** The measurement of this step's instance, for the record. */
export function measurementOf(context: StepContext, found: Inventory, about: About): Effect {
  const { document } = about
  return {
    do: 'add-measurement',
    measurement: {
      environmentId: must(context.environment, 'the environment').id,
      instanceId: instanceIn(context).id,
      operationId: context.operation.id,
      purpose: about.purpose,
      signatureId: about.signatureId ?? null,
      version: found.version,
      fingerprint: found.fingerprint,
      everything: found.everything,
      mustMatch: found.mustMatch,
      volunteers: found.volunteers,
      elements: elementsOf(context, found),
      compared: about.compared ?? [],
      document: document && typeof document === 'object' ? `${document.effect.number} r${document.revision}` : document,
    },
  }
}
