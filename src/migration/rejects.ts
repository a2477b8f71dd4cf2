/** The rejects file: every row that was not loaded as its own record, by row number, hashed key, rule and reason; never a value (R33). */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'
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

export interface RejectsSeal {
  lines: number
  sha256: string
}

export interface RejectsFile {
  write(reject: Reject): Promise<void>
  close(): Promise<RejectsSeal>
}

const columns = ['file', 'row', 'entity', 'outcome', 'keyHash', 'rule', 'line', 'reason'] as const

/** Opens the rejects file; without a path only its checksum is made, so that two runs can be compared either way. */
export function openRejects(path?: string): RejectsFile {
  const hash = createHash('sha256')
  if (path !== undefined) mkdirSync(dirname(path), { recursive: true })
  const out: WriteStream | undefined = path === undefined ? undefined : createWriteStream(path, { mode: 0o600 })
  let fault: Error | undefined
  out?.on('error', (error) => {
    fault = error
  })
  let lines = -1
  const put = async (cells: readonly (string | number)[]) => {
    if (fault) throw fault
    const line = `${cells.map(quoted).join(',')}\n`
    lines++
    hash.update(line)
    if (out && !out.write(line)) await once(out, 'drain')
  }
  const header = put(columns)
  return {
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

/** The hash that stands for a legacy key: tied to its file, so that it says nothing elsewhere. */
export function keyHash(fileSha256: string, key: string): string {
  return createHash('sha256').update(`${fileSha256}\n${key}`).digest('hex').slice(0, 16)
}

function quoted(cell: string | number): string {
  const text = String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
