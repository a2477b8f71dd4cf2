/** Rows in and out by COPY's text format: every value is PostgreSQL's own text, or null. */
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { StringDecoder } from 'node:string_decoder'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { LoadTable } from '../../product/index.js'
import { type Client, ident, relation } from './connection.js'

export type Row = readonly (string | null)[]

const chunkLength = 64 * 1024
const written: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const read: Record<string, string> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', v: '\v' }

/** Streams rows into a table and returns how many PostgreSQL took. */
export async function writeRows(client: Client, { table, columns, rows }: LoadTable, signal: AbortSignal): Promise<number> {
  const target = client.query(copyFrom(`copy ${relation(table)} (${columns.map(ident).join(', ')}) from stdin`))
  await pipeline(encode(rows), target, { signal })
  return target.rowCount ?? 0
}

/** The rows of a `select`, or of a table with its columns in parentheses, never held as a whole. */
export async function* readRows(client: Client, selection: string, signal?: AbortSignal): AsyncGenerator<Row> {
  const source: Readable = client.query(copyTo(`copy ${selection} to stdout`))
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of source) {
    signal?.throwIfAborted()
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield line.split('\t').map(decodeValue)
  }
}

/** In chunks: a write per row would cost more than the row. */
async function* encode(rows: AsyncIterable<Row>): AsyncGenerator<Buffer> {
  let chunk = ''
  for await (const row of rows) {
    chunk += `${row.map(encodeValue).join('\t')}\n`
    if (chunk.length > chunkLength) {
      yield Buffer.from(chunk)
      chunk = ''
    }
  }
  if (chunk) yield Buffer.from(chunk)
}

function encodeValue(value: string | null): string {
  if (value === null) return '\\N'
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => written[character] ?? character) : value
}

function decodeValue(value: string): string | null {
  if (value === '\\N') return null
  return value.includes('\\') ? value.replace(/\\(.)/g, (_, character: string) => read[character] ?? character) : value
}
