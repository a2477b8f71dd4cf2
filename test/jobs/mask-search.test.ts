/** What is said of the search for identifiers (R36), against a real database: every number counted once more, by other means. */

import type { StepContext } from '../../jobs/job.js'
import { searchedForIdentities, searchTest } from '../../jobs/mask.js'
import { maskSection } from '../../src/documents/iq-mask.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { baseLookups, runMigration } from '../../src/migration/index.js'
import { clinicDir, content, loadProduct, type MaskPolicy, type Product } from '../../src/product/index.js'
import { address, unwatched } from '../drivers/contract.js'
import { folderWith, product, productVersion, specificationOf, today } from '../migration/support.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { inDatabase, sql } from '../support/postgres.js'

jest.setTimeout(120_000)

const driver = postgresDriver({ product })
const mask: MaskPolicy = { level: 'pseudonymised', k: 5 }
let own: OwnServer
let at: ReturnType<typeof address>

const specification = specificationOf(`version: 1
sources: { p: { file: p.csv } }
entities:
  volunteers:
    source: p
    key: [NO]
    duplicates: { on: [first_name, last_name, birth_date] }
    fields: { status: { constant: active }, first_name: FIRST, last_name: LAST, birth_date: BORN, sex: { constant: female }, registered_on: { constant: 2020-01-01 }, national_id: NI }
  contacts:
    source: p
    key: [NO]
    fields: { volunteer_id: { from: NO, reference: volunteers, required: true }, kind: { constant: email }, email: MAIL, phone: PHONE, street: STREET }
`)
const head = 'NO,FIRST,LAST,BORN,NI,MAIL,PHONE,STREET\n'
const ada = '1,Ada,Byron,1990-12-10,NI-111111,ada@example.org,+31 6 12345678,Dorpsstraat 12\n'
const bob = '2,Bob,Møller,1991-12-10,NI-222222,bob@example.org,+31 6 87654321,Kerkstraat 7\n'

beforeAll(async () => {
  own = await ownServer()
  at = address(own.server)
  await driver.create(at, productVersion)
  await driver.load(at, all(content(product, productVersion, ['base'])), unwatched())
})
afterAll(async () => {
  await driver.drop(at)
  await own?.stop()
})

/** What the step says after a run of these lines, over the database as it stands. */
async function said(lines: string, under: Product = product) {
  const folder = await folderWith({ 'p.csv': head + lines })
  const lookups = await baseLookups(product, productVersion)
  const started = await runMigration({ folder, specification, product, productVersion, today, lookups, mask })
  if (!started.ok) throw new Error(started.refusal.text)
  for await (const { rows } of started.run.tables()) for await (const _ of rows);
  return searchedForIdentities(contextOf(under), started.run as never, mask)
}

function contextOf(under = product): StepContext {
  const instance = { name: 'ACME-VAL-1-main', role: 'main', version: productVersion }
  const environment = { instances: [instance, { ...instance, role: 'test' }] }
  const context = {
    product: under,
    driver,
    now: new Date(),
    moment: () => new Date(),
    role: 'main',
    environment,
    standing: async () => at,
    progress: unwatched(),
  }
  return context as unknown as StepContext
}

const query = async <T>(text: string): Promise<T[]> => (await sql(inDatabase(own.server, at.database), text)) as T[]

/** Counted by the database's own catalogue. */
async function counted() {
  const { definition } = product
  const columns = await query<{ table: string; column: string; type: string }>(
    `select table_name as table, column_name as column, data_type as type from information_schema.columns
     where table_schema = 'public' and is_generated = 'NEVER'`,
  )
  const text = columns.filter(({ table, column, type }) => {
    if (!definition.tables[table]) return false
    return table === 'volunteers' || (/text|char|json/.test(type) && definition.tables[table]?.columns[column]?.references === undefined)
  })
  const sums = text.map(({ table, column }) => `(select count("${column}") from "${table}")`)
  const [row] = await query<{ sum: string }>(`select ${sums.join(' + ')} as sum`)
  return { tables: new Set(text.map(({ table }) => table)).size, columns: text.length, texts: Number(row?.sum) }
}

test('R36 the numbers of the search are those of the database and the files: each changes with what it counts, and a hit leaves none', async () => {
  const before = (await said(ada)).scanned.value
  // A name, an identity number, the number that the program gives, an e-mail address, a telephone number, an address.
  expect(before).toEqual({ ...(await counted()), identifiers: 6 })
  expect((await said(ada + bob)).scanned.value).toEqual({ ...before, identifiers: 12 })
  expect((await said(`${ada}${ada.replace('1,', '3,').replace('111111', '333333')}`)).scanned.value.identifiers).toBe(7)

  await query(`insert into recruitment_sources (name, active) values ('Word of mouth, it seems', true)`)
  expect((await said(ada)).scanned.value).toEqual({ ...before, ...(await counted()) })
  expect((await counted()).texts).toBe(before.texts + 1)

  const fewer = loadProduct(clinicDir)
  const { labs, recruitment_sources: sources } = fewer.definition.tables
  delete labs?.columns['accreditation']
  expect((await said(ada, fewer)).scanned.value).toMatchObject({ tables: before.tables, columns: before.columns - 1 })
  delete sources?.columns['name']
  expect((await said(ada, fewer)).scanned.value).toMatchObject({ tables: before.tables - 1, columns: before.columns - 2 })

  await query(`update recruitment_sources set name = 'Byron, Ada' where name like 'Word of mouth, it%'`)
  await expect(said(ada)).rejects.toMatchObject({ code: 'identity-leaked', message: expect.stringContaining('recruitment_sources.name') })
  await query(`delete from recruitment_sources where name = 'Byron, Ada'`)
})

test('R36 hits that a rule takes back are stated by rule: a member of staff with a name of the source is counted', async () => {
  expect((await said(ada)).forms?.value.suppressed).toEqual([])
  await query(`update users set full_name = 'Ada Byron' where id = (select min(id) from users)`)
  const evidence = await said(ada)
  expect(evidence.forms?.value.suppressed).toEqual([{ rule: expect.stringContaining('staff'), hits: 1 }])
  const paper = JSON.stringify(maskSection(evidence))
  expect(paper).toContain('members of staff')
  expect(paper).toContain('A surname alone')
  const { forms: _, ...old } = evidence
  expect(JSON.stringify(maskSection(old))).toContain('the forms in which they were looked for are not on record')
})

test('R36 a table with more texts than can be remembered refuses the comparison of Test, in words about texts', async () => {
  const mainOf = (context: StepContext) => context.environment?.instances[0] as never
  const { result } = (await searchTest(mainOf).do(contextOf())) ?? {}
  expect(result).toMatchObject({ text: { value: { texts: expect.any(Number) } } })
  const refused = searchTest(mainOf, 3).do(contextOf())
  await expect(refused).rejects.toMatchObject({
    name: 'StepRefused',
    code: 'too-many-texts',
    message: expect.stringMatching(/more than 3 different texts in \w+:/),
  })
})

async function* all<T>(items: T[]): AsyncGenerator<T> {
  yield* items
}
