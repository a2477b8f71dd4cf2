/** The names of a document's files, for who writes them, who looks for them and who verifies them: record, PDF, and rows that lie beside a report. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'

/** The folder in the customer's documents where renderings lie that no document on record names. */
export const NOT_RECORDED = 'not-recorded'

/** Begins of names of what a document's files end with; `sha256` is that of what the file is about. */
export function fileStem(name: string, sha256: string): string {
  return `${name}-${sha256.slice(0, 8)}`
}

/** The file of a table's rows beside the report `name` (`<number>-r<revision>`); `sha256` is that of the rows. */
export function rowsFile(name: string, table: string, sha256: string): string {
  return `${fileStem(`${name}-${table}`, sha256)}.ndjson`
}

/** The record of a document beside the PDF that the register names. */
export function recordOf(pdf: string): string {
  return pdf.replace(/\.pdf$/, '.json')
}

/** Names of whole files, signed and rows included, of documents about an environment or instance; destruction records are left out. */
export function filesAbout(about: string): RegExp {
  return new RegExp(`^(?!DR-)[A-Z]+-${about.toUpperCase()}-r\\d+-(?:[^.]+-)?[0-9a-f]{8}\\.(?:json|pdf|ndjson)$`)
}

/** Names of what was begun of such documents and never became whole. */
export function begunAbout(about: string): RegExp {
  return new RegExp(`^(?!DR-)[A-Z]+-${about.toUpperCase()}(-r\\d+[^.]*)?\\..+\\.part$`)
}

const rows = z.object({ file: z.object({ name: z.string(), sha256: z.string() }).optional() })
/** As much of a report's record as names its files. */
const withRows = z.object({ content: z.object({ value: z.object({ tables: z.array(rows) }) }) })
/** Records of an older form held all rows and named no files; such a one is not parsed. */
const LARGEST = 48 * 1024 * 1024

/** The files of rows that a record names, with the checksums of their rows; none where it names none. Null where there is no such record, or it cannot be read. */
export async function rowsNamedIn(record: string): Promise<{ name: string; sha256: string }[] | null> {
  const found = await stat(record).catch(absent)
  if (!found) return null
  if (found.size > LARGEST) return []
  const content = parsed(await readFile(record, 'utf8'))
  if (content === undefined) return null
  const named = withRows.safeParse(content)
  return named.success ? named.data.content.value.tables.flatMap(({ file }) => file ?? []) : []
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What of a document's files is not as it was issued: each by its name, with what is wrong. Of the PDF only that it is there is known. */
interface Spoilt {
  file: string
  how: 'is not there any more' | 'is not any more what was recorded'
}

/** Looks at all files of a document on record: `pdf` is the file that the register names, `sha256` that of its record. Empty where all is as issued. */
export async function spoiltFiles(pdf: string, sha256: string): Promise<Spoilt[]> {
  const record = recordOf(pdf)
  const wrong = await compared(record, sha256)
  if (wrong) return [wrong]
  const rows = (await rowsNamedIn(record)) ?? []
  const beside = await Promise.all(rows.map((file) => compared(join(dirname(pdf), file.name), file.sha256)))
  const drawn: Spoilt[] = (await stat(pdf).catch(absent)) ? [] : [{ file: basename(pdf), how: 'is not there any more' }]
  return [...drawn, ...beside.flatMap((each) => each ?? [])]
}

/** The checksum of a file against the one on record; null where it is that. */
export async function compared(file: string, sha256: string): Promise<Spoilt | null> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  } catch (error) {
    absent(error as NodeJS.ErrnoException)
    return { file: basename(file), how: 'is not there any more' }
  }
  return hash.digest('hex') === sha256 ? null : { file: basename(file), how: 'is not any more what was recorded' }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
