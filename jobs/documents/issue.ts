/** Issues a document: rendered, written to the documents folder, recorded with number, revision and checksum (R26). */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type DocumentData, type DocumentHead, fileStem, measuredBy, type PersonFacts } from '../../src/documents/index.js'
import { writeWhole } from '../../src/files.js'
import type { Effect } from '../../src/lifecycle/decision.js'
import { kinds } from '../../src/lifecycle/kinds.js'
import type { DocumentKind, Instance } from '../../src/lifecycle/types.js'
import { must, type StepContext } from '../job.js'

export interface Issued {
  effect: Extract<Effect, { do: 'add-document' }>
  revision: number
  /** Where nothing was issued, since what was issued then (ISO 8601, UTC) still says what there is. */
  unchangedSince?: string
}

/** Issues a document under its number and revision; twice gives the same files. Returns what goes on record. */
export async function issue(context: StepContext, data: DocumentData, instance: Instance | null): Promise<Issued> {
  const { number, revision, kind } = data
  const written = await writeDocument(context, data, `${number}-r${revision}`)
  return { effect: effectOf(context, data, { kind, instance, ...written }), revision }
}

interface Written {
  kind: DocumentKind
  instance: Instance | null
  file: string
  sha256: string
}

/** What goes on record of a document that was written: with why it was made, and who asked for it. */
export function effectOf(context: StepContext, head: DocumentHead, { kind, instance, file, sha256 }: Written): Issued['effect'] {
  return {
    do: 'add-document',
    number: head.number,
    kind,
    environmentId: context.environment?.id ?? null,
    instanceId: instance?.id ?? null,
    operationId: context.operation.id,
    file,
    sha256,
    change: must(head.revisions.value.at(-1), 'the revision').change,
    askedBy: context.operation.requestedBy,
  }
}

/** The folder of the customer's documents, in `DOCUMENTS_DIR`. */
export function folderOf({ situation }: StepContext): string {
  return situation.customer?.slug ?? 'community'
}

/**
 * Writes `<customer>/<name>-<first 8 of the checksum>.pdf` and `.json`, each whole or not at all. `sha256` is the checksum of the JSON
 * record, which the PDF carries; in the name it keeps a worker that lost its claim from writing over what is on record.
 */
export async function writeDocument(context: StepContext, data: DocumentData, name: string): Promise<{ file: string; sha256: string }> {
  const { pdf, json, sha256 } = await context.renderDocument(data)
  const folder = folderOf(context)
  const file = `${folder}/${fileStem(name, sha256)}`
  await writeWhole(join(context.documentsDir, `${file}.json`), Buffer.from(json))
  await writeWhole(join(context.documentsDir, `${file}.pdf`), pdf)
  return { file: `${file}.pdf`, sha256 }
}

export interface Archived {
  number: string
  file: string
  sha256: string
  entries: number
}

/** Archives the customer's audit trail up to now as a JSON file beside the documents (R42); a record of its own, not a document that people sign. */
export async function archiveAudit(context: StepContext): Promise<Archived> {
  const entries = await context.auditExtract()
  const takenAt = context.moment()
  const folder = folderOf(context)
  const number = `AX-${must(context.environment, 'the environment').name.toUpperCase()}`
  const file = `${folder}/${number}.json`
  const extract = { number, customer: folder, operation: context.operation.id, takenAt: takenAt.toISOString(), entries }
  const bytes = Buffer.from(`${JSON.stringify(extract, null, 2)}\n`)
  await writeWhole(join(context.documentsDir, file), bytes)
  return { number, file, sha256: createHash('sha256').update(bytes).digest('hex'), entries: entries.length }
}

/** A step's result about a document. */
export function signed({ effect, revision, unchangedSince }: Issued): Record<string, unknown> {
  const { number, file, sha256 } = effect
  return { number, revision, file, sha256, ...(unchangedSince ? { unchangedSince } : {}) }
}

/** Of revisions from before both were kept. */
const NOT_RECORDED = 'not recorded'

/** What every document says of itself; taken at the issue, after all that it states was measured. Numbers are `<prefix>-<environment or instance>`: unique as names are, the same at every retry; revisions count up (R26). */
export function headOf(context: StepContext, prefix: string, about: string, change: string): DocumentHead {
  const number = `${prefix}-${about.toUpperCase()}`
  const earlier = context.situation.documents.filter((d) => d.number === number)
  const issued = context.moment()
  const at = issued.toISOString()
  const revision = earlier.length + 1
  const asker = (userId: string | null, operationId: string | null) => {
    const operation = context.situation.operations.find(({ id }) => id === operationId)
    return userId === null ? NOT_RECORDED : nameOf(personFacts(context, userId, operation?.profileId))
  }
  const revisions = [
    ...earlier.map((d) => ({
      revision: d.revision,
      at: d.at.toISOString(),
      by: asker(d.askedBy, d.operationId),
      change: d.change ?? NOT_RECORDED,
    })),
    { revision, at, by: asker(context.operation.requestedBy, context.operation.id), change },
  ]
  return {
    number,
    revision,
    issuedAt: at,
    productTime: productTime(issued),
    customer: measuredBy('registry', context.now)(context.situation.customer?.name ?? 'All customers'),
    product: measuredBy('release', context.now)(context.product.definition.name),
    revisions: measuredBy('registry', at)(revisions),
  }
}

/** Product time at this moment, and how far that, which is moved in demonstrations and tests, is before the wall clock. */
export function productTime(moment: Date): DocumentHead['productTime'] {
  const wall = new Date()
  const aheadSeconds = Math.max(0, Math.round((moment.getTime() - wall.getTime()) / 1000))
  return measuredBy('clock', wall)({ at: moment.toISOString(), aheadSeconds })
}

/** The id stands beside the name, which may change and be another's. */
function nameOf({ name, userId }: PersonFacts): string {
  return userId === 'system' ? name : `${name} (${userId})`
}

/** The environment that the operation is about, as documents print it: name, kind and whether it is controlled. */
export function environmentFacts(context: StepContext) {
  const environment = must(context.environment, 'the environment')
  const { title, controlled, purpose } = kinds[environment.kind]
  return measuredBy('registry', context.now)({ name: environment.name, kind: title, controlled, purpose })
}

/** An instance as documents print it, from the register; what was measured in it stands elsewhere. */
export function instanceFacts(context: StepContext, instance: Instance) {
  return measuredBy('registry', context.now)({ name: instance.name, role: instance.role, database: instance.database ?? '' })
}

/** A person as documents show them: as they were when they acted. What was not recorded then is said not to have been, whatever is known today. */
export function personFacts(
  { profiles }: Pick<StepContext, 'profiles'>,
  userId: string,
  profileId: string | null | undefined,
): PersonFacts {
  if (userId === 'system') return { name: 'Slipway', userId, party: 'system', role: 'automatic' }
  const profile = profileId ? profiles.get(profileId) : undefined
  if (profile?.userId !== userId) return { name: 'name not recorded', userId, party: 'unknown', role: 'role not recorded' }
  const { name, nameFrom, party, roles } = profile
  const printed = name === null ? 'name not available' : nameFrom === 'payload' ? `${name}, as user name` : name
  return { name: printed, userId, party: party === 'stranger' ? 'unknown' : party, role: roles.join(', ') || 'no role' }
}
