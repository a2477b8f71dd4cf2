/** What rows are called when they are counted: the same words in messages, plans, IQ and configuration report. */
import type { Product } from './load.js'
import { tableOf } from './tables.js'

/** The plural noun for the rows of a table: the definition's `unit`, or the table's name in words. */
export function unitOf(product: Product, table: string): string {
  return tableOf(product, table).unit ?? table.replaceAll('_', ' ')
}
