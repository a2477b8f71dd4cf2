/** What the report says of one run, each statement made false in the dump (R9). */
import { createHash } from 'node:crypto'
import { reconciliationReport } from '../../jobs/documents/reconciliation-report.js'
import type { StepContext } from '../../jobs/job.js'
import { resultOfRun } from '../../jobs/program.js'
import { documentSchema, type ReconciliationReportData } from '../../src/documents/types.js'
import { PROGRAM_VERSION } from '../../src/migration/index.js'
import type { MaskPolicy } from '../../src/product/index.js'
import { migrated, product, productVersion } from '../migration/support.js'

const specification = `version: 4
sources:
  people: { file: people.csv, dates: [DD/MM/YYYY] }
maps:
  sex: { codes: { M: male, F: female } }
  race: { codes: { "1": White }, otherwise: { value: Other } }
  smoker: { codes: { Y: "true" } }
entities:
  volunteers:
    source: people
    key: [NO]
    exclude: [{ column: KIND, in: [T], reason: test record }]
    duplicates: { on: [last_name, birth_date] }
    fields:
      status: { constant: active }
      first_name: FIRST
      last_name: LAST
      birth_date: { from: BORN, date: true }
      sex: { from: SEX, map: sex }
      race: { from: RACE, map: race }
      smoker: { from: SMOKER, map: smoker, onProblem: blank }
      registered_on: { constant: 2020-01-01 }
`
const header = 'NO,FIRST,LAST,BORN,SEX,RACE,SMOKER,KIND'
const ada = '1,Ada,Byron,10/12/1990,F,1,Y,'

const now = new Date('2026-06-30T10:00:00Z')

/** The report of a run over these rows, made of `result` or of what a step of today leaves. */
async function reportOf(
  rows: string[],
  result?: Record<string, unknown>,
  mask?: MaskPolicy,
  measured?: Record<string, unknown>,
): Promise<ReconciliationReportData> {
  const { run, books } = await migrated({ 'people.csv': [header, ...rows, ''].join('\n') }, specification, mask ? { mask } : {})
  const ran = {
    reconciliation: books,
    volunteers: run.testVolunteers(),
    mask: null,
    counts: [],
    countedAt: new Date(now.getTime() + 1_000),
    startedAt: now,
    finishedAt: new Date(now.getTime() + 2_000),
  }
  const instance = { id: 'i', environmentId: 'e', role: 'single', name: 'acme-migration', version: '24.1', database: 'd' }
  const environment = {
    id: 'e',
    kind: 'migration',
    name: 'acme-migration',
    source: 'base',
    instances: [instance],
  }
  const context = {
    ...{ now, moment: () => now, product, environment, role: 'single' },
    profiles: new Map(),
    operation: { id: 'o', requestedBy: 'U_LEAD', startedAt: now, plan: { data: {} } },
    situation: {
      documents: [],
      operations: [],
      customer: { name: 'Acme' },
      iterations: [{ number: 1, specification: 'a'.repeat(64), program: '1.0.0' }],
    },
    steps: [
      { name: 'load-migration', role: 'single', result: result ?? JSON.parse(JSON.stringify(resultOfRun(ran))) },
      ...(measured ? [{ name: 'inventory', role: 'single', result: measured }] : []),
    ],
  } as unknown as StepContext
  const report = reconciliationReport(context, { number: 1, prefix: 'acme-migration-1', review: true })
  return documentSchema.parse(report) as ReconciliationReportData
}

test('R33 a code that the specification does not map is told by its row, for it may be a name', async () => {
  const rows = [ada, '2,Bob,Gray,01/01/1980,Mary Poppins,Dick van Dyke,Jane Banks,', '3,Cy,Young,01/01/1981,M,Dick van Dyke,Y,']
  const report = await reportOf(rows)
  const unmapped = report.codes.value.filter(({ source }) => source === null)
  expect(unmapped).toMatchObject([
    { list: 'race', target: 'Other', count: 2, unmapped: { became: 'replaced', distinct: 1, examples: [{ row: 3 }, { row: 4 }] } },
    { list: 'sex', target: null, count: 1, unmapped: { became: 'rejected', distinct: 1, examples: [{ file: 'people.csv', row: 3 }] } },
    { list: 'smoker', target: null, count: 1, unmapped: { became: 'left empty', distinct: 1, examples: [{ row: 3 }] } },
  ])
  expect(report.codes.value.find(({ list, source }) => list === 'sex' && source === 'M')).toMatchObject({ target: 'male', count: 1 })
  expect(JSON.stringify(report)).not.toMatch(/Mary|Poppins|Dyke|Banks/)
})

test('R9 a reason is a sentence, and its examples are rows of the file, never what stands in them', async () => {
  const bad = Array.from({ length: 8 }, (_, at) => `${at + 10},Eve,Secret${at},31/02/1990,F,1,Y,`)
  const { rejects, exclusions, ...rest } = await reportOf([ada, ...bad, '30,Tess,Case,01/01/1990,F,1,Y,T'])
  expect(rejects.value).toEqual([
    {
      entity: 'Volunteers',
      reason: expect.stringMatching(/^A date could not be read .*\.$/),
      count: 8,
      examples: [3, 4, 5, 6, 7].map((row) => ({ file: 'people.csv', row })),
    },
  ])
  expect(exclusions.value).toMatchObject([{ reason: 'By a rule of the specification: test record.', count: 1, examples: [{ row: 11 }] }])
  expect(JSON.stringify({ rejects, exclusions, ...rest })).not.toMatch(/Secret|1990-02|31\/02|Tess/)
})

