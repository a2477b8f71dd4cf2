import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { compareToLoaded } from '../../src/migration/index.js'
import { consume, entityIn, folderWith, migrated, started } from './support.js'

const specification = `version: 1
sources:
  people: { file: people.csv, delimiter: ";", encoding: windows-1252, dates: [DD/MM/YYYY], nulls: ["NULL"] }
  ills: { file: ills.csv }
maps:
  sex: { codes: { M: male, F: female } }
entities:
  conditions:
    source: ills
    key: [TERM]
    fields: { name: TERM }
    duplicates: { on: [name] }
  volunteers:
    source: people
    key: [NO]
    exclude: [{ column: KIND, in: [T], reason: test record }]
    duplicates: { on: [last_name, first_name, birth_date] }
    unique: [[national_id]]
    fields:
      status: { constant: active }
      first_name: { from: FIRST, required: true }
      last_name: LAST
      birth_date: { from: BORN, date: true, range: { min: 1900-01-01, max: today } }
      sex: { from: SEX, map: sex }
      national_id: ID
      registered_on: { constant: 2020-01-01 }
      notes: NOTE
  medical-conditions:
    source: ills
    key: [NO, TERM]
    fields:
      volunteer_id: { from: NO, reference: volunteers }
      condition_id: { from: TERM, reference: conditions }
      onset_on: { from: START, date: true }
      resolved_on: { from: STOP, date: true, notBefore: onset_on }
`
const header = 'NO;FIRST;LAST;BORN;SEX;ID;KIND;NOTE'

/** A dump of these rows; the file is Windows-1252. */
function dump(people: string[], ills: string[] = []) {
  return {
    'people.csv': iconv.encode([header, ...people, ''].join('\r\n'), 'windows-1252'),
    'ills.csv': ['NO,TERM,START,STOP', ...ills, ''].join('\n'),
  }
}

const ada = '1;Ada;Byron;10/12/1990;F;A1;;'

test('R8 volunteers get new numbers, source ids are not kept, encodings are read', async () => {
  const { tables, books } = await migrated(dump(['900;José;Gómez Ruß;01/02/1980;M;;;"two\nlines; ""quoted"""', ada]), specification)
  expect(tables['volunteers']?.records).toMatchObject([
    {
      id: '1',
      volunteer_number: 'V0000001',
      first_name: 'José',
      last_name: 'Gómez Ruß',
      birth_date: '1980-02-01',
      notes: 'two\nlines; "quoted"',
    },
    { id: '2', volunteer_number: 'V0000002', first_name: 'Ada', national_id: 'A1', notes: null, smoker: null },
  ])
  expect(JSON.stringify(tables)).not.toContain('900')
  expect(books).toMatchObject({ balanced: true, orphans: 0, productVersion: '24.2', masked: false, program: '1.1.0' })
})

test.each([
  ['malformed-row', '2;"Bo" jr;Lee;01/01/1990;M;;;'],
  ['malformed-row', '2;B"o;Lee;01/01/1990;M;;;'],
  ['column-count', '2;Bo;Lee;01/01/1990;M;;;;;'],
  ['column-count', '2;Bo'],
  ['missing-key', ' ;Bo;Lee;01/01/1990;M;;;'],
  ['duplicate-key', '1;Bo;Lee;01/01/1990;M;;;'],
  ['duplicate-key', '2;Bo;Lee;01/01/1990;M;A1;;'],
  ['missing-required', '2;NULL;Lee;01/01/1990;M;;;'],
  ['missing-required', '2;Bo;;01/01/1990;M;;;'],
  ['bad-date', '2;Bo;Lee;31/02/1990;M;;;'],
  ['out-of-range', '2;Bo;Lee;01/07/2026;M;;;'],
  ['unmapped-code', '2;Bo;Lee;01/01/1990;X;;;'],
])('R8 a row is rejected with %s: %s', async (reason, row) => {
  const { books, tables } = await migrated(dump([ada, row, '3;Cy;Fox;01/01/1970;M;;;']), specification)
  expect(entityIn(books, 'volunteers')).toMatchObject({ extracted: 3, loaded: 2, rejected: 1, rejectedBy: { [reason]: 1 }, balanced: true })
  expect(tables['volunteers']?.records.map(({ id, first_name }) => [id, first_name])).toEqual([
    ['1', 'Ada'],
    ['2', 'Cy'],
  ])
})

