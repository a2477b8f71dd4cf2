/**
 * What Slipway writes outside the database. It names people: it is for Slipway's own user, and for the group that an operator gives read
 * access, such as a backup's.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Mode of a file that the group may read, and nobody else. */
export const ownFileMode = 0o640
const ownFolderMode = 0o750

/** Makes the folder, and those above it that are missing, closed to others; one that is there keeps the mode that its operator gave it. */
export async function ownFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: ownFolderMode })
}

/** Writes a file, in a folder made where it is missing: under its name only once it is whole and on the disk; what was begun and failed is removed. */
export async function writeWhole(file: string, bytes: Buffer): Promise<void> {
  await ownFolder(dirname(file))
  const part = `${file}.${randomBytes(4).toString('hex')}.part`
  try {
    const handle = await open(part, 'wx', ownFileMode)
    await handle
      .writeFile(bytes)
      .then(() => handle.sync())
      .finally(() => handle.close())
    await rename(part, file)
  } catch (cause) {
    await rm(part, { force: true })
    throw new Error(`writing ${file}`, { cause })
  }
}
