/** What jobs leave behind of an environment beside its databases: files, by names that follow from its instances; and what a server still holds. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { InstanceAddress } from '../src/drivers/driver.js'
import type { Environment, Instance } from '../src/lifecycle/types.js'
import type { StepContext } from './job.js'

/** The folder of a customer below DOCUMENTS_DIR; what belongs to nobody's customer lies in `community`. */
function documentsFolder(context: Pick<StepContext, 'documentsDir' | 'situation'>): string {
  return join(context.documentsDir, context.situation.customer?.slug ?? 'community')
}

/** Where the migration program writes what it rejected on the way into an instance; one file an operation. */
export function rejectsFile(context: StepContext, instance: Instance): string {
  return join(documentsFolder(context), rejectsName(instance.name, context.operation.id))
}

/** The name of a rejects file in its customer's folder. */
export function rejectsName(instance: string, operationId: string): string {
  return `rejects-${instance}-${operationId}.csv`
}

/** Names of instances begin like each other (`acme-demo`, `acme-demo-2`); ids of operations hold no dash. */
function rejectsOf(instance: string): RegExp {
  return new RegExp(`^rejects-${instance}-[^-]+\\.csv$`)
}

/** Removes an instance's rejects files, of whichever operation; what is not there is removed already. */
export async function removeRejects(context: StepContext, { name }: Instance): Promise<void> {
  const own = rejectsOf(name)
  await removeFiles(
    context,
    (await filesIn(context)).filter((file) => own.test(file)),
  )
}

/**
 * Names of the files in the customer's folder that jobs wrote for an environment and that are no documents on record (R26): rejects, what a
 * killed worker had begun, and renderings that were never recorded. The destruction record itself is left out: it is being made.
 */
export async function leftFiles(context: StepContext, environment: Environment): Promise<{ instance: string; name: string }[]> {
  const files = await filesIn(context)
  const named = [environment, ...environment.instances.filter(({ name }) => name !== environment.name)]
  return named.flatMap(({ name: about }) => {
    const rejects = rejectsOf(about)
    const rendering = new RegExp(`^(?!DR-)[A-Z]+-${about.toUpperCase()}-r\\d+-[0-9a-f]{8}\\.`)
    const begun = new RegExp(`^(?!DR-)[A-Z]+-${about.toUpperCase()}(-r\\d+[^.]*)?\\..+\\.part$`)
    const left = files.filter((file) => rejects.test(file) || begun.test(file) || (rendering.test(file) && !isRecorded(context, file)))
    return left.map((name) => ({ instance: about, name }))
  })
}

/** Removes files of the customer's folder by name; absent is fine. */
export async function removeFiles(context: StepContext, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(documentsFolder(context), name), { force: true })
}

/** Throws, with names, when a server still holds something of what was dropped there: it is tried again, or seen by people. */
export async function refuseRemnants(context: StepContext, at: InstanceAddress): Promise<void> {
  const left = (await context.driver.remnants(at)).filter(({ present }) => present)
  if (left.length > 0)
    throw new Error(`dropping ${at.database}: still there: ${left.map(({ part, name }) => `${part} ${name}`).join(', ')}`)
}

/** Whether a file in the customer's folder is one of a document on record: its record, its PDF, or what lies beside them under its name. */
export function isRecorded({ situation }: Pick<StepContext, 'situation'>, name: string): boolean {
  return !name.endsWith('.part') && situation.documents.some(({ file }) => stemOf(file.split('/').at(-1) ?? '') === stemOf(name))
}

function stemOf(file: string): string {
  return file.split('.', 1)[0] ?? ''
}

/** Names of what lies in the customer's folder. */
export async function filesIn(context: StepContext): Promise<string[]> {
  const entries = await readdir(documentsFolder(context)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return entries.sort()
}
