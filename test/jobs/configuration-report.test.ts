/** The configuration report against a real database: it says what stands there, what changed, and nothing twice. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { issueConfigurationReport } from '../../jobs/documents/configuration-report.js'
import type { StepContext } from '../../jobs/job.js'
import { type ConfigurationReportData, renderDocument, writeReport } from '../../src/documents/index.js'
import type { InstanceAddress } from '../../src/drivers/driver.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import type { Document, Instance } from '../../src/lifecycle/types.js'
import { clinicDir, content, loadProduct } from '../../src/product/index.js'
import { address, unwatched, version } from '../drivers/contract.js'
import { inDatabase, instanceServer, sql, testServer } from '../support/postgres.js'

const clinic = loadProduct(clinicDir)
const driver = postgresDriver({ product: clinic })
const instance = { id: 'i', name: 'acme-preprod', role: 'single', database: 'x', version } as unknown as Instance
let at: InstanceAddress
let folder: string
let documents: Document[]

beforeAll(async () => {
  at = address(await instanceServer())
  await driver.create(at, version)
  await driver.load(
    at,
    (async function* () {
      yield* content(clinic, version, ['base'])
    })(),
    unwatched(),
  )
})
afterAll(() => driver.drop(at))
beforeEach(() => {
  documents = []
  folder = mkdtempSync(join(tmpdir(), 'slipway-report-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const inside = async (text: string) => sql(inDatabase(await testServer(), at.database), text)

/** As a step issues it, for `why`, and as its effect goes on record. */
async function report(verb = 'qualify', requestedBy = 'U_ENG') {
  const now = new Date(Date.UTC(2026, 2, 2 + documents.length, 9))
  const operation = { id: `o${documents.length + 1}`, verb, requestedBy, profileId: 'who_eng' }
  const operations = [...documents.map(({ operationId }) => ({ id: operationId, profileId: 'who_eng' })), operation]
  const profiles = new Map([['who_eng', { userId: 'U_ENG', name: 'Enno Groß', nameFrom: 'slack', party: 'vendor', roles: ['engineer'] }]])
  const situation = { customer: { slug: 'acme', name: 'Acme' }, documents, operations, people: [], policy: { people: {} } }
  const environment = { id: 'e', name: 'acme-preprod', kind: 'preprod', instances: [instance] }
  const rest = {
    driver,
    product: clinic,
    renderDocument,
    writeReport,
    documentsDir: folder,
    situation,
    environment,
    now,
    moment: () => now,
    profiles,
  }
  const context = { ...rest, standing: async () => at, operation } as unknown as StepContext
  const issued = await issueConfigurationReport(context, instance)
  const { effect, revision } = issued
  if (!documents.some((d) => d.sha256 === effect.sha256))
    documents.push({
      ...effect,
      ...{ id: `d${revision}`, revision, at: now, change: effect.change ?? null, askedBy: effect.askedBy ?? null },
      ...{ execution: null, outcome: null },
    })
  return { ...issued, data: recordOf(effect.file), pages: pagesOf(effect.file) }
}

function recordOf(file: string): ConfigurationReportData {
  const bytes = readFileSync(join(folder, file.replace(/\.pdf$/, '.json')))
  expect(createHash('sha256').update(bytes).digest('hex').slice(0, 8)).toBe(/-([0-9a-f]{8})\.pdf$/.exec(file)?.[1])
  return JSON.parse(bytes.toString('utf8'))
}

function pagesOf(file: string): string[] {
  const read = execFileSync(process.execPath, ['test/support/pdf-text.mjs', join(folder, file)], { encoding: 'utf8', maxBuffer: 2 ** 26 })
  return JSON.parse(read).pages.map((page: string) => page.replace(/\s+/g, ' '))
}

test('R19 a report says what stands in the database at that moment: rows, checksums, and what changed since the last', async () => {
  const first = await report()
  const found = await driver.inventory(at)
  expect([first.data.everything.value, first.data.mustMatch.value]).toEqual([found.everything, found.mustMatch])
  expect(first.inventory).toEqual(found)
  expect(first.data.elements.value.map(({ element, rows, sha256 }) => [element, rows, sha256])).toEqual(
    found.elements.map(({ element, rows, sha256 }) => [element, rows, sha256]),
  )
  expect(first.data.comparison.value.earlier).toBeNull()
  await inside(`update public.sites set city = 'Graz' where code = 'MAIN';
    delete from public.barcode_labels where code = 'DOSE';
    insert into public.substances (id, name, category) values (9999, 'Betel nut', 'other')`)
  await inside(`create index more_of_it on public.sites (city)`)
  const second = await report('extract')
  expect(second.data.fingerprint.value).not.toBe(first.data.fingerprint.value)
  expect(second.data.everything.value).not.toBe(first.data.everything.value)
  expect(second.data.elements.value.find(({ element }) => element === 'sites')?.sha256).not.toBe(
    first.data.elements.value.find(({ element }) => element === 'sites')?.sha256,
  )
  const { earlier, tables } = second.data.comparison.value
  expect(earlier).toMatchObject({ revision: 1, sha256: documents[0]?.sha256 })
  expect(tables.map(({ table, added, removed, changed }) => [table, added, removed, changed])).toEqual([
    ['sites', 0, 0, 1],
    ['barcode_labels', 0, 1, 0],
    ['substances', 1, 0, 0],
  ])
  expect(tables[0]?.shown).toEqual([
    { change: 'changed', key: ['MAIN'], fields: [{ column: 'city', before: expect.any(String), after: 'Graz' }] },
  ])
  const listed = (data: ConfigurationReportData) => data.content.value.tables.find(({ table }) => table === 'substances')?.listed?.flat()
  expect([listed(first.data)?.includes('Betel nut'), listed(second.data)?.includes('Betel nut')]).toEqual([false, true])
  expect(second.pages[2]).toContain('1 What changed since the last report')
  expect(second.pages[2]).toContain('changed MAIN city')
})

