/** An instance of the fake driver: rows in memory, their checksums, and what IQ checks find in them. */
import { createHash } from 'node:crypto'
import type { ConfigurationPart, Inventory } from '../../src/drivers/driver.js'
import { classOf, type PeopleCount } from '../../src/lifecycle/kinds.js'
import { canonicalRow, compareKeys } from '../../src/product/canonical.js'
import {
  type ApplicableCheck,
  canonicalQueries,
  configurationElements,
  configurationRoots,
  ElementDigest,
  elementOf,
  type Product,
  releaseExpectations,
  resets,
} from '../../src/product/index.js'
import { isTrue, type Row, type Tables } from './fake-sql.js'

export interface Held {
  version: string
  frozen: boolean
  identity: string
  tables: Map<string, Row[]>
  /** What of the schema a test took away: then nothing refuses it. */
  taken?: { audit?: 'update' | 'delete'; migration?: string }
}

/** As a real driver takes it, but for the fingerprint, which stands for a schema that a fake does not have. */
export function inventoryOf(product: Product, held: Held): Inventory {
  const last = configurationOf(product, held).at(-1)
  if (last?.part !== 'inventory') throw new Error('the configuration ended without its inventory')
  return last.inventory
}

/** The parts of the configuration as a real driver streams them. */
export function configurationOf(product: Product, { version, tables }: Held): ConfigurationPart[] {
  const parts: ConfigurationPart[] = []
  const elements = configurationElements(product).map(({ id }) => {
    const digest = new ElementDigest(id)
    for (const { shape } of canonicalQueries(product, version, id)) {
      const columns = [...shape.key, ...shape.values].map(({ name }) => name)
      parts.push({ part: 'table', element: id, table: shape.table, columns, key: shape.key.length })
      const where = elementOf(product, id).tables[shape.table]
      const ways = [...shape.key, ...shape.values].map(({ steps }) => steps)
      const rows = (tables.get(shape.table) ?? [])
        .filter((row) => isTrue(where, row, tables))
        .map((row) => ways.map((way) => follow({ product, tables }, { table: shape.table, row }, way)))
      const sorted = rows.sort((a, b) => compareKeys(canonicalRow(shape, a).key, canonicalRow(shape, b).key))
      const shown = sorted.map((row) => digest.add(shape, row)).filter((row) => row !== null)
      if (shown.length > 0) parts.push({ part: 'rows', rows: shown })
    }
    return digest.finish()
  })
  const people = peopleOf(product, tables)
  const held = { elements, ...configurationRoots(product, elements), volunteers: people.all, people }
  return [...parts, { part: 'inventory', inventory: { version, fingerprint: fingerprint(version), ...held } }]
}

/** Who is who, by the numbers that the clinic's dummies and its mask have: a fake has no SQL for the definition's conditions. */
export function peopleOf(product: Product, tables: Tables): PeopleCount {
  const rows = tables.get(product.definition.people.table) ?? []
  const numbered = (pattern: RegExp) => rows.filter((row) => pattern.test(row['volunteer_number'] ?? '')).length
  return { all: rows.length, dummy: numbered(/^DUMMY-/), masked: numbered(/^M[0-9A-F]{16}$/) }
}

/** Stands for the schema of a version. */
export function fingerprint(version: string): string {
  return createHash('sha256').update(version).digest('hex')
}

/** The value at the end of a way through references. */
function follow(world: { product: Product; tables: Tables }, from: { table: string; row: Row }, steps: readonly string[]): string | null {
  const [step = '', ...rest] = steps
  const value = from.row[step] ?? null
  if (rest.length === 0 || value === null) return value
  const table = world.product.definition.tables[from.table]?.columns[step]?.references ?? ''
  const id = world.product.definition.tables[table]?.id ?? ''
  const row = world.tables.get(table)?.find((other) => other[id] === value)
  return row ? follow(world, { table, row }, rest) : null
}

/** What a check finds. The schema is that of the held version, but for what a test took away; a check that is not known here is blocked. */
export function actualOf(product: Product, found: Held, { check }: ApplicableCheck): string | undefined {
  const key = 'key' in check.expected ? check.expected.key : ''
  if (key === 'identity') return found.identity
  if (check.kind === 'version') return found.version
  if (check.kind === 'fingerprint') return fingerprint(found.version)
  if (check.kind === 'must-match') return inventoryOf(product, found).mustMatch
  if (check.kind === 'quarantine') return String(unreset(product, found, 'per-environment'))
  if (check.kind === 'secrets') return String(unreset(product, found, 'secret'))
  const people = peopleOf(product, found.tables)
  if (check.kind === 'volunteers') return classOf(people)
  if (check.kind === 'people') return String(people.all)
  if (check.kind === 'not-dummy') return String(people.all - people.dummy)
  if (check.kind === 'not-masked') return String(people.all - people.masked)
  return ofClinic(product, found)[check.id]?.()
}

/** The checks that the clinic's own SQL makes, by their numbers: answered from the rows, or from the schema that the version stands for. */
function ofClinic(product: Product, { version, tables, taken = {} }: Held): Record<string, () => string> {
  const count = (table: string, fits: (row: Row) => boolean) => (tables.get(table) ?? []).filter(fits).length
  const files = () => releaseExpectations(product, version)['migrations']?.split('\n') ?? []
  return {
    'IQ-03': () =>
      files()
        .filter((file) => file !== taken.migration)
        .join('\n'),
    'IQ-08': () => String(count('roles', (row) => isTrue('built_in', row, tables))),
    'IQ-14': () => (taken.audit === 'update' ? 'not refused' : '42501'),
    'IQ-15': () => (taken.audit === 'delete' ? 'not refused' : '42501'),
    'IQ-17': () =>
      [
        count('volunteer_contacts', ({ email }) => email != null && !email.endsWith('@masked.example')),
        count('volunteers', ({ national_id, notes, middle_name }) => [national_id, notes, middle_name].some((each) => each != null)),
        count('volunteer_custom_values', ({ value }) => value !== ''),
        count('item_data', ({ value_text }) => value_text != null),
      ].join(' | '),
    'IQ-18': () => String(count('volunteers', () => true)),
    'IQ-19': () => String(count('studies', (row) => isTrue('is_master_library', row, tables))),
  }
}

function unreset(product: Product, { version, tables }: Held, policy: string): number {
  const kept = resets(product, version).filter((reset) => reset.policy === policy)
  return kept.reduce((sum, { table, column, value, where }) => {
    const differs = (row: Row) =>
      isTrue(where, row, tables) && isTrue(`${column} is distinct from ${value === null ? 'null' : `'${value}'`}`, row, tables)
    return sum + (tables.get(table) ?? []).filter(differs).length
  }, 0)
}
