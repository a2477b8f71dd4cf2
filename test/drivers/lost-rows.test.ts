/** A copy that loses a row on its way is refused, by counts in the target of a real server (R34). */
import * as integrity from '../../src/drivers/postgres/integrity.js'
import * as rowsOf from '../../src/drivers/postgres/rows.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { copyPlan, type ElementCount, type MaskPolicy } from '../../src/product/index.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { sql } from '../support/postgres.js'
import { address, product, unwatched, version } from './contract.js'
import { sample } from './sample.js'

jest.mock('../../src/drivers/postgres/integrity.js', () => ({
  __esModule: true,
  ...jest.requireActual('../../src/drivers/postgres/integrity.js'),
}))
jest.mock('../../src/drivers/postgres/rows.js', () => ({ __esModule: true, ...jest.requireActual('../../src/drivers/postgres/rows.js') }))

const driver = postgresDriver({ product })
const used: ReturnType<typeof address>[] = []
let own: OwnServer
beforeAll(async () => {
  own = await ownServer()
})
afterEach(() => jest.restoreAllMocks())
afterAll(async () => {
  for (const at of used) await driver.drop(at)
  await own?.stop()
})

async function created(load = true) {
  const at = address(own.server)
  used.push(at)
  await driver.create(at, version)
  if (load) await driver.load(at, sample(), unwatched())
  return at
}

/** A copy that is streamed, as always with a filter or a mask. */
const plan = (mask: MaskPolicy | null = null) => copyPlan(product, version, mask ? 'full' : 'merge', { migration: false, mask })
const masked: MaskPolicy = { level: 'pseudonymised', k: 5 }

/** Runs SQL in the target after its rows are written and before they are counted. */
function meddle(text: string): void {
  const verify = integrity.verifyReferences
  jest.spyOn(integrity, 'verifyReferences').mockImplementation(async (client, ...rest) => {
    await verify(client, ...rest)
    await client.query(text)
  })
}

const line = (counts: ElementCount[], element: string) =>
  Object.fromEntries(counts.filter((each) => each.element === element).map(({ disposition, rows }) => [disposition, rows]))

test('R34 a copy counts what arrived in the target, and has no line for what it left behind', async () => {
  const counts = await driver.copy(await created(), await created(false), plan(), unwatched())
  expect(line(counts, 'users')).toEqual({ carried: 1, reset: 1 })
  expect(line(counts, 'general-settings')).toEqual({ carried: 1, reset: 2 })
  expect(counts.filter(({ disposition }) => disposition === 'dropped')).toEqual([])
})

test('R34 a row that is gone from the target when the copy is written refuses the copy', async () => {
  const [source, target] = [await created(), await created(false)]
  meddle(`delete from public.sites where code = 'OLD'`)
  await expect(driver.copy(source, target, plan(), unwatched())).rejects.toMatchObject({
    code: 'rows-lost',
    rule: 'R34',
    message: expect.stringContaining('Of sites, 2 rows were read and 1 are in the copy'),
  })
})

test('R34 a masked copy that loses a volunteer on the way is refused, table by table', async () => {
  const [source, target] = [await created(), await created(false)]
  const write = rowsOf.writeRows
  jest.spyOn(rowsOf, 'writeRows').mockImplementation(async (client, table, signal) => {
    if (table.table !== 'volunteers') return write(client, table, signal)
    async function* fewer() {
      let at = 0
      for await (const row of table.rows) if (at++ > 0) yield row
    }
    return write(client, { ...table, rows: fewer() }, signal)
  })
  await expect(driver.copy(source, target, plan(masked), unwatched())).rejects.toMatchObject({
    code: 'rows-lost',
    message: expect.stringContaining('Of volunteers, 40 rows were read and 39 are in the copy'),
  })
})

test('R34 a copy of the whole database is counted in the copy too', async () => {
  const [source, target] = [await created(), await created(false)]
  const counts = await driver.copy(source, target, copyPlan(product, version, 'full', { migration: false }), unwatched())
  expect([line(counts, 'volunteers'), line(counts, 'users')]).toEqual([{ carried: 40 }, { carried: 1, reset: 1 }])
  const url = new URL(own.superuser)
  url.pathname = `/${target.database}`
  expect(await sql(url.href, 'select password_hash from users')).toEqual([{ password_hash: null }])
})
