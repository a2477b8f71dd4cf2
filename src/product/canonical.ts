/**
 * The canonical form: what a row of configuration says, whatever the instance. It is fixed; every approved baseline rests on it.
 *
 * 1. A row is named by its natural key. The database's own `id` never appears. A column that points at another row is replaced by
 *    that row's natural key, one value per part, named `<column>.<part>`, to any depth; a null pointer gives nulls.
 * 2. Values are null or text. Text: Unicode NFC, line ends LF, nothing trimmed. Integers: no leading zeros, no plus sign.
 *    Numbers: plain decimal notation without leading or trailing zeros (`1.50` is `1.5`, `-0` is `0`). Booleans: `true`, `false`.
 *    Dates: as PostgreSQL writes them in ISO style. Timestamps: UTC, six decimals, `2026-01-31T09:30:00.000000Z`; one without a zone
 *    counts as UTC. JSON: keys sorted by code unit, no white space, numbers as IEEE doubles.
 * 3. Policy, of the column, or in a settings table of the row's key: `ignore` is left out; `secret` is replaced by whether it is set;
 *    `per-environment` is in the full form and left out of the must-match form. A settings row that is not must-match is left out of
 *    the must-match form whole. A computed column is left out. Key columns always stay.
 * 4. The bytes of a row are the UTF-8 of `JSON.stringify([table, key, values])`: `key` the key's parts in the order of the definition,
 *    `values` the other columns as `[name, value]`, sorted by name; a secret's value is `{"secret":true}` when set, else
 *    `{"secret":false}` (null and the empty text count as not set).
 * 5. Rows of a table are sorted by key, part by part, null first, then by the UTF-8 bytes of the canonical text.
 */
import type { Column, Policy, Table } from './definition.js'
import type { Product } from './load.js'
import { settingPolicy } from './resets.js'
import { columnsOf, tableOf } from './tables.js'

export type Value = string | null

/** One value of the canonical form and the way to it: `steps` are the columns to follow from the table, the last being the value. */
export interface CanonicalColumn {
  name: string
  steps: readonly string[]
  type: Column['type']
  policy: Policy
}

/** How the rows of one table look in canonical form: the key's columns first, then the others by name. */
export interface CanonicalTable {
  table: string
  key: readonly CanonicalColumn[]
  values: readonly CanonicalColumn[]
  settings: Table['settings']
}

/**
 * A row in canonical form. `everything` and `mustMatch` are the bytes of rule 4; undefined where the row takes no part. `values` are the
 * columns beside the key as people read them: of a secret only whether it is set.
 */
export interface CanonicalRow {
  key: readonly Value[]
  values: readonly Value[]
  everything?: string
  mustMatch?: string
}

/** The canonical columns of a table in one version. */
export function canonicalTable(product: Product, version: string, table: string): CanonicalTable {
  const { id, key, settings } = tableOf(product, table)
  const others = columnsOf(product, version, table).filter(([column]) => column !== id && !key.includes(column))
  const values = others.flatMap(([column]) => follow(product, table, [column])).filter(({ policy }) => policy !== 'ignore')
  return {
    table,
    key: key.flatMap((column) => follow(product, table, [column])),
    values: values.sort((a, b) => (a.name < b.name ? -1 : 1)),
    settings,
  }
}

/** A row, given in PostgreSQL's text form in the order of `key` then `values`, in canonical form. */
export function canonicalRow(shape: CanonicalTable, row: readonly Value[]): CanonicalRow {
  const key = shape.key.map(({ type }, at) => canonicalValue(type, row[at] ?? null))
  const own = rowPolicy(shape, key)
  if (own === 'ignore') return { key, values: [] }
  const values: Value[] = []
  const all: [string, unknown][] = []
  const matching: [string, unknown][] = []
  for (const [at, column] of shape.values.entries()) {
    const policy = own !== 'must-match' && column.name === shape.settings?.value ? own : column.policy
    const value = canonicalValue(column.type, row[shape.key.length + at] ?? null)
    const pair: [string, unknown] = [column.name, policy === 'secret' ? { secret: isSet(value) } : value]
    values.push(policy === 'secret' ? secretText(isSet(value)) : value)
    all.push(pair)
    if (policy === 'must-match') matching.push(pair)
  }
  const everything = JSON.stringify([shape.table, key, all])
  if (own !== 'must-match') return { key, values, everything }
  return { key, values, everything, mustMatch: matching.length === all.length ? everything : JSON.stringify([shape.table, key, matching]) }
}

