/** What a load of the migration is refused for: each refusal by breaking the thing itself. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { sql as statement } from 'kysely'
import { postgresDriver } from '../../src/drivers/postgres.js'
import type { ApartRun } from '../../src/migration/index.js'
import { clinic, type Floor, FloorDriver, floorFolder, openFloor } from '../support/floor.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { inDatabase, sql } from '../support/postgres.js'
import { type StateDatabase, stateDatabase } from '../support/state.js'

jest.setTimeout(120_000)

let state: StateDatabase
let floor: Floor
let own: OwnServer | undefined
let driver: FloorDriver
let folder: string
let remove: () => void

async function open(real = false): Promise<void> {
  state = await stateDatabase()
  ;({ folder, remove } = floorFolder())
  driver = new FloorDriver()
  if (real) own = await ownServer()
  const under = own ? postgresDriver({ product: clinic }) : driver
  floor = await openFloor({ url: state.url, driver: under, folder, real, ...(own ? { instancesUrl: own.server } : {}) })
  await floor.ask('U_SALES', { verb: 'customer-add', slug: 'acme', name: 'Acme', channel: 'C_ACME', legacy: true })
  await floor.ask('U_PM', { verb: 'customer-people', slug: 'acme', action: 'add', userId: 'U_LEAD', role: 'lead' })
  await floor.ask('U_SALES', { verb: 'customer-sign', slug: 'acme', sandbox: 'base' })
  await floor.work()
}
afterEach(async () => {
  await floor.close()
  await state.drop()
  await own?.stop()
  own = undefined
  remove()
})

async function run(): Promise<{ state: string; trouble: string | null; codes: unknown[] }> {
  await floor.dump(2)
  await floor.ask('U_ENG', { verb: 'migration-register', slug: 'acme' })
  await floor.work()
  await floor.ask('U_ENG', { verb: 'migration-run', slug: 'acme' })
  await floor.work()
  return migration()
}

async function migration() {
  const operation = await floor.operation('migrate')
  const codes = floor.logged.flatMap((line) => ('code' in line ? [line.code] : []))
  return { state: operation.state, trouble: operation.trouble, codes }
}

const reports = () => {
  const documents = `${folder}/documents`
  const folders = existsSync(documents) ? readdirSync(documents, { recursive: true }).map(String) : []
  return folders.filter((name) => name.includes('MR-'))
}

/** From the `from`th run of the program on, it behaves as `spoil` makes it. */
function spoiled(from: number, spoil: (run: ApartRun) => ApartRun): void {
  const { runApart } = floor.deps.tools
  let runs = 0
  floor.deps.tools.runApart = async (options) => {
    const started = await runApart(options)
    runs++
    return started.ok && runs >= from ? { ok: true, run: spoil(started.run) } : started
  }
}

const losing = (run: ApartRun): ApartRun => ({
  tables: () => run.tables(),
  leakScan: (table) => run.leakScan(table),
  maskMeasures: () => run.maskMeasures(),
  testVolunteers: () => run.testVolunteers(),
  end: () => run.end(),
  reconciliation() {
    const told = run.reconciliation()
    const entities = told.entities.map((each) =>
      each.entity === 'volunteers' ? { ...each, extracted: each.extracted + 1, balanced: false } : each,
    )
    return { ...told, entities, balanced: false }
  },
})

async function refusedFrom(from: number): Promise<void> {
  await open()
  spoiled(from, losing)
  const ended = await run()
  expect(ended).toMatchObject({ state: 'undone', codes: ['not-balanced'] })
  expect(ended.trouble).toMatch(/^Volunteers: extracted \d+ is not loaded .* \(R9\)$/)
  expect([driver.held.size, reports()]).toEqual([0, []])
}

test('R9 a dry run that lost a row is refused before anything is made', () => refusedFrom(1))

test('R9 a run that lost a row is refused, and no report says that it is balanced', () => refusedFrom(2))

