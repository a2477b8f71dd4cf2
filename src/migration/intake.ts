/** The intake folder: what a customer handed over, told by name, size and checksum only (R33). */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Refused, refuse } from './refusal.js'

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

/** Lists what lies in a customer's intake folder. Links are refused, dot files passed over, the content never looked at. */
export async function intake(folder: string): Promise<Intake> {
  const state = await lstat(folder).catch(absent)
  if (state?.isSymbolicLink()) return refuse(linkRefusal('the intake folder itself'))
  if (!state?.isDirectory()) {
    return refuse({
      code: 'intake-missing',
      rule: 'R33',
      text: 'There is no intake folder yet; the dump is handed over there.',
      who: 'the customer',
    })
  }
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const files: IntakeFile[] = []
  for (const entry of entries.sort((a, b) => compare(join(a.parentPath, a.name), join(b.parentPath, b.name)))) {
    const name = join(entry.parentPath, entry.name)
      .slice(folder.length)
      .replace(/^[/\\]+/, '')
      .split(sep)
      .join('/')
    if (name.split('/').some((part) => part.startsWith('.'))) continue
    if (entry.isDirectory()) continue
    if (!entry.isFile()) return refuse(linkRefusal(`\`${printable(name)}\``))
    if (printable(name) !== name) {
      return refuse({
        code: 'intake-name',
        rule: 'R33',
        file: printable(name),
        text: `The file name \`${printable(name)}\` holds control characters; rename it.`,
      })
    }
    files.push({ name, ...(await fingerprint(join(folder, name))) })
  }
  return { ok: true, files, specification: files.find((file) => file.name === SPECIFICATION_FILE) }
}

/** Size and SHA-256 of a file, streamed. */
async function fingerprint(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.length
      hash.update(chunk)
    }
  })
  return { bytes, sha256: hash.digest('hex') }
}

/** Whether a specification may name this file: relative, downwards only, nothing hidden. */
export function staysInside(name: string): boolean {
  return name !== '' && !/[\\:\0]/.test(name) && name.split('/').every((part) => part !== '' && !part.startsWith('.'))
}

function linkRefusal(what: string) {
  return { code: 'intake-link', rule: 'R33', text: `${what} is a link or no plain file; hand over the file itself.` } as const
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
