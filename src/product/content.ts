/**
 * The content that a product ships: base configuration, dummy volunteers, demo studies. One CSV file per table, named after it;
 * an unquoted empty field is null. A file in a sub-folder named after a version stands in for its namesake from that version on.
 */
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'csv-parse'
import { parse as parseNow } from 'csv-parse/sync'
import type { LoadTable } from './index.js'
import type { Finding, Product } from './load.js'
import { columnsOf, tablesOf } from './tables.js'

/** The sets of content: `dummy` is volunteers only and fits any instance; `demo` adds studies and what was collected in them. */
export type ContentSet = 'base' | 'dummy' | 'demo'

interface ContentFile {
  table: string
  path: string
  header: string[]
}

const csv = {
  bom: true,
  skip_empty_lines: true,
  cast: (value: string, { quoting }: { quoting: boolean }) => (value === '' && !quoting ? null : value),
}

/** The tables of the given sets, merged by table, in the order in which foreign keys allow loading. */
export function content(product: Product, version: string, sets: readonly ContentSet[]): LoadTable[] {
  const all = sets.flatMap((set) => filesOf(product, version, set))
  return tablesOf(product, version).flatMap((table) => {
    const files = all.filter((file) => file.table === table)
    const [first] = files
    return first ? [{ table, columns: first.header, rows: rowsOf(files, first.header) }] : []
  })
}

/** How many rows the base content of a version gives a table, among those whose columns have the given values: an expectation for IQ checks. */
export function countBaseRows(product: Product, version: string, table: string, where: Readonly<Record<string, string>>): number {
  const file = filesOf(product, version, 'base').find((each) => each.table === table)
  if (!file) return 0
  const [header = [], ...rows] = parseNow(readFileSync(file.path, 'utf8'), csv) as (string | null)[][]
  return rows.filter((row) => Object.entries(where).every(([column, value]) => row[header.indexOf(column)] === value)).length
}

/** The texts that the base content of a version has in a column: a code list that the product itself declares. */
export function baseTexts(product: Product, version: string, table: string, column: string): string[] {
  const file = filesOf(product, version, 'base').find((each) => each.table === table)
  if (!file) return []
  const [header = [], ...rows] = parseNow(readFileSync(file.path, 'utf8'), csv) as (string | null)[][]
  return rows.flatMap((row) => row[header.indexOf(column)] ?? [])
}

/** What is wrong with the content files of every set and version. */
export function contentFiles(product: Product): { findings: Finding[] } {
  const findings: Finding[] = []
  for (const [set, folder] of Object.entries(product.definition.content)) {
    if (!existsSync(join(product.dir, folder)))
      findings.push({ file: 'product.yaml', key: `content.${set}`, message: `no folder ${folder}` })
  }
  for (const version of product.definition.versions) findings.push(...findingsIn(product, version))
  return { findings: [...new Map(findings.map((each) => [JSON.stringify(each), each])).values()] }
}

function findingsIn(product: Product, version: string): Finding[] {
  const headers = new Map<string, string[]>()
  return (['base', 'dummy', 'demo'] as const).flatMap((set) =>
    filesOf(product, version, set).flatMap(({ table, path, header }) => {
      const file = relative(product.dir, path)
      const found = (message: string) => [{ file, key: version, message }]
      if (!tablesOf(product, version).includes(table)) return found(`${table} is not a table of version ${version}`)
      const known = new Set(columnsOf(product, version, table).map(([column]) => column))
      const strangers = header.filter((column) => !known.has(column))
      if (strangers.length > 0) return found(`version ${version} has no column ${strangers.join(', ')}`)
      const first = headers.get(table)
      headers.set(table, first ?? header)
      return first && [...first].sort().join() !== [...header].sort().join()
        ? found(`other columns than in the other files of ${table}`)
        : []
    }),
  )
}

function filesOf({ dir, definition }: Product, version: string, set: ContentSet): ContentFile[] {
  const folder = join(dir, definition.content[set])
  const chain = definition.versions.slice(0, definition.versions.indexOf(version) + 1)
  const files = new Map<string, string>()
  for (const place of [folder, ...chain.map((each) => join(folder, each))]) {
    for (const file of existsSync(place) ? readdirSync(place) : []) {
      if (file.endsWith('.csv')) files.set(file.slice(0, -4), join(place, file))
    }
  }
  return [...files].map(([table, path]) => ({ table, path, header: headerOf(path) }))
}

function headerOf(path: string): string[] {
  const [header = []] = parseNow(readFileSync(path, 'utf8'), { bom: true, to_line: 1 }) as string[][]
  return header
}

async function* rowsOf(files: readonly ContentFile[], columns: readonly string[]): LoadTable['rows'] {
  for (const { path, header } of files) {
    const places = columns.map((column) => header.indexOf(column))
    const rows: AsyncIterable<(string | null)[]> = createReadStream(path).pipe(parse({ ...csv, from_line: 2 }))
    for await (const row of rows) yield places.map((place) => row[place] ?? null)
  }
}
