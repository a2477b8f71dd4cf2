/** The rejects file: every row that was not loaded as its own record, by row number, hashed key, rule and reason; never a value (R33). */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'
import { ownFolder } from '../files.js'
import type { Reason } from './transform.js'

export interface Reject {
  file: string
  row: number
  entity: string
  outcome: 'rejected' | 'excluded' | 'merged'
  keyHash: string
  /** Path of the rule in the specification, and its line. */
  rule: string
  line: number
  reason: Reason | 'excluded-by-rule' | 'parent-excluded' | 'duplicate'
}

/** `sha256` is over the rows without their key hashes, which are different in every run: two runs can be compared by it. */
export interface RejectsSeal {
  lines: number
  sha256: string
}

export interface RejectsFile {
  /** What stands for a legacy key: the same for the same key of the same file in this run, and nothing that could be guessed from outside. */
  hashOf(fileSha256: string, key: string): string
  write(reject: Reject): Promise<void>
  close(): Promise<RejectsSeal>
}

const columns = ['file', 'row', 'entity', 'outcome', 'keyHash', 'rule', 'line', 'reason'] as const

/** Opens the rejects file; without a path only its checksum is made, so that two runs can be compared either way. */
export async function openRejects(path?: string): Promise<RejectsFile> {
  const hash = createHash('sha256')
  // Legacy keys are short: a hash without a secret is undone by trying them all. The key of the run is kept nowhere.
  const secret = randomBytes(32)
  if (path !== undefined) await ownFolder(dirname(path))
  const out: WriteStream | undefined = path === undefined ? undefined : createWriteStream(path, { mode: 0o600 })
  let fault: Error | undefined
  out?.on('error', (error) => {
    fault = error
  })
  let lines = -1
  const put = async (cells: readonly (string | number)[]) => {
    if (fault) throw fault
    lines++
    hash.update(lineOf(cells.filter((_, at) => columns[at] !== 'keyHash')))
    if (out && !out.write(lineOf(cells))) await once(out, 'drain')
  }
  const header = put(columns)
  return {
    hashOf: (fileSha256, key) => createHmac('sha256', secret).update(`${fileSha256}\n${key}`).digest('hex').slice(0, 16),
    async write(reject) {
      await header
      await put(columns.map((column) => reject[column]))
    },
    async close() {
      await header
      if (out) await new Promise<void>((done, fail) => out.end((error?: Error | null) => (error ? fail(error) : done())))
      return { lines, sha256: hash.digest('hex') }
    },
  }
}

function lineOf(cells: readonly (string | number)[]): string {
  return `${cells.map(quoted).join(',')}\n`
}

/** A spreadsheet takes a cell for a formula that begins with one of these: names of files and fields are the customer's. */
const formula = /^[=+\-@\t\r]/

function quoted(cell: string | number): string {
  const text = typeof cell === 'string' && formula.test(cell) ? `'${cell}` : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
