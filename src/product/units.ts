/** What rows are called when they are counted: the same words in messages, plans, IQ and configuration report. */
import type { Product } from './load.js'
import { tableOf } from './tables.js'

/** The rows of one table of an element, and what they are called. */
export interface CountedPart {
  table: string
  unit: string
  rows: number
  /** Whether checksums and the configuration report hold them. Users, say, are carried and are no configuration. */
  configuration: boolean
}

/** Rows of settings that no comparison looks at are counted apart: the configuration report does not hold them. */
export const ignoredUnit = 'not compared'

/** The plural noun for the rows of a table: the definition's `unit`, or the table's name in words. */
export function unitOf(product: Product, table: string): string {
  return tableOf(product, table).unit ?? table.replaceAll('_', ' ')
}

/** The unit for so many rows: `study` for one of `studies`, `test of panels` for one of `tests of panels`. */
export function unitFor(unit: string, rows: number): string {
  if (rows !== 1) return unit
  const [head = '', link = '', rest = ''] = unit.split(/( of | in )(.*)/s)
  return `${singular(head)}${link}${rest}`
}

function singular(noun: string): string {
  if (noun.endsWith('ies')) return `${noun.slice(0, -3)}y`
  if (/(ss|x|ch|sh)es$/.test(noun)) return noun.slice(0, -2)
  return noun.endsWith('s') ? noun.slice(0, -1) : noun
}

/** `9 roles, 44 permissions, 127 assignments`; tables without rows are passed over, `no rows` where there are none at all. */
export function countedText(parts: readonly Pick<CountedPart, 'unit' | 'rows'>[]): string {
  const told = parts.filter(({ rows }) => rows > 0).map(({ unit, rows }) => `${rows.toLocaleString('en-US')} ${unitFor(unit, rows)}`)
  return told.join(', ') || 'no rows'
}
