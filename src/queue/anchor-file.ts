/**
 * The anchor file: one JSON line per anchor of the audit trail's heads, each carrying the hash of the line before. It lies outside the
 * database, so that whoever can rewrite that cannot rewrite this with the same right.
 */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { genesis } from '../db/audit.js'
import type { Anchored, AnchorRow } from '../db/audit-anchor.js'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const line = z.strictObject({
  number: z.int().positive(),
  due: z.iso.datetime(),
  at: z.iso.datetime(),
  entries: z.int().nonnegative(),
  head: hash,
  heads: z.array(z.tuple([z.string(), z.int().nonnegative(), hash])),
  prev: hash,
})

/** One line: number from 1, when it was due and written (ISO 8601), how many entries the trail had, the head over all, and every head. */
export type AnchorLine = Omit<z.infer<typeof line>, 'prev'>

/** Its name in DOCUMENTS_DIR. */
export const anchorFileName = 'audit-anchors.jsonl'

/** The hash of a line's text, without its end. */
function hashOfLine(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The file's lines, whole ones only; null where there is no file. */
async function readLines(file: string): Promise<string[] | null> {
  try {
    const text = await readFile(file, 'utf8')
    return text.split('\n').slice(0, -1)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/**
 * Appends a line and returns the hash of it; when this returns, it is on the disk. A line of this number that is the last one already (its
 * writer died before the database knew of it) stays as it is. `before` is the hash of what was the last line then, null for no line.
 */
export async function appendAnchor(
  documentsDir: string,
  anchor: AnchorLine,
): Promise<{ hash: string; before: string | null; written: AnchorLine }> {
  await mkdir(documentsDir, { recursive: true })
  const file = join(documentsDir, anchorFileName)
  const lines = (await readLines(file)) ?? []
  const last = lines.at(-1)
  const known = last === undefined ? undefined : parsed(last)
  if (last !== undefined && known?.number === anchor.number) {
    const { prev, ...written } = known
    return { hash: hashOfLine(last), before: lines.length > 1 ? prev : null, written }
  }
  const before = last === undefined ? null : hashOfLine(last)
  const text = JSON.stringify({ ...anchor, prev: before ?? genesis })
  const handle = await open(file, 'a', 0o640)
  try {
    await handle.chmod(0o640)
    // What is no whole line is all that a writer who died left of one: the database never knew of it.
    await handle.truncate(Buffer.byteLength(lines.map((one) => `${one}\n`).join('')))
    await handle.appendFile(`${text}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { hash: hashOfLine(text), before, written: anchor }
}

function parsed(text: string): z.infer<typeof line> | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data
  } catch {
    return undefined // no JSON: not a line of ours
  }
}

/** What the file says, with the first thing about it that is not right; `anchors` is null where there is no file. */
export interface AnchorFile {
  anchors: (Anchored & { at: string })[] | null
  broken: string | null
}

/**
 * Reads the file and holds it against the anchors that the database remembers: a line edited, taken out or cut off at the end is named, and
 * so is a line that the database does not know.
 */
export async function readAnchorFile(documentsDir: string, remembered: readonly AnchorRow[]): Promise<AnchorFile> {
  const lines = await readLines(join(documentsDir, anchorFileName))
  const count = lines?.length ?? 0
  const anchors: (Anchored & { at: string })[] = []
  let prev = genesis
  for (const [index, text] of (lines ?? []).entries()) {
    const one = parsed(text)
    const hash = hashOfLine(text)
    const row = remembered[index]
    if (!one || one.number !== index + 1 || one.prev !== prev)
      return { anchors, broken: `its line ${index + 1} does not follow the line before` }
    if (!row) return { anchors, broken: `the database does not know its line ${index + 1}` }
    if (row.line_hash !== hash || row.head !== one.head) return { anchors, broken: `its line ${index + 1} is not the one that was written` }
    anchors.push({ number: one.number, heads: one.heads, at: one.at })
    prev = hash
  }
  if (remembered.length > count) return { anchors: lines && anchors, broken: `it ends after ${count} of ${remembered.length} lines` }
  return { anchors: lines && anchors, broken: null }
}
