/** The intake folder: what a customer handed over, told by name, size and checksum only (R33). */
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { intakeLimits } from './limits.js'
import { linked, openPlain, Watch } from './plain-file.js'
import { cut, type Refused, refuse } from './refusal.js'

export const SPECIFICATION_FILE = 'specification.yaml'

export interface IntakeFile {
  /** Relative to the intake folder, with `/` between parts. */
  name: string
  bytes: number
  sha256: string
}

export type Intake = { ok: true; files: IntakeFile[]; specification: IntakeFile | undefined } | Refused

const customerSlug = /^[a-z0-9][a-z0-9-]{0,19}$/

/** The folder of one customer below `INTAKE_DIR`, or nothing where the name could lead elsewhere. */
export function intakeFolder(root: string, customer: string): string | undefined {
  return customerSlug.test(customer) ? join(root, customer) : undefined
}

/**
 * Lists what lies in a customer's intake folder. Refused: links and what is no plain file, names with control characters, more than 20,000
 * files or 64 GiB, folders deeper than 16. Dot files are passed over; the content is never looked at.
 */
export async function intake(folder: string, signal?: AbortSignal): Promise<Intake> {
  const state = await lstat(folder).catch(absent)
  if (state?.isSymbolicLink()) return linked('the intake folder itself')
  if (!state?.isDirectory()) {
    return refuse({
      code: 'intake-missing',
      rule: 'R33',
      text: 'There is no intake folder yet; the dump is handed over there.',
      who: 'the customer',
    })
  }
  const names: string[] = []
  const refused = await gather(folder, '', names)
  if (refused) return refused
  const files: IntakeFile[] = []
  let room = intakeLimits.bytes
  for (const name of names.sort(compare)) {
    const file = await fingerprint(folder, name, { room, signal })
    if ('refusal' in file) return file
    room -= file.bytes
    files.push(file)
  }
  return { ok: true, files, specification: files.find((file) => file.name === SPECIFICATION_FILE) }
}

/** Adds the names below one folder; stops at the first thing that is refused, before it is read. */
async function gather(folder: string, below: string, names: string[]): Promise<Refused | undefined> {
  for await (const entry of await opendir(join(folder, below))) {
    if (entry.name.startsWith('.')) continue
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    const refused = nameRefusal(name) ?? (entry.isDirectory() ? await gather(folder, name, names) : undefined)
    if (refused) return refused
    if (entry.isDirectory()) continue
    if (!entry.isFile()) return linked(name)
    names.push(name)
    if (names.length > intakeLimits.files) {
      const text = `There are more than ${intakeLimits.files} files in the intake folder; hand over fewer, or several tables in one.`
      return refuse({ code: 'intake-too-many', rule: 'R33', text, who: 'the customer' })
    }
  }
  return undefined
}

function nameRefusal(name: string): Refused | undefined {
  const wrong =
    printable(name) !== name
      ? 'holds control characters; rename it'
      : name.length > intakeLimits.name
        ? `is longer than ${intakeLimits.name} characters; shorten it`
        : name.split('/').length > intakeLimits.depth
          ? `lies deeper than ${intakeLimits.depth} folders; hand it over further up`
          : undefined
  if (wrong === undefined) return undefined
  const shown = cut(printable(name))
  return refuse({ code: 'intake-name', rule: 'R33', file: shown, text: `The file name \`${shown}\` ${wrong}.`, who: 'the customer' })
}

/** Size and SHA-256 of a file, streamed from the descriptor that was found to be a plain file. */
async function fingerprint(
  folder: string,
  name: string,
  { room, signal }: { room: number; signal: AbortSignal | undefined },
): Promise<IntakeFile | Refused> {
  const opened = await openPlain(folder, name)
  if (!opened) return linked(name)
  if (!opened.ok) return opened
  const watch = new Watch({ name, bytes: room, sha256: '' })
  if (opened.bytes > room) await opened.handle.close()
  else {
    for await (const chunk of opened.handle.createReadStream(signal ? { signal } : {}) as AsyncIterable<Buffer>) {
      if (!watch.see(chunk)) break
    }
    if (watch.bytes <= room) return { name, bytes: watch.bytes, sha256: watch.sha256 }
  }
  const text = `The intake folder holds more than ${intakeLimits.bytes / 2 ** 30} GiB (\`${name}\` is too much); hand over the dump without what is not migrated.`
  return refuse({ code: 'intake-too-large', rule: 'R33', text, who: 'the customer', file: name })
}

/** Whether a specification may name this file: relative, downwards only, nothing hidden. */
export function staysInside(name: string): boolean {
  return name !== '' && !/[\\:\0]/.test(name) && name.split('/').every((part) => part !== '' && !part.startsWith('.'))
}

function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, '\u{FFFD}')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}
