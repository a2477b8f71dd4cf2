/** What changed between two reports of one instance: both have a table's rows in the order of their keys, so that one walk over both tells. */
import { compareKeys } from '../../product/index.js'
import type { TableContent, TableDifference } from '../types.js'
import type { Row } from './parts.js'

type Shape = Pick<TableContent, 'columns' | 'key'>
type Rows = AsyncIterable<Row>
type Shown = TableDifference['shown'][number]

/** So many rows of a table are told one by one; the others are counted. */
const SHOWN = 25

/** Rows with their columns' names. */
export interface Side {
  shape: Shape
  rows: Rows
}

export type Differences = Omit<TableDifference, 'element' | 'table' | 'title'>

/** Compares a table's rows with those before, row by row. Whether there is any difference says `differs`. */
export async function compareRows(before: Side, after: Side): Promise<Differences> {
  const [old, now] = [before.rows[Symbol.asyncIterator](), after.rows[Symbol.asyncIterator]()]
  const found: Differences = {
    added: 0,
    removed: 0,
    changed: 0,
    columnsAdded: after.shape.columns.filter((column) => !before.shape.columns.includes(column)),
    columnsRemoved: before.shape.columns.filter((column) => !after.shape.columns.includes(column)),
    shown: [],
  }
  const tell = (change: Shown['change'], key: Row, fields: Shown['fields']) => {
    found[change] += 1
    if (found.shown.length < SHOWN) found.shown.push({ change, key: [...key], fields })
  }
  let [one, other] = [await old.next(), await now.next()]
  while (!one.done || !other.done) {
    const [was, is] = [one.done ? null : keyOf(before, one.value), other.done ? null : keyOf(after, other.value)]
    const order = was === null ? 1 : is === null ? -1 : compareKeys(was, is)
    if (order < 0 && was) tell('removed', was, [])
    else if (order > 0 && is) tell('added', is, [])
    else if (is && !one.done && !other.done) {
      const fields = fieldsOf(before.shape, after.shape, one.value, other.value)
      if (fields.length > 0) tell('changed', is, fields)
    }
    if (order <= 0) one = await old.next()
    if (order >= 0) other = await now.next()
  }
  return found
}

/** Whether anything is told. */
export function differs({ added, removed, changed, columnsAdded, columnsRemoved }: Differences): boolean {
  return added + removed + changed + columnsAdded.length + columnsRemoved.length > 0
}

function keyOf({ shape }: Side, row: Row): Row {
  return row.slice(0, shape.key)
}

/** The columns that both have and whose values differ. */
function fieldsOf(before: Shape, after: Shape, was: Row, is: Row): Shown['fields'] {
  return after.columns.slice(after.key).flatMap((column, at) => {
    const place = before.columns.indexOf(column)
    const [old, now] = [was[place] ?? null, is[after.key + at] ?? null]
    return place < 0 || old === now ? [] : [{ column, before: old, after: now }]
  })
}
