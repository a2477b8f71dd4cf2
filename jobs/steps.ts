/** Steps that several jobs share: every environment is made, adapted and counted the same way. */
import type { Inventory } from '../src/drivers/driver.js'
import type { Effect } from '../src/lifecycle/decision.js'
import { allowedIn, classOf, kinds, mayHold } from '../src/lifecycle/kinds.js'
import type { Instance, PlanElement } from '../src/lifecycle/types.js'
import { type ContentSet, type CopyPlan, content, type IdentityOf, type LoadTable, type Product } from '../src/product/index.js'
import { asPlanned, byElement, compareCounts, plannedContent, type Reconciled, watched } from './counts.js'
import { builtOf, instanceIn, must, type StepContext, type StepDefinition, StepRefused } from './job.js'
import { refuseRemnants, removeRejects } from './leftovers.js'
import { peopleLoaded } from './people.js'

/** The database, with the version's schema and no content. Its undo leaves neither database nor role. */
export function createDatabase(role: StepDefinition['for'], title = 'Create database'): StepDefinition {
  return {
    name: 'create-database',
    title,
    for: role,
    async do(context) {
      const instance = instanceIn(context)
      const at = await context.allot(instance)
      await context.driver.create(at, instance.version)
      return { result: { database: at.database }, effects: [{ do: 'set-instance', id: instance.id, database: at.database }] }
    },
    async undo(context) {
      await dropAllotted(context)
    },
  }
}

/** Drops every database of the step's instance that is not known to be gone, and what was rejected on the way into them; returns how many. */
export async function dropAllotted(context: StepContext): Promise<number> {
  const addresses = await context.allotted(instanceIn(context))
  await removeRejects(context, instanceIn(context))
  for (const at of addresses) {
    await context.driver.drop(at)
    await refuseRemnants(context, at)
    await context.gone(at)
  }
  return addresses.length
}

/** Loads what the product ships: base configuration, dummy volunteers, demo content; the tables of `without` are left out. */
export function loadContent(
  name: string,
  title: string,
  sets: (context: StepContext) => readonly ContentSet[],
  role: StepDefinition['for'] = 'each',
  { when, without = () => new Set() }: { when?: StepDefinition['when']; without?: (product: Product) => ReadonlySet<string> } = {},
): StepDefinition {
  return {
    name,
    title,
    for: role,
    ...(when ? { when } : {}),
    async do(context) {
      const instance = instanceIn(context)
      const at = must(await context.standing(instance), 'the database')
      const leftOut = without(context.product)
      const ignored = new Map<string, number>()
      const tables = content(context.product, instance.version, sets(context))
        .filter(({ table }) => !leftOut.has(table))
        .map((table) => watched(context.product, table, ignored))
      const rows = await context.driver.load(at, each(tables), context.progress)
      const loadedAt = context.moment()
      const counts = await loadedCounts(context, { sets: sets(context), without: leftOut, rows, ignored })
      return { result: { counts: asPlanned(counts, context), rows: total(rows), at: loadedAt.toISOString() } }
    },
  }
}

/** Its own name and URL; integrations blank, credentials reset (R12, R35). */
export function adapt(role: StepDefinition['for'] = 'each'): StepDefinition {
  return {
    name: 'adapt',
    title: 'Adapt: own name, integrations blank, credentials reset',
    for: role,
    async do(context) {
      const instance = instanceIn(context)
      await context.driver.adapt(must(await context.standing(instance), 'the database'), identityOf(context, instance))
      // All that the order brings is loaded by now.
      const people = await peopleLoaded(context.product, builtOf(context), instance)
      return people === undefined ? {} : { effects: [{ do: 'set-instance', id: instance.id, orderedVolunteers: people }] }
    },
  }
}

export function identityOf(context: StepContext, instance: Instance): IdentityOf {
  const environment = must(context.environment, 'the environment')
  const customer = context.situation.customer?.slug ?? 'community'
  return { name: instance.name, url: context.urlOf(instance.name), customer, environment: environment.name, role: instance.role }
}