test('R34 a load with other counts than the dry run that was approved is undone', async () => {
  await open()
  const { runApart } = floor.deps.tools
  let runs = 0
  floor.deps.tools.runApart = (options) => runApart(++runs === 2 ? { ...options, today: '2019-01-01' } : options)
  const ended = await run()
  expect(ended).toMatchObject({ state: 'undone', codes: ['not-as-planned'] })
  expect(ended.trouble).toMatch(
    /other counts than its dry run .*Volunteers: \d+ migrated, planned \d+, of these \d+ volunteers, planned \d+.*\(R34\)/,
  )
  expect([driver.held.size, reports()]).toEqual([0, []])
})

test('R34 a plan of an earlier Slipway that was under way is undone for what it is: this version counts differently', async () => {
  await open()
  const { runApart, driver: under } = floor.deps.tools
  const { create } = under
  under.create = async (at, version) => {
    await floor.deps.change.db
      .updateTable('operation')
      .set({ plan: statement`jsonb_set(plan, '{data}', (plan -> 'data') - 'counting')` })
      .where('state', '=', 'running')
      .execute()
    return create.call(under, at, version)
  }
  let runs = 0
  floor.deps.tools.runApart = (options) => runApart(++runs === 2 ? { ...options, today: '2019-01-01' } : options)
  const ended = await run()
  expect(ended).toMatchObject({ state: 'undone', codes: ['planned-earlier'] })
  expect(ended.trouble).toMatch(/^The plan was made by an earlier Slipway, and this version counts differently .*Ask for it anew.*\(R34\)$/)
  expect(ended.trouble).not.toContain('The source changed')
  expect([driver.held.size, reports()]).toEqual([0, []])
})

test('R9 rows that are gone from the database after the load are seen, and nothing of the load stays', async () => {
  await open(true)
  const { driver: real } = floor.deps.tools
  const { load } = real
  let database = ''
  real.load = async (at, tables, progress) => {
    const written = await load.call(real, at, tables, progress)
    database = at.database
    if ('appointments' in written)
      await sql(
        inDatabase(own?.server ?? '', database),
        'delete from public.appointments where id = (select min(id) from public.appointments)',
      )
    return written
  }
  const ended = await run()
  expect(ended).toMatchObject({ state: 'undone', codes: ['counts-differ'] })
  expect(ended.trouble).toMatch(/does not hold what was loaded: appointments has \d+ rows, \d+ were sent\./)
  expect(await sql(own?.server ?? '', 'select datname from pg_database where datname = $1', [database])).toEqual([])
  expect(reports()).toEqual([])
})

test('R34 an operation that was planned before there was a dry run goes on, and says nothing about what was planned', async () => {
  await open()
  let stripped = false
  floor.watch(async (when, step) => {
    if (when !== 'before' || step.name !== 'remove-previous') return
    const { id, plan } = await floor.operation('migrate')
    const elements = plan.elements.map(({ parts: _, ...each }) => (each.disposition === 'migrated' ? { ...each, rows: 0 } : each))
    await floor.db
      .updateTable('operation')
      .set({ plan: JSON.stringify({ ...plan, elements }) })
      .where('id', '=', id)
      .execute()
    stripped = true
  })
  expect([await run(), stripped]).toMatchObject([{ state: 'done', trouble: null }, true])
  const step = await floor.db.selectFrom('step').select('result').where('name', '=', 'load-migration').executeTakeFirstOrThrow()
  expect(step.result?.['counts']).toEqual([])
})

test('R33 an intake folder without files registers nothing', async () => {
  await open()
  mkdirSync(`${folder}/intake/acme`, { recursive: true })
  await floor.ask('U_ENG', { verb: 'migration-register', slug: 'acme' })
  await floor.work()
  const { state: ended, trouble } = await floor.operation('register')
  expect([ended, (await migrationFiles()).length]).toEqual(['undone', 0])
  expect(trouble).toContain('The intake folder is empty')
  expect(floor.logged).toContainEqual(expect.objectContaining({ code: 'intake-empty' }))
})

const migrationFiles = () => floor.db.selectFrom('intake_file').selectAll().execute()