test('R19 the version in a report is the one that the database says, whatever the register has', async () => {
  const kept = at
  at = address(await instanceServer())
  try {
    await driver.create(at, '24.2')
    expect([instance.version, (await report()).data.version.value]).toEqual(['24.1', '24.2'])
  } finally {
    await driver.drop(at)
    at = kept
  }
})

test('R37 a configuration report names the elements that must-match leaves out, as the definition of the product has them', async () => {
  const first = await report()
  expect(first.data.leftOut?.value).toEqual(['Medications', 'Medical Conditions', 'Substance Use Parameters'])
  expect(first.pages.join(' ')).toMatch(
    /loads, which are compared with what its run emitted: Medications, Medical Conditions, Substance Use Parameters;/,
  )
  await inside(`insert into public.medications (name) values ('Typed in by hand')`)
  const second = await report('extract')
  await inside(`delete from public.medications where name = 'Typed in by hand'`)
  expect(second.data.everything.value).not.toBe(first.data.everything.value)
  expect(second.data.mustMatch.value).toBe(first.data.mustMatch.value)
})

test('R19 the clinic takes at most 60 pages, with every value of every row', async () => {
  const { pages, data } = await report()
  expect(pages.length).toBeLessThanOrEqual(60)
  const text = pages.join(' ').replaceAll(' ', '')
  const missing = data.content.value.tables.flatMap(({ table, listed = [] }) =>
    listed
      .flat()
      .filter((value) => value && !text.includes(value.replace(/\s+/g, '')))
      .map((value) => `${table}: ${value}`),
  )
  expect(missing).toEqual([])
})

test('R26 where nothing changed there is no new revision: the last report is referred to', async () => {
  const first = await report()
  const again = await report('teardown')
  expect(again.inventory).toEqual(first.inventory)
  expect(again).toMatchObject({ revision: 1, unchangedSince: documents[0]?.at.toISOString(), effect: { sha256: first.effect.sha256 } })
  expect(readdirSync(join(folder, 'acme'))).toHaveLength(2)
})

test('R26 earlier revisions keep who asked for them, why and when; of old ones it says that it is not recorded', async () => {
  await report('qualify')
  documents = documents.map((d) => ({ ...d, change: null, askedBy: null }))
  await inside(`update public.sites set beds = beds + 1 where code = 'MAIN'`)
  await report('extract')
  await inside(`update public.sites set beds = beds + 1 where code = 'MAIN'`)
  const { data, pages } = await report('teardown', 'system')
  expect(data.revisions.value.map(({ revision, by, change }) => [revision, by, change])).toEqual([
    [1, 'not recorded', 'not recorded'],
    [2, 'Enno Groß (U_ENG)', 'Extracted for go-live gate G2'],
    [3, 'Slipway', 'Extracted right before the destruction'],
  ])
  expect(pages.join(' ')).toContain('not recorded Slipway not recorded')
})

test('R19 an earlier record that is not as it was issued is compared with nothing, and that is said', async () => {
  const first = await report()
  const file = join(folder, first.effect.file.replace(/\.pdf$/, '.json'))
  writeFileSync(file, readFileSync(file, 'utf8').replace('"MAIN"', '"OTHER"'))
  const { data, revision, pages } = await report()
  expect([revision, data.comparison.value.tables]).toEqual([2, []])
  expect(data.comparison.value.impossible).toBe('its record is not as it was issued: the checksum differs')
  expect(pages[2]).toContain('Not compared with revision 1: its record is not as it was issued')
})

test('R19 an earlier record of the form before is compared with nothing, and that is said', async () => {
  const old = JSON.stringify({ kind: 'configuration-report', content: [{ element: 'sites', title: 'Sites', rows: [{ code: 'MAIN' }] }] })
  const sha256 = createHash('sha256').update(old).digest('hex')
  const file = `acme/CR-ACME-PREPROD-r1-${sha256.slice(0, 8)}.pdf`
  mkdirSync(join(folder, 'acme'))
  writeFileSync(join(folder, file.replace('.pdf', '.json')), old)
  const row = {
    id: 'd1',
    number: 'CR-ACME-PREPROD',
    revision: 1,
    kind: 'configuration-report',
    file,
    sha256,
    at: new Date(0),
    change: null,
    askedBy: null,
  }
  documents = [row as unknown as Document]
  const { data, revision } = await report()
  expect([revision, data.comparison.value.impossible]).toEqual([2, 'its record is of an older form, without database tables'])
})
