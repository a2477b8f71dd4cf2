/**
 * The anchor file: one JSON line per anchor of the audit trail's heads, each carrying the hash of the line before. It lies outside the
 * database, so that whoever can rewrite that cannot rewrite this with the same right. Chains at rest are the most of them after some years:
 * a line names the heads that moved since the line before (`moved`), and all of them (`heads`) once the lines since have said as much.
 */
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { genesis } from '../db/audit.js'
import type { Anchored, AnchorRow } from '../db/audit-anchor.js'
import { ownFileMode, ownFolder } from '../files.js'
import { endOfLines, linesFromEnd, linesFromStart } from './lines.js'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const named = z.array(z.tuple([z.string(), z.int().nonnegative(), hash]))
const facts = {
  number: z.int().positive(),
  due: z.iso.datetime(),
  at: z.iso.datetime(),
  entries: z.int().nonnegative(),
  head: hash,
  prev: hash,
}
const line = z.union([z.strictObject({ ...facts, heads: named }), z.strictObject({ ...facts, moved: named })])
type Line = z.infer<typeof line>

/** What an anchor says: number from 1, when it was due and written (ISO 8601), how many entries the trail had, the head over all. */
type AnchorFacts = Omit<Line, 'prev' | 'heads' | 'moved'>

/** An anchor with every head there is; which of them its line names is the file's business. */
export interface AnchorLine extends AnchorFacts {
  heads: Anchored['heads']
}

/** Its name in DOCUMENTS_DIR. */
export const anchorFileName = 'audit-anchors.jsonl'

/** The hash of a line's text, without its end. */
function hashOfLine(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex')
}

function parsed(text: Buffer): Line | undefined {
  try {
    return line.safeParse(JSON.parse(text.toString('utf8'))).data
  } catch {
    return undefined // no JSON: not a line of ours
  }
}

export interface Appended {
  hash: string
  /** The hash of what was the last line before it; null for no line. */
  before: string | null
}

/**
 * Appends a line and returns the hash of it; when this returns, it is on the disk. A line of this number that is the last one already (its
 * writer died before the database knew of it) gives way to it, where `genuine` finds all entries that it names in the trail. `known` is the hash of the last line as the database remembers it, null for
 * none: heads are left out only where the file's end goes back to it. Reads the end of the file, about as much as a line of all heads takes.
 */
export async function appendAnchor(
  documentsDir: string,
  anchor: AnchorLine,
  { known, genuine }: { known: string | null; genuine(heads: Anchored['heads']): Promise<boolean> },
): Promise<Appended> {
  await ownFolder(documentsDir)
  const handle = await open(join(documentsDir, anchorFileName), 'a+', ownFileMode)
  try {
    await handle.chmod(ownFileMode)
    const end = await endOfLines(handle)
    // What is no whole line is all that a writer who died left of one: the database never knew of it.
    await handle.truncate(end)
    const [last, previous] = await lastTwo(handle, end)
    const one = last && parsed(last)
    // Left by a writer that died before the database knew of it: the new line says all that it said, and more. Whatever names entries that
    // the trail has not is kept, for it says that something is wrong.
    const left = last && one?.number === anchor.number && (await genuine('heads' in one ? one.heads : one.moved))
    const before = left ? previous : last
    const from = left ? end - last.length - 1 : end
    if (left) await handle.truncate(from)
    const done = await append(handle, anchor, { known, before: before ? hashOfLine(before) : null, end: from })
    await handle.sync()
    return done
  } finally {
    await handle.close()
  }
}

async function lastTwo(handle: FileHandle, end: number): Promise<Buffer[]> {
  const found: Buffer[] = []
  for await (const bytes of linesFromEnd(handle, end)) if (found.push(bytes) === 2) break
  return found
}

interface End {
  known: string | null
  before: string | null
  end: number
}

async function append(handle: FileHandle, { heads, ...facts }: AnchorLine, { known, before, end }: End): Promise<Appended> {
  // Where the file is gone, the chain of lines goes on from what the database remembers: what is missing can be put before it again.
  const prev = before ?? known ?? genesis
  const all = JSON.stringify({ ...facts, heads, prev })
  const said = await headsSaid(handle, { end, known, enough: Buffer.byteLength(all) })
  const moved = heads.filter(([chain, seq, hash]) => said?.get(chain) !== `${seq} ${hash}`)
  const text = said ? JSON.stringify({ ...facts, moved, prev }) : all
  await handle.appendFile(`${text}\n`)
  return { hash: hashOfLine(text), before }
}

/**
 * Chain → number and hash of its head, as the lines back to the one that names them all say it. Null where the last line is not the known
 * one or a line is not the one that the next was written after, and where the lines since are `enough` (bytes) to name all heads again.
 */
async function headsSaid(
  handle: FileHandle,
  from: { end: number; known: string | null; enough: number },
): Promise<Map<string, string> | null> {
  const said = new Map<string, string>()
  let expected = from.known
  let bytes = 0
  for await (const text of linesFromEnd(handle, from.end)) {
    const one = hashOfLine(text) === expected ? parsed(text) : undefined
    if (!one) return null
    const whole = 'heads' in one
    for (const [chain, seq, hash] of whole ? one.heads : one.moved) if (!said.has(chain)) said.set(chain, `${seq} ${hash}`)
    if (whole) return said
    expected = one.prev
    bytes += text.length
    if (bytes > from.enough) return null
  }
  return null
}

/** What the file says, with the first thing about it that is not right. */
export interface AnchorFile {
  /** The last line that is right. */
  last: { number: number; at: string } | null
  broken: string | null
}

/**
 * Reads the file, a line at a time, and holds it against the anchors that the database remembers: a line edited, taken out or cut off at the
 * end is named, and so is a line that the database does not know. Each line that is right is handed to `hold` before the next is read.
 */
export async function readAnchorFile(
  documentsDir: string,
  remembered: readonly AnchorRow[],
  hold: (anchored: Anchored) => Promise<void>,
): Promise<AnchorFile> {
  const handle = await openIfThere(join(documentsDir, anchorFileName))
  if (!handle)
    return { last: null, broken: remembered.length > 0 ? `the file is gone, it ends after 0 of ${remembered.length} lines` : null }
  try {
    return await readAnchorLines(handle, remembered, hold)
  } finally {
    await handle.close()
  }
}

async function readAnchorLines(
  handle: FileHandle,
  remembered: readonly AnchorRow[],
  hold: (anchored: Anchored) => Promise<void>,
): Promise<AnchorFile> {
  let last: AnchorFile['last'] = null
  let prev = genesis
  let count = 0
  let missing: string | null = null
  for await (const text of linesFromStart(handle)) {
    const one = parsed(text)
    if (count === 0 && one && one.number > 1 && remembered[one.number - 2]?.line_hash === one.prev) {
      missing = `its lines 1 to ${one.number - 1} are missing; put them before the others again (a backup has them)`
      count = one.number - 1
      prev = one.prev
    }
    const row = remembered[count]
    count += 1
    if (!one || one.number !== count || one.prev !== prev) return { last, broken: `its line ${count} does not follow the line before` }
    if (!row) return { last, broken: `the database does not know its line ${count}` }
    prev = hashOfLine(text)
    if (row.line_hash !== prev || row.head !== one.head) return { last, broken: `its line ${count} is not the one that was written` }
    last = { number: one.number, at: one.at }
    await hold({ number: one.number, heads: 'heads' in one ? one.heads : one.moved })
  }
  return { last, broken: missing ?? (remembered.length > count ? `it ends after ${count} of ${remembered.length} lines` : null) }
}

async function openIfThere(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
