/** What stands in an instance is measured there and held against the order; each thing is broken in a real database, and seen (R16, R22, R34). */
import type { Driver, InstanceAddress } from '../../src/drivers/driver.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { type CheckResult, content } from '../../src/product/index.js'
import { clinic, type Floor, floorFolder, openFloor } from '../support/floor.js'
import { straight as moments } from '../support/journey.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { closedDatabase, sql, testServer } from '../support/postgres.js'
import { recordOnly, runHere } from '../support/stand-ins.js'
import { type StateDatabase, stateDatabase } from '../support/state.js'

jest.setTimeout(120_000)

const real = postgresDriver({ product: clinic })
const { folder, remove } = floorFolder()
let floor: Floor
let database: StateDatabase
let own: OwnServer
/** What happens to an instance behind Slipway's back, once it is adapted and before it is looked at. */
let meddle: ((at: InstanceAddress) => Promise<unknown>) | null = null
let instead: Partial<Driver> = {}
let checked: CheckResult[] = []

const driver: Driver = new Proxy(real, {
  get: (_, name: keyof Driver) => {
    if (name === 'check')
      return async (...given: Parameters<Driver['check']>) => {
        const results = await real.check(...given)
        checked.push(...results)
        return results
      }
    if (name !== 'adapt') return instead[name] ?? real[name]
    return async (...given: Parameters<Driver['adapt']>) => {
      await real.adapt(...given)
      await meddle?.(given[0])
    }
  },
})

/** States to go back to, by the moment whose operation waits for work there; the instances' databases are the same for all. */
const kept = new Map<string, string>()

async function open(template?: string): Promise<void> {
  database = await stateDatabase(template)
  floor = await openFloor({ url: database.url, driver, folder, real: true, instancesUrl: own.server })
  Object.assign(floor.deps.tools, { renderDocument: recordOnly, runApart: runHere })
}

beforeAll(async () => {
  own = await ownServer()
  await open()
  const needed = ['clone a Sandbox', 'provision Pre-PROD', 'migrate', 'merge into VAL']
  for (const moment of moments.slice(0, 1 + moments.findIndex(({ name }) => name === 'merge into VAL'))) {
    await moment.arrive(floor)
    if (needed.includes(moment.name)) {
      await floor.close()
      const template = `${database.name}_${kept.size}`
      await closedDatabase(await testServer(), { name: template, template: database.name })
      kept.set(moment.name, template)
      floor = await openFloor({ url: database.url, driver, folder, real: true, instancesUrl: own.server })
      Object.assign(floor.deps.tools, { renderDocument: recordOnly, runApart: runHere })
    }
    if (moment.name === 'merge into VAL') continue
    await floor.work()
    expect([floor.logged, await floor.operation(moment.verb)]).toMatchObject([[], { state: 'done', trouble: null }])
  }
  await leave()
})
afterEach(async () => {
  meddle = null
  instead = {}
  checked = []
  await leave()
})
afterAll(async () => {
  for (const template of kept.values()) await sql(await testServer(), `drop database if exists "${template}" with (force)`)
  await own.stop()
  remove()
})

async function leave(): Promise<void> {
  await floor.close()
  await database.drop()
}

async function back(moment: string): Promise<void> {
  await open(kept.get(moment))
}

/** As the server's superuser, in an instance's database. */
async function inside(name: string, text: string) {
  const url = new URL(own.superuser)
  url.pathname = `/${name}`
  return sql(url.href, text)
}

async function databaseOf(instance: string): Promise<string> {
  const row = await floor.db.selectFrom('instance').select('database').where('name', '=', instance).executeTakeFirstOrThrow()
  return row.database ?? ''
}

/** A person without a contact, as somebody types one in. */
const typed = (number: string) =>
  `insert into volunteers (volunteer_number, status, first_name, last_name, birth_date, sex, registered_on)
   values ('${number}', 'active', 'Erika', 'Mustermann', '1980-02-03', 'female', '2024-01-01')`
const types = (number: string) => (at: InstanceAddress) => inside(at.database, typed(number))

/** Made, and its qualification executed. */
async function qualified() {
  const how = await ended()
  await floor.click('U_ENG', 'start-qualification')
  await floor.work()
  return how
}

/** The executed checks that did not pass, with what they expected and found. */
const failed = () =>
  checked.filter(({ result }) => !['pass', 'n/a'].includes(result)).map(({ id, expected, actual }) => `${id} ${expected} ${actual}`)

async function ended(verb = 'create') {
  await floor.work()
  const { state, trouble } = await floor.operation(verb)
  return { state, trouble: trouble ?? '' }
}

test('R16 a person who is no dummy is found in a Demo by who is there, not by what a Demo may hold', async () => {
  await open()
  await moments[0]?.arrive(floor)
  meddle = types('V-1')
  expect(await ended()).toEqual({ state: 'undone', trouble: expect.stringMatching(/321 volunteers, of whom 320 are dummies[\s\S]*R16/) })
})