test('R9 a field that was left empty, repaired text and a conflict of duplicates are warnings of the report', async () => {
  const { warnings } = await reportOf([ada, '2,Bob,Gray,01/01/1980,M,1,perhaps,', '3,Robert,Gray,01/01/1980,M,1,Y,'])
  expect(warnings.value).toEqual([
    { entity: 'Volunteers', field: 'smoker', what: expect.stringContaining('left empty'), file: 'people.csv', count: 1 },
    { entity: 'Volunteers', field: 'first_name', what: expect.stringContaining('the earlier one was kept'), file: 'people.csv', count: 1 },
  ])
  expect((await reportOf([ada])).warnings.value).toEqual([])
})

test('R9 one changed value of the dump changes the checksum of its table and of the result, and no other', async () => {
  const [one, same, other] = [await reportOf([ada]), await reportOf([ada]), await reportOf([ada.replace('Ada', 'Eda')])]
  const sums = ({ tables }: ReconciliationReportData) => Object.fromEntries(tables.value.map(({ table, sha256 }) => [table, sha256]))
  expect([sums(same), same.resultSha256.value]).toEqual([sums(one), one.resultSha256.value])
  const { volunteers, ...others } = sums(other)
  expect(volunteers).not.toBe(sums(one)['volunteers'])
  expect({ ...others, volunteers: sums(one)['volunteers'] }).toEqual(sums(one))
  expect(other.resultSha256.value).not.toBe(one.resultSha256.value)
  expect(one.tables.value.find(({ table }) => table === 'volunteers')?.rows).toBe(1)
})

test('R13 checksums are those of what was read, whatever the mask; the lists are those of what was sent', async () => {
  const plain = await reportOf([ada])
  const masked = [
    await reportOf([ada], undefined, { level: 'pseudonymised', k: 5 }),
    await reportOf([ada], undefined, { level: 'identifiers', k: 5 }),
  ]
  for (const report of masked) {
    expect([report.resultSha256.value, report.tables.value]).toEqual([plain.resultSha256.value, plain.tables.value])
    expect(report.masked).toMatchObject({ value: true, measuredBy: 'program' })
  }
  expect(plain.masked.value).toBe(false)
})

test('R9 version, program and specification are those of the run itself, whatever is on record elsewhere', async () => {
  const { version, program, specification: carriedOut } = await reportOf([ada])
  expect([version, program]).toMatchObject([
    { value: productVersion, measuredBy: 'program' },
    { value: PROGRAM_VERSION, measuredBy: 'program' },
  ])
  expect(carriedOut.value).toEqual({ version: '4', sha256: createHash('sha256').update(specification).digest('hex') })
})

test('R9 the installed version is what was found in the instance, and without a measurement only the ordered one is named', async () => {
  const { installed, version } = await reportOf([ada])
  expect([installed.measuredBy, installed.value]).toEqual(['none', null])
  const found = await reportOf([ada], undefined, undefined, { version: '23.9' })
  expect(found.installed).toMatchObject({ measuredBy: 'inventory', value: '23.9' })
  expect([found.version.value, version.value]).toEqual([productVersion, productVersion])
})

test('R9 chosen test volunteers go by number, and none are named where none were loaded', async () => {
  const { testVolunteers } = await reportOf([ada])
  expect(testVolunteers.value.map(({ number }) => number)).toEqual(['V0000001'])
  expect(JSON.stringify(testVolunteers)).not.toMatch(/Ada|Byron/)
  expect((await reportOf(['1,Ada,Byron,31/02/1990,F,1,Y,'])).testVolunteers.value).toEqual([])
})

test('R9 a load from before says what it did not measure, and nothing about it', async () => {
  const old = {
    ...{ balanced: true, orphans: 0, resultHash: 'c'.repeat(64), specificationVersion: 2, files: [], testVolunteers: [] },
    entities: [{ entity: 'volunteers', title: 'Volunteers', extracted: 3, loaded: 2, rejected: 1, excluded: 0, merged: 0 }],
    rejects: [{ entity: 'Volunteers', reason: 'bad-date', count: 1 }],
    warnings: [{ kind: 'blanked', entity: 'volunteers', rows: 2 }],
  }
  const { codes, tables, exclusions, warnings, counts, masked, specification, rejects } = await reportOf([ada], old)
  for (const statement of [codes, tables, exclusions, warnings, counts, masked]) expect(statement.measuredBy).toBe('none')
  expect(specification).toMatchObject({ measuredBy: 'registry', value: { version: '2', sha256: 'a'.repeat(64) } })
  expect(rejects.value).toEqual([{ entity: 'Volunteers', reason: expect.stringContaining('A date'), count: 1 }])
})
