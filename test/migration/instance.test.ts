/** What the program sends must be what a real database of the product takes and keeps. */

import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeLegacyDump } from '../../src/demo/dump.js'
import type { InstanceAddress } from '../../src/drivers/driver.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { baseLookups, compareToLoaded, intake, readSpecification, runApart, runMigration } from '../../src/migration/index.js'
import { columnsOf, content, elementOf } from '../../src/product/index.js'
import { address, unwatched } from '../drivers/contract.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { inDatabase, sql } from '../support/postgres.js'
import { folderWith, product, productVersion, today } from './support.js'

const driver = postgresDriver({ product })

let own: OwnServer
beforeAll(async () => {
  own = await ownServer()
})
afterAll(() => own?.stop())

test.each([false, true])(
  'R8 R9 R36 R37 the legacy dump is taken by an instance, every row is counted, lists have the checksum of what was sent, nothing leaks (masked: %p)',
  async (masked) => {
    const folder = await folderWith()
    await writeLegacyDump(folder, { volunteers: 250, seed: 11, specificationVersion: 2, customField: 'legacy-number' })
    const read = await readSpecification(folder)
    if (!read.ok) throw new Error(read.refusal.text)
    const lookups = await baseLookups(product, productVersion)
    const mask = masked ? { mask: { level: 'pseudonymised', k: 5 } as const } : {}
    const outcome = await runMigration({ folder, specification: read.file, product, productVersion, today, lookups, ...mask })
    if (!outcome.ok) throw new Error(outcome.refusal.text)
    const at = address(own.server)
    try {
      await driver.create(at, productVersion)
      await driver.load(at, all(content(product, productVersion, ['base'])), unwatched())
      const written = await driver.load(at, kept(outcome.run.tables()), unwatched())
      expect(compareToLoaded(outcome.run.reconciliation(), written)).toEqual([])
      expect(await listsIn(at)).toEqual(outcome.run.reconciliation().lists)
      await sql(inDatabase(own.server, at.database), `update public.medications set atc_code = 'X' where id = 1`)
      const { medications, ...others } = outcome.run.reconciliation().lists
      const { medications: changed, ...same } = await listsIn(at)
      expect([changed?.rows, changed?.sha256 === medications?.sha256, same]).toEqual([medications?.rows, false, others])
      const hits = []
      for (const table of ['volunteers', 'volunteer_contacts', 'volunteer_custom_values', 'participations']) {
        const columns = columnsOf(product, productVersion, table).map(([column]) => column)
        hits.push(...(await outcome.run.leakScan({ table, columns, rows: driver.read(at, { table, columns }) })))
      }
      expect(hits.length > 0).toBe(!masked)
    } finally {
      await driver.drop(at)
    }
  },
)

test('R33 a dump that is exchanged while it is loaded leaves nothing behind, and the driver passes the refusal on', async () => {
  const folder = await folderWith()
  await writeLegacyDump(folder, { volunteers: 50, specificationVersion: 2 })
  const found = await intake(folder)
  if (!found.ok) throw new Error(found.refusal.text)
  const lookups = await baseLookups(product, productVersion)
  const started = await runApart({ folder, registered: found.files, product, productVersion, today, lookups })
  if (!started.ok) throw new Error(started.refusal.text)
  const at = address(own.server)
  try {
    await driver.create(at, productVersion)
    await driver.load(at, all(content(product, productVersion, ['base'])), unwatched())
    await appendFile(join(folder, 'appointments.csv'), '\n')
    const load = driver.load(at, kept(started.run.tables()), unwatched())
    await expect(load).rejects.toMatchObject({ cause: { refusal: { code: 'file-changed', file: 'appointments.csv' } } })
    const rows = []
    for await (const row of driver.read(at, { table: 'volunteers', columns: ['id'] })) rows.push(row)
    expect(rows).toEqual([])
  } finally {
    await started.run.end()
    await driver.drop(at)
  }
})

/** The migration-owned lists as the instance's inventory has them. */
async function listsIn(at: InstanceAddress): Promise<Record<string, { rows: number; sha256: string }>> {
  const { elements } = await driver.inventory(at)
  const owned = elements.filter(({ element }) => elementOf(product, element).owner === 'migration')
  return Object.fromEntries(owned.map(({ element, rows, sha256 }) => [element, { rows, sha256 }]))
}

async function* all<T>(items: T[]): AsyncGenerator<T> {
  yield* items
}

async function* kept<T extends { table: string }>(tables: AsyncIterable<T>): AsyncGenerator<T & { keep?: string }> {
  for await (const table of tables) yield table.table === 'studies' ? { ...table, keep: 'is_master_library' } : table
}