test('R16 a volunteer who was typed into a Demo after the plan stops its clone, whatever the registry says', async () => {
  await back('clone a Sandbox')
  const demo = await databaseOf('acme-demo')
  await inside(demo, typed('V-1'))
  try {
    expect(await ended()).toEqual({ state: 'undone', trouble: expect.stringMatching(/1 of the 321 volunteers[\s\S]*R16/) })
    const left = await floor.db
      .selectFrom('instance_database as d')
      .innerJoin('instance as i', 'i.id', 'd.instance_id')
      .select('i.name')
      .where('d.gone_at', 'is', null)
      .where('i.name', 'like', 'acme-sandbox%')
      .execute()
    expect(left).toEqual([])
    // At plan time too: nobody is asked to approve what may not be.
    await floor.ask('U_PM', { verb: 'env-create', kind: 'sandbox', slug: 'acme', from: 'acme-demo', version: null })
    expect(await ended()).toEqual({ state: 'undone', trouble: expect.stringMatching(/1 of the 321 volunteers[\s\S]*R16/) })
  } finally {
    await inside(demo, `delete from volunteers where volunteer_number = 'V-1'`)
  }
})

test('R22 an instance of another version than the ordered one fails its IQ', async () => {
  await back('provision Pre-PROD')
  instead = {
    create: (at) => real.create(at, '24.1'),
    async load(at, tables, progress) {
      await real.load(at, each(content(clinic, '24.1', ['base'])), progress)
      return counted(tables)
    },
  }
  await qualified()
  expect(failed()).toEqual(
    expect.arrayContaining([
      'IQ-02 24.2 24.1',
      expect.stringMatching(/^IQ-03/),
      expect.stringMatching(/^IQ-04/),
      expect.stringMatching(/^IQ-09/),
    ]),
  )
  expect(await floor.environment('acme-preprod')).not.toBe('ready')
})

test('R12 R16 a dummy in Pre-PROD, where nobody belongs, stops it', async () => {
  await back('provision Pre-PROD')
  meddle = types('DUMMY-9999')
  expect(await ended()).toEqual({ state: 'undone', trouble: expect.stringMatching(/holds 1 volunteer/) })
})

test('R22 an empty VAL Main of a customer with a legacy database fails its IQ', async () => {
  await back('merge into VAL')
  meddle = once(({ database: name }) => inside(name, 'truncate volunteers cascade'))
  await qualified()
  expect(failed()).toEqual([expect.stringMatching(/^IQ-20 \d+ 0$/), 'IQ-22 obfuscated none'])
})

test('R13 R16 a masked VAL Main in which one person is not masked stops it, contact or no contact', async () => {
  await back('merge into VAL')
  meddle = once(types('V-77'))
  const { state, trouble } = await ended()
  expect([state, trouble]).toEqual(['undone', expect.stringMatching(/acme-val-1-main holds \d+ volunteers[\s\S]*R16/)])
})

test('R22 a volunteer too many in VAL Test fails its IQ, though a dummy', async () => {
  await back('merge into VAL')
  let times = 0
  meddle = (at) => (++times === 2 ? types('DUMMY-9999')(at) : Promise.resolve())
  await qualified()
  expect(failed()).toEqual(['IQ-20 320 321'])
})

test('what is as it was ordered passes, and the registry says what was measured beside what was ordered', async () => {
  await back('merge into VAL')
  expect(await qualified()).toEqual({ state: 'done', trouble: '' })
  expect([failed(), checked.length > 40]).toEqual([[], true])
  const rows = await floor.db.selectFrom('instance').selectAll().where('name', 'like', 'acme-val-1%').orderBy('name').execute()
  const { id } = await floor.operation('create')
  expect(rows).toMatchObject([
    { version: '24.2', class: 'obfuscated', measured_version: '24.2', measured_class: 'obfuscated', measured_by: id },
    { version: '24.2', class: 'dummy', volunteers: 320, measured_class: 'dummy', measured_volunteers: 320, measured_by: id },
  ])
  expect(rows[0]?.measured_volunteers).toBe(rows[0]?.volunteers)
})

/** The first instance only: Main. */
function once(what: (at: InstanceAddress) => Promise<unknown>): (at: InstanceAddress) => Promise<unknown> {
  let times = 0
  return (at) => (++times === 1 ? what(at) : Promise.resolve())
}

async function counted(tables: Parameters<Driver['load']>[1]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for await (const { table, rows } of tables) for await (const _ of rows) counts[table] = (counts[table] ?? 0) + 1
  return counts
}

async function* each<T>(items: T[]): AsyncGenerator<T> {
  yield* items
}
