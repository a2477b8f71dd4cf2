/** What a VAL's evidence says about its mask (R13, R36), through the job: each statement made false, and not said. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type MaskEvidence, renderDocument, type TestTextEvidence } from '../../src/documents/index.js'
import type { InstanceAddress, Load, Progress } from '../../src/drivers/driver.js'
import { renderAndRead } from '../documents/read.js'
import { iq } from '../documents/samples.js'
import { type Floor, FloorDriver, floorFolder, openFloor, product } from '../support/floor.js'
import { moments } from '../support/journey.js'
import { closedDatabase, sql, testServer } from '../support/postgres.js'
import { stateDatabase } from '../support/state.js'

jest.setTimeout(180_000)

type Tables = FloorDriver['held'] extends Map<string, infer H> ? (H extends { tables: infer T } ? T : never) : never

/** Lets a test reach into an instance right after rows came into it. */
class Meddled extends FloorDriver {
  meddle: (method: 'load' | 'copy', tables: Tables) => void = () => undefined

  override async load(at: InstanceAddress, tables: AsyncIterable<Load>, progress: Progress) {
    const written = await super.load(at, tables, progress)
    this.meddle('load', this.tables(at))
    return written
  }

  override async copy(source: InstanceAddress, at: InstanceAddress, ...rest: [Parameters<FloorDriver['copy']>[2], Progress]) {
    const counts = await super.copy(source, at, ...rest)
    this.meddle('copy', this.tables(at))
    return counts
  }

  tables({ server, database }: Pick<InstanceAddress, 'server' | 'database'>): Tables {
    const held = this.held.get(`${server} ${database}`)
    if (!held) throw new Error(`there is no ${database}`)
    return held.tables
  }
}

const { folder, remove } = floorFolder()
let template: string
let held: FloorDriver['held']
let driver: Meddled
let floor: Floor
let drop: () => Promise<void>

/** Walks to where VAL is approved and waits for a worker. */
beforeAll(async () => {
  const database = await stateDatabase()
  driver = new Meddled()
  floor = await openFloor({ url: database.url, driver, folder })
  for (const moment of moments) {
    await moment.arrive(floor)
    if (moment.name === 'merge into VAL') break
    await floor.work()
    expect([moment.name, await floor.operation(moment.verb)]).toMatchObject([moment.name, { state: 'done', trouble: null }])
  }
  await floor.close()
  template = `${database.name}_val`
  await closedDatabase(await testServer(), { name: template, template: database.name })
  held = structuredClone(driver.held)
  await database.drop()
})
afterAll(async () => {
  await sql(await testServer(), `drop database if exists "${template}" with (force)`)
  remove()
})
beforeEach(async () => {
  const database = await stateDatabase(template)
  driver = new Meddled()
  for (const [key, value] of structuredClone(held)) driver.held.set(key, value)
  floor = await openFloor({ url: database.url, driver, folder })
  drop = database.drop
})
afterEach(async () => {
  await floor.close()
  await drop()
})

async function resultOf(step: string, role: string): Promise<Record<string, unknown>> {
  const { id } = await floor.operation('create')
  const row = await floor.db
    .selectFrom('step')
    .selectAll()
    .where('operation_id', '=', id)
    .where('name', '=', step)
    .where('role', '=', role as never)
    .executeTakeFirst()
  return (row?.result ?? {}) as Record<string, unknown>
}
const evidence = async () => (await resultOf('load-migration', 'main'))['mask'] as MaskEvidence | undefined
const main = () => [...driver.held].find(([, { identity }]) => identity.includes('acme-val-1') && identity.includes('main'))?.[1].tables

test('R13 the level that the plan was approved with is the one that is carried out and stated', async () => {
  floor.change.policy = { ...floor.change.policy, mask: 'identifiers' }
  await floor.work()
  expect((await floor.operation('create')).trouble).toBeNull()
  expect((await evidence())?.policy.value).toMatchObject({ level: 'pseudonymised', k: 5 })
  const ids =
    main()
      ?.get('volunteers')
      ?.map(({ id }) => Number(id)) ?? []
  expect(ids.filter((id) => id <= 40)).toEqual([])
})

test('R13 at the level identifiers ids and dates are the real ones, and the evidence says so', async () => {
  const { id, plan } = await floor.operation('create')
  await floor.db
    .updateTable('operation')
    .set({ plan: JSON.stringify({ ...(plan as object), data: { ...(plan as { data: object }).data, mask: 'identifiers' } }) as never })
    .where('id', '=', id)
    .execute()
  await floor.work()
  const said = await evidence()
  expect(said?.policy.value.level).toBe('identifiers')
  expect(said?.promises.value.notPromised).toContain('Ids, dates and other attributes of a person are the real ones.')
  const people = main()?.get('volunteers') ?? []
  expect(people.map((row) => Number(row['id'])).sort((a, b) => a - b)).toEqual(people.map((_, at) => at + 1))
  expect(said?.risk.value.joined).toBe(people.length)
})

