/** The configuration report of an instance (R19): read on one snapshot and written as it is read; nothing is issued where nothing changed. */
import { dirname, join } from 'node:path'
import { measuredBy, type ReportFacts, type ReportPart, type ReportTask, ROW_LIMIT } from '../../src/documents/index.js'
import type { ConfigurationPart, Inventory } from '../../src/drivers/driver.js'
import type { Document, Instance } from '../../src/lifecycle/types.js'
import { elementOf, type Product, unitOf } from '../../src/product/index.js'
import { must, type StepContext } from '../job.js'
import { effectOf, environmentFacts, folderOf, headOf, type Issued, instanceFacts } from './issue.js'

/**
 * Issues the configuration report of an instance that has a database. Where nothing changed since its last report (checksums, schema,
 * version, database), that one is returned and no new revision is made. Twice gives the same. Throws where the instance has no database.
 */
export async function issueConfigurationReport(context: StepContext, instance: Instance): Promise<Issued> {
  const at = must(await context.standing(instance), 'the database')
  const change = `Extracted for ${context.operation.verb}`
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
  const factsOf = (found: Inventory): ReportFacts => ({
    kind: 'configuration-report',
    ...headOf(context, 'CR', instance.name, change),
    environment: environmentFacts(context),
    instance: instanceFacts(context, instance),
    ...measuredFacts(context, found, readAt),
  })
  const outcome = await context.writeReport(task, reported(context.product, parts, factsOf))
  if (outcome.alike && earlier) return { effect: again(earlier), revision: earlier.revision, unchangedSince: earlier.at.toISOString() }
  if (outcome.alike) throw new Error(`reporting ${instance.name}: there is no earlier report that it could be like`)
  const written = { file: `${folder}/${outcome.pdf}`, sha256: outcome.sha256 }
  return { effect: effectOf(context, head, { kind: 'configuration-report', instance, ...written }), revision: head.revision }
}

function measuredFacts({ product }: StepContext, found: Inventory, readAt: Date) {
  const measured = measuredBy('inventory', readAt)
  const elements = found.elements.map(({ element, rows, sha256 }) => ({ element, title: elementOf(product, element).title, rows, sha256 }))
  return {
    version: measured(found.version),
    fingerprint: measured(found.fingerprint),
    everything: measured(found.everything),
    mustMatch: measured(found.mustMatch),
    elements: measured(elements),
  }
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
