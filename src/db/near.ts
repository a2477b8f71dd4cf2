/** What may have been meant by a mistyped word, without reading everybody. */
import type { Tx } from './connection.js'

/** Neighbours read on each side, by the unique index of the slug or name: the work does not grow with the table. */
const SIDE = 100

/**
 * The slugs or names that stand around the typed word, and around its first letters, in the order of the index; each once, at most
 * five times `SIDE`. All there are, while there are no more than `SIDE`. A slip in the first letters of many thousands may find nothing.
 */
export async function near(db: Tx, what: 'customer' | 'environment', typed: string): Promise<string[]> {
  const word = typed.toLowerCase()
  const starts = ['', word.slice(0, 2), word.slice(0, 4), word]
  const found = await Promise.all([...starts.map((start) => beside(db, what, start, '>=')), beside(db, what, word, '<')])
  return [...new Set(found.flat())]
}

async function beside(db: Tx, what: 'customer' | 'environment', word: string, side: '>=' | '<'): Promise<string[]> {
  const order = side === '<' ? 'desc' : 'asc'
  if (what === 'customer') {
    const rows = await db.selectFrom('customer').select('slug').where('slug', side, word).orderBy('slug', order).limit(SIDE).execute()
    return rows.map(({ slug }) => slug)
  }
  const rows = await db.selectFrom('environment').select('name').where('name', side, word).orderBy('name', order).limit(SIDE).execute()
  return rows.map(({ name }) => name)
}
