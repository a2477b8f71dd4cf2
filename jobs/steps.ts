/** Steps that several jobs share: every environment is made, adapted and counted the same way. */
import type { Effect } from '../src/lifecycle/decision.js'
import { kinds, type VolunteerClass } from '../src/lifecycle/kinds.js'
import type { Instance, PlanElement } from '../src/lifecycle/types.js'
import { type ContentSet, type CopyPlan, content, type IdentityOf, type LoadTable, type Product } from '../src/product/index.js'
import { instanceIn, must, type StepContext, type StepDefinition, StepRefused } from './job.js'
import { refuseRemnants, removeRejects } from './leftovers.js'

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

/** Loads what the product ships: base configuration, dummy volunteers, demo content. */
export function loadContent(
  name: string,
  title: string,
  sets: (context: StepContext) => readonly ContentSet[],
  role: StepDefinition['for'] = 'each',
  when?: StepDefinition['when'],
): StepDefinition {
  return {
    name,
    title,
    for: role,
    ...(when ? { when } : {}),
    async do(context) {
      const instance = instanceIn(context)
      const at = must(await context.standing(instance), 'the database')
      const tables = content(context.product, instance.version, sets(context))
      const rows = await context.driver.load(at, each(tables), context.progress)
      return { result: { counts: asPlanned(await loadedCounts(context, sets(context), rows)), rows: total(rows) } }
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
      return {}
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
      const found = await context.driver.inventory(must(await context.standing(instance), 'the database'))
      const more = (await further?.(context, found)) ?? {}
      const effect: Effect = {
        do: 'set-instance',
        id: instance.id,
        version: found.version,
        everything: found.everything,
        mustMatch: found.mustMatch,
        volunteers: found.volunteers,
        class: classOf(context, instance, found.volunteers),
      }
      return {
        result: {
          volunteers: found.volunteers,
          everything: found.everything,
          mustMatch: found.mustMatch,
          fingerprint: found.fingerprint,
          ...more,
        },
        effects: [effect],
      }
    },
  }
}

function classOf(context: StepContext, instance: Instance, volunteers: number): VolunteerClass {
  const kind = must(context.environment, 'the environment').kind
  const allowed: Partial<Record<Instance['role'], VolunteerClass>> = kinds[kind].volunteers
  const held = allowed[instance.role] ?? 'none'
  if (volunteers === 0) return 'none'
  // A customer without a legacy database: the first volunteers are entered in PROD itself, there are none to migrate (R12).
  if (held === 'none')
    throw new StepRefused(
      'R16',
      'volunteers-not-allowed',
      `${instance.name} holds ${volunteers} volunteers, and ${kinds[kind].title} must hold none.`,
    )
  return held
}

/** The plan's lines for content that the product ships, counted from its files. */
export async function plannedContent(
  product: Product,
  version: string,
  sets: readonly ContentSet[],
  role: Instance['role'],
): Promise<PlanElement[]> {
  const rows = new Map<string, number>()
  for (const table of content(product, version, sets)) {
    let n = 0
    for await (const _ of table.rows) n += 1
    rows.set(table.table, n)
  }
  return byElement(product, rows).map((line) => ({ ...line, role }))
}

/** What was loaded of the product's content, against the plan (R34). */
async function loadedCounts(context: StepContext, sets: readonly ContentSet[], loaded: Record<string, number>): Promise<Reconciled[]> {
  const { role, version } = instanceIn(context)
  const expected = await plannedContent(context.product, version, sets, role)
  const actual = byElement(context.product, new Map(Object.entries(loaded)))
  const concerned = new Set([...expected, ...actual].map((line) => line.element))
  return compareCounts(context, actual, role).filter((line) => concerned.has(line.element))
}

/** Rows of tables as rows of elements. */
function byElement(product: Product, rows: Map<string, number>): Omit<PlanElement, 'role'>[] {
  return product.definition.elements
    .map(({ id, title, tables }) => ({ element: id, title, disposition: 'carried' as const, rows: taken(Object.keys(tables), rows) }))
    .filter((line) => line.rows > 0)
}

/** A table that two elements share is counted with the first. */
function taken(tables: string[], rows: Map<string, number>): number {
  return tables.reduce((sum, table) => {
    const n = rows.get(table) ?? 0
    rows.delete(table)
    return sum + n
  }, 0)
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

export interface Reconciled {
  element: string
  title: string
  disposition: PlanElement['disposition']
  planned: number
  actual: number
}

/** What the plan promised against what was counted (R34), line by line; what the plan did not name stands there with 0 planned. */
export function compareCounts(context: StepContext, actual: Omit<PlanElement, 'role'>[], role: Instance['role']): Reconciled[] {
  const planned = context.operation.plan.elements.filter((e) => e.role === role && e.disposition !== 'migrated')
  const same = (one: Omit<PlanElement, 'role'>, other: Omit<PlanElement, 'role'>) =>
    one.element === other.element && one.disposition === other.disposition
  const extra = actual.filter((a) => a.rows > 0 && a.disposition !== 'migrated' && !planned.some((p) => same(p, a)))
  return [...planned, ...extra.map((a) => ({ ...a, rows: 0 }))].map((line) => ({
    element: line.element,
    title: line.title,
    disposition: line.disposition,
    planned: line.rows,
    actual: actual.find((a) => same(line, a))?.rows ?? 0,
  }))
}

/** What was approved is what happens: a source that changed since the plan was counted needs a new plan, and new approvals (R30, R34). */
export function asPlanned(counts: Reconciled[]): Reconciled[] {
  const differing = counts.filter((line) => line.planned !== line.actual)
  if (differing.length === 0) return counts
  const said = differing.slice(0, 5).map((l) => `${l.title}: ${l.actual} ${l.disposition}, planned ${l.planned}`)
  const more = differing.length > said.length ? ` and ${differing.length - said.length} more` : ''
  throw new StepRefused(
    'R34',
    'not-as-planned',
    `The source changed after the plan was approved (${said.join('; ')}${more}). Ask for it anew: the new plan shows what is there now.`,
  )
}

async function* each(tables: LoadTable[]): AsyncGenerator<LoadTable> {
  yield* tables
}

function total(rows: Record<string, number>): number {
  return Object.values(rows).reduce((sum, n) => sum + n, 0)
}
