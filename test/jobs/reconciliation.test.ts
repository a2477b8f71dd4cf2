/** What the reconciliation report, the plan and the IQ say of the migration: of this very run, and of nothing that was not counted. */

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { ReconciliationReportData } from '../../src/documents/index.js'
import type { PlanElement } from '../../src/lifecycle/types.js'
import { type Floor, FloorDriver, floorFolder, openFloor } from '../support/floor.js'
import { moments } from '../support/journey.js'
import { stateDatabase } from '../support/state.js'

jest.setTimeout(120_000)

const { folder, remove } = floorFolder()
let floor: Floor
let drop: () => Promise<void>
let runs = 0
/** How often the program ran on the way to each moment's end. */
const runsAt = new Map<string, number>()
beforeAll(async () => {
  const database = await stateDatabase()
  drop = database.drop
  floor = await openFloor({ url: database.url, driver: new FloorDriver(), folder })
  const { runApart } = floor.deps.tools
  floor.deps.tools.runApart = (options) => {
    runs++
    return runApart(options)
  }
  for (const moment of moments.slice(0, moments.findIndex(({ verb }) => verb === 'promote') + 1)) {
    await moment.arrive(floor)
    await floor.work()
    const { state, trouble } = await floor.operation(moment.verb)
    expect([moment.name, state, trouble]).toEqual([moment.name, 'done', null])
    runsAt.set(moment.name, runs)
    runs = 0
  }
  await floor.click('U_ENG', 'start-qualification')
  await floor.work()
})
afterAll(async () => {
  await floor.close()
  await drop()
  remove()
})

function record<T>(beginning: string): T {
  const documents = `${folder}/documents/acme`
  const name = readdirSync(documents).find((each) => each.startsWith(beginning) && each.endsWith('.json'))
  if (!name) throw new Error(`there is no ${beginning}`)
  const read = JSON.parse(readFileSync(`${documents}/${name}`, 'utf8'))
  return (read.data ?? read) as T
}

async function resultOf(environment: string, name: string): Promise<Record<string, unknown>> {
  const row = await floor.db
    .selectFrom('step as s')
    .innerJoin('operation as o', 'o.id', 's.operation_id')
    .innerJoin('environment as e', 'e.id', 'o.environment_id')
    .select('s.result')
    .where('e.name', '=', environment)
    .where('s.name', '=', name)
    .where('o.verb', 'in', ['create', 'migrate', 'promote'])
    .executeTakeFirstOrThrow()
  return row.result as Record<string, unknown>
}

async function planOf(environment: string): Promise<PlanElement[]> {
  const row = await floor.db
    .selectFrom('operation as o')
    .innerJoin('environment as e', 'e.id', 'o.environment_id')
    .select('o.plan')
    .where('e.name', '=', environment)
    .where('o.verb', 'in', ['create', 'migrate', 'promote'])
    .executeTakeFirstOrThrow()
  return row.plan.elements
}

