/** The legacy dump in the intake folder at the end of an environment: the customer's own, kept unless policy says otherwise and it was announced (R31, R33). */
import { lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { intake, intakeFolder } from '../src/migration/index.js'
import { must, type StepContext, StepRefused } from './job.js'

export interface DumpFile {
  name: string
  bytes: number
  sha256: string
  /** Whether a file of that name lies in the intake folder now. */
  there: boolean
}

/** Whether the announced plan of this teardown destroys the dump. */
export function destroysDump(context: StepContext): boolean {
  return context.operation.plan.data['legacyDump'] === 'destroy'
}

/** The registered files, each looked for in the intake folder now; null where the plan of this teardown does not concern them. */
export async function lookForDump(context: StepContext): Promise<DumpFile[] | null> {
  if (context.operation.plan.data['legacyDump'] === undefined) return null
  const folder = folderOf(context)
  return Promise.all(
    context.situation.files.map(async ({ name, bytes, sha256 }) => ({ name, bytes, sha256, there: await isThere(join(folder, name)) })),
  )
}

/**
 * Removes the registered files, and no others: each only if it is still, byte for byte, what was registered. Refuses where one is not, or
 * where the folder takes no change: the customer's files are removed by people then.
 */
export async function destroyDump(context: StepContext): Promise<void> {
  const folder = folderOf(context)
  const found = await intake(folder, context.progress.signal)
  if (!found.ok && found.refusal.code === 'intake-missing') return
  if (!found.ok) throw new StepRefused(found.refusal.rule, found.refusal.code, found.refusal.text)
  for (const registered of context.situation.files) {
    const file = found.files.find(({ name }) => name === registered.name)
    if (!file) continue
    if (file.sha256 !== registered.sha256) throw notDestroyed(file.name, 'is not the file that was registered')
    await rm(join(folder, file.name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw notDestroyed(file.name, `cannot be removed (${error.code})`)
    })
  }
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
