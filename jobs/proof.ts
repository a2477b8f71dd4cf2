/** PROD is what VAL validated (R37) and what G2 reported (R28): measured checksums against measured checksums, by element. */
import type { Inventory } from '../src/drivers/driver.js'
import { differences, elementDifferences, sayDifferences } from '../src/lifecycle/differences.js'
import { lastOf } from '../src/lifecycle/situation.js'
import type { Difference, Measurement, Operation, Step } from '../src/lifecycle/types.js'
import { configurationElements } from '../src/product/index.js'
import { type StepContext, StepRefused } from './job.js'
import { configurationIn, elementsOf } from './measurement.js'

/** What a load step says of a list that the migration owns: rows and checksum of what the migration run emitted, in canonical form. */
type Lists = Record<string, { rows: number; sha256: string }>

/** VAL Main as it was signed valid when the promotion was asked for (R37); undefined where the promotion is from before that was measured. */
export function validatedBy(context: Pick<StepContext, 'situation'>, promotion: Operation): Measurement | undefined {
  return context.situation.measurements.find((m) => m.id === promotion.plan.data['validated'])
}

/** The must-match checksum that PROD Main is held to (R37): of VAL Main as signed valid, and for a promotion from before that, as built. */
export function validatedChecksum(context: Pick<StepContext, 'situation'>, promotion: Operation): string | null | undefined {
  if (promotion.plan.data['validated'] !== undefined) return validatedBy(context, promotion)?.mustMatch
  return lastOf(context.situation, 'val')?.instances.find((i) => i.role === 'main')?.mustMatch
}

/**
 * How an instance differs from VAL Main as it was signed valid, in what must match; lists that the migration owns are compared with the
 * migration's own books, and where nothing was migrated they are configuration like the rest. Null: VAL was not measured.
 */
export async function differencesFromVal(context: StepContext, promotion: Operation, found: Inventory): Promise<Difference[] | null> {
  const val = validatedBy(context, promotion)
  const then = val && (await context.measured(val.id))
  if (!then) return null
  const migrated = promotion.plan.data['migration'] === true
  return differences(configurationIn(context, found), then, 'mustMatch', migrated ? ownedByMigration(context) : undefined)
}

function ownedByMigration({ product }: StepContext): ReadonlySet<string> {
  return new Set(configurationElements(product).flatMap((e) => (e.owner === 'migration' ? [e.id] : [])))
}

function listsOf(load: Pick<Step, 'result'> | undefined): Lists | undefined {
  return load?.result?.['lists'] as Lists | undefined
}

/** How the lists in an instance differ from what the migration run emitted (R37); null where the load step did not measure that. */
export function differencesFromLoad(context: StepContext, load: Pick<Step, 'result'> | undefined, found: Inventory): Difference[] | null {
  const lists = listsOf(load)
  if (!lists) return null
  const now = elementsOf(context, found).filter(({ element }) => lists[element])
  const then = now.flatMap(({ element, title }) => {
    const loaded = lists[element]
    return loaded ? [{ element, title, rows: loaded.rows, sha256: loaded.sha256, mustMatch: '' }] : []
  })
  return elementDifferences(now, then, 'sha256')
}

/** Refuses an instance that is not what VAL validated (R37), naming what differs. */
export async function expectValidated(context: StepContext, found: Inventory, which: string): Promise<void> {
  const { operation, situation } = context
  const val = lastOf(situation, 'val')
  const name = val?.name ?? 'VAL'
  if (operation.plan.data['validated'] === undefined) return expectAsBuilt(context, found, which)
  const differing = await differencesFromVal(context, operation, found)
  if (!differing)
    throw new StepRefused(
      'R37',
      'val-not-measured',
      `${name} was not measured when it was signed valid: there is nothing to compare ${which} with. Validation complete is signed once more.`,
    )
  if (differing.length === 0) return
  throw new StepRefused(
    'R37',
    'not-what-val-validated',
    `${which} is not what was validated in ${name}: ${sayDifferences(differing)}. Mend it and ask again, or validate anew.`,
  )
}

/** A promotion that was asked for before VAL was measured at its signature: the root alone, with VAL as it was built. */
function expectAsBuilt(context: StepContext, found: Inventory, which: string): void {
  if (validatedChecksum(context, context.operation) === found.mustMatch) return
  throw new StepRefused(
    'R37',
    'not-what-val-validated',
    `${which} is not what was validated in ${lastOf(context.situation, 'val')?.name ?? 'VAL'}: the configuration checksums are not equal. Mend it and ask again, or validate anew.`,
  )
}

/** Refuses a Pre-PROD that is not what G2 reported (R28): everything in it, what differs per environment included. */
export async function expectExtracted(context: StepContext, found: Inventory): Promise<void> {
  const id = context.operation.plan.data['extracted']
  if (id === undefined) return
  const then = await context.measured(String(id))
  if (!then)
    throw new StepRefused(
      'R28',
      'not-extracted',
      'G2 has no checksums to compare Pre-PROD with. It is made anew by itself; then ask again.',
    )
  const differing = differences(configurationIn(context, found), then, 'sha256')
  if (differing.length === 0) return
  throw new StepRefused(
    'R28',
    'not-what-was-extracted',
    `Pre-PROD is not what G2 reported: ${sayDifferences(differing)}. G2 is made anew by itself; look at the new report, then ask again.`,
  )
}

/** Refuses lists that are not what the migration run emitted (R37). Returns how many were compared, and which the run says nothing of. */
export function expectLoaded(context: StepContext, found: Inventory): Record<string, unknown> {
  const load = context.steps.find((step) => step.name === 'load-migration')
  const differing = differencesFromLoad(context, load, found)
  if (!differing)
    throw new StepRefused(
      'R37',
      'lists-not-measured',
      'The migration run did not say what its lists hold, so that PROD Main cannot be compared with it. Ask for the promotion anew.',
    )
  if (differing.length > 0)
    throw new StepRefused(
      'R37',
      'not-what-was-migrated',
      `The lists of PROD Main are not what the migration loaded: ${sayDifferences(differing)}. Nothing of it is left; ask for the promotion anew.`,
    )
  const lists = listsOf(load)
  const unnamed = [...ownedByMigration(context)].filter((id) => !lists?.[id])
  return { listsCompared: Object.keys(lists ?? {}).length, ...(unnamed.length > 0 ? { listsNotMeasured: unnamed } : {}) }
}
