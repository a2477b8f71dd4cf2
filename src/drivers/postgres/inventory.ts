/** What an instance holds, read on one snapshot: checksums, and the configuration itself in canonical form. */

import type { PeopleCount } from '../../lifecycle/kinds.js'
import {
  canonicalQueries,
  canonicalRecord,
  configurationElements,
  configurationRoots,
  ElementDigest,
  type Product,
} from '../../product/index.js'
import type { InstanceAddress, Inventory, Selection } from '../driver.js'
import { type Client, clean, ident, inside, maintenanceUrl, open, relation, transaction } from './connection.js'
import { type Row, readRows } from './rows.js'
import { fingerprintOf, schemaLines } from './schema.js'

const readSnapshot = 'begin isolation level repeatable read read only'

/** A configuration element's rows as people read them. */
export interface ElementRows {
  element: string
  rows: Record<string, string | null>[]
}

/** Checksums per element and for the whole. */
export function takeInventory(product: Product, at: InstanceAddress): Promise<Inventory> {
  return onOneSnapshot(at, async (client) => {
    const version = await readVersion(client, product)
    const elements = []
    for (const { id } of configurationElements(product)) {
      const digest = new ElementDigest(id)
      for (const query of canonicalQueries(product, version, id)) {
        for await (const row of readRows(client, `(${query.sql})`)) digest.add(query.shape, row)
      }
      elements.push(digest.finish())
    }
    const people = await countPeople(client, product)
    const fingerprint = fingerprintOf(await schemaLines(client))
    return { version, fingerprint, elements, ...configurationRoots(product, elements), volunteers: people.all, people }
  })
}

/** Every element with its rows, in the order of the definition. */
export function readConfiguration(product: Product, at: InstanceAddress): Promise<ElementRows[]> {
  return onOneSnapshot(at, async (client) => {
    const version = await readVersion(client, product)
    const elements: ElementRows[] = []
    for (const { id } of configurationElements(product)) {
      const rows: ElementRows['rows'] = []
      for (const query of canonicalQueries(product, version, id)) {
        for await (const row of readRows(client, `(${query.sql})`)) {
          const record = canonicalRecord(query.shape, row)
          if (record) rows.push(record)
        }
      }
      elements.push({ element: id, rows })
    }
    return elements
  })
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

function onOneSnapshot<T>(at: InstanceAddress, use: (client: Client) => Promise<T>): Promise<T> {
  return inside(at, (client) => transaction(client, () => use(client), readSnapshot))
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