test('R9 the report of an iteration says how often each code came, what each table was loaded with, and by which specification', () => {
  const { codes, tables, files, rejects } = record<ReconciliationReportData>('MR-ACME-MIGRATION-1-r1')
  expect([codes.measuredBy, tables.measuredBy]).toEqual(['program', 'program'])
  expect(codes.value.find(({ list, source }) => list === 'sex' && source === 'M')).toMatchObject({
    field: 'Volunteers, sex',
    target: 'male',
  })
  expect(tables.value.find(({ table }) => table === 'volunteers')).toMatchObject({
    rows: expect.any(Number),
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  const text = readFileSync(`${folder}/intake/acme/specification.yaml`)
  expect(files.value[0]).toEqual({
    name: 'specification.yaml',
    bytes: text.length,
    sha256: createHash('sha256').update(text).digest('hex'),
  })
  for (const { reason } of rejects.value) expect(reason).toMatch(/^[A-Z].* .*\.$/)
})

test('R28 VAL and PROD have a report of their own run, and their IQ cites its result', async () => {
  const approved = await floor.db.selectFrom('iteration').select('number').where('state', '=', 'approved').executeTakeFirstOrThrow()
  for (const [environment, main, test] of [
    ['acme-val-1', 'ACME-VAL-1-MAIN', 'ACME-VAL-1-TEST'],
    ['acme-prod', 'ACME-PROD-MAIN', 'ACME-PROD-TEST'],
  ] as const) {
    const report = record<ReconciliationReportData>(`MR-${main}-r1`)
    const resultHash = String((await resultOf(environment, 'load-migration'))['resultHash'])
    expect(report.resultSha256.value).toBe(resultHash)
    expect(report.iteration.value).toBe(approved.number)
    expect([report.review.value, report.testVolunteers.value]).toEqual([false, []])
    expect(report.revisions.value.at(-1)?.change).toBe(`Run with the scripts approved as iteration ${approved.number}`)
    expect(report.installed).toMatchObject({ measuredBy: 'inventory', value: (await resultOf(environment, 'inventory'))['version'] })
    for (const instance of [main, test]) {
      const { references } = record<{ references: { title: string; reference: { value: string; measuredBy: string } }[] }>(
        `IQ-${instance}-r1`,
      )
      const cited = references.filter(({ title }) => title.includes('igration')).map(({ reference }) => reference)
      expect(cited).toContainEqual(expect.objectContaining({ value: expect.stringContaining(resultHash), measuredBy: 'program' }))
      expect(cited).toContainEqual(expect.objectContaining({ value: expect.stringContaining(`MR-${main} r1`) }))
    }
  }
})

test.each(['acme-migration', 'acme-val-1', 'acme-prod'])(
  'R34 %s: what migration brings is planned by a dry run, by element, and counted in the database',
  async (environment) => {
    const planned = (await planOf(environment)).filter(({ disposition, role }) => disposition === 'migrated' && role !== 'test')
    const counts = (await resultOf(environment, 'load-migration'))['counts']
    expect(planned.map(({ element }) => element)).toEqual(
      expect.arrayContaining([
        'medications',
        'conditions',
        'substance-use',
        'volunteers',
        'medical-history',
        'studies',
        'participations',
        'appointments',
      ]),
    )
    expect(planned.find(({ element }) => element === 'volunteers')?.parts?.map(({ unit }) => unit)).toEqual([
      'volunteers',
      'contacts',
      'values of custom fields',
    ])
    expect(planned.every(({ rows }) => rows > 0)).toBe(true)
    expect(counts).toEqual(
      planned.map(({ element, rows }) => expect.objectContaining({ element, disposition: 'migrated', planned: rows, actual: rows })),
    )
  },
)

test('R34 Test gets the migrated lists from Main: as many are planned as for Main, and no historical study', async () => {
  const plan = await planOf('acme-val-1')
  const line = (role: string, element: string) =>
    plan.find((each) => each.role === role && each.element === element && each.disposition === 'migrated')
  for (const list of ['medications', 'conditions', 'substance-use']) {
    expect(line('test', list)).toMatchObject({ disposition: 'migrated', rows: line('main', list)?.rows })
  }
  expect(line('main', 'studies')?.rows).toBeGreaterThan(0)
  expect(line('test', 'studies')).toBeUndefined()
})

test('R34 the same files are read for a plan once: afterwards the counts of that dry run are taken', () => {
  expect([runsAt.get('migrate'), runsAt.get('merge into VAL'), runsAt.get('promote into PROD')]).toEqual([2, 1, 1])
})

test('R9 the run in a report has the start and end of the load, not those of the operation', async () => {
  const { run } = record<ReconciliationReportData>('MR-ACME-VAL-1-MAIN-r1')
  const steps = await floor.db
    .selectFrom('step as s')
    .innerJoin('operation as o', 'o.id', 's.operation_id')
    .innerJoin('environment as e', 'e.id', 'o.environment_id')
    .select(['s.started_at', 's.ended_at', 's.name'])
    .where('e.name', '=', 'acme-val-1')
    .where('o.verb', '=', 'create')
    .execute()
  const load = steps.find(({ name }) => name === 'load-migration')
  const [start, end] = [Date.parse(run.value.startedAt), Date.parse(run.value.finishedAt)]
  const within = [start >= (load?.started_at?.getTime() ?? Number.POSITIVE_INFINITY), end <= (load?.ended_at?.getTime() ?? 0) + 50]
  expect([...within, start < end]).toEqual([true, true, true])
})

test('R19 plan and configuration report count alike: what the report does not hold is told apart in the plan', async () => {
  const { elements } = record<{ elements: { value: { element: string; rows: number }[] } }>('CR-ACME-PREPROD-r1')
  const plan = await planOf('acme-preprod')
  const held = plan.flatMap(({ element, parts = [] }) => {
    const rows = parts.reduce((sum, part) => sum + (part.configuration ? part.rows : 0), 0)
    return rows > 0 ? [{ element, rows }] : []
  })
  const named = ({ element, rows }: { element: string; rows: number }) => `${element} ${rows}`
  expect(held.map(named).sort()).toEqual(
    elements.value
      .filter(({ rows }) => rows > 0)
      .map(named)
      .sort(),
  )
  expect(plan.find(({ element }) => element === 'system-settings')?.parts).toContainEqual(
    expect.objectContaining({ unit: 'not compared', rows: 1, configuration: false }),
  )
  expect(plan.find(({ element }) => element === 'users')?.parts?.map(({ configuration }) => configuration)).toEqual([false, false])
})
