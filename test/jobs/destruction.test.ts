/** The destruction record against a real server (R42): what it says was measured, and what was left behind is not called gone. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StepRefused } from '../../jobs/job.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { dropLateRejects } from '../../src/queue/sweep.js'
import { recordOf as record, tornDown } from '../support/endings.js'
import { clinic, day, type Floor, floorFolder, openFloor } from '../support/floor.js'
import { closedDatabase, dropDatabase, inDatabase, sql, testServer } from '../support/postgres.js'
import { type StateDatabase, stateDatabase } from '../support/state.js'

jest.setTimeout(240_000)

const { folder, remove } = floorFolder()
const documents = join(folder, 'documents/acme')
const driver = postgresDriver({ product: clinic })
let state: StateDatabase
let floor: Floor

beforeAll(async () => {
  state = await stateDatabase()
  floor = await openFloor({ url: state.url, driver, folder, real: true })
  await floor.ask('U_SALES', { verb: 'customer-add', slug: 'acme', name: 'Acme', channel: 'C_ACME', legacy: true })
  for (const [userId, role] of [
    ['U_LEAD', 'lead'],
    ['U_CQA', 'qa'],
  ] as const)
    await floor.ask('U_PM', { verb: 'customer-people', slug: 'acme', action: 'add', userId, role })
})
afterAll(async () => {
  for (const at of await left()) await driver.drop(at)
  await floor?.close()
  await state?.drop()
  remove()
})
afterEach(() => floor.watch(() => {}))

async function left() {
  const rows = await floor.db.selectFrom('instance_database').selectAll().where('gone_at', 'is', null).execute()
  return rows.map((row) => ({ server: serverUrl(), database: row.database, role: row.login, secret: '', maintenanceSecret: '' }))
}
const serverUrl = () => floor.deps.servers[0]?.url ?? ''

async function databaseOf(instance: string): Promise<string> {
  const { database } = await floor.db.selectFrom('instance').select('database').where('name', '=', instance).executeTakeFirstOrThrow()
  return String(database)
}
const inside = async (instance: string, text: string) => sql(inDatabase(await testServer(), await databaseOf(instance)), text)

const recordOf = (environment: string) => record(documents, environment)
const named = (list?: { value: { name: string }[] }) => list?.value.map(({ name }) => name)

/** What was announced of an environment's end. */
async function news(environment: string): Promise<string[]> {
  const rows = await floor.db.selectFrom('message').select(['subject', 'data']).where('subject', '=', 'environment-destroyed').execute()
  return rows.filter(({ data }) => data['environment'] === environment).map(({ subject }) => subject)
}

/** When the newest step of this name ended. */
async function endOf(step: string): Promise<string | undefined> {
  const row = await floor.db.selectFrom('step').select('ended_at').where('name', '=', step).orderBy('ended_at', 'desc').executeTakeFirst()
  return row?.ended_at?.toISOString()
}
const rejects = () => readdirSync(documents).filter((name) => name.startsWith('rejects-'))

async function demo(): Promise<string> {
  await floor.ask('U_SALES', { verb: 'env-create', kind: 'demo', slug: 'acme', from: null, version: null })
  await floor.work()
  const { name } = await floor.db.selectFrom('environment').select('name').orderBy('created_at', 'desc').executeTakeFirstOrThrow()
  return name
}

test('R42 what an instance held at its end is told, not what it held when it was made', async () => {
  const name = await demo()
  const made = await floor.db.selectFrom('instance').selectAll().where('name', '=', name).executeTakeFirstOrThrow()
  await inside(
    name,
    `insert into volunteers (volunteer_number, status, first_name, last_name, birth_date, sex, registered_on) values ('V-T', 'active', 'Typed', 'In', '1990-01-01', 'female', '2026-01-01')`,
  )
  await inside(name, `update sites set city = 'Elsewhere'`)
  let died = 0
  floor.watch((when, step) => {
    if (when === 'before' && step.name === 'record' && died++ === 0) throw new Error('the worker is lost between drop and record')
  })
  await tornDown(floor, name)
  const final = recordOf(name)?.instances[0]?.final
  expect([died, final]).toMatchObject([2, { measuredBy: 'inventory', value: { volunteers: { count: (made.volunteers ?? 0) + 1 } } }])
  expect(final?.value).not.toMatchObject({ everything: made.everything })
  expect(recordOf(name)?.destroyedAt.value).toBe(await endOf('destroy'))
})

/** What is left behind right after the destroy step stops the teardown by name; once it is removed, the same teardown comes to its end. */
async function leftBehind(behind: (name: string) => Promise<{ named: string; remove(): Promise<unknown> }>): Promise<string> {
  const name = await demo()
  let left: Awaited<ReturnType<typeof behind>> | undefined
  floor.watch(async (when, step) => {
    if (when === 'after' && step.name === 'destroy') left = await behind(name)
  })
  await tornDown(floor, name)
  const operation = await floor.operation('teardown')
  expect([operation.state, recordOf(name), await floor.environment(name)]).toEqual(['stuck', undefined, 'stuck'])
  expect(operation.trouble).toContain(left?.named)
  expect(await news(name)).toEqual([])
  await left?.remove()
  await floor.ask('U_ENG', { verb: 'resume', operationId: operation.id })
  await floor.work()
  expect([(await floor.operation('teardown')).state, await floor.environment(name)]).toEqual(['done', 'destroyed'])
  expect(await news(name)).toEqual(['environment-destroyed'])
  return name
}

