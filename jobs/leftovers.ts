/** What jobs leave behind of an environment beside its databases: files, by names that follow from its instances; and what a server still holds. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { begunAbout, filesAbout, NOT_RECORDED, recordOf, rowsNamedIn } from '../src/documents/index.js'
import type { InstanceAddress } from '../src/drivers/driver.js'
import type { Environment, Instance } from '../src/lifecycle/types.js'
import { type StepContext, StepUnfinished } from './job.js'

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

/** A file in the customer's folder that jobs wrote for an instance, or for the environment. `rendering`: a whole one, to be kept aside. */
export interface LeftFile {
  instance: string
  name: string
  rendering: boolean
}

/**
 * The files in the customer's folder that jobs wrote for an environment and that are no documents on record (R26): rejects, what a killed
 * worker had begun, and whole renderings that the register does not name. The destruction record itself is left out: it is being made.
 */
export async function leftFiles(context: StepContext, environment: Environment): Promise<LeftFile[]> {
  const files = await filesIn(context)
  const recorded = await recordedFiles(context)
  const named = [environment, ...environment.instances.filter(({ name }) => name !== environment.name)]
  return named.flatMap(({ name: instance }) => {
    const [rejects, begun, whole] = [rejectsOf(instance), begunAbout(instance), filesAbout(instance)]
    return files.flatMap((name): LeftFile[] => {
      if (rejects.test(name) || begun.test(name)) return [{ instance, name, rendering: false }]
      return whole.test(name) && !recorded(name) ? [{ instance, name, rendering: true }] : []
    })
  })
}

/** Removes files of the customer's folder by name; absent is fine. */
export async function removeFiles(context: StepContext, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(documentsFolder(context), name), { force: true })
}

/**
 * Moves files of the customer's folder aside: what no register names may have been issued before the register was restored from a backup,
 * and a record that was signed is not thrown away (R26). Absent is fine.
 */
export async function setAside(context: StepContext, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const [from, to] = [documentsFolder(context), join(documentsFolder(context), NOT_RECORDED)]
  await mkdir(to, { recursive: true, mode: 0o750 })
  for (const name of names)
    await rename(join(from, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
}

/** Throws, with names, when a server still holds something of what was dropped there: it is tried again, and told to people in the end. */
export async function refuseRemnants(context: StepContext, at: InstanceAddress): Promise<void> {
  const left = (await context.driver.remnants(at)).filter(({ present }) => present)
  if (left.length === 0) return
  const named = left.map(({ part, name }) => `${part} ${name}`).join(', ')
  throw new StepUnfinished('R42', 'not-gone', `Still there after the destruction: ${named}. Remove it, then Resume.`)
}

/**
 * Tells of a file in the customer's folder whether it is one of a document on record: its record, its PDF, or a file of rows that its record
 * names. Where a record cannot be read, all rows beside it count as its own.
 */
export async function recordedFiles({ documentsDir, situation }: StepContext): Promise<(name: string) => boolean> {
  const files = new Set<string>()
  const unread: string[] = []
  for (const { file } of situation.documents) {
    const name = file.split('/').at(-1) ?? ''
    for (const each of [name, recordOf(name)]) files.add(each)
    const rows = await rowsNamedIn(join(documentsDir, recordOf(file)))
    if (rows) for (const each of rows) files.add(each.name)
    else unread.push(name.replace(/[0-9a-f]{8}\.pdf$/, ''))
  }
  return (name) => files.has(name) || (name.endsWith('.ndjson') && unread.some((start) => name.startsWith(start)))
}

/** Names of what lies in the customer's folder, or in one below it. */
export async function filesIn(context: StepContext, below = ''): Promise<string[]> {
  const entries = await readdir(join(documentsFolder(context), below)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return entries.sort()
}
