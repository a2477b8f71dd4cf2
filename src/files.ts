/**
 * What Slipway writes outside the database. It names people: it is for Slipway's own user, and for the group that an operator gives read
 * access, such as a backup's.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Mode of a file that the group may read, and nobody else. */
export const ownFileMode = 0o640
const ownFolderMode = 0o750

/** A part that nobody wrote to for so long has no writer any more. */
const forsakenMs = 60 * 60_000

/** Makes the folder, and those above it that are missing, closed to others; one that is there keeps the mode that its operator gave it. */
export async function ownFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: ownFolderMode })
}

/** Writes a file, in a folder made where it is missing: under its name only once it is whole and on the disk; what was begun and failed is removed. */
export async function writeWhole(file: string, bytes: Buffer): Promise<void> {
  const begun = await beginFile(file)
  try {
    await begun.write(bytes)
    await begun.keep(file)
  } catch (cause) {
    await begun.discard()
    throw new Error(`writing ${file}`, { cause })
  }
}

/** A file that is being written and has its name only once it is whole. */
export interface BegunFile {
  /** Where it lies until then: for reading what was written so far. */
  readonly part: string
  write(bytes: Buffer | string): Promise<void>
  /** Everything on the disk; the file is still without its name. */
  close(): Promise<void>
  /** Gives it its name, in the same folder. */
  keep(file: string): Promise<void>
  /** Removes what was written; nothing where it has its name. May be called twice. */
  discard(): Promise<void>
}

/** Begins a file beside where it will lie, in a folder made where it is missing. What processes that died left of it an hour ago is removed. */
export async function beginFile(file: string): Promise<BegunFile> {
  await ownFolder(dirname(file))
  await removeForsaken(file)
  const part = `${file}.${randomBytes(4).toString('hex')}.part`
  const handle = await open(part, 'wx', ownFileMode)
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= handle.sync().finally(() => handle.close())
    return closed
  }
  return {
    part,
    write: async (bytes) => {
      await handle.writeFile(bytes)
    },
    close,
    async keep(name) {
      await close()
      await rename(part, name)
    },
    async discard() {
      await close().catch(() => undefined) // it is removed whatever became of it
      await rm(part, { force: true })
    },
  }
}

async function removeForsaken(file: string): Promise<void> {
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(`${basename(file)}.`) || !name.endsWith('.part')) continue
    const forsaken = join(dirname(file), name)
    const { mtimeMs } = await stat(forsaken).catch(() => ({ mtimeMs: Date.now() })) // another process was quicker
    if (Date.now() - mtimeMs > forsakenMs) await rm(forsaken, { force: true })
  }
}
