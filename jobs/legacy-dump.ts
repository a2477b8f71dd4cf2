/** The legacy dump in the intake folder at the end of an environment: the customer's own, kept unless policy says otherwise and it was announced (R31, R33). */
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { intakeFolder, isFolder, movedTo, type Removal, removeRegistered } from '../src/migration/index.js'
import { must, resultOf, type StepContext, StepRefused } from './job.js'

export interface DumpFile {
  name: string
  bytes: number
  sha256: string
  /** Looked for by its name; `removed`: by this teardown, as it was registered. */
  found: 'there' | 'removed' | 'not-found' | 'not-looked-for'
}

/** Whether the announced plan of this teardown destroys the dump. */
export function destroysDump(context: StepContext): boolean {
  return context.operation.plan.data['legacyDump'] === 'destroy'
}

/**
 * The registered files, each looked for by its name in the intake folder now; null where the plan of this teardown does not concern them.
 * Refuses (R42) where they were to be destroyed, and the folder is missing or one of them lies there again.
 */
export async function lookForDump(context: StepContext): Promise<DumpFile[] | null> {
  if (context.operation.plan.data['legacyDump'] === undefined) return null
  const folder = folderOf(context)
  const destroys = destroysDump(context)
  if (destroys) await refuseMissing(context, folder)
  const known = await isFolder(folder)
  const removed = new Set(removedBefore(context))
  const looked = async ({ name, bytes, sha256 }: StepContext['situation']['files'][number]): Promise<DumpFile> => {
    if (!known) return { name, bytes, sha256, found: 'not-looked-for' }
    const there = await isThere(join(folder, name))
    if (there && destroys) throw notDestroyed(name, 'lies in the intake folder')
    return { name, bytes, sha256, found: there ? 'there' : removed.has(name) ? 'removed' : 'not-found' }
  }
  return Promise.all(context.situation.files.map(looked))
}

/** The files that the destroy step of this teardown told it had removed. */
function removedBefore(context: StepContext): string[] {
  const roles = context.environment?.instances.map(({ role }) => role) ?? [null]
  return roles.flatMap((role) => ((resultOf(context, 'destroy', role)['dump'] ?? []) as unknown[]).map(String))
}

const WHY: Record<Exclude<Removal, 'removed' | 'absent'>, string> = {
  link: 'is a link or no plain file, or lies below a link',
  other: 'is not the file that was registered',
}

/**
 * Removes the registered files, and looks at no others: each only if it is still, byte for byte, what was registered. Returns the names of
 * those that it removed. Refuses where one is not, where the folder is missing or takes no change, and where the bytes of one lie there under
 * another name: the customer's files are removed by people then.
 */
export async function destroyDump(context: StepContext): Promise<string[]> {
  const folder = folderOf(context)
  const { signal } = context.progress
  await refuseMissing(context, folder)
  const removed: string[] = []
  for (const file of context.situation.files) {
    const became = await removeRegistered(folder, file, signal).catch((error: NodeJS.ErrnoException) => {
      if (signal.aborted || !error.code) throw error
      throw notDestroyed(file.name, `cannot be removed (${error.code})`)
    })
    if (became === 'removed') removed.push(file.name)
    else if (became !== 'absent') throw notDestroyed(file.name, WHY[became])
    else {
      const moved = await movedTo(folder, file, signal)
      if (moved !== null) throw notDestroyed(moved, `holds the bytes of \`${file.name}\``)
    }
  }
  return removed
}

/** A volume that is not mounted, or a folder that was taken away, is no proof that nothing lies there. */
async function refuseMissing(context: StepContext, folder: string): Promise<void> {
  if (context.situation.files.length === 0 || (await isFolder(folder))) return
  const customer = context.situation.customer?.slug ?? ''
  throw new StepRefused(
    'R42',
    'dump-left',
    `The legacy dump was to be destroyed with this teardown, and the intake folder \`${customer}\` is not there as a folder: whether the files are gone is not known. Mount it, or make it anew where its files are gone, then Resume.`,
  )
}

function notDestroyed(name: string, why: string): StepRefused {
  const text = `The legacy dump was to be destroyed with this teardown, and \`${name}\` ${why}. Remove it from the intake folder, then Resume.`
  return new StepRefused('R42', 'dump-left', text)
}

function folderOf(context: StepContext): string {
  return must(intakeFolder(context.intakeDir, context.situation.customer?.slug ?? ''), 'the intake folder')
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false
      throw error
    },
  )
}