test.each([
  ['orphan', '7,Gout,,', 'rejectedBy'],
  ['parent-rejected', '2,Gout,,', 'rejectedBy'],
  ['out-of-range', '1,Gout,02/01/2020,01/01/2020', 'rejectedBy'],
  ['missing-required', ',Gout,,', 'rejectedBy'],
  ['parent-excluded', '3,Gout,,', 'excludedBy'],
])('R8 a record of a volunteer that is not there: %s', async (reason, ill, counts) => {
  const people = [ada, '2;;Lee;01/01/1990;M;;;', '3;Cy;Fox;01/01/1970;M;;T;']
  const text = specification.replace('file: ills.csv', 'file: ills.csv, dates: [DD/MM/YYYY]')
  const { books } = await migrated(dump(people, [ill, '1,Gout,,']), text)
  expect(entityIn(books, 'medical-conditions')).toMatchObject({
    extracted: 2,
    loaded: 1,
    [counts]: { [reason]: 1 },
    orphans: 0,
    balanced: true,
  })
  expect(entityIn(books, 'volunteers')).toMatchObject({ rejected: 1, excluded: 1, excludedBy: { 'test record': 1 }, balanced: true })
})

test('R8 duplicates are merged into the first, which takes what it lacks; what pointed at them points at it', async () => {
  const people = ['1;Søren;Pée;10/12/1990;M;;;', '2;SØREN;PEE;10/12/1990;M;B2;;late remark', '3;Cy;Fox;01/01/1970;M;;;']
  const { tables, books } = await migrated(dump(people, ['2,Gout,2001-01-01,', '3,gout,,', '1,Asthma,,']), specification)
  expect(tables['volunteers']?.records).toMatchObject([
    { id: '1', first_name: 'Søren', national_id: null, notes: 'late remark' },
    { id: '2', first_name: 'Cy' },
  ])
  expect(tables['conditions']?.records.map(({ id, name }) => [id, name])).toEqual([
    ['1', 'Gout'],
    ['2', 'Asthma'],
  ])
  expect(tables['volunteer_conditions']?.records.map(({ volunteer_id, condition_id }) => [volunteer_id, condition_id])).toEqual([
    ['1', '1'],
    ['2', '1'],
    ['1', '2'],
  ])
  expect(entityIn(books, 'volunteers')).toMatchObject({ extracted: 3, loaded: 2, merged: 1, balanced: true })
  expect(books.warnings).toContainEqual({ kind: 'merge-conflict', entity: 'volunteers', field: 'first_name', file: 'people.csv', rows: 1 })
})

test('R8 a broken quotation loses no row: each line that it swallowed is rejected', async () => {
  const { books } = await migrated(
    dump(['2;"Bo;Lee;01/01/1990;M;;;', ada, '3;Cy"x;Fox;01/01/1970;M;;;', '4;Di;Roe;01/01/1971;F;;;']),
    specification,
  )
  expect(entityIn(books, 'volunteers')).toMatchObject({ extracted: 4, loaded: 1, rejectedBy: { 'malformed-row': 3 }, balanced: true })
})

test.each([
  ['warn', 'Gómez'.normalize(), 'GÃ³mez', 'damaged-text', 2],
  ['repair', '', 'Gómez', 'repaired-text', 2],
  ['reject', '', undefined, undefined, 1],
])('R8 text in the wrong encoding: %s', async (damagedText, _, last, kind, loaded) => {
  const rows = Buffer.concat([dump([ada])['people.csv'], Buffer.from('2;Bo;Gómez;01/01/1990;M;;;\r\n', 'utf8')])
  const text = specification.replace('nulls: ["NULL"]', `damagedText: ${damagedText}`)
  const { tables, books } = await migrated({ ...dump([]), 'people.csv': rows }, text)
  expect(tables['volunteers']?.records[1]?.['last_name']).toBe(last)
  expect(books.warnings.map((warning) => warning.kind)).toEqual(kind ? [kind] : [])
  expect(entityIn(books, 'volunteers')).toMatchObject({ extracted: 2, loaded, balanced: true })
})

test('R9 R33 the report counts fields and codes, unknown codes by number and row only', async () => {
  const { books } = await migrated(
    dump([ada, '2;Bo;Lee;01/01/1990;M;;;', '3;Cy;Fox;01/01/1970;Mme Fox;;;', '4;Di;Roe;01/01/1971;F;;;']),
    specification,
  )
  const { codes, fields } = entityIn(books, 'volunteers')
  expect(codes).toEqual([
    {
      ...{ field: 'sex', map: 'sex', otherwise: 'rejected' },
      codes: [
        { source: 'F', target: 'female', rows: 2 },
        { source: 'M', target: 'male', rows: 1 },
      ],
      unmapped: { rows: 1, distinct: 1, examples: [{ file: 'people.csv', row: 4 }] },
    },
  ])
  expect(fields.find(({ field }) => field === 'national_id')).toEqual({ field: 'national_id', nulls: 2, values: 1, distinct: 1, total: 2 })
})

