import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeLegacyDump } from '../../src/demo/dump.js'
import { type Lookups, parseSpecification, readSpecification, runMigration } from '../../src/migration/index.js'
import { folderWith, good, people, product, productVersion, specificationOf, started, today } from './support.js'

function edited(from: string, to: string): string {
  expect(good).toContain(from)
  return good.replace(from, to)
}

test('R8 a specification is parsed, and its checksum is that of its text', () => {
  const first = specificationOf(good)
  expect(first.specification).toMatchObject({ version: 3, timeZone: 'UTC', sources: { people: { encoding: 'utf8', quote: '"' } } })
  expect(first.sha256).not.toBe(specificationOf(`${good}# a remark\n`).sha256)
})

test.each([
  ['delimiter', edited('delimiter', 'delimitor'), 3, /delimitor` is not known here/],
  ['encoding', edited('dates: [', 'encoding: utf9, dates: ['), 3, /encoding` is no known encoding/],
  ['date format', edited('DD/MM/YYYY', 'DD/MM'), 3, /is no full date format/],
  ['file outside', edited('file: people.csv', 'file: ../people.csv'), 3, /leads out of the intake folder/],
  ['absolute file', edited('file: people.csv', 'file: /etc/passwd'), 3, /leads out of the intake folder/],
  ['source', edited('source: people', 'source: persons'), 8, /source "persons", which does not exist; name one of: people/],
  ['map', edited('map: sex }', 'map: gender }'), 15, /map "gender", which does not exist; name one of: sex/],
  ['transform', edited('map: sex }', 'mapp: sex }'), 15, /mapp` is not known here/],
  ['regular expression', edited('FIRST', '{ from: FIRST, extract: "(" }'), 12, /is no regular expression/],
  ['duplicates', `${good}    duplicates: { on: [national_id] }\n`, 17, /mapped field "national_id"/],
  ['reference', edited('FIRST', '{ from: FIRST, reference: persons }'), 12, /entity "persons"/],
  ['time zone', edited('version: 3', 'version: 3\ntimeZone: Mars/Olympus'), 2, /is no time zone/],
  ['no YAML', 'version: [', 1, /correct the YAML/],
  ['no entities', 'version: 1\nsources: {}', 1, /entities/],
])('R8 a finding names the line and what instead: %s', (_, text, line, said) => {
  const outcome = parseSpecification(text)
  if (outcome.ok) throw new Error('it was accepted')
  expect(outcome.refusal).toMatchObject({ code: 'specification-invalid', rule: 'R8', line })
  expect(outcome.refusal.text).toMatch(said)
})

async function refusedFor(text: string, files: Record<string, string | Buffer> = { 'people.csv': people }, lookups: Lookups = {}) {
  const folder = await folderWith(files)
  const outcome = await runMigration({ folder, specification: specificationOf(text), product, productVersion, today, lookups })
  if (outcome.ok) throw new Error('it was accepted')
  return outcome.refusal
}

test.each([
  [
    'an entity',
    edited('  volunteers:\n', '  patients:\n'),
    7,
    /`entities.patients` is nothing that the product takes from a migration; use one of: .*volunteers/,
  ],
  ['a field', edited('last_name: LAST', 'surname: LAST'), 13, /surname` is no field of volunteers; use one of: .*last_name/],
  ['a required field', edited('      sex: { from: SEX, map: sex }\n', ''), 10, /leaves out sex, which the product requires/],
  ['a number of its own', edited('status:', 'volunteer_number: NO\n      status:'), 11, /filled by the migration program itself/],
  ['a code', edited('constant: active', 'constant: alive'), 11, /gives "alive", which the product does not know; use one of: active/],
  ['a list that is empty here', edited('first_name:', 'home_site_id: SITE\n      first_name:'), 12, /points at sites of the configuration/],
])('R8 what the product does not have is refused: %s', async (_, text, line, said) => {
  const refusal = await refusedFor(text)
  expect(refusal).toMatchObject({ code: 'specification-invalid', line })
  expect(refusal.text).toMatch(said)
})

