/** What a masked load leaves in a real database (R13, R36): nobody's name, number or words, and nothing that two environments share. */
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeLegacyDump } from '../../src/demo/dump.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { baseLookups, readSpecification, runMigration } from '../../src/migration/index.js'
import { columnsOf, content, copyPlan, type MaskPolicy, tablesOf } from '../../src/product/index.js'
import { address, unwatched } from '../drivers/contract.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { folderWith, product, productVersion, today } from './support.js'

const driver = postgresDriver({ product })
const mask: MaskPolicy = { level: 'pseudonymised', k: 5 }
const used: ReturnType<typeof address>[] = []
let own: OwnServer
let folder: string

beforeAll(async () => {
  own = await ownServer()
  folder = await folderWith()
  await writeLegacyDump(folder, { volunteers: 120, seed: 5, specificationVersion: 2, customField: 'legacy-number' })
  await appendFile(join(folder, 'medications.csv'), '100007\tMarta Svoboda 0664 1234567\t10\tmg\tOD\tOral\t2020-01-01\t\r\n')
  await appendFile(join(folder, 'studies.csv'), 'LC-9000,Ask Marta Svoboda (0664 1234567),Svoboda & Sons,I\r\n')
})
afterAll(async () => {
  for (const at of used) await driver.drop(at)
  await own?.stop()
})

async function made() {
  const at = address(own.server)
  used.push(at)
  await driver.create(at, productVersion)
  await driver.load(at, all(content(product, productVersion, ['base'])), unwatched())
  return at
}

/** A VAL Main as far as volunteers go: base configuration and the masked migration output. */
async function val(how: MaskPolicy | null = mask, from = folder) {
  const read = await readSpecification(from)
  if (!read.ok) throw new Error(read.refusal.text)
  const lookups = await baseLookups(product, productVersion)
  const outcome = await runMigration({
    ...{ folder: from, specification: read.file, product, productVersion, today, lookups },
    ...(how ? { mask: how } : {}),
  })
  if (!outcome.ok) throw new Error(outcome.refusal.text)
  const at = await made()
  await driver.load(at, kept(outcome.run.tables(), how !== null), unwatched())
  return { at, run: outcome.run }
}

async function textOf(at: ReturnType<typeof address>): Promise<string> {
  const texts: string[] = []
  for (const table of tablesOf(product, productVersion)) {
    const columns = columnsOf(product, productVersion, table).map(([column]) => column)
    for await (const row of driver.read(at, { table, columns })) texts.push(row.join('\t'))
  }
  return texts.join('\n')
}

async function column(at: ReturnType<typeof address>, table: string, name: string): Promise<(string | null)[]> {
  const values: (string | null)[] = []
  for await (const [value] of driver.read(at, { table, columns: [name] })) values.push(value ?? null)
  return values
}

test("R36 a name and a telephone number typed into a drug's cell do not arrive; the entry arrives as its list and a number", async () => {
  const { at } = await val()
  expect(await textOf(at)).not.toMatch(/Svoboda|1234567/)
  const names = await column(at, 'medications', 'name')
  expect(names).toContain('Paracetamol')
  expect(names.filter((name) => /^Medications \d+$/.test(name ?? ''))).not.toEqual([])
})

test("R36 a study's title arrives as its list and a number", async () => {
  const { at } = await val()
  const titles = await column(at, 'studies', 'title')
  expect(titles.length).toBeGreaterThan(40)
  expect(titles.filter((title) => !/^Historical studies \d+$/.test(title ?? ''))).toEqual(['Master library of forms'])
})

test('R13 two environments of one dump share no id and no number of a volunteer', async () => {
  const [one, other] = [await val(), await val()]
  for (const [table, name] of [
    ['volunteers', 'id'],
    ['volunteers', 'volunteer_number'],
    ['volunteer_contacts', 'id'],
    ['participations', 'subject_number'],
  ] as const) {
    const first = new Set(await column(one.at, table, name))
    const shared = (await column(other.at, table, name)).filter((value) => value !== null && first.has(value))
    expect([table, name, shared]).toEqual([table, name, []])
  }
  expect(other.run.reconciliation().resultHash).toBe(one.run.reconciliation().resultHash)
})

