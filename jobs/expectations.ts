/** What an IQ expects of an instance (R22): from the order, the release, the approved baseline and the loader's books, never from its own answers. */
import { kinds } from '../src/lifecycle/kinds.js'
import { lastOf } from '../src/lifecycle/situation.js'
import type { Instance } from '../src/lifecycle/types.js'
import { content, identityText, type Product, releaseConfiguration } from '../src/product/index.js'
import { type Built, builtOf, must, type StepContext } from './job.js'
import { identityOf } from './steps.js'

/**
 * The expectations by key, as `checks.yaml` names them. `version` is the ordered one, `volunteers` the class that the kind and the plan ask
 * for, `people` how many were loaded. A key that nobody can say is left out, and its checks are blocked.
 */
export async function expectedOf(context: StepContext, instance: Instance): Promise<Record<string, string>> {
  const people = await peopleLoaded(context, instance)
  return {
    identity: identityText(identityOf(context, instance)),
    version: must(context.environment, 'the environment').version,
    mustMatch: baselineOf(context, instance),
    ...(people === undefined ? {} : { people: String(people), volunteers: classOrdered(context, instance, people) }),
  }
}

/** The approved configuration: of the release for Pre-PROD, of Pre-PROD for VAL, of VAL for PROD (R37), of Main for Test. */
function baselineOf(context: StepContext, instance: Instance): string {
  const environment = must(context.environment, 'the environment')
  if (instance.role === 'test') return must(environment.instances.find((i) => i.role === 'main')?.mustMatch, "Main's checksum")
  if (environment.kind === 'prod')
    return must(lastOf(context.situation, 'val')?.instances.find((i) => i.role === 'main')?.mustMatch, "VAL's checksum")
  if (environment.kind === 'val') return String(builtOf(context).resultOf('copy')['sourceMustMatch'])
  return releaseConfiguration(context.product, instance.version)
}

/** The migration brings the kind's class into Main, the product's own content brings dummies, and where nobody is loaded there is none (R12, R16). */
function classOrdered(context: StepContext, { role }: Instance, people: number): string {
  if (people === 0) return 'none'
  const { kind } = must(context.environment, 'the environment')
  const volunteers: Partial<Record<Instance['role'], string>> = kinds[kind].volunteers
  return migrated(builtOf(context), role) ? (volunteers[role] ?? 'none') : 'dummy'
}

function migrated({ operation }: Built, role: Instance['role']): boolean {
  return operation.plan.data['migration'] === true && role !== 'test'
}

/** How many people the making loaded: by the migration program's books, or by the product's own files. Undefined where no books are on record. */
async function peopleLoaded(context: StepContext, { role, version }: Instance): Promise<number | undefined> {
  const { definition } = context.product
  const built = builtOf(context)
  if (migrated(built, role)) {
    const entity = definition.migration.entities.find(({ table }) => table === definition.people.table)
    const books = built.resultOf('load-migration', role)['entities'] as { entity: string; loaded: number }[] | undefined
    return books?.find((line) => line.entity === entity?.id)?.loaded
  }
  const loadsDummies = built.operation.plan.steps.some((step) => step.name === 'load-dummies' && step.role === role)
  return loadsDummies ? dummiesIn(context.product, version) : 0
}

async function dummiesIn(product: Product, version: string): Promise<number> {
  let rows = 0
  for (const { table, rows: given } of content(product, version, ['dummy']))
    if (table === product.definition.people.table) for await (const _ of given) rows += 1
  return rows
}