/** Counts and checksums what stands there; what volunteers it holds is recorded with it (R16, R34). */
export function inventory(
  role: StepDefinition['for'] = 'each',
  further?: (context: StepContext, found: Awaited<ReturnType<StepContext['driver']['inventory']>>) => Promise<Record<string, unknown>>,
): StepDefinition {
  return {
    name: 'inventory',
    title: 'Count and checksum',
    for: role,
    async do(context) {
      const instance = instanceIn(context)
      const measured = context.moment()
      const found = await context.driver.inventory(must(await context.standing(instance), 'the database'))
      refuseForeign(context, instance, found)
      const more = (await further?.(context, found)) ?? {}
      const effect: Effect = {
        do: 'set-instance',
        id: instance.id,
        everything: found.everything,
        mustMatch: found.mustMatch,
        measured: { version: found.version, class: classOf(found.people), volunteers: found.people.all, operationId: context.operation.id },
      }
      return {
        result: {
          version: found.version,
          volunteers: found.volunteers,
          class: classOf(found.people),
          people: found.people,
          everything: found.everything,
          mustMatch: found.mustMatch,
          fingerprint: found.fingerprint,
          at: measured.toISOString(),
          ...more,
        },
        effects: [effect],
      }
    },
  }
}

/**
 * Refuses volunteers that the kind may not hold, by who is in the database (R16). Another version than was ordered is for the IQ to tell,
 * on record; where no IQ follows, it is refused here.
 */
function refuseForeign(context: StepContext, instance: Instance, { version, people }: Inventory): void {
  const { kind } = must(context.environment, 'the environment')
  const { title, controlled } = kinds[kind]
  const held = classOf(people)
  if (!mayHold(kind, instance.role, held))
    throw new StepRefused(
      'R16',
      'volunteers-not-allowed',
      `${instance.name} holds ${people.all} volunteers, of whom ${people.dummy} are dummies and ${people.masked} masked; ${title} ${instance.role} may hold ${allowedIn(kind, instance.role)}.`,
    )
  if (!controlled && version !== instance.version)
    throw new StepRefused(
      'R34',
      'other-version',
      `${instance.name} was ordered on version ${instance.version}, and ${version} is installed.`,
    )
}

interface Loaded {
  sets: readonly ContentSet[]
  without: ReadonlySet<string>
  rows: Record<string, number>
  ignored: ReadonlyMap<string, number>
}

/** What was loaded of the product's content, against the plan (R34). */
async function loadedCounts(context: StepContext, { sets, without, rows, ignored }: Loaded): Promise<Reconciled[]> {
  const { role, version } = instanceIn(context)
  const expected = await plannedContent(context.product, version, sets, { role, without })
  const actual = byElement(context.product, new Map(Object.entries(rows)), ignored)
  const concerned = new Set([...expected, ...actual].map((line) => line.element))
  // Plans of an earlier Slipway call what is loaded carried.
  const told = context.operation.plan.elements.some(({ disposition }) => disposition === 'loaded')
  const counts = told
    ? compareCounts(context, actual, role, 'loaded')
    : compareCounts(
        context,
        actual.map((line) => ({ ...line, disposition: 'carried' as const })),
        role,
      )
  return counts.filter((line) => concerned.has(line.element))
}

/** The plan's lines for a copy, from a dry run on the source (R34). */
export async function plannedCopy(context: StepContext, source: Instance, plan: CopyPlan, role: Instance['role']): Promise<PlanElement[]> {
  const at = must(await context.standing(source), `the database of ${source.name}`)
  return (await context.driver.dryRun(at, plan)).map((line) => ({ ...line, role }))
}

/** The instance that a copy reads: Main of a pair, or the single. */
export function sourceInstance(context: StepContext): Instance {
  const name = String(context.operation.plan.data['source'])
  const source = must(
    context.situation.environments.find((e) => e.name === name),
    `the source ${name}`,
  )
  return must(
    source.instances.find((i) => i.role !== 'test'),
    `an instance of ${name}`,
  )
}

async function* each(tables: LoadTable[]): AsyncGenerator<LoadTable> {
  yield* tables
}

function total(rows: Record<string, number>): number {
  return Object.values(rows).reduce((sum, n) => sum + n, 0)
}
