/** Rows come with their own ids; the counters behind those ids must then be told where to go on. */
import type { Product } from './load.js'
import { literal, name } from './sql.js'
import { tableOf, tablesOf } from './tables.js'

/** One `select` per table with a counter: to be run after every load and copy, else the instance's next insert collides. */
export function sequenceStatements(product: Product, version: string): string[] {
  return tablesOf(product, version).flatMap((table) => {
    const { id } = tableOf(product, table)
    if (id === undefined) return []
    const counter = `pg_get_serial_sequence(${literal(name(table))}, ${literal(id)})`
    return [`select setval(${counter}, coalesce(max(${name(id)}), 0) + 1, false) from ${name(table)} having ${counter} is not null`]
  })
}
