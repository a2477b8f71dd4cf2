import { writeLegacyDump } from '../../src/demo/dump.js'
import { readSpecification, runMigration } from '../../src/migration/index.js'
import { UnclassifiedColumn } from '../../src/product/mask.js'
import { asLoad, consume, folderWith, type Loaded, product, productVersion, today } from './support.js'

const mask = { key: Buffer.from('a key that lives for one copy') }
let folder: string
let hidden: Awaited<ReturnType<typeof run>>
let open: Awaited<ReturnType<typeof run>>
let masked: Record<string, Loaded>
let plain: Record<string, Loaded>

beforeAll(async () => {
  folder = await folderWith()
  await writeLegacyDump(folder, { volunteers: 200, seed: 7 })
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
  const kinds = ['e-mail', 'phone', 'identifier', 'name-and-birth-date']
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

test('R9 the result hash is of the unmasked records, and masking is the same twice', async () => {
  const again = await run(true)
  expect(await consume(again)).toEqual(masked)
  const runs = [hidden, again, open].map((each) => each.reconciliation())
  expect(new Set(runs.map(({ resultHash }) => resultHash)).size).toBe(1)
  expect(runs.map((each) => each.masked)).toEqual([true, true, false])
})
