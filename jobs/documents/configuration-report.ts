/** The configuration report of an instance (R19): read on one snapshot and written as it is read; nothing is issued where nothing changed. */
import { dirname, join } from 'node:path'
import { measuredBy, type ReportFacts, type ReportPart, type ReportTask, ROW_LIMIT } from '../../src/documents/index.js'
import type { ConfigurationPart, Inventory } from '../../src/drivers/driver.js'
import type { Document, Instance, OperationVerb } from '../../src/lifecycle/types.js'
import { configurationElements, elementOf, type Product, unitOf } from '../../src/product/index.js'
import { must, type StepContext } from '../job.js'
import { effectOf, environmentFacts, folderOf, headOf, type Issued, instanceFacts } from './issue.js'

/** A configuration report, and what the snapshot held that it was made of, or compared with the earlier one on: the report's own, never another. */
export interface IssuedReport extends Issued {
  inventory: Inventory
  /** When the snapshot was taken. */
  readAt: Date
}

/** Why a report is made, as its revision history says it. */
const PURPOSE: Partial<Record<OperationVerb, string>> = {
  qualify: 'for the Installation Qualification',
  extract: 'for go-live gate G2',
  measure: 'to bind a signature to what stands there',
  teardown: 'right before the destruction',
  rollback: 'right before the rollback',
}

/**
 * Issues the configuration report of an instance that has a database. Where nothing changed since its last report (checksums, schema,
 * version, database), that one is returned and no new revision is made. Twice gives the same. Throws where the instance has no database.
 */
export async function issueConfigurationReport(context: StepContext, instance: Instance): Promise<IssuedReport> {
  const at = must(await context.standing(instance), 'the database')
  const change = `Extracted ${PURPOSE[context.operation.verb] ?? 'for an operation on the environment'}`
  const head = headOf(context, 'CR', instance.name, change)
  const earlier = context.situation.documents.filter((d) => d.number === head.number).at(-1) ?? null
  const folder = folderOf(context)
  const task: ReportTask = {
    folder: join(context.documentsDir, folder),
    name: `${head.number}-r${head.revision}`,
    rowLimit: ROW_LIMIT,
    earlier: earlier && earlierOf(context, earlier),
  }
  let readAt = context.now
  const parts = startingWith(context.driver.configuration(at), () => {
    readAt = context.moment()
  })
  let seen: Inventory | null = null
  const factsOf = (found: Inventory): ReportFacts => {
    seen = found
    return {
      kind: 'configuration-report',
      ...headOf(context, 'CR', instance.name, change),
      environment: environmentFacts(context),
      instance: instanceFacts(context, instance),
      ...measuredFacts(context, found, readAt),
    }
  }
  const outcome = await context.writeReport(task, reported(context.product, parts, factsOf))
  const read = { inventory: must<Inventory>(seen, 'the inventory of what was reported'), readAt }
  if (outcome.alike && earlier)
    return { effect: again(earlier), revision: earlier.revision, unchangedSince: earlier.at.toISOString(), ...read }
  if (outcome.alike) throw new Error(`reporting ${instance.name}: there is no earlier report that it could be like`)
  const written = { file: `${folder}/${outcome.pdf}`, sha256: outcome.sha256 }
  return { effect: effectOf(context, head, { kind: 'configuration-report', instance, ...written }), revision: head.revision, ...read }
}

function measuredFacts({ product, now }: StepContext, found: Inventory, readAt: Date) {
  const measured = measuredBy('inventory', readAt)
  const elements = found.elements.map(({ element, rows, sha256 }) => ({ element, title: elementOf(product, element).title, rows, sha256 }))
  return {
    version: measured(found.version),
    fingerprint: measured(found.fingerprint),
    everything: measured(found.everything),
    mustMatch: measured(found.mustMatch),
    leftOut: measuredBy('release', now)(leftOutOf(product)),
    elements: measured(elements),
  }
}

/** Whatever the environment: the root leaves out what a migration owns also where nothing was migrated. */
function leftOutOf(product: Product): string[] {
  return configurationElements(product).flatMap(({ owner, title }) => (owner === 'migration' ? [title] : []))
}

/** The same, told when the first is asked for: that takes the snapshot. */
async function* startingWith<T>(parts: AsyncIterable<T>, started: () => void): AsyncGenerator<T> {
  started()
  yield* parts
}

/** The driver's parts with titles in words; the inventory of the same snapshot makes up the facts. */
async function* reported(
  product: Product,
  parts: AsyncIterable<ConfigurationPart>,
  factsOf: (found: Inventory) => ReportFacts,
): AsyncGenerator<ReportPart> {
  for await (const each of parts) {
    if (each.part === 'inventory') yield { part: 'facts', facts: factsOf(each.inventory) }
    else if (each.part === 'table') yield { ...each, title: capital(unitOf(product, each.table)) }
    else yield each
  }
}

function earlierOf(context: StepContext, { file, revision, at, sha256 }: Document): NonNullable<ReportTask['earlier']> {
  const record = join(context.documentsDir, file.replace(/\.pdf$/, '.json'))
  return { record: record.slice(dirname(record).length + 1), revision, at: at.toISOString(), sha256 }
}

/** What is on record already: recorded again it stays one row. */
function again({ number, kind, environmentId, instanceId, operationId, file, sha256 }: Document): Issued['effect'] {
  return { do: 'add-document', number, kind, environmentId, instanceId, operationId, file, sha256 }
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
