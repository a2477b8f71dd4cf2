/** The rows of a report on their way into its record: hashed and written as they come, never held but for one table's, and that up to a limit. */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { type BegunFile, beginFile } from '../../files.js'
import { canonical } from '../canonical.js'
import { rowsFile } from '../file-names.js'
import { tableContent } from '../schema/configuration-report.js'
import type { TableContent } from '../types.js'
import type { Row, TableHead } from './parts.js'

/** A table that came whole; its rows can be read again. */
interface Spooled {
  content: Omit<TableContent, 'listed'>
  /** Where the record's entry lies in the spool, in bytes. */
  start: number
  length: number
  beside: BegunFile | null
}

/** The table whose rows are coming. `held` are its rows, until they are too many and go into a file. */
interface Coming {
  head: TableHead
  rows: number
  held: Row[]
  hash: Hash
  bytes: number
  beside: BegunFile | null
}

export class Spool {
  readonly tables: Spooled[] = []
  private coming: Coming | undefined
  private written = 0

  private constructor(
    private readonly base: string,
    private readonly limit: number,
    private readonly entries: BegunFile,
  ) {}

  /** `base` is the folder and the beginning of the names of its files. */
  static async begin(base: string, limit: number): Promise<Spool> {
    return new Spool(base, limit, await beginFile(`${base}.content`))
  }

  async table(head: TableHead): Promise<void> {
    await this.endTable()
    this.coming = { head, rows: 0, held: [], hash: createHash('sha256'), bytes: 0, beside: null }
  }

  /** More rows of the table that was begun last. */
  async rows(rows: readonly Row[]): Promise<void> {
    const { coming } = this
    if (!coming) throw new Error('writing a report: rows came before their table')
    const text = textOf(rows)
    coming.hash.update(text)
    coming.rows += rows.length
    coming.bytes += Buffer.byteLength(text)
    if (!coming.beside && coming.rows > this.limit) {
      coming.beside = await beginFile(`${this.base}-${coming.head.table}.ndjson`)
      if (coming.held.length > 0) await coming.beside.write(textOf(coming.held))
      coming.held = []
    }
    if (coming.beside) await coming.beside.write(text)
    else coming.held.push(...rows)
  }

  /** No more rows come. */
  async end(): Promise<void> {
    await this.endTable()
    await this.entries.close()
  }

  private async endTable(): Promise<void> {
    const { coming } = this
    this.coming = undefined
    if (!coming) return
    const { head, rows, held, hash, bytes, beside } = coming
    const sha256 = hash.digest('hex')
    const file = beside ? { name: rowsFile(basename(this.base), head.table, sha256), bytes, sha256 } : null
    const content = { ...head, rows, sha256, ...(file ? { file } : {}) }
    const entry = canonical(tableContent.parse(file ? content : { ...content, listed: held }))
    const comma = this.written > 0 ? ',' : ''
    await this.entries.write(comma + entry)
    await beside?.close()
    const length = Buffer.byteLength(entry)
    this.tables.push({ content, start: this.written + comma.length, length, beside })
    this.written += comma.length + length
  }

  /** The rows of a table that came whole, in their order. */
  async *read(table: number): AsyncGenerator<Row> {
    const { beside, start, length } = this.spooled(table)
    if (beside) yield* rowsOfFile(beside.part)
    else yield* await this.listed(start, length)
  }

  private async listed(start: number, length: number): Promise<Row[]> {
    const handle = await open(this.entries.part, 'r')
    try {
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, start)
      return (JSON.parse(buffer.toString('utf8')) as TableContent).listed ?? []
    } finally {
      await handle.close()
    }
  }

  private spooled(table: number): Spooled {
    const found = this.tables[table]
    if (!found) throw new Error(`writing a report: there is no table ${table}`)
    return found
  }

  /** The record's entries as they stand in it, parted by commas. */
  entriesOf(): AsyncIterable<Buffer> {
    return createReadStream(this.entries.part)
  }

  /** Gives the files beside the report their names; returns them. */
  async keepBeside(folder: string): Promise<string[]> {
    const names: string[] = []
    for (const { content, beside } of this.tables) {
      if (!beside || !content.file) continue
      await beside.keep(`${folder}/${content.file.name}`)
      names.push(content.file.name)
    }
    return names
  }

  /** Removes what has no name yet. */
  async discard(): Promise<void> {
    for (const file of [this.entries, this.coming?.beside, ...this.tables.map(({ beside }) => beside)]) await file?.discard()
  }
}

/** The rows of a file as a report's rows lie beside it: a JSON array a line. */
export async function* rowsOfFile(path: string): AsyncGenerator<Row> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })
  for await (const line of lines) yield JSON.parse(line) as Row
}

function textOf(rows: readonly Row[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
