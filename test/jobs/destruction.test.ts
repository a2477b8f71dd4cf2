/** The destruction record against a real server (R42): what it says was measured, and what was left behind is not called gone. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StepRefused } from '../../jobs/job.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { clinic, day, type Floor, floorFolder, openFloor } from '../support/floor.js'
import { inDatabase, sql, testServer } from '../support/postgres.js'
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

/** The newest destruction record of an environment, as it lies in the documents folder. */
function recordOf(environment: string) {
  const name = readdirSync(documents).find((each) => each.startsWith(`DR-${environment.toUpperCase()}-r`) && each.endsWith('.json'))
  return name ? JSON.parse(readFileSync(join(documents, name), 'utf8')) : undefined
}
const named = (list: { value: { name: string }[] }) => list.value.map(({ name }) => name)
const rejects = () => readdirSync(documents).filter((name) => name.startsWith('rejects-'))

async function demo(version: string): Promise<string> {
  await floor.ask('U_SALES', { verb: 'env-create', kind: 'demo', slug: 'acme', from: null, version })
  await floor.work()
  const { name } = await floor.db.selectFrom('environment').select('name').orderBy('created_at', 'desc').executeTakeFirstOrThrow()
  return name
}

async function tornDown(environment: string): Promise<void> {
  await floor.ask('U_PM', { verb: 'env-destroy', environment, reason: 'not needed any more' })
  await floor.work()
  await floor.click('U_ENG', 'approve')
  await floor.later(2 * day)
  await floor.work()
}

test('R42 what an instance held at its end is told, not what it held when it was made', async () => {
  const name = await demo('24.2')
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
  await tornDown(name)
  const [instance] = recordOf(name).instances
  const { value, measuredBy } = instance.final
  expect([died, measuredBy, value.volunteers.count]).toEqual([2, 'inventory', made.volunteers + 1])
  expect(value.everything).not.toBe(made.everything)
})

test('R42 a role that was left behind is named, and nothing is called gone', async () => {
  const name = await demo('24.1')
  const role = `${await databaseOf(name)}_maint`
  const superuser = await testServer()
  floor.watch(async (when, step) => {
    if (when === 'after' && step.name === 'destroy') await sql(superuser, `create role "${role}" nologin`)
  })
  await tornDown(name)
  const operation = await floor.operation('teardown')
  expect([operation.state, recordOf(name), await floor.environment(name)]).toEqual(['stuck', undefined, 'stuck'])
  expect(operation.trouble).toContain(role)
  await sql(superuser, `drop role "${role}"`)
  await floor.ask('U_ENG', { verb: 'resume', operationId: operation.id })
  await floor.work()
  expect([(await floor.operation('teardown')).state, await floor.environment(name)]).toEqual(['done', 'destroyed'])
  expect(named(recordOf(name).gone.roles)).toContain(role)
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
    expect(named(recordOf('acme-migration').gone.files)).toEqual(own)
  })
})
