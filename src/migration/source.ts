/** Reads one source of a dump as a stream of rows; nothing of a row is judged here but its form and its encoding. */
import { pipeline } from 'node:stream'
import { CsvError, type Options, type Parser, parse } from 'csv-parse'
import iconv from 'iconv-lite'
import { recordLength } from './limits.js'
import { LineGuard } from './line-guard.js'
import { changed, openPlain, type PlainFile, type Registered, Watch } from './plain-file.js'
import { MigrationRefused, type Refused, refuse } from './refusal.js'
import type { FileSource, Source } from './schema.js'

/** `number` is the row as a spreadsheet counts it: the header is row 1. */
export type SourceRow =
  | { number: number; cells: string[]; text?: 'damaged' | 'repaired' }
  | { number: number; problem: 'malformed-row' | 'column-count' | 'damaged-text' }

/** What one reading of a source saw; two readings of an unchanged file see the same. */
export interface SourceSeal {
  bytes: number
  sha256: string
  rows: number
}

/** Header and rows of a source. The seal is complete once the rows are read to the end. */
export interface OpenSource {
  header: string[]
  rows: AsyncGenerator<SourceRow>
  seal: SourceSeal
}

/** The file is no CSV at all: a quotation that never ends, or a record beyond every measure. */
export class UnreadableSource extends Error {
  constructor(
    readonly file: string,
    cause: CsvError,
  ) {
    super(`reading ${file}: ${cause.code}`, { cause })
  }
}

export interface Reading {
  /** What the file is to be, byte for byte. */
  expected?: Registered | undefined
  signal?: AbortSignal | undefined
}

/**
 * Opens a source of the dump in `folder`. Refused (as `MigrationRefused`, also while the rows are read): the file is missing or a link,
 * a line is above 1 MB, or the file is not the expected one.
 */
export async function openSource(folder: string, source: Source, reading: Reading = {}): Promise<OpenSource> {
  if ('rows' in source) return openInline(source.rows)
  const opened = await openPlain(folder, source.file)
  if (!opened) throw new MigrationRefused(missing(source.file).refusal)
  if (!opened.ok) throw new MigrationRefused(opened.refusal)
  const watch = new Watch(reading.expected)
  const seal: SourceSeal = { bytes: 0, sha256: '', rows: 0 }
  const text = async function* () {
    yield* textOf(opened, source, watch, reading.signal)
    Object.assign(seal, { bytes: watch.bytes, sha256: watch.sha256 })
  }
  const parser = parse(csvOptions(source))
  pipeline(text, parser, ignoreHere)
  const records = recordsOf(parser, source.file)
  const first = await records.next()
  const header = first.done ? [] : first.value.record.map((name) => name.trim())
  return { header, rows: rowsOf(records, { source, header, seal, wellFormed: wellFormed(source) }), seal }
}

/** The file's text, in pieces; what was read is compared with what was expected, and no line of it is held that is too long. */
async function* textOf({ handle }: PlainFile, source: FileSource, watch: Watch, signal?: AbortSignal): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(source.encoding)
  const guard = new LineGuard()
  const piece = (text: string) => {
    if (!guard.fits(text)) throw new MigrationRefused(tooLong(source.file, guard.line).refusal)
    return text
  }
  for await (const chunk of handle.createReadStream(signal ? { signal } : {}) as AsyncIterable<Buffer>) {
    if (!watch.see(chunk)) break
    yield piece(decoder.write(chunk))
  }
  if (!watch.same) throw new MigrationRefused(changed(source.file).refusal)
  yield piece(decoder.end() ?? '')
}

function missing(file: string): Refused {
  const text = `The file \`${file}\`, named in the specification, is not in the intake folder.`
  return refuse({ code: 'missing-file', rule: 'R8', text, who: 'the customer', file })
}

function tooLong(file: string, line: number): Refused {
  const text = `\`${file}\` has a row of more than ${recordLength / 1_000_000} million characters, which begins in line ${line}; export it with a line per record.`
  return refuse({ code: 'line-too-long', rule: 'R8', text, who: 'the customer', file, line })
}

interface Parsed {
  record: string[]
  raw: string
  info: { empty_lines: number }
}

