/** Obfuscation in flight (R13, R36): rows of volunteers go in as they are and come out as somebody who never was. */
import { createHmac } from 'node:crypto'
import type { Column, MaskStrategy } from './definition.js'
import * as fakes from './fakes.js'
import type { Product } from './load.js'
import { isPersonal, tableOf } from './tables.js'

type Value = string | null
type Row = readonly Value[]

/** Thrown before the first row when the definition does not say what a column holds (R36). */
export class UnclassifiedColumn extends Error {
  constructor(
    readonly table: string,
    readonly columns: readonly string[],
  ) {
    super(`R36: ${table} holds volunteers, and the product definition does not classify ${columns.join(', ')}; nothing is copied`)
    this.name = 'UnclassifiedColumn'
  }
}

/**
 * The mask for rows of a table, given the columns in their order: deterministic under `key`, the same person the same in every table.
 * `key` is made for one copy and thrown away after it. Throws, before any row, on a column of a volunteer table that is not
 * classified or on rows that do not say whose they are (R36). Tables without volunteers come back unchanged.
 */
export function maskRows(product: Product, table: string, columns: readonly string[], key: Buffer): (row: Row) => Row {
  const { definition } = product
  if (!isPersonal(definition, table)) return (row) => row
  const spec = tableOf(product, table)
  const unknown = columns.filter((column) => spec.columns[column]?.mask === undefined || spec.columns[column].class === undefined)
  if (unknown.length > 0) throw new UnclassifiedColumn(table, unknown)
  const person = columns.indexOf(spec.person ?? '')
  const masks = columns.map((column) => maskOf(spec.columns[column] as Column))
  if (person < 0 && masks.some(({ needsPerson }) => needsPerson))
    throw new UnclassifiedColumn(table, [`the person (${spec.person ?? 'not declared'})`])
  return (row) => {
    const whose = row[person] ?? null
    const own = digest(key, 'person', whose ?? '')
    return row.map((value, at) => (value === null ? null : (masks[at] as Mask).apply({ value, whose, own, key })))
  }
}

interface Subject {
  value: string
  whose: Value
  /** Keyed hash of the person: what all of a person's invented parts are drawn from. */
  own: Buffer
  key: Buffer
}

interface Mask {
  needsPerson: boolean
  apply(subject: Subject): Value
}

function maskOf({ mask = 'blank', type }: Column): Mask {
  if (mask === 'shift-date') return { needsPerson: true, apply: (subject) => shifted(subject, type) }
  return { needsPerson: mask.startsWith('fake-'), apply: strategies[mask] }
}

const strategies: Record<Exclude<MaskStrategy, 'shift-date'>, (subject: Subject) => Value> = {
  keep: ({ value }) => value,
  blank: () => null,
  empty: () => '',
  'keyed-hash': ({ key, value }) => `M${digest(key, 'value', value).toString('hex', 0, 8).toUpperCase()}`,
  'fake-first-name': ({ own }) => fakes.firstName(own),
  'fake-last-name': ({ own }) => fakes.lastName(own),
  'fake-name': ({ own }) => `${fakes.firstName(own)} ${fakes.lastName(own)}`,
  'fake-other-name': (subject) => `${fakes.firstName(detail(subject))} ${fakes.lastName(detail(subject))}`,
  'fake-email': (subject) => fakes.email(detail(subject)),
  'fake-phone': (subject) => fakes.phone(detail(subject)),
  'fake-street': (subject) => fakes.street(detail(subject)),
  'fake-city': ({ own }) => fakes.city(own),
  'fake-postal-code': ({ own }) => fakes.postalCode(own),
}

/** What is drawn for a value of a person, of which there may be several: two addresses stay two, the same one stays the same. */
function detail({ key, whose, value }: Subject): Buffer {
  return digest(key, 'detail', JSON.stringify([whose, value]))
}

/** Moves a date or timestamp by the person's days, time of day kept; what is no date cannot be moved and is left out. */
function shifted({ value, own }: Subject, type: Column['type']): Value {
  const found = /^(\d{4}-\d\d-\d\d)(.*)$/.exec(value)
  if (!found || (type === 'date' && found[2] !== '')) return null
  const moved = Date.parse(`${found[1]}T00:00:00Z`) + fakes.dayShift(own) * 86_400_000
  return new Date(moved).toISOString().slice(0, 10) + found[2]
}

function digest(key: Buffer, purpose: string, text: string): Buffer {
  return createHmac('sha256', key).update(`${purpose}\u0000${text}`).digest()
}
