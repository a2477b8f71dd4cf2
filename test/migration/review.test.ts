import { writeLegacyDump } from '../../src/demo/dump.js'
import { filesHash, intake, readSpecification, runMigration } from '../../src/migration/index.js'
import { strata, testVolunteers } from '../../src/migration/review.js'
import { consume, entityIn, folderWith, product, productVersion, today } from './support.js'

async function iterate(specificationVersion: 1 | 2, volunteers = 400) {
  const folder = await folderWith()
  await writeLegacyDump(folder, { volunteers, seed: 3, specificationVersion })
  const read = await readSpecification(folder)
  if (!read.ok) throw new Error(read.refusal.text)
  const outcome = await runMigration({ folder, specification: read.file, product, productVersion, today })
  if (!outcome.ok) throw new Error(outcome.refusal.text)
  const tables = await consume(outcome.run)
  return { run: outcome.run, tables, books: outcome.run.reconciliation() }
}

let first: Awaited<ReturnType<typeof iterate>>
beforeAll(async () => {
  first = await iterate(1)
})

test('R9 the second specification rejects less than the first, of the very same files', async () => {
  const [one, second] = [first.books, (await iterate(2)).books]
  const rejected = (books: typeof one) => books.entities.reduce((sum, each) => sum + each.rejected, 0)
  expect(rejected(second)).toBeLessThan(rejected(one))
  expect(rejected(second)).toBeGreaterThan(0)
  expect(entityIn(second, 'volunteers').rejectedBy['unmapped-code'] ?? 0).toBe(0)
  expect(second.filesHash).toBe(one.filesHash)
  expect(second.specification).not.toEqual(one.specification)
  expect([one.balanced, second.balanced, one.orphans, second.orphans]).toEqual([true, true, 0, 0])
})

test('R9 R33 the test volunteers are about twenty, the same each time, for every reason there is, by new number only', async () => {
  const { run, tables } = first
  const chosen = run.testVolunteers()
  expect(chosen).toHaveLength(20)
  expect(chosen).toEqual((await iterate(1)).run.testVolunteers())
  expect(new Set(chosen.flatMap(({ why }) => why))).toEqual(new Set(strata))
  const numbers = new Set(tables['volunteers']?.records.map((row) => row['volunteer_number']))
  expect(chosen.every(({ number }) => /^V\d{7}$/.test(number) && numbers.has(number))).toBe(true)
  const births = tables['volunteers']?.records.map((row) => row['birth_date'] ?? '').sort() ?? []
  const of = (stratum: string) =>
    chosen
      .filter(({ why }) => why.includes(stratum as never))
      .map(({ number }) => tables['volunteers']?.records.find((row) => row['volunteer_number'] === number))
  expect(of('oldest').map((row) => row?.['birth_date'])).toContain(births[0])
  expect(of('youngest').map((row) => row?.['birth_date'])).toContain(births.at(-1))
})

test('R9 never more than fifty, and never more than there are', () => {
  const trait = (id: number) => ({ id, number: `V${id}`, birth: `19${50 + (id % 50)}-01-01`, nulls: id % 7, merged: false, damaged: false })
  const traits = Array.from({ length: 300 }, (_, at) => trait(at))
  expect(testVolunteers(traits, new Map(), 80)).toHaveLength(50)
  expect(testVolunteers(traits.slice(0, 3), new Map(), 20)).toHaveLength(3)
  expect(testVolunteers([], new Map())).toEqual([])
})

test('the legacy dump is of the size that was asked for, and dirty in every way', () => {
  const { extracted, loaded, merged, rejectedBy } = entityIn(first.books, 'volunteers')
  expect(extracted).toBe(400)
  expect(loaded).toBeGreaterThan(350)
  expect(merged).toBeGreaterThan(3)
  expect(Object.keys(rejectedBy).length).toBeGreaterThanOrEqual(4)
})

test('the legacy dump is the same for the same seed, and another for another', async () => {
  const [folder, again, other] = [await folderWith(), await folderWith(), await folderWith()]
  await writeLegacyDump(folder, { volunteers: 50 })
  await writeLegacyDump(again, { volunteers: 50 })
  await writeLegacyDump(other, { volunteers: 50, seed: 2 })
  const hashOf = async (path: string) => {
    const found = await intake(path)
    return found.ok ? filesHash(found.files) : found.refusal.code
  }
  expect(await hashOf(again)).toBe(await hashOf(folder))
  expect(await hashOf(other)).not.toBe(await hashOf(folder))
})

test('R33 neither reconciliation nor test volunteers hold a value that identifies anybody', async () => {
  const { run, tables } = first
  const told = JSON.stringify([run.reconciliation(), run.testVolunteers()])
  const identifying = ['first_name', 'last_name', 'national_id'].flatMap(
    (column) => tables['volunteers']?.records.map((row) => row[column]) ?? [],
  )
  const reachable = ['email', 'phone', 'street'].flatMap((column) => tables['volunteer_contacts']?.records.map((row) => row[column]) ?? [])
  const repeated = [...identifying, ...reachable].filter((value) => value && value.length > 3 && told.includes(value))
  expect(repeated).toEqual([])
})