/** Quotation marks are read leniently, for the parser loses rows when it skips a broken one; `wellFormed` is strict about them afterwards. */
function csvOptions(source: FileSource): Options {
  return {
    delimiter: source.delimiter,
    quote: source.quote ?? false,
    escape: source.quote ?? '"',
    bom: true,
    info: true,
    raw: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: recordLength,
  }
}

/** Whether a record's own text is proper CSV: quotation marks only around whole cells, doubled within. */
function wellFormed({ quote, delimiter }: FileSource): (raw: string) => boolean {
  if (quote === null) return () => true
  const [q, d] = [quote, delimiter].map((mark) => `\\u{${mark.codePointAt(0)?.toString(16)}}`)
  const cell = `(?:${q}[^${q}]*(?:${q}${q}[^${q}]*)*${q}|[^${q}${d}\\r\\n]*)`
  const record = new RegExp(`^[\\r\\n]*${cell}(?:${d}${cell})*[\\r\\n]*$`, 'u')
  return (raw) => !raw.includes(quote) || record.test(raw)
}

async function* recordsOf(parser: Parser, file: string): AsyncGenerator<Parsed> {
  try {
    yield* parser as AsyncIterable<Parsed>
  } catch (error) {
    // Only the parser's own complaints are about the file; everything else goes on.
    if (error instanceof CsvError && error.code === 'CSV_MAX_RECORD_SIZE') throw new MigrationRefused(tooLong(file, lineOf(error)).refusal)
    if (error instanceof CsvError) throw new UnreadableSource(file, error)
    throw error
  }
}

function lineOf({ lines }: CsvError & { lines?: unknown }): number {
  return typeof lines === 'number' ? lines : 1
}

interface Layout {
  source: FileSource
  header: string[]
  seal: SourceSeal
  wellFormed: (raw: string) => boolean
}

/** A broken record may have swallowed the lines after it: each of its lines counts as a row, so that none is lost. */
async function* rowsOf(records: AsyncGenerator<Parsed>, { source, header, seal, wellFormed }: Layout): AsyncGenerator<SourceRow> {
  for await (const { record, raw, info } of records) {
    const above = info.empty_lines + 1
    if (wellFormed(raw)) yield judged(++seal.rows + above, record, header.length, source)
    else for (const _line of raw.trim().split(/\r\n|\r|\n/)) yield { number: ++seal.rows + above, problem: 'malformed-row' }
  }
}

function judged(number: number, cells: string[], width: number, source: FileSource): SourceRow {
  if (cells.length !== width) return { number, problem: 'column-count' }
  if (!damage.test(cells.join('\n'))) return { number, cells }
  if (source.damagedText === 'reject') return { number, problem: 'damaged-text' }
  if (source.damagedText === 'warn') return { number, cells, text: 'damaged' }
  const repaired = cells.map((cell) => repair(cell, source.encoding))
  return { number, cells: repaired, text: damage.test(repaired.join('\n')) ? 'damaged' : 'repaired' }
}

/** Replacement characters, C1 controls, and UTF-8 that was read as Windows-1252 ("JosÃ©"). */
const damage = /\u{FFFD}|[\u{80}-\u{9f}]|[ÂÃÄÅâ][€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\u{80}-\u{bf}]/u

function repair(cell: string, encoding: string): string {
  if (!damage.test(cell)) return cell
  const readWith = /utf-?8/i.test(encoding) ? 'windows-1252' : encoding
  const again = iconv.decode(iconv.encode(cell, readWith), 'utf8')
  return again.includes('\u{FFFD}') ? cell : again
}

function openInline(records: Record<string, string>[]): OpenSource {
  const header = Object.keys(records[0] ?? {})
  const seal: SourceSeal = { bytes: 0, sha256: '', rows: 0 }
  async function* rows(): AsyncGenerator<SourceRow> {
    for (const record of records) yield { number: ++seal.rows, cells: header.map((name) => record[name] ?? '') }
  }
  return { header, rows: rows(), seal }
}

function ignoreHere(): void {
  // The reader of the rows meets the same error; a pipeline merely insists on a listener.
}