test('R42 a role that was left behind is named, and nothing is called gone', async () => {
  let role = ''
  const name = await leftBehind(async (environment) => {
    role = `${await databaseOf(environment)}_maint`
    await sql(await testServer(), `create role "${role}" nologin`)
    return { named: role, remove: async () => sql(await testServer(), `drop role "${role}"`) }
  })
  expect(named(recordOf(name)?.gone.roles)).toContain(role)
})

test('R42 a database that came back is named, and nothing is called gone', async () => {
  let database = ''
  const name = await leftBehind(async (environment) => {
    database = await databaseOf(environment)
    await closedDatabase(await testServer(), { name: database })
    return { named: database, remove: async () => dropDatabase(await testServer(), database) }
  })
  expect(named(recordOf(name)?.gone.databases)).toEqual([database])
  expect(recordOf(name)?.instances[0]?.made.value.database).toBe(database)
})

test('R42 a secret that is still kept is named, and nothing is called gone', async () => {
  const name = await leftBehind(async (environment) => {
    const database = await databaseOf(environment)
    const keep = (secret: string) => floor.db.updateTable('instance_database').set({ secret }).where('database', '=', database).execute()
    await keep('sealed')
    return { named: `sealed secret of ${database}_app`, remove: () => keep('') }
  })
  expect(recordOf(name)?.gone.secrets.value.map(({ result }) => result)).toEqual(['gone', 'gone'])
})

test('R42 what was archived and lies there no more, or otherwise, stops the record', async () => {
  for (const spoil of [(file: string) => renameSync(file, `${file}.away`), (file: string) => writeFileSync(file, '{}')])
    await leftBehind(async (environment) => {
      const report = readdirSync(documents).find((file) => file.startsWith(`CR-${environment.toUpperCase()}-r`) && file.endsWith('.json'))
      const file = join(documents, String(report))
      const bytes = readFileSync(file)
      spoil(file)
      return { named: `CR-${environment.toUpperCase()} r1 was archived`, remove: async () => writeFileSync(file, bytes) }
    })
})

test('R42 an instance whose database is not on the server any more is told as not measured, and ends all the same', async () => {
  const name = await demo()
  await dropDatabase(await testServer(), await databaseOf(name))
  await tornDown(floor, name)
  expect(recordOf(name)?.instances[0]?.final).toMatchObject({
    measuredBy: 'none',
    value: { notMeasured: `its database ${await databaseOf(name)} is not on the server` },
  })
})

describe('a Migration', () => {
  beforeAll(async () => {
    await floor.ask('U_SALES', { verb: 'customer-sign', slug: 'acme', sandbox: 'base' })
    await floor.work()
    await floor.dump(2)
    await floor.ask('U_ENG', { verb: 'migration-register', slug: 'acme' })
    await floor.work()
  })

  test('R42 an iteration that was undone leaves no rejects file', async () => {
    floor.watch((when, step, way) => {
      if (when === 'after' && way === 'do' && step.name === 'adapt') throw new StepRefused('R0', 'broken', 'It is broken.')
    })
    await floor.ask('U_ENG', { verb: 'migration-run', slug: 'acme' })
    await floor.work()
    expect([(await floor.operation('migrate')).state, rejects()]).toEqual(['undone', []])
  })

  test('R42 a rejects file that a late worker writes after everything was undone is removed by the sweep', async () => {
    const { id } = await floor.operation('migrate')
    const [late, strange] = [id, 'op_of_somebody_else'].map((one) => join(documents, `rejects-acme-migration-${one}.csv`))
    for (const file of [late, strange]) writeFileSync(String(file), 'file,row\n')
    await dropLateRejects(floor.change, join(folder, 'documents'))
    expect(rejects()).toEqual([String(strange).split('/').at(-1)])
    rmSync(String(strange))
  })

  test('R42 the next iteration leaves none of the one before', async () => {
    await floor.ask('U_ENG', { verb: 'migration-run', slug: 'acme' })
    await floor.work()
    const [first] = rejects()
    expect(first).toMatch(/^rejects-acme-migration-.*\.csv$/)
    await floor.click('U_LEAD', 'review-iteration', 'no').catch(() => floor.click('U_CQA', 'review-iteration', 'no'))
    await floor.ask('U_ENG', { verb: 'migration-run', slug: 'acme' })
    await floor.work()
    expect([rejects().length, rejects()[0] === first]).toEqual([1, false])
  })

  test('R42 a rejects file that was left behind is named, and nothing is called gone', async () => {
    await floor.click('U_LEAD', 'review-iteration')
    await floor.click('U_LEAD', 'approve-scripts')
    await floor.work()
    const own = rejects()
    const stray = join(documents, `rejects-acme-migration-op_${'0'.repeat(16)}.csv`)
    floor.watch((when, step) => {
      if (when === 'after' && step.name === 'destroy') writeFileSync(stray, 'file,row\n')
    })
    await floor.later(2 * day)
    await floor.work()
    expect(own.map((name) => existsSync(join(documents, name)))).toEqual([false])
    const operation = await floor.operation('teardown')
    expect([operation.state, recordOf('acme-migration')]).toEqual(['stuck', undefined])
    expect(operation.trouble).toContain(stray.split('/').at(-1))
    rmSync(stray)
    await floor.ask('U_ENG', { verb: 'resume', operationId: operation.id })
    await floor.work()
    expect(await floor.environment('acme-migration')).toBe('destroyed')
    // Those of the iterations before, and of the one that was undone, are looked for by name, too.
    expect(named(recordOf('acme-migration')?.gone.files)).toEqual(expect.arrayContaining(own))
    expect(named(recordOf('acme-migration')?.gone.files)).toHaveLength(3)
  })
})
