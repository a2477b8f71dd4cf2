/** What an instance holds, read on one snapshot: checksums, and the configuration itself in canonical form. */
import { setImmediate } from 'node:timers/promises'
import type { PeopleCount } from '../../lifecycle/kinds.js'
import {
  type CanonicalQuery,
  canonicalQueries,
  configurationElements,
  configurationRoots,
  ElementDigest,
  type Product,
} from '../../product/index.js'
import { type ConfigurationPart, DriverRefused, type InstanceAddress, type Inventory, type Selection } from '../driver.js'
import { type Client, clean, ident, maintenanceUrl, open, relation } from './connection.js'
import { type Row, readRows } from './rows.js'
import { fingerprintOf, schemaLines } from './schema.js'

const readSnapshot = 'begin isolation level repeatable read read only'

/** Rows that are handed on at a time; in between other work of the process has its turn, as many rows are read in a few milliseconds. */
const batchOf = 100

/** Checksums per element and for the whole. */
export async function takeInventory(product: Product, at: InstanceAddress): Promise<Inventory> {
  for await (const each of configurationParts(product, at)) if (each.part === 'inventory') return each.inventory
  throw new Error('the configuration ended without its inventory')
}

/** Every table of every element with its rows, and the inventory last, never held as a whole. */
export async function* readConfiguration(product: Product, at: InstanceAddress): AsyncGenerator<ConfigurationPart> {
  try {
    yield* configurationParts(product, at)
  } catch (error) {
    if (error instanceof DriverRefused) throw error
    const cause = clean(error)
    throw new Error(`reading the configuration of ${at.database}: ${cause.message}`, { cause })
  }
}

async function* configurationParts(product: Product, at: InstanceAddress): AsyncGenerator<ConfigurationPart> {
  const { client, close } = await open(maintenanceUrl(at))
  try {
    await client.query(readSnapshot)
    const version = await readVersion(client, product)
    const elements = []
    for (const { id } of configurationElements(product)) {
      const digest = new ElementDigest(id)
      for (const query of canonicalQueries(product, version, id)) yield* tableParts(client, query, digest)
      elements.push(digest.finish())
    }
    const people = await countPeople(client, product)
    const fingerprint = fingerprintOf(await schemaLines(client))
    yield {
      part: 'inventory',
      inventory: { version, fingerprint, elements, ...configurationRoots(product, elements), volunteers: people.all, people },
    }
  } finally {
    await close()
  }
}

/** Whoever takes the parts decides how fast the rows come: the next are read when these are asked for. */
async function* tableParts(
  client: Client,
  { element, shape, sql }: CanonicalQuery,
  digest: ElementDigest,
): AsyncGenerator<ConfigurationPart> {
  const columns = [...shape.key, ...shape.values].map(({ name }) => name)
  yield { part: 'table', element, table: shape.table, columns, key: shape.key.length }
  let rows: (string | null)[][] = []
  for await (const row of readRows(client, `(${sql})`)) {
    const shown = digest.add(shape, row)
    if (shown && rows.push(shown) >= batchOf) {
      yield { part: 'rows', rows }
      rows = []
      await setImmediate()
    }
  }
  if (rows.length > 0) yield { part: 'rows', rows }
}

/** The rows of one table, on one snapshot, for as long as they are being asked for. */
export async function* readTable(at: InstanceAddress, { table, columns, where }: Selection): AsyncGenerator<Row> {
  const { client, close } = await open(maintenanceUrl(at))
  try {
    yield* readRows(client, `(select ${columns.map(ident).join(', ')} from ${relation(table)}${where ? ` where ${where}` : ''})`)
  } catch (error) {
    const cause = clean(error)
    throw new Error(`reading ${table} of ${at.database}: ${cause.message}`, { cause })
  } finally {
    await close()
  }
}

/** The version that an instance says it runs. */
export async function readVersion(client: Client, { definition }: Product): Promise<string> {
  const { rows } = await client.query<unknown[]>({ text: definition.versionQuery, rowMode: 'array' })
  const version = String(rows[0]?.[0])
  if (!definition.versions.includes(version)) throw new Error(`the instance's version is none that the product definition knows`)
  return version
}

/** Each person is one of three: a dummy, masked, or neither. Who is both counts as a dummy. */
async function countPeople(client: Client, { definition }: Product): Promise<PeopleCount> {
  const { table, dummy, masked } = definition.people
  const { rows } = await client.query<Record<keyof PeopleCount, string>>(
    `select count(*) as all, count(*) filter (where ${dummy}) as dummy,
            count(*) filter (where (${masked}) and (${dummy}) is not true) as masked
     from ${relation(table)}`,
  )
  return { all: Number(rows[0]?.all), dummy: Number(rows[0]?.dummy), masked: Number(rows[0]?.masked) }
}