/** Compares two keys as rule 5 says: negative, zero, positive. */
export function compareKeys(a: readonly Value[], b: readonly Value[]): number {
  for (let at = 0; at < a.length; at += 1) {
    const order = compareValues(a[at] ?? null, b[at] ?? null)
    if (order !== 0) return order
  }
  return 0
}

/** One value in canonical form (rule 2). Doing it twice changes nothing. */
export function canonicalValue(type: Column['type'], value: Value): Value {
  if (value === null) return null
  switch (type) {
    case 'text':
      return value.normalize('NFC').replace(/\r\n?/g, '\n')
    case 'integer':
    case 'number':
      return decimal(value)
    case 'boolean':
      return value === 't' || value === 'true' ? 'true' : 'false'
    case 'date':
      return value
    case 'timestamp':
      return instant(value)
    case 'json':
      return sortedJson(JSON.parse(value))
    default:
      return type satisfies never
  }
}

function follow(product: Product, table: string, steps: readonly string[]): CanonicalColumn[] {
  const column = tableOf(product, table).columns[steps.at(-1) ?? '']
  if (!column) throw new Error(`no column ${steps.join('.')} from ${table}`)
  const { references, type, policy } = column
  if (references === undefined) return [{ name: steps.join('.'), steps, type, policy }]
  const targetKey = tableOf(product, references).key
  return targetKey.flatMap((part) => follow(product, references, [part]).map((end) => ({ ...end, policy, ...path(steps, end) })))
}

function path(steps: readonly string[], end: CanonicalColumn): Pick<CanonicalColumn, 'name' | 'steps'> {
  const whole = [...steps, ...end.steps]
  return { name: whole.join('.'), steps: whole }
}

function rowPolicy({ settings }: CanonicalTable, key: readonly Value[]): Policy {
  return settings ? settingPolicy(settings, key[0] ?? '') : 'must-match'
}

function isSet(value: Value): boolean {
  return value !== null && value !== ''
}

function secretText(set: boolean): string {
  return set ? '(secret, set)' : '(secret, not set)'
}

function decimal(text: string): string {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text)
  if (!found) return text
  const [, sign = '', whole = '', part = '', exponent = '0'] = found
  const shift = Number(exponent)
  const digits = (whole + part).padEnd(whole.length + shift, '0').padStart(part.length - shift, '0')
  const point = digits.length - Math.max(0, part.length - shift)
  const integer = digits.slice(0, point).replace(/^0+(?=\d)/, '') || '0'
  const fraction = digits.slice(point).replace(/0+$/, '')
  const plain = fraction === '' ? integer : `${integer}.${fraction}`
  return sign === '-' && plain !== '0' ? `-${plain}` : plain
}

function instant(text: string): string {
  const found = /^(\d{4,}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d(?::?\d\d)?(?::\d\d)?)?$/.exec(text)
  if (!found) return text
  const [, date, time, fraction = '', zone = 'Z'] = found
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?/.exec(zone) ?? []
  const offset = (Number(hours) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -1 : 1)
  const utc = new Date(Date.parse(`${date}T${time}Z`) - offset * 60_000).toISOString()
  return `${utc.slice(0, -5)}.${fraction.padEnd(6, '0')}Z`
}

function sortedJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.normalize('NFC'))
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const pairs = Object.entries(value).map(([key, each]) => [key.normalize('NFC'), sortedJson(each)] as const)
  const members = pairs.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => `${JSON.stringify(key)}:${each}`)
  return `{${members.join(',')}}`
}

function compareValues(a: Value, b: Value): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at += 1) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x !== y) return byteRank(x) - byteRank(y)
  }
  return a.length - b.length
}

/** UTF-16 puts surrogates below U+E000–U+FFFF, UTF-8 above them: the order of bytes is the one that PostgreSQL's collation "C" has. */
function byteRank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800
  return unit >= 0xd800 ? unit + 0x2000 : unit
}
