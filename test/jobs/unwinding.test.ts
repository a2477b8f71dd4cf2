/** Every job of the registry (STYLE 17): each step twice, a failure at each step, every undo twice; afterwards nothing is left over. */

import { jobs } from '../../jobs/index.js'
import { StepRefused } from '../../jobs/job.js'
import { entryHash } from '../../src/db/audit.js'
import type { InstanceAddress } from '../../src/drivers/driver.js'
import type { Step } from '../../src/lifecycle/types.js'
import { recordOf } from '../support/endings.js'
import { type Floor, FloorDriver, floorFolder, openFloor } from '../support/floor.js'
import { type Moment, moments } from '../support/journey.js'
import { closedDatabase, sql, testServer } from '../support/postgres.js'
import { stateDatabase } from '../support/state.js'

jest.setTimeout(180_000)

const { folder, remove } = floorFolder()
const kept = new Map<string, { template: string; held: FloorDriver['held'] }>()
let failing: { method: string } | null = null
let driver: FloorDriver
let floor: Floor
let drop: () => Promise<void>

/** Walks the whole way once and keeps a copy of every moment. */
beforeAll(async () => {
  const database = await stateDatabase()
  driver = new FloorDriver(fail)
  floor = await openFloor({ url: database.url, driver, folder })
  for (const moment of moments) {
    await moment.arrive(floor)
    await floor.close()
    const template = `${database.name}_${kept.size}`
    await closedDatabase(await testServer(), { name: template, template: database.name })
    kept.set(moment.name, { template, held: structuredClone(driver.held) })
    floor = await openFloor({ url: database.url, driver, folder })
    await floor.work()
    expect([moment.name, (await floor.operation(moment.verb)).state]).toEqual([moment.name, 'done'])
  }
  await floor.close()
  await database.drop()
})
afterAll(async () => {
  for (const { template } of kept.values()) await sql(await testServer(), `drop database if exists "${template}" with (force)`)
  remove()
})

function fail(method: string, at?: InstanceAddress): void {
  if (failing?.method === method) throw new Error(`${method} ${at?.database} does not work`)
}

/** Goes back to a moment. */
async function back({ name }: Moment): Promise<void> {
  const { template, held } = kept.get(name) ?? { template: '', held: new Map() }
  const database = await stateDatabase(template)
  driver = new FloorDriver(fail)
  for (const [key, value] of structuredClone(held)) driver.held.set(key, value)
  floor = await openFloor({ url: database.url, driver, folder })
  drop = database.drop
}
afterEach(async () => {
  failing = null
  await floor.close()
  await drop?.()
})

const keyOf = ({ name, role }: Pick<Step, 'name' | 'role'>) => `${name} ${role ?? ''}`.trim()
const standing = () => [...driver.held].map(([key, { frozen }]) => `${key.split(' ').at(-1)} ${frozen ? 'frozen' : 'open'}`).sort()

/** Databases on record as not gone, as the server should have them. */
async function onRecord(): Promise<string[]> {
  const rows = await floor.db.selectFrom('instance_database').select('database').where('gone_at', 'is', null).execute()
  return rows.map((row) => row.database).sort()
}

async function expectNothingUnderWay(): Promise<void> {
  const open = await floor.db.selectFrom('step').select('name').where('state', 'in', ['queued', 'running', 'undoing']).execute()
  expect(open).toEqual([])
  expect(await onRecord()).toEqual(standing().map((line) => line.split(' ')[0]))
}

test('the journey passes every job, and every step of it', async () => {
  await back(moments[0] as Moment)
  const walked = new Set(moments.flatMap((moment) => moment.steps.map((step) => step.name)))
  const all = Object.values(jobs).flatMap((job) => job.steps.map((step) => step.name))
  expect(all.filter((name) => !walked.has(name))).toEqual([])
})

