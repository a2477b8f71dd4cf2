/** The driver for instances that are databases on PostgreSQL servers, reached by the administrators' URL in `InstanceAddress.server`. */
import { type CopyPlan, type ElementCount, type Product, releaseExpectations, schemaFiles, tablesOf } from '../product/index.js'
import type { Driver, InstanceAddress, Progress } from './driver.js'
import { adaptInstance } from './postgres/adapt.js'
import { runChecks } from './postgres/check.js'
import { doing, holdingBoth } from './postgres/connection.js'
import { countElements, onSnapshot, streamCopy } from './postgres/copy.js'
import { freezeInstance, unfreezeInstance } from './postgres/freeze.js'
import { createInstance, dropInstance, isWhole, ownedDatabases, presenceOf } from './postgres/instances.js'
import { readConfiguration, readTable, takeInventory } from './postgres/inventory.js'
import { loadTables } from './postgres/load.js'
import { Masking } from './postgres/masked.js'
import { remnantsOf } from './postgres/remnants.js'
import { ownChecks } from './postgres/rights.js'
import { fingerprintOf } from './postgres/schema.js'
import { templateCopy } from './postgres/template-copy.js'
import { templateLines, type VersionSchema } from './postgres/templates.js'

interface Options {
  product: Product
  log?: { debug(message: string): void }
}

/** The driver for one product. It keeps nothing between calls but the schemas of versions, so any number of processes may work at once. */
export function postgresDriver({ product, log }: Options): Driver {
  const step = <T>(what: string, { database }: InstanceAddress, run: () => Promise<T>): Promise<T> => {
    log?.debug(`${what} ${database}`)
    return doing(`${what} ${database}`, run)
  }
  return {
    create: (at, version) => step('creating', at, () => createInstance(at, schemaOf(product, version))),
    load: (at, tables, progress) => step('loading', at, () => loadTables(at, tables, progress)),
    copy: (source, target, plan, progress) => step('copying into', target, () => copy({ product, source, target, plan, progress })),
    dryRun: (source, plan) => step('counting', source, () => dryRun(product, source, plan)),
    adapt: (at, identity) => step('adapting', at, () => adaptInstance(product, at, identity)),
    freeze: (at) => step('freezing', at, () => freezeInstance(at)),
    unfreeze: (at) => step('unfreezing', at, () => unfreezeInstance(at)),
    inventory: (at) => step('taking the inventory of', at, () => takeInventory(product, at)),
    configuration: (at) => readConfiguration(product, at),
    read: (at, selection) => readTable(at, selection),
    check: (at, expected) => step('checking', at, () => check(product, at, expected)),
    ownChecks,
    presence: (at) => step('looking for', at, () => presenceOf(at)),
    remnants: (at) => step('looking for what is left of', at, () => remnantsOf(at)),
    drop: (at) => step('dropping', at, () => dropInstance(at)),
    owned: (server) => doing('listing the databases of a server', () => ownedDatabases(server)),
  }
}

/** The schema files of a version, as templates are made from. */
export function schemaOf(product: Product, version: string): VersionSchema {
  return { product: product.definition.name, version, files: schemaFiles(product, version) }
}

interface Copy {
  product: Product
  source: InstanceAddress
  target: InstanceAddress
  plan: CopyPlan
  progress: Progress
}

/** The whole database at once where that is possible, else row by row. */
async function copy({ product, source, target, plan, progress }: Copy): Promise<ElementCount[]> {
  const schema = schemaOf(product, plan.version)
  const expected = await templateLines(source.server, schema)
  const masking = plan.mask ? new Masking(product, plan, plan.mask) : undefined
  const run = { source, target, plan, expected, masking, progress }
  let counts = await templateCopy(run, tablesOf(product, plan.version))
  if (!counts) {
    if (!(await isWhole(target, await templateLines(target.server, schema)))) await createInstance(target, schema)
    counts = await holdingBoth(source, target, () => streamCopy(run))
  }
  progress.report(1, 'copied')
  return counts
}

async function dryRun(product: Product, source: InstanceAddress, plan: CopyPlan): Promise<ElementCount[]> {
  const expected = await templateLines(source.server, schemaOf(product, plan.version))
  return onSnapshot(source, plan, expected, (client) => countElements(client, plan))
}

/** Completes the caller's expectations by what follows from the release alone, never from the instance under test. */
async function check(product: Product, at: InstanceAddress, expected: Record<string, string>) {
  const { version } = expected
  if (version === undefined) return runChecks(product, at, expected)
  const lines = await templateLines(at.server, schemaOf(product, version)).catch(() => undefined) // then that check is blocked
  const fingerprint: Record<string, string> = lines ? { fingerprint: fingerprintOf(lines) } : {}
  return runChecks(product, at, { ...releaseExpectations(product, version), ...fingerprint, ...expected })
}