test('R36 an identifier that stands in any text of Main stops the load through the job, and no evidence is given', async () => {
  const contacts = readFileSync(join(folder, 'intake', 'acme', 'contacts.csv'), 'latin1')
    .split('\r\n')
    .slice(1)
  const street = contacts.map((line) => line.split(';')[3] ?? '').find((each) => /^[\x20-\x7e]+ \d+$/.test(each)) ?? ''
  for (const { tables } of driver.held.values())
    for (const site of tables.get('sites') ?? []) Object.assign(site, { city: `near ${street.toUpperCase()}, ground floor` })
  await floor.work()
  const operation = await floor.operation('create')
  expect(operation.state).toBe('undone')
  expect(operation.trouble).toContain('Identifiers of the source were found in sites.city')
  expect(operation.trouble).not.toContain(street)
  expect(JSON.stringify(floor.logged)).not.toContain(street.toUpperCase())
  expect(await evidence()).toBeUndefined()
})

test('R36 the evidence counts the texts that did not arrive, and a list that declares them makes them fewer', async () => {
  const entries = (said: MaskEvidence | undefined) =>
    said?.replaced.value.find(({ table, column }) => table === 'medications' && column === 'name')?.entries ?? 0
  const declaring = structuredClone(product)
  const { name } = declaring.definition.tables['medications']?.columns ?? {}
  if (name) name.codes = ['Paracetamol', 'Ibuprofen', 'Metformin', 'Sertraline']
  const declared = { ...floor.deps.tools, product: declaring }
  const none = structuredClone(declaring)
  const other = none.definition.tables['medications']?.columns['name']
  if (other) other.codes = ['Nothing of the kind']
  floor.deps.tools = { ...declared, product: none }
  await floor.work()
  const [all, rows] = [entries(await evidence()), main()?.get('medications')?.length ?? 0]
  expect([all, rows > 5]).toEqual([rows, true])
  await afterwards()
  floor.deps.tools = { ...floor.deps.tools, product: declaring }
  await floor.work()
  const names =
    main()
      ?.get('medications')
      ?.map((row) => row['name'] ?? '') ?? []
  const arrived = names.filter((each) => ['Paracetamol', 'Ibuprofen', 'Metformin', 'Sertraline'].includes(each))
  expect([arrived.length > 0, entries(await evidence())]).toEqual([true, all - arrived.length])
})

/** The same moment once more. */
async function afterwards(): Promise<void> {
  await floor.close()
  await drop()
  const database = await stateDatabase(template)
  driver = new Meddled()
  for (const [key, value] of structuredClone(held)) driver.held.set(key, value)
  floor = await openFloor({ url: database.url, driver, folder })
  drop = database.drop
}

test('R13 the risk is measured in the target: a person who is made alone there is counted as alone', async () => {
  driver.meddle = (_, tables) => {
    for (const [at, row] of (tables.get('volunteers') ?? []).entries())
      Object.assign(row, { birth_date: at === 0 ? '1950-01-01' : '1980-01-01', sex: 'male', race: null, height_cm: '180', weight_kg: '80' })
  }
  await floor.work()
  const said = (await evidence())?.risk.value
  expect(said).toMatchObject({ combinations: 2, unique: 1, smallest: 1, below: 1, joined: 0 })
  expect(said?.people).toBe(main()?.get('volunteers')?.length)
})

test('R36 a text in Test that is neither of Main nor of the product stops the operation', async () => {
  const copied: Tables[] = []
  driver.meddle = (method, tables) => {
    if (method !== 'copy') return
    copied.push(tables)
    if (copied.length === 2) Object.assign(tables.get('medications')?.[0] ?? {}, { name: 'as Marta Svoboda takes it' })
  }
  await floor.work()
  const operation = await floor.operation('create')
  expect(operation.state).toBe('undone')
  expect(operation.trouble).toContain('Test holds text in medications.name')
  expect(operation.trouble).not.toContain('Svoboda')
  expect(await resultOf('search-text', 'test')).toEqual({})
})

test('R13 the IQ prints what the mask promises, what it does not, and what was measured', async () => {
  await floor.work()
  const mask = (await evidence()) as MaskEvidence
  const text = (await resultOf('search-text', 'test'))['text'] as TestTextEvidence
  expect(mask.scanned.value.identifiers).toBeGreaterThan(40)
  expect(mask.scanned.value.tables).toBeGreaterThan(30)
  expect(text.value.texts).toBeGreaterThan(500)
  for (const each of [mask.scanned, mask.risk, text]) expect(each.measuredBy).toBe('read')
  expect([mask.policy.value, mask.promises.measuredBy]).toEqual([{ level: 'pseudonymised', k: 5 }, 'release'])
  expect(text.value.columns + text.value.leftOut.length).toBe(mask.scanned.value.columns)
  expect(text.value.leftOut).toContain('volunteers.birth_date')
  const printed = await renderAndRead({ ...iq, mask, text })
  expect(printed.text).toContain('Columns that hold no text were not compared: volunteers › ')
  expect(printed.text).not.toContain('which no other environment shares')
  expect(printed.text).toContain('a coincidence is no link')
  expect(printed.text).not.toMatch(/birth_date|home_address|medication_use/)
  const { json } = await renderDocument({ ...iq, mask, text })
  expect(JSON.parse(json)).toMatchObject({ mask, text })
})
