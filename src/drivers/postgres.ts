/** The driver for instances that are databases on PostgreSQL servers, reached by the administrators' URL in `InstanceAddress.server`. */
import { type CopyPlan, type ElementCount, type Product, schemaFiles, tablesOf } from '../product/index.js'
import type { Driver, InstanceAddress, Progress } from './driver.js'
import { adaptInstance } from './postgres/adapt.js'
import { runChecks } from './postgres/check.js'
import { doing, holdingBoth } from './postgres/connection.js'
import { countElements, onSnapshot, streamCopy } from './postgres/copy.js'
import {
  createInstance,
  dropInstance,
  freezeInstance,
  isWhole,
  ownedDatabases,
  presenceOf,
  unfreezeInstance,
} from './postgres/instances.js'
import { readConfiguration, takeInventory } from './postgres/inventory.js'
import { loadTables } from './postgres/load.js'
import { fingerprintOf } from './postgres/schema.js'
import { templateCopy } from './postgres/template-copy.js'
import { templateLines, type VersionSchema } from './postgres/templates.js'

export { SchemaDiffers } from './postgres/schema.js'

interface Options {
  product: Product
  log?: { debug(message: string): void }
}

/** The driver for one product. It keeps nothing between calls but the schemas of versions, so any number of processes may work at once. */
export function postgresDriver({ product, log }: Options): Driver {
  const schemaOf = (version: string): VersionSchema => ({
    product: product.definition.name,
    version,
    files: schemaFiles(product, version),
  })
  const step = <T>(what: string, { database }: InstanceAddress, run: () => Promise<T>): Promise<T> => {
    log?.debug(`${what} ${database}`)
    return doing(`${what} ${database}`, run)
  }
  const create = (at: InstanceAddress, version: string) => createInstance(at, schemaOf(version))

  async function copy(source: InstanceAddress, target: InstanceAddress, plan: CopyPlan, progress: Progress): Promise<ElementCount[]> {
    refuseMask(plan)
    const expected = await templateLines(source.server, schemaOf(plan.version))
    const run = { source, target, plan, expected, progress }
    const counts = (await templateCopy(run, tablesOf(product, plan.version))) ?? (await stream())
    progress.report(1, 'copied')
    return counts

    async function stream(): Promise<ElementCount[]> {
      if (!(await isWhole(target))) await create(target, plan.version)
      return holdingBoth(source, target, () => streamCopy(run))
    }
  }

  return {
    create: (at, version) => step('creating', at, () => create(at, version)),
    load: (at, tables, progress) => step('loading', at, () => loadTables(at, tables, progress)),
    copy: (source, target, plan, progress) => step('copying into', target, () => copy(source, target, plan, progress)),
    dryRun: (source, plan) =>
      step('counting', source, async () => {
        const expected = await templateLines(source.server, schemaOf(plan.version))
        return onSnapshot(source, plan, expected, (client) => countElements(client, plan))
      }),
    adapt: (at, identity) => step('adapting', at, () => adaptInstance(product, at, identity)),
    freeze: (at) => step('freezing', at, () => freezeInstance(at)),
    unfreeze: (at) => step('unfreezing', at, () => unfreezeInstance(at)),
    inventory: (at) => step('taking the inventory of', at, () => takeInventory(product, at)),
    configuration: (at) => step('reading the configuration of', at, () => readConfiguration(product, at)),
    check: (at, expected) =>
      step('checking', at, async () => runChecks(product, at, { ...(await releaseFacts(at, expected['version'])), ...expected })),
    presence: (at) => step('looking for', at, () => presenceOf(at)),
    drop: (at) => step('dropping', at, () => dropInstance(at)),
    owned: (server) => doing('listing the databases of a server', () => ownedDatabases(server)),
  }

  /** What follows from the release alone, never from the instance under test. */
  async function releaseFacts(at: InstanceAddress, version?: string): Promise<Record<string, string>> {
    if (version === undefined) return {}
    const migrations = schemaFiles(product, version).map(({ name }) => name)
    const facts = { migrations: migrations.sort().join('\n') }
    const lines = await templateLines(at.server, schemaOf(version)).catch(() => undefined) // then that check is blocked
    return lines ? { ...facts, fingerprint: fingerprintOf(lines) } : facts
  }
}

/** Fails closed: a plan that asks for a mask is never carried out without one (R13, R36). */
function refuseMask({ mask }: CopyPlan): void {
  if (mask) throw new Error('this copy has to be masked in flight, and masking is not available')
}
