import { writeLegacyDump } from '../../src/demo/dump.js'
import { readSpecification, runMigration } from '../../src/migration/index.js'
import { UnclassifiedColumn } from '../../src/product/mask.js'
import { asLoad, consume, folderWith, type Loaded, migrated, product, productVersion, today } from './support.js'

const mask = { level: 'pseudonymised', k: 5 } as const
let folder: string
let hidden: Awaited<ReturnType<typeof run>>
let open: Awaited<ReturnType<typeof run>>
let masked: Record<string, Loaded>
let plain: Record<string, Loaded>

beforeAll(async () => {
  folder = await folderWith()
  await writeLegacyDump(folder, { volunteers: 200, seed: 7, customField: 'legacy-number' })
  hidden = await run(true)
  open = await run(false)
  masked = await consume(hidden)
  plain = await consume(open)
})

async function run(masking: boolean, changed = product) {
  const read = await readSpecification(folder)
  if (!read.ok) throw new Error(read.refusal.text)
  const outcome = await runMigration({
    folder,
    specification: read.file,
    product: changed,
    productVersion,
    today,
    lookups: { volunteer_custom_fields: { 'legacy-number': '1' } },
    ...(masking ? { mask } : {}),
  })
  if (!outcome.ok) throw new Error(outcome.refusal.text)
  return outcome.run
}

async function hitsIn(scanner: Awaited<ReturnType<typeof run>>, tables: Record<string, Loaded>) {
  return (await Promise.all(Object.values(tables).map((table) => scanner.leakScan(asLoad(table))))).flat()
}

test('R36 masked, the leak scan finds nothing; unmasked, it finds every kind', async () => {
  expect(await hitsIn(hidden, masked)).toEqual([])
  const kinds = ['e-mail', 'phone', 'identifier', 'name', 'street']
  expect(new Set((await hitsIn(open, plain)).map(({ kind }) => kind))).toEqual(new Set(kinds))
  expect(new Set((await hitsIn(hidden, plain)).map(({ kind }) => kind))).toEqual(new Set(kinds))
  expect((await hitsIn(hidden, plain)).find(({ kind }) => kind === 'e-mail')).toMatchObject({
    table: 'volunteer_contacts',
    column: 'email',
    rows: expect.any(Number),
  })
})

test('R36 no name, address, number or date of birth of the dump is left in a masked row', async () => {
  const texts = new Set(Object.values(masked).flatMap(({ rows }) => rows.flat()))
  const secret = ['last_name', 'national_id', 'birth_date'].flatMap(
    (column) => plain['volunteers']?.records.map((row) => row[column]) ?? [],
  )
  const reachable = ['email', 'phone', 'street'].flatMap((column) => plain['volunteer_contacts']?.records.map((row) => row[column]) ?? [])
  const left = [...secret, ...reachable].filter((value) => value && !/^\d{4}-/.test(value) && texts.has(value))
  expect(left).toEqual([])
  for (const [at, row] of (masked['volunteers']?.records ?? []).entries())
    expect(row['birth_date']).not.toBe(plain['volunteers']?.records[at]?.['birth_date'])
})

test('R36 a leak is found wherever it hides: another column, another spelling, free text', async () => {
  const [person] = plain['volunteers']?.records.filter(({ national_id }) => national_id) ?? []
  const [mail] = plain['volunteer_contacts']?.records.filter(({ email }) => email) ?? []
  const [mobile] = plain['volunteer_contacts']?.records.filter(({ phone }) => phone) ?? []
  const found = (column: string, value: string) =>
    hidden.leakScan(asLoad({ table: 'volunteer_conditions', columns: ['id', column], rows: [['1', value]] }))
  expect(await found('comment', `write to ${mail?.['email']?.toUpperCase()}, please`)).toContainEqual({
    table: 'volunteer_conditions',
    column: 'comment',
    kind: 'e-mail',
    rows: 1,
  })
  expect(await found('verbatim', `call ${mobile?.['phone']?.replaceAll(' ', '-').replace('+', '00')}`)).toMatchObject([{ kind: 'phone' }])
  expect(await found('comment', `id ${person?.['national_id']?.toLowerCase()}.`)).toMatchObject([{ kind: 'identifier' }])
  expect(await found('comment', `${person?.['last_name']}, ${person?.['first_name']} was late`)).toMatchObject([{ kind: 'name' }])
  expect(await found('comment', 'nothing to see on 2020-01-01, code 12345')).toEqual([])
})

