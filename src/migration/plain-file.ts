/**
 * The only door to a customer's file. What is opened is a plain file below the intake folder, reached over no link, and everything
 * afterwards is read from that very descriptor: what is checked cannot be exchanged for something else.
 */
import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { IntakeFile } from '../lifecycle/types.js'
import { type Refused, refuse } from './refusal.js'

/** As the customer's files were registered: what is read must be this. */
export type Registered = Pick<IntakeFile, 'name' | 'bytes' | 'sha256'>

export interface PlainFile {
  ok: true
  handle: FileHandle
  bytes: number
}

/** Opens `name` below `folder`: `undefined` where there is none, refused where it or a folder above it is a link, or it is no plain file. */
export async function openPlain(folder: string, name: string): Promise<PlainFile | Refused | undefined> {
  const path = join(folder, name)
  // Not blocking: opening a named pipe would wait for its other end for ever.
  const opened = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(absentOrLink)
  if (typeof opened !== 'object') return opened === 'link' ? linked(name) : undefined
  try {
    const state = await opened.stat({ bigint: true })
    const inside = state.isFile() && (await isThere(folder, name, state))
    if (inside) return { ok: true, handle: opened, bytes: Number(state.size) }
  } catch (error) {
    await opened.close()
    throw error
  }
  await opened.close()
  return linked(name)
}

/** `O_NOFOLLOW` looks at the last part of a path only: that no folder above is a link is seen by where the path really leads. */
async function isThere(folder: string, name: string, state: { dev: bigint; ino: bigint }): Promise<boolean> {
  const real = await realpath(join(folder, name)).catch(absentOrLink)
  if (real === undefined || real !== join(await realpath(folder), name)) return false
  const found = await lstat(real, { bigint: true }).catch(absentOrLink)
  return typeof found === 'object' && found.dev === state.dev && found.ino === state.ino
}

function absentOrLink(error: NodeJS.ErrnoException): 'link' | undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ENAMETOOLONG') return undefined
  // ENXIO: a socket, or a pipe that nobody reads.
  if (error.code === 'ELOOP' || error.code === 'ENXIO' || error.code === 'EMLINK') return 'link'
  throw error
}

/** The refusal for what is no plain file. */
export function linked(name: string): Refused {
  return refuse({
    code: 'intake-link',
    rule: 'R33',
    text: `\`${name}\` is a link or no plain file; hand over the file itself.`,
    who: 'the customer',
    file: name,
  })
}

/** The refusal for a file that is not the registered one. */
export function changed(name: string): Refused {
  return refuse({
    code: 'file-changed',
    rule: 'R33',
    text: `\`${name}\` is not as it was registered. Register the files again: /migration register.`,
    who: 'an engineer of the vendor',
    file: name,
  })
}

/** Counts and hashes what passes, and says when it is more than was registered. */
export class Watch {
  bytes = 0
  readonly #hash: Hash = createHash('sha256')
  #sha256: string | undefined

  constructor(private readonly registered?: Registered | undefined) {}

  /** False: this is longer than what was registered, and need not be read further. */
  see(chunk: Buffer): boolean {
    this.bytes += chunk.length
    this.#hash.update(chunk)
    return this.registered === undefined || this.bytes <= this.registered.bytes
  }

  get sha256(): string {
    this.#sha256 ??= this.#hash.digest('hex')
    return this.#sha256
  }

  /** Whether all that was read is what was registered. */
  get same(): boolean {
    return this.registered === undefined || (this.bytes === this.registered.bytes && this.sha256 === this.registered.sha256)
  }
}

/** What was registered under a name. `undefined`: nothing is compared; a name that nobody registered can never be the same. */
export function registeredAs(name: string, files: readonly Registered[] | undefined): Registered | undefined {
  return files && (files.find((file) => file.name === name) ?? { name, bytes: -1, sha256: '' })
}