test('R13 the rows of people do not lie in the order of the dump, by which its holder would know them', async () => {
  const [masked, plain] = [await val(), await val(null)]
  for (const [table, name] of [
    ['volunteers', 'height_cm'],
    ['volunteer_medications', 'dose'],
  ] as const) {
    const [drawn, real] = [await column(masked.at, table, name), await column(plain.at, table, name)]
    expect([...drawn].sort()).toEqual([...real].sort())
    expect(drawn).not.toEqual(real)
  }
})

test('R13 at the level k-anonymous every combination is held by k people in the database, and nobody is left out', async () => {
  const [{ at, run }, open] = [await val({ level: 'k-anonymous', k: 4 }), await val(null)]
  const columns = ['birth_date', 'sex', 'ethnicity', 'race', 'height_cm', 'weight_kg', 'home_site_id']
  const groups = new Map<string, number>()
  for await (const row of driver.read(at, { table: 'volunteers', columns })) {
    const combination = JSON.stringify(row)
    groups.set(combination, (groups.get(combination) ?? 0) + 1)
  }
  expect(Math.min(...groups.values())).toBeGreaterThanOrEqual(4)
  expect(groups.size).toBeGreaterThan(1)
  const people = (await column(open.at, 'volunteers', 'id')).length
  expect([...groups.values()].reduce((sum, each) => sum + each, 0)).toBe(people)
  const all = columnsOf(product, productVersion, 'volunteers').map(([name]) => name)
  await run.leakScan({ table: 'volunteers', columns: all, rows: driver.read(at, { table: 'volunteers', columns: all }) })
  const { risk } = run.maskMeasures()
  expect(risk).toMatchObject({
    people,
    attributes: columns,
    combinations: groups.size,
    unique: 0,
    below: 0,
    smallest: Math.min(...groups.values()),
  })
})

test('R13 at the default level the risk that is left is what the database shows: who is alone, and whom the holder of the dump would find', async () => {
  const { at, run } = await val()
  const all = columnsOf(product, productVersion, 'volunteers').map(([name]) => name)
  await run.leakScan({ table: 'volunteers', columns: all, rows: driver.read(at, { table: 'volunteers', columns: all }) })
  const { risk } = run.maskMeasures()
  expect(risk.joinedBy).toEqual(expect.arrayContaining(['sex', 'height_cm', 'days from birth_date to registered_on']))
  expect([risk.unique > 0.9 * risk.people, risk.joined > 0.9 * risk.people, risk.smallest]).toEqual([true, true, 1])
})

test('R13 fewer people than k are refused, and nothing of them arrives', async () => {
  const few = await folderWith()
  await writeLegacyDump(few, { volunteers: 6, seed: 5, specificationVersion: 2 })
  await expect(val({ level: 'k-anonymous', k: 50 }, few)).rejects.toMatchObject({
    cause: { refusal: { code: 'too-few-people', rule: 'R13' } },
  })
  expect(await column(used.at(-1) as ReturnType<typeof address>, 'volunteers', 'id')).toEqual([])
})

test("R13 the audit trail of the source, in which somebody typed a volunteer's name, does not come along", async () => {
  const [source, target] = [await made(), await made()]
  await driver.load(
    source,
    all([
      {
        table: 'audit_events',
        columns: ['id', 'username', 'area', 'table_name', 'record_key', 'action', 'old_value'],
        rows: rows([['1', 'administrator', 'configuration', 'sites', 'A', 'update', '{"name": "Marta Svoboda"}']]),
      },
    ]),
    unwatched(),
  )
  await driver.copy(source, target, copyPlan(product, productVersion, 'merge', { migration: true, mask }), unwatched())
  expect(await textOf(target)).not.toContain('Svoboda')
  expect(await column(target, 'audit_events', 'id')).toEqual([])
})

async function* all<T>(items: T[]): AsyncGenerator<T> {
  yield* items
}

async function* rows(items: string[][]): AsyncGenerator<string[]> {
  yield* items
}

async function* kept<T extends { table: string }>(tables: AsyncIterable<T>, reordered: boolean): AsyncGenerator<T & { keep?: string }> {
  for await (const table of tables) yield { ...table, reordered, ...(table.table === 'studies' ? { keep: 'is_master_library' } : {}) }
}
