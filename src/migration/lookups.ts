/** The configuration's rows that a dump may point at, as the product's base configuration has them. */
import { content, type LoadTable, type Product } from '../product/index.js'
import type { Lookups } from './target.js'

/** The lookups of an instance that is made from the base; one made from another source brings its own. */
export async function baseLookups(product: Product, version: string): Promise<Lookups> {
  const wanted = new Set(product.definition.migration.entities.flatMap(({ fields }) => Object.values(fields).map(({ lookup }) => lookup)))
  const tables = content(product, version, ['base']).filter(({ table }) => wanted.has(table))
  return Object.fromEntries(await Promise.all(tables.map(async (table) => [table.table, await lookupOf(product, table)])))
}

/** Natural key (its parts joined by a slash) → id. */
async function lookupOf(product: Product, { table, columns, rows }: LoadTable): Promise<Record<string, string>> {
  const { id = 'id', key = [] } = product.definition.tables[table] ?? {}
  const found: [string, string][] = []
  for await (const row of rows) {
    const name = key.map((column) => row[columns.indexOf(column)] ?? '').join('/')
    found.push([name, row[columns.indexOf(id)] ?? ''])
  }
  return Object.fromEntries(found)
}
