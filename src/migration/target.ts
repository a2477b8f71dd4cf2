/** What the product takes from a migration: its entities as the program needs them, in an order that foreign keys allow. */
import { columnsOf, type MigrationEntity, type Product, tablesOf } from '../product/index.js'

export interface TargetColumn {
  name: string
  type: 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'timestamp' | 'json'
  required: boolean
  /** What an empty value becomes, because the database refuses null. */
  default?: string
  codes?: readonly string[]
  /** The entity whose record it points at. */
  reference?: string
  /** The table of the configuration that it points at: the value is a row's natural key. */
  lookup?: string
}

/** Per table of the configuration, natural key → id, as the instance that will be loaded has them. */
export type Lookups = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface Target {
  entity: string
  title: string
  element: string
  table: string
  /** The column of the new id, where the table has one. */
  id: string | undefined
  /** The id of the first record: above those of the rows of its own that an instance keeps in the same table. */
  firstId: number
  key: readonly string[]
  columns: readonly TargetColumn[]
  /** Columns that the program fills by itself. */
  filled: readonly { name: string; fill: (id: number) => string }[]
}

/** Where ids start in a table that also holds rows that no migration brings, such as the master library among the studies. */
const aboveOwnRows = 1_000_001

/** The product's migration entities at a version, parents before children. */
export function targetsOf(product: Product, version: string, lookups: Lookups = {}): Target[] {
  const order = tablesOf(product, version)
  const { entities } = product.definition.migration
  const shared = entities.find(({ table, id }) => entities.some((other) => other.id !== id && other.table === table))
  if (shared) throw new Error(`reading the migration entity ${shared.id}: another one has its table, ${shared.table}`)
  return entities
    .map((entity) => targetOf({ product, version, lookups }, entity))
    .sort((a, b) => order.indexOf(a.table) - order.indexOf(b.table))
}

interface Setting {
  product: Product
  version: string
  lookups: Lookups
}

function targetOf({ product, version, lookups }: Setting, entity: MigrationEntity): Target {
  const { id, title, element, table, key } = entity
  const present = new Map(columnsOf(product, version, table))
  const fields = Object.entries(entity.fields).filter(([name]) => present.has(name))
  const columns = fields
    .filter(([, field]) => filler(field) === undefined)
    .map(([name, field]) => columnOf(name, field, present.get(name)?.type ?? 'text', lookups))
  const filled = fields.flatMap(([name, field]) => {
    const fill = filler(field)
    return fill ? [{ name, fill }] : []
  })
  const shared = product.definition.elements.some((other) => other.id !== element && Object.hasOwn(other.tables, table))
  const firstId = shared ? aboveOwnRows : 1
  return { entity: id, title, element, table, id: product.definition.tables[table]?.id, firstId, key, columns, filled }
}

type Field = MigrationEntity['fields'][string]

function filler({ value, sequence }: Field): ((id: number) => string) | undefined {
  if (value !== undefined) return () => value
  return sequence && ((id) => `${sequence.prefix}${String(id).padStart(sequence.digits, '0')}`)
}

function columnOf(name: string, field: Field, type: TargetColumn['type'], lookups: Lookups): TargetColumn {
  const { required, entity, lookup } = field
  const codes = lookup === undefined ? field.codes : Object.keys(lookups[lookup] ?? {})
  return {
    name,
    type: entity || lookup ? 'text' : type,
    required,
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(codes ? { codes } : {}),
    ...(entity ? { reference: entity } : {}),
    ...(lookup ? { lookup } : {}),
  }
}

/** The columns in which an entity's records are loaded. */
export function outputColumns({ id, columns, filled }: Target): string[] {
  return [...(id ? [id] : []), ...filled.map(({ name }) => name), ...columns.map(({ name }) => name)]
}

/** Turns a record, counted from 1 and pointing at others so counted, into the row that is loaded. */
export function rowWriter(
  target: Target,
  targets: readonly Target[],
  lookups: Lookups,
): (record: { id: number; values: readonly (string | null)[] }) => (string | null)[] {
  const { id: idColumn, columns, filled, firstId } = target
  const offsets = columns.map(({ reference }) => (targets.find(({ entity }) => entity === reference)?.firstId ?? 1) - 1)
  return ({ id, values }) => {
    const own = idColumn ? [String(firstId + id - 1)] : []
    const mapped = columns.map(({ reference, lookup }, at) => {
      const value = values[at] ?? null
      if (value === null) return null
      if (reference) return String(Number(value) + (offsets[at] ?? 0))
      return lookup ? (lookups[lookup]?.[value] ?? null) : value
    })
    return [...own, ...filled.map(({ fill }) => fill(id)), ...mapped]
  }
}
