/** A clinic of the size of a real one: the product's base configuration, and a medical dictionary and a laboratory as large as they are in life. */
import { randomBytes } from 'node:crypto'
import type { Driver, InstanceAddress } from '../drivers/driver.js'
import { content, type LoadTable, type Product } from '../product/index.js'

export interface Size {
  terms: number
  tests: number
}

type Row = readonly (string | null)[]

/** Makes an instance of the newest version with base configuration, `terms` more dictionary terms and `tests` more laboratory tests. */
export async function largeClinic(driver: Driver, product: Product, server: string, size: Size): Promise<InstanceAddress> {
  const name = `slipway_bench_${randomBytes(4).toString('hex')}`
  const at = { server, database: name, role: name, secret: 'bench-secret', maintenanceSecret: 'bench-maintenance' }
  const version = product.definition.versions.at(-1) ?? ''
  await driver.create(at, version)
  await driver.load(at, enlarged(content(product, version, ['base']), size), { report: () => {}, signal: new AbortController().signal })
  return at
}

async function* enlarged(tables: readonly LoadTable[], { terms, tests }: Size): AsyncGenerator<LoadTable> {
  for (const { table, columns, rows } of tables) {
    const more = { dictionary_terms: terms, lab_tests: tests }[table] ?? 0
    yield { table, columns, rows: more > 0 ? longer(rows, more, columns) : rows }
  }
}

/** The rows that there are, and copies of the last under ids and codes of their own. */
async function* longer(rows: AsyncIterable<Row>, more: number, columns: readonly string[]): AsyncGenerator<Row> {
  let last: Row = []
  for await (const row of rows) {
    last = row
    yield row
  }
  for (let n = 0; n < more; n += 1) yield last.map((value, at) => unlike(value, columns[at] ?? '', n))
}

function unlike(value: string | null, column: string, n: number): string | null {
  if (column === 'id') return String(1_000_000 + n)
  return ['code', 'term', 'name'].includes(column) ? `${value} ${n}` : value
}