test('R36 a column that the product does not classify stops the run before the first row', async () => {
  const changed = structuredClone(product)
  delete changed.definition.tables['volunteers']?.columns['national_id']?.mask
  await expect(run(true, changed)).rejects.toThrow(UnclassifiedColumn)
  expect(await run(false, changed)).toBeDefined()
})

test('R9 the result hash is of the records before the mask, and every masked run makes everything anew', async () => {
  const again = await run(true)
  const anew = await consume(again)
  const runs = [hidden, again, open].map((each) => each.reconciliation())
  expect(new Set(runs.map(({ resultHash }) => resultHash)).size).toBe(1)
  expect(runs.map((each) => each.masked)).toEqual([true, true, false])
  const drawn = (tables: Record<string, Loaded>) =>
    tables['volunteers']?.records.map(({ id, volunteer_number: number }) => `${id} ${number}`) ?? []
  expect(drawn(anew).filter((person) => drawn(masked).includes(person))).toEqual([])
  expect(new Set(hidden.testVolunteers().map(({ number }) => number)).size).toBeGreaterThan(3)
  const numbers = new Set(masked['volunteers']?.records.map(({ volunteer_number: number }) => number))
  expect(hidden.testVolunteers().filter(({ number }) => !numbers.has(number))).toEqual([])
})

const hiding: [string, string, string][] = [
  ['street', 'volunteer_contacts', 'street'],
  ['subject number', 'participations', 'subject_number'],
  ['custom value', 'volunteer_custom_values', 'value'],
]
test.each(hiding)("R36 a %s of the source is found in another table's text", async (_, table, column) => {
  const [record] = plain[table]?.records.filter((each) => each[column]) ?? []
  const rows = [['1', `House at ${record?.[column]?.toUpperCase()}, left`]]
  expect(await hidden.leakScan(asLoad({ table: 'sites', columns: ['id', 'name'], rows }))).toMatchObject([
    { table: 'sites', column: 'name' },
  ])
  const quiet = [
    ['1', 'House at the end of the road, left; floor 12'],
    ['2', '100007'],
  ]
  expect(await hidden.leakScan(asLoad({ table: 'sites', columns: ['id', 'name'], rows: quiet }))).toEqual([])
})

test('R36 a contact name of the source is found in another table, its words turned round, without its accents', async () => {
  const specification = `version: 1
sources: { p: { file: p.csv } }
entities:
  volunteers:
    source: p
    key: [NO]
    fields: { status: { constant: active }, first_name: FIRST, last_name: LAST, birth_date: BORN, sex: { constant: female }, registered_on: { constant: 2020-01-01 } }
  contacts:
    source: p
    key: [NO]
    fields: { volunteer_id: { from: NO, reference: volunteers, required: true }, kind: { constant: emergency }, contact_name: WHO }
`
  const { run: once } = await migrated({ 'p.csv': 'NO,FIRST,LAST,BORN,WHO\n1,Ada,Byron,1990-12-10,Zdenka Nováková\n' }, specification, {
    mask,
  })
  const scan = (table: string, column: string, text: string) =>
    once.leakScan(asLoad({ table, columns: ['id', column], rows: [['1', text]] }))
  expect(await scan('medications', 'name', 'as NOVAKOVA, Zdenka said')).toEqual([
    { table: 'medications', column: 'name', kind: 'name', rows: 1 },
  ])
  expect(await scan('audit_events', 'old_value', '{"name":"byron, ada"}')).toMatchObject([{ kind: 'name' }])
  // A member of staff may have a volunteer's name, and nobody could start a VAL any more.
  expect(await scan('users', 'full_name', 'Ada Byron')).toEqual([])
  expect(await scan('medications', 'name', 'as Zdenka said, to nobody')).toEqual([])
})
