/** The SQL that reads an element in canonical order, pointers already followed to natural keys. */
import { type CanonicalColumn, type CanonicalTable, canonicalTable } from './canonical.js'
import type { Product } from './load.js'
import { literal, name, relation } from './sql.js'
import { elementOf, tableOf, tablesOf } from './tables.js'

/** One table of an element. The statement's columns are `shape.key` then `shape.values`; run it with `TimeZone` UTC and `DateStyle` ISO. */
export interface CanonicalQuery {
  element: string
  shape: CanonicalTable
  sql: string
}

/** The statements that read an element, in the order in which `ElementDigest` takes their rows. */
export function canonicalQueries(product: Product, version: string, element: string): CanonicalQuery[] {
  const present = new Set(tablesOf(product, version))
  return Object.entries(elementOf(product, element).tables)
    .filter(([table]) => present.has(table))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([table, where]) => {
      const shape = canonicalTable(product, version, table)
      return { element, shape, sql: select(product, shape, where) }
    })
}

function select(product: Product, { table, key, values }: CanonicalTable, where: string | null): string {
  const joins = new Map<string, string>()
  const columns = [...key, ...values].map((column) => `${reach(product, table, column, joins)}::text`)
  const rows = where === null ? relation(table) : `(select * from ${relation(table)} where ${where})`
  const order = key.map((column, at) => `${sortable(column, columns[at] ?? '')} collate "C" nulls first`)
  const list = columns.map((column, at) => `${column} as c${at}`).join(', ')
  return `select ${list} from ${rows} as t0 ${[...joins.values()].join(' ')} order by ${order.join(', ')}`.replace(/ {2,}/g, ' ')
}

/** Follows a column's steps through left joins, each made once, to the expression of its value. */
function reach(product: Product, table: string, { steps }: CanonicalColumn, joins: Map<string, string>): string {
  let alias = 't0'
  let at = table
  for (const [depth, step] of steps.slice(0, -1).entries()) {
    const target = tableOf(product, at).columns[step]?.references ?? ''
    const path = steps.slice(0, depth + 1).join('.')
    const known = [...joins.keys()].indexOf(path)
    const next = `t${known < 0 ? joins.size + 1 : known + 1}`
    if (known < 0) {
      const id = tableOf(product, target).id ?? ''
      joins.set(path, `left join ${relation(target)} as ${next} on ${next}.${name(id)} = ${alias}.${name(step)}`)
    }
    alias = next
    at = target
  }
  return `${alias}.${name(steps.at(-1) ?? '')}`
}

function sortable({ type }: CanonicalColumn, expression: string): string {
  if (type !== 'text') return expression
  const unified = `replace(replace(${expression}, ${escaped('\\r\\n')}, ${escaped('\\n')}), ${escaped('\\r')}, ${escaped('\\n')})`
  return `normalize(${unified}, NFC)`
}

function escaped(sequence: string): string {
  return `E${literal(sequence)}`
}