describe.each(moments.map((moment) => [moment.name, moment] as const))('%s', (_, moment) => {
  const forwardOnly = ['teardown', 'rollback'].includes(moment.verb)
  const work = moment.steps.filter((step) => step.stage > 0)

  test('comes to the same end when every step is carried out twice', async () => {
    await back(moment)
    const before = standing()
    const seen = new Map<string, number>()
    floor.watch((when, step, way) => {
      const times = (seen.get(step.id) ?? 0) + (when === 'after' ? 1 : 0)
      seen.set(step.id, times)
      if (when === 'after' && way === 'do' && times === 1) throw new Error('the worker is lost after its work')
    })
    await floor.work()
    expect((await floor.operation(moment.verb)).state).toBe('done')
    const steps = await floor.db
      .selectFrom('step')
      .selectAll()
      .where('operation_id', '=', (await floor.operation(moment.verb)).id)
      .execute()
    expect(steps.map(keyOf).sort()).toEqual(moment.steps.map(keyOf).sort())
    expect([...seen.values()].filter((times) => times < 2)).toEqual([])
    await expectNothingUnderWay()
    if (forwardOnly) expect(standing().length).toBe(before.length - 2)
  })

  test.each(work.map((step) => [keyOf(step)] as const))(
    `a failure at %s ${forwardOnly ? 'waits for people' : 'leaves nothing behind'}`,
    async (key) => {
      await back(moment)
      const before = standing()
      const undone = new Map<string, number>()
      let refusing = true
      floor.watch((when, step, way) => {
        if (when !== 'after') return
        if (refusing && way === 'do' && keyOf(step) === key) throw new StepRefused('R0', 'broken', 'It is broken.')
        if (way === 'do') return
        const times = (undone.get(step.id) ?? 0) + 1
        undone.set(step.id, times)
        if (times === 1) throw new Error('the worker is lost after its undo')
      })
      await floor.work()
      const operation = await floor.operation(moment.verb)
      expect(operation.trouble).toContain('It is broken.')
      if (forwardOnly) {
        expect(operation.state).toBe('stuck')
        expect(await floor.environment(moment.environment ?? '')).toBe('stuck')
        refusing = false
        await floor.ask('U_ENG', { verb: 'resume', operationId: operation.id })
        await floor.work()
        expect([(await floor.operation(moment.verb)).state, undone.size]).toEqual(['done', 0])
        expect(await floor.environment(moment.environment ?? '')).toBe('destroyed')
      } else {
        expect(operation.state).toBe('undone')
        expect([...undone.values()].filter((times) => times < 2)).toEqual([])
        expect(standing()).toEqual(before)
        if (operation.verb === 'create' || operation.verb === 'promote' || operation.verb === 'migrate')
          expect(await floor.environment(moment.environment ?? '')).toBe('failed')
        if (operation.verb === 'promote') expect(await floor.environment('acme-preprod')).toBe('ready')
      }
      await expectNothingUnderWay()
    },
  )
})

test('a dry run that fails leaves nothing behind', async () => {
  await back(moments[0] as Moment)
  floor.watch((when, step, way) => {
    if (when === 'before' && way === 'do' && step.stage === 0) throw new StepRefused('R0', 'broken', 'It is broken.')
  })
  await floor.work()
  expect((await floor.operation('create')).state).toBe('undone')
  expect([standing(), await floor.environment('acme-demo')]).toEqual([[], 'failed'])
})

test('an undo that cannot succeed is a state that people see, and goes on when they say so (STYLE 18)', async () => {
  await back(moments.find(({ verb }) => verb === 'promote') as Moment)
  const before = standing()
  failing = { method: 'drop' }
  floor.watch((when, step, way) => {
    if (when === 'after' && way === 'do' && keyOf(step) === 'copy test') throw new StepRefused('R0', 'broken', 'It is broken.')
  })
  await floor.work()
  const operation = await floor.operation('promote')
  expect([operation.state, await floor.environment('acme-prod')]).toEqual(['stuck', 'stuck'])
  expect(standing().length).toBe(before.length + 2)
  const messages = await floor.db
    .selectFrom('message')
    .select(['view', 'subject', 'audience'])
    .where('subject', 'in', [operation.id, 'operation-stuck'])
    .execute()
  expect(messages).toContainEqual({ view: 'announcement', subject: 'operation-stuck', audience: 'ops' })
  failing = null
  await floor.ask('U_ENG', { verb: 'resume', operationId: operation.id })
  await floor.work()
  expect([(await floor.operation('promote')).state, await floor.environment('acme-prod')]).toEqual(['undone', 'failed'])
  expect([standing(), await floor.environment('acme-preprod')]).toEqual([before, 'ready'])
  await expectNothingUnderWay()
})