test('R9 the same dump gives the same hash; another value, another hash', async () => {
  const hash = async (row: string) => (await migrated(dump([ada, row]), specification)).books.resultHash
  const first = await hash('2;Bo;Lee;01/01/1990;M;;;')
  expect(await hash('2;Bo;Lee;01/01/1990;M;;;')).toBe(first)
  expect(await hash('  2 ;Bo ; Lee;01/01/1990;M;NULL;;')).toBe(first)
  expect(await hash('2;Bo;Lee;02/01/1990;M;;;')).not.toBe(first)
})

test('R9 the result of this dump is what it always was; if not, raise PROGRAM_VERSION and then change this', async () => {
  const { books } = await migrated(dump([ada, '2;Bo;Lee;01/01/1990;M;;;'], ['2,Gout,2001-01-01,']), specification)
  expect([books.program, books.resultHash.slice(0, 16)]).toMatchInlineSnapshot(`
[
  "1.1.0",
  "028f542f4e3e6d2e",
]
`)
})

test('R33 rejects go to a file by row, hashed key, rule and reason, with no value of the dump', async () => {
  const folder = await folderWith(dump([ada, '2;Bo;Lee;31/02/1990;X;;;', 'X77;Ada;Byron;10/12/1990;F;;;', '3;Cy;Fox;01/01/1970;M;;T;']))
  const rejectsFile = join(folder, 'out', 'rejects.csv')
  const run = await started(folder, specification, { rejectsFile })
  await consume(run)
  const text = await readFile(rejectsFile, 'utf8')
  expect(text.replace(/[0-9a-f]{16}/g, '<hash>')).toMatchInlineSnapshot(`
"file,row,entity,outcome,keyHash,rule,line,reason
people.csv,3,volunteers,rejected,<hash>,entities.volunteers.fields.birth_date,23,bad-date
people.csv,3,volunteers,rejected,<hash>,entities.volunteers.fields.sex,24,unmapped-code
people.csv,4,volunteers,merged,<hash>,entities.volunteers.duplicates,17,duplicate
people.csv,5,volunteers,excluded,<hash>,entities.volunteers.exclude.0,16,excluded-by-rule
"
`)
  expect(run.reconciliation().rejects.lines).toBe(4)
  expect(text).not.toMatch(/Bo|Lee|X77|1990|Fox/)
})

test('R9 what was loaded must be what the database counts', async () => {
  const { books } = await migrated(dump([ada], ['1,Gout,,']), specification)
  const counts = Object.fromEntries(books.entities.map(({ table, loaded }) => [table, loaded]))
  expect(compareToLoaded(books, counts)).toEqual([])
  expect(compareToLoaded(books, { ...counts, volunteers: 2 })).toEqual([{ table: 'volunteers', expected: 1, actual: 2 }])
})

test('R12 what the specification leaves out is loaded empty, and studies keep clear of the master library', async () => {
  const studies = `${specification}  studies: { source: ills, key: [NO], fields: { code: TERM, title: TERM, phase: { constant: "1" } } }\n`
  const { tables } = await migrated(dump([ada], ['1,Gout,,']), studies)
  expect(tables['medications']?.rows).toEqual([])
  expect(tables['studies']?.records).toMatchObject([{ id: '1000001', archived: 'true', is_master_library: 'false', sponsor: '' }])
})

test('R33 a dump that changes while it is read is refused', async () => {
  const folder = await folderWith(dump([ada]))
  const run = await started(folder, specification)
  await appendFile(join(folder, 'people.csv'), '2;Bo;Lee;01/01/1990;M;;;\r\n')
  await expect(consume(run)).rejects.toThrow('`people.csv` is not as it was registered')
})

test('a run stops when its claim is lost, and is taken only once and whole', async () => {
  const stop = new AbortController()
  const run = await started(await folderWith(dump([ada])), specification, { signal: stop.signal })
  expect(() => run.reconciliation()).toThrow('its tables are not consumed yet')
  stop.abort(new Error('claim lost'))
  await expect(consume(run)).rejects.toThrow()
  await expect(consume(run)).rejects.toThrow('taken before')
  const careless = await started(await folderWith(dump([ada])), specification)
  await expect(
    (async () => {
      for await (const _table of careless.tables());
    })(),
  ).rejects.toThrow('not read to the end')
})
