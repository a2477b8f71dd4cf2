/** Migrations: on an empty database, twice, side by side, and over the data of every version before (R41). */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import { type Db, openDatabase } from '../../src/db/connection.js'
import { claimDue } from '../../src/db/due.js'
import { migrateDatabase } from '../../src/db/migrate.js'
import { readSituation } from '../../src/db/situation.js'
import { policy } from '../support/hinge.js'
import { freshDatabase } from '../support/postgres.js'

const files = readdirSync('src/db/migrations').sort()
const dataOf = (file: string) => path.join('test/db/data', file)

let database: Awaited<ReturnType<typeof freshDatabase>>
let opened: { db: Db; close(): Promise<void> }[]
const connect = () => {
  const connection = openDatabase(database.url, 2, () => undefined)
  opened.push(connection)
  return connection.db
}
beforeEach(async () => {
  opened = []
  database = await freshDatabase()
})
afterEach(async () => {
  await Promise.all(opened.map((connection) => connection.close()))
  await database.drop()
})

test('R41 migrations are numbered without a gap, and each has data to be carried by those after it', () => {
  expect(files.map((file) => Number(/^(\d{4})-[a-z-]+\.sql$/.exec(file)?.[1]))).toEqual(files.map((_, i) => i + 1))
  expect(files.filter((file) => !existsSync(dataOf(file)))).toEqual([])
  expect(readdirSync('test/db/data').sort()).toEqual(files)
})

test('R41 an empty database gets them all, and nothing the second time', async () => {
  const db = connect()
  expect(await migrateDatabase(db)).toEqual(files)
  expect(await migrateDatabase(db)).toEqual([])
})

test('R41 processes that start together apply each once', async () => {
  const applied = await Promise.all([connect(), connect(), connect(), connect()].map((db) => migrateDatabase(db)))
  expect(applied.flat().sort()).toEqual(files)
})

test('R41 each migration carries the data of those before it, and what is read afterwards is whole', async () => {
  const db = connect()
  await sql`create schema slipway`.execute(db)
  for (const file of files) {
    await sql.raw(readFileSync(path.join('src/db/migrations', file), 'utf8')).execute(db)
    await sql.raw(readFileSync(dataOf(file), 'utf8')).execute(db)
  }
  const s = await readSituation(db, 'cus_1', { now: new Date(), policy, versions: ['24.1'], program: '1.0.0' })
  expect(s).toMatchObject({
    customer: { slug: 'acme', legacy: true },
    environments: [{ name: 'acme-sandbox', instances: [{ role: 'main' }, { role: 'test' }] }],
    community: { name: 'community' },
    operations: [{ id: 'op_1' }, { id: 'op_2' }],
    requests: [{ id: 'req_1', verdicts: [{ userId: 'U_LEAD' }] }],
    signatures: [
      { id: 'sig_1', awaits: false },
      { id: 'sig_2', awaits: true },
    ],
    measurements: [{ id: 'mea_1', signatureId: 'sig_2', compared: [{ with: 'iq', differences: [] }], at: new Date('2026-01-08Z') }],
    files: [{ name: 'dump.csv', bytes: 10 }],
    iterations: [{ id: 'itr_1' }],
    golive: { id: 'liv_1' },
    documents: [{ id: 'doc_1' }],
    access: [{ userId: 'U_LEAD' }],
    freezes: [],
  })
  // Written over by an inventory before 0008: what was found stays as such, and who the volunteers are was never looked for.
  const [main, test] = s.environments[0]?.instances ?? []
  expect(test).toMatchObject({
    version: '24.1',
    ordered: { class: 'dummy', volunteers: null },
    measured: { version: '24.0', class: null, volunteers: 20, at: null, operationId: null },
  })
  expect(main).toMatchObject({ version: '24.1', ordered: { volunteers: 20 }, measured: { version: '24.0', class: 'real', volunteers: 21 } })
  expect(s.community?.instances).toEqual([])
  expect((await claimDue(db, { now: new Date(), limit: 10, basis: '' })).sort()).toEqual(['cus_1', 'cus_2', 'cus_3', null])
})