test('R34 a source that changed after its plan was approved is not merged', async () => {
  await back(moments.find(({ name }) => name === 'merge into VAL') as Moment)
  const { database } = await floor.db.selectFrom('instance').select('database').where('name', '=', 'acme-preprod').executeTakeFirstOrThrow()
  const preprod = [...driver.held].find(([key]) => key.endsWith(` ${database}`))?.[1]
  preprod?.tables.set('sites', [...(preprod.tables.get('sites') ?? []), { ...preprod.tables.get('sites')?.[0], id: '990', code: 'NEW' }])
  await floor.work()
  const vals = await floor.db.selectFrom('operation').selectAll().where('verb', '=', 'create').orderBy('requested_at', 'desc').execute()
  expect(vals[0]?.state).toBe('undone')
  expect(vals[0]?.trouble).toMatch(/changed after the plan was approved .*Sites: \d+ carried, planned \d+.*\(R34\)/)
})

test('R28 R42 a rollback leaves the same record as a teardown, and says that it ran without notice', async () => {
  await back(moments.find(({ verb }) => verb === 'rollback') as Moment)
  await floor.work()
  const record = recordOf(`${folder}/documents/acme`, 'acme-prod')
  expect(record?.instances.map(({ final }) => final)).toMatchObject(Array(2).fill({ measuredBy: 'inventory' }))
  expect([record?.reason.value, record?.gone.databases.value.length]).toEqual([{ text: 'the network is down', rule: 'R28' }, 2])
  expect(record?.gone.files.value.map(({ name, result }) => [name.replace(/-op_.*/, ''), result])).toContainEqual([
    'rejects-acme-prod-main',
    'gone',
  ])
  expect(record?.notices.value.map(({ posted, trouble }) => [posted, trouble])).toEqual(
    Array(2).fill([null, 'a rollback runs once it is approved, without notice']),
  )
})

test('R42 the audit trail and the final configuration are archived before, and the record tells both', async () => {
  const teardown = moments.find(({ verb }) => verb === 'teardown') as Moment
  await back(teardown)
  await floor.work()
  const operation = await floor.operation('teardown')
  const steps = await floor.db
    .selectFrom('step')
    .select(['name', 'result'])
    .where('operation_id', '=', operation.id)
    .orderBy('ordinal')
    .execute()
  const { readdirSync, readFileSync } = await import('node:fs')
  const { createHash } = await import('node:crypto')
  const archived = steps.find((step) => step.name === 'archive-audit')?.result as { file: string; sha256: string; entries: number }
  const bytes = readFileSync(`${folder}/documents/${archived.file}`)
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(archived.sha256)
  const { entries } = JSON.parse(bytes.toString())
  expect(entries).toHaveLength(archived.entries)
  const recomputed = entries.map((entry: Parameters<typeof entryHash>[0]) => entryHash({ ...entry, at: new Date(entry.at) }))
  expect(entries.map((entry: { hash: string }) => entry.hash)).toEqual(recomputed)
  const issued = (number: string) =>
    readdirSync(`${folder}/documents/acme`).find((name: string) => name.startsWith(number) && name.endsWith('.json'))
  const record = JSON.parse(readFileSync(`${folder}/documents/acme/${issued('DR-ACME-SANDBOX-r1')}`, 'utf8'))
  const data = record.data ?? record
  expect(data.archived.value.map((one: { title: string }) => one.title)).toEqual([
    'Final configuration report',
    'Final configuration report',
    'Audit trail up to the destruction',
  ])
  const looked = Object.entries(data.gone as Record<string, { value: { result: string }[] }>)
  expect(Object.fromEntries(looked.map(([list, { value }]) => [list, value.map(({ result }) => result)]))).toEqual({
    databases: Array(2).fill('gone'),
    roles: Array(6).fill('gone'),
    secrets: Array(4).fill('gone'),
    // What other tests of this file began for a Sandbox of this name, and never recorded.
    files: expect.not.arrayContaining(['present']),
  })
  const ever = await floor.db
    .selectFrom('instance_database as d')
    .innerJoin('instance as i', 'i.id', 'd.instance_id')
    .select('d.database')
    .where('i.name', '=', 'acme-sandbox-main')
    .executeTakeFirstOrThrow()
  expect(data.gone.databases.value[0].name).toBe(ever.database)
})
