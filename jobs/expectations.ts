/** What an IQ expects of an instance (R22): from the order, the release, the approved baseline and the loader's books, never from its own answers. */
import { orderedClass } from '../src/lifecycle/kinds.js'
import type { Instance } from '../src/lifecycle/types.js'
import { identityText, releaseConfiguration } from '../src/product/index.js'
import { builtOf, must, type StepContext } from './job.js'
import { migrated, peopleLoaded } from './people.js'
import { validatedChecksum } from './proof.js'
import { identityOf } from './steps.js'

/**
 * The expectations by key, as `checks.yaml` names them; `migrations` and `fingerprint` the driver adds, from the files of the release.
 * `version` is the ordered one, `volunteers` the class that the kind and the plan ask for, `people` how many were loaded. A key that nobody
 * can say is left out, and its checks are blocked.
 */
export async function expectedOf(context: StepContext, instance: Instance): Promise<Record<string, string>> {
  const { kind, version } = must(context.environment, 'the environment')
  const built = builtOf(context)
  const people = await peopleLoaded(context.product, built, instance)
  return {
    identity: identityText(identityOf(context, instance)),
    version,
    mustMatch: baselineOf(context, instance),
    volunteers: orderedClass(kind, instance.role, migrated(built, instance.role)),
    ...(people === undefined ? {} : { people: String(people) }),
  }
}

/** The approved configuration: of the release for Pre-PROD, of Pre-PROD for VAL, of VAL for PROD (R37), of Main for Test. */
function baselineOf(context: StepContext, instance: Instance): string {
  const { kind, version } = must(context.environment, 'the environment')
  const built = builtOf(context)
  if (instance.role === 'test') return String(must(built.resultOf('inventory', 'main')['mustMatch'], "Main's checksum"))
  if (kind === 'prod') return must(validatedChecksum(context, built.operation), "VAL's checksum")
  if (kind === 'val') return String(must(built.resultOf('copy')['sourceMustMatch'], "Pre-PROD's checksum"))
  return releaseConfiguration(context.product, version)
}
