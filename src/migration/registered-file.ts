/**
 * A registered file of a customer, to be removed: reached from the intake folder folder by folder, each held open and none of them a link.
 * What is hashed and what is removed is looked up in the very folder that is held: nobody can put another's folder in its place meanwhile.
 */
import { createHash } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { type FileHandle, lstat, open, opendir, realpath, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { intakeLimits } from './limits.js'
import { openPlain, type Registered } from './plain-file.js'

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** `absent`: nothing lies under its name. `link`: it or a folder above it is a link or no plain file. `other`: other bytes than registered. */
export type Removal = 'removed' | 'absent' | 'link' | 'other'

interface Held {
  handle: FileHandle
  /** A path below which this very folder is meant. */
  path: string
}

/**
 * Removes one registered file of a customer's intake folder, if it is still byte for byte what was registered. Throws where the file
 * system refuses. `signal` ends the reading.
 */
export async function removeRegistered(folder: string, file: Registered, signal?: AbortSignal): Promise<Removal> {
  const parts = file.name.split('/')
  const last = parts.pop() ?? ''
  const held: Held[] = []
  try {
    for (const path of [folder, ...parts]) {
      const above = held.at(-1)
      const opened = await hold(above ? join(above.path, path) : path)
      if (typeof opened === 'string') return opened
      held.push(opened)
    }
    const place = join((held.at(-1) as Held).path, last)
    return await removeAt(place, file, signal)
  } finally {
    for (const { handle } of held) await handle.close()
  }
}

async function removeAt(place: string, { bytes, sha256 }: Registered, signal?: AbortSignal): Promise<Removal> {
  const handle = await open(place, fileFlags).catch(notThere)
  if (typeof handle === 'string') return handle
  try {
    const state = await handle.stat({ bigint: true })
    if (!state.isFile()) return 'link'
    if (Number(state.size) !== bytes) return 'other'
    const hash = createHash('sha256')
    for await (const chunk of handle.createReadStream({ autoClose: false, ...(signal ? { signal } : {}) })) hash.update(chunk as Buffer)
    if (hash.digest('hex') !== sha256) return 'other'
    const now = await lstat(place, { bigint: true }).catch(notThere)
    if (typeof now === 'string') return now
    if (now.dev !== state.dev || now.ino !== state.ino) return 'other'
    const failed = await unlink(place).then(() => null, notThere)
    return failed ?? 'removed'
  } finally {
    await handle.close()
  }
}

/** Opens a folder that is no link. On Linux `/proc/self/fd` leads to the folder that is held, whatever its name means by now. */
async function hold(path: string): Promise<Held | 'absent' | 'link'> {
  const handle = await open(path, folderFlags).catch(notThere)
  if (typeof handle === 'string') return handle
  const own = `/proc/self/fd/${handle.fd}`
  // Elsewhere only its real path is known, which is as close as it gets there.
  return { handle, path: existsSync(own) ? own : await realpath(path) }
}

function notThere(error: NodeJS.ErrnoException): 'absent' | 'link' {
  if (error.code === 'ENOENT' || error.code === 'ENAMETOOLONG') return 'absent'
  if (error.code === 'ELOOP' || error.code === 'ENOTDIR' || error.code === 'ENXIO' || error.code === 'EMLINK') return 'link'
  throw error
}

/** Whether the customer's intake folder is there, as a folder and no link. */
export async function isFolder(folder: string): Promise<boolean> {
  const opened = await hold(folder)
  if (typeof opened === 'string') return false
  await opened.handle.close()
  return true
}

/** The name under which the bytes of a registered file lie in the intake folder all the same; null where they were not found. Links are passed over. */
export async function movedTo(folder: string, file: Registered, signal?: AbortSignal): Promise<string | null> {
  for await (const name of namesBelow(folder, '', 0)) {
    const opened = await openPlain(folder, name)
    if (!opened?.ok) continue
    const { handle } = opened
    try {
      if (opened.bytes !== file.bytes) continue
      const hash = createHash('sha256')
      for await (const chunk of handle.createReadStream({ autoClose: false, ...(signal ? { signal } : {}) })) hash.update(chunk as Buffer)
      if (hash.digest('hex') === file.sha256) return name
    } finally {
      await handle.close()
    }
  }
  return null
}

async function* namesBelow(folder: string, below: string, depth: number): AsyncGenerator<string> {
  if (depth > intakeLimits.depth) return
  for await (const entry of await opendir(join(folder, below))) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) yield* namesBelow(folder, name, depth + 1)
    else if (entry.isFile()) yield name
  }
}