test('R8 a reference must be said to be one', async () => {
  const contacts = `${good}  contacts: { source: people, key: [NO], fields: { volunteer_id: NO, kind: { constant: email }, email: LAST } }\n`
  expect((await refusedFor(contacts)).text).toMatch(/points at a record of volunteers; add `reference: volunteers`/)
})

test('R8 a missing column is a refusal that names file, column and line', async () => {
  const refusal = await refusedFor(good, { 'people.csv': people.replace('BORN', 'BIRTH') })
  expect(refusal).toMatchObject({ code: 'missing-column', rule: 'R8', file: 'people.csv', column: 'BORN', line: 14 })
  expect(refusal.text).toBe('`people.csv` has no column `BORN`, which line 14 of the specification reads.')
  expect(refusal.findings?.[0]?.instead).toBe('name one of: NO, FIRST, LAST, BIRTH, SEX')
})

test('R8 a column that is there twice is no better', async () => {
  const refusal = await refusedFor(good, { 'people.csv': people.replace('SEX', 'LAST') })
  expect(refusal).toMatchObject({ code: 'missing-column', column: 'LAST', text: expect.stringContaining('2 times') })
})

test('R8 an empty file lacks every column', async () => {
  expect(await refusedFor(good, { 'people.csv': '' })).toMatchObject({ code: 'missing-column', column: 'NO' })
})

test('R8 a missing file, and one whose quotation never ends, are refused', async () => {
  expect(await refusedFor(good, {})).toMatchObject({ code: 'missing-file', file: 'people.csv', line: 3 })
  expect(await refusedFor(good, { 'people.csv': `${people}2;"Ada;Byron;10/12/1990;F\n` })).toMatchObject({ code: 'unreadable-source' })
})

test('R33 a source that is a link out of the folder is refused', async () => {
  const [folder, outside] = [await folderWith(), await folderWith({ 'secret.csv': people })]
  await symlink(join(outside, 'secret.csv'), join(folder, 'people.csv'))
  const outcome = await runMigration({ folder, specification: specificationOf(good), product, productVersion, today })
  expect(outcome).toMatchObject({ ok: false, refusal: { code: 'intake-link' } })
})

test('R33 a folder within that is a link out is refused as well', async () => {
  const [folder, outside] = [await folderWith(), await folderWith({ 'people.csv': people })]
  await symlink(outside, join(folder, 'sub'))
  const specification = specificationOf(edited('people.csv', 'sub/people.csv'))
  expect(await runMigration({ folder, specification, product, productVersion, today })).toMatchObject({
    ok: false,
    refusal: { code: 'intake-link' },
  })
})

test('R8 a folder without a specification is told so', async () => {
  const folder = await folderWith()
  expect(await readSpecification(folder)).toMatchObject({ ok: false, refusal: { code: 'specification-missing' } })
  await writeFile(join(folder, 'specification.yaml'), good)
  expect(await readSpecification(folder)).toMatchObject({ ok: true })
})

test('R8 the legacy dump without a column is refused, with all places that read it', async () => {
  const folder = await folderWith()
  await writeLegacyDump(folder, { volunteers: 20, missingColumn: 'VOL_NO', customField: 'legacy-number' })
  const read = await readSpecification(folder)
  if (!read.ok) throw new Error(read.refusal.text)
  const lookups = { volunteer_custom_fields: { 'legacy-number': '1' } }
  const outcome = await runMigration({ folder, specification: read.file, product, productVersion, today, lookups })
  expect(outcome).toMatchObject({ ok: false, refusal: { code: 'missing-column', file: 'volunteers.csv', column: 'VOL_NO' } })
  expect(outcome.ok ? [] : outcome.refusal.findings?.map(({ path }) => path)).toEqual([
    'entities.volunteers.key.0',
    'entities.custom-values.key.0',
    'entities.custom-values.fields.volunteer_id',
    'entities.custom-values.fields.value',
  ])
})

test('a good specification and its dump are accepted', async () => {
  expect(await started(await folderWith({ 'people.csv': people }), good)).toBeDefined()
})
