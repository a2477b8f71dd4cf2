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
  resets,
} from '../../src/product/index.js'
import { isTrue, type Row, type Tables } from './fake-sql.js'

export interface Held {
  version: string
  frozen: boolean
  identity: string
  tables: Map<string, Row[]>
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

/** What a check finds. Checks of the database itself, which a fake has not, find what they expect. */
export function actualOf(product: Product, found: Held, { check, expected }: ApplicableCheck): string | undefined {
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
  return expected
}

function unreset(product: Product, { version, tables }: Held, policy: string): number {
  const kept = resets(product, version).filter((reset) => reset.policy === policy)
  return kept.reduce((sum, { table, column, value, where }) => {
    const differs = (row: Row) =>
      isTrue(where, row, tables) && isTrue(`${column} is distinct from ${value === null ? 'null' : `'${value}'`}`, row, tables)
    return sum + (tables.get(table) ?? []).filter(differs).length
  }, 0)
}
