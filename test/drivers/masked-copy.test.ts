/** A masked copy of one instance into another, both on a real server (R13, R36). */
import { postgresDriver } from '../../src/drivers/postgres.js'
import { copyPlan, type MaskPolicy } from '../../src/product/index.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { address, product, unwatched, version } from './contract.js'
import { each, sample } from './sample.js'

const driver = postgresDriver({ product })
const used: ReturnType<typeof address>[] = []
let own: OwnServer
beforeAll(async () => {
  own = await ownServer()
})
afterAll(async () => {
  for (const at of used) await driver.drop(at)
  await own?.stop()
})

/** The sample, where a volunteer's name stands in a list, in a study's title and in the audit trail, and `more` beside it. */
async function source(more: [table: string, columns: string[], row: string[]][] = []) {
  const at = address(own.server)
  used.push(at)
  await driver.create(at, version)
  await driver.load(at, sample(), unwatched())
  const named: typeof more = [
    ['medications', ['id', 'name'], ['1', 'as Max Müller 7 takes it']],
    ['volunteer_contacts', ['id', 'volunteer_id', 'kind', 'street'], ['1', '8', 'address', 'Lindenallee 12']],
    [
      'audit_events',
      ['id', 'username', 'area', 'table_name', 'record_key', 'action', 'old_value'],
      ['1', 'max', 'access', 'volunteers', '8', 'view', '{"name":"Max Müller 7"}'],
    ],
    ...more,
  ]
  async function* loads() {
    for (const [table, columns, row] of named) yield { table, columns, rows: each([row]) }
  }
  await driver.load(at, loads(), unwatched())
  return at
}

async function copied(from: ReturnType<typeof address>, mask: MaskPolicy = { level: 'pseudonymised', k: 5 }) {
  const to = address(own.server)
  used.push(to)
  await driver.create(to, version)
  await driver.copy(from, to, copyPlan(product, version, 'full', { migration: false, mask }), unwatched())
  return to
}

async function rows(at: ReturnType<typeof address>, table: string, ...columns: string[]) {
  const all: (string | null)[][] = []
  for await (const row of driver.read(at, { table, columns })) all.push([...row])
  return all
}

test('R13 R36 lists and titles pass by code list, the master library as it is; ids are new and references right; no audit trail comes along', async () => {
  const to = await copied(await source())
  expect(await rows(to, 'medications', 'name')).toEqual([['Medications 1']])
  expect(await rows(to, 'studies', 'id', 'code', 'title')).toEqual([
    ['1', 'LIB', 'Library'],
    ['2', 'Historical studies 1', 'Historical studies 1'],
  ])
  expect(await rows(to, 'audit_events', 'id')).toEqual([])
  const ids = (await rows(to, 'volunteers', 'id')).map(([id]) => Number(id))
  expect(ids).toHaveLength(40)
  expect(ids.filter((id) => id <= 40)).toEqual([])
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
  const [[volunteer] = []] = await rows(to, 'participations', 'volunteer_id')
  expect(ids).toContain(Number(volunteer))
})

test("R36 a volunteer's address in the text of a configuration table refuses the copy, naming table and column, never the value", async () => {
  const from = await source([['labs', ['id', 'code', 'name'], ['1', 'L', 'Laboratory opposite LINDENALLEE 12']]])
  const refusal = await copied(from).catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'identity-leaked', rule: 'R36', message: expect.stringContaining('labs.name') })
  expect(String(refusal) + JSON.stringify(refusal)).not.toMatch(/linden/i)
})

test('R13 a copy at the level k-anonymous holds k people to every combination, and refuses fewer people than k', async () => {
  const from = await source()
  const to = await copied(from, { level: 'k-anonymous', k: 6 })
  const groups = new Map<string, number>()
  for (const row of await rows(to, 'volunteers', 'birth_date', 'sex', 'height_cm', 'home_site_id'))
    groups.set(row.join(), (groups.get(row.join()) ?? 0) + 1)
  expect(Math.min(...groups.values())).toBeGreaterThanOrEqual(6)
  await expect(copied(from, { level: 'k-anonymous', k: 41 })).rejects.toMatchObject({ code: 'too-few-people', rule: 'R13' })
})
