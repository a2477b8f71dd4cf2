/** What a promotion is compared with (R28, R37), where the other side was not measured or is not equal. */
import type { StepContext } from '../../jobs/job.js'
import { differencesFromVal, expectExtracted, expectLoaded, expectValidated } from '../../jobs/proof.js'
import type { Inventory } from '../../src/drivers/driver.js'
import { differences, type MeasuredConfiguration, sayDifferences } from '../../src/lifecycle/differences.js'
import type { MeasuredElement } from '../../src/lifecycle/types.js'
import { clinicDir, configurationElements, loadProduct } from '../../src/product/index.js'
import { beforePromotion, env, op, withData } from '../support/situation.js'

const product = loadProduct(clinicDir)
const s = beforePromotion()
const validated = s.measurements.find((m) => m.signatureId)?.id ?? ''

const elements = (changed: Record<string, Partial<MeasuredElement>> = {}): MeasuredElement[] =>
  configurationElements(product).map(({ id, title }) => ({
    element: id,
    title,
    rows: 3,
    sha256: `${id} all`,
    mustMatch: id,
    ...changed[id],
  }))
const found = (changed: Record<string, Partial<MeasuredElement>> = {}, version = '24.2'): Inventory & MeasuredConfiguration => ({
  version,
  fingerprint: 'finger',
  elements: elements(changed),
  everything: 'every',
  mustMatch: 'must',
  volunteers: 0,
  people: { all: 0, dummy: 0, masked: 0 },
})

function context(more: { data?: Record<string, string | boolean>; measured?: MeasuredElement[] | null; lists?: object } = {}): StepContext {
  const { data = { validated, extracted: 'mea', migration: true }, measured = elements(), lists } = more
  const operation = op('promote', env('prod', 'building'), { ...withData(data), state: 'running' })
  const steps = [{ name: 'load-migration', result: lists ? { lists } : {} }]
  return {
    situation: s,
    operation,
    product,
    steps,
    measured: async () => measured && { ...found(), elements: measured },
  } as unknown as StepContext
}
const refusal = (code: string, rule: string, message: RegExp) =>
  expect.objectContaining({ code, rule, message: expect.stringMatching(message) })
const sites = { sites: { rows: 4, sha256: 'x', mustMatch: 'x' } }

test('R37 what must match is compared with VAL as signed valid, element by element, and the version', async () => {
  await expectValidated(context(), found({ integrations: { sha256: 'x' } }), 'Pre-PROD')
  await expect(expectValidated(context(), found(sites), 'Pre-PROD')).rejects.toEqual(
    refusal('not-what-val-validated', 'R37', /Pre-PROD.*acme-val-1: Sites \(4 rows, 3 there: \+1\)/),
  )
  await expect(expectValidated(context(), found({}, '24.1'), 'Pre-PROD')).rejects.toEqual(
    refusal('not-what-val-validated', 'R37', /version 24.1, not 24.2/),
  )
})

test('R28 R37 another version and another schema are differences of their own, and nothing that differs goes unnamed', async () => {
  const other = { ...found(), fingerprint: 'other' }
  await expect(expectExtracted(context(), other)).rejects.toEqual(refusal('not-what-was-extracted', 'R28', /: the database schema/))
  await expect(expectExtracted(context(), found({}, '24.1'))).rejects.toEqual(
    refusal('not-what-was-extracted', 'R28', /version 24.1, not 24.2/),
  )
  await expect(expectValidated(context(), other, 'PROD Main')).rejects.toEqual(refusal('not-what-val-validated', 'R37', /database schema/))
  expect(sayDifferences(differences(found(), { ...found(), mustMatch: 'made otherwise' }, 'sha256'))).toMatch(/checksum of the whole/)
})

test('R37 lists that the migration owns are left to its books; where nothing is migrated they must match like the rest', async () => {
  const other = found({ medications: { rows: 9, sha256: 'x', mustMatch: 'x' } })
  const { operation } = context()
  expect(await differencesFromVal(context(), operation, other)).toEqual([])
  const without = context({ data: { validated, extracted: 'mea', migration: false } })
  expect(await differencesFromVal(without, without.operation, other)).toMatchObject([{ element: 'medications', rows: 9, were: 3 }])
})

test('R37 a VAL that was not measured proves nothing', async () => {
  const never = refusal('val-not-measured', 'R37', /acme-val-1 was not measured/)
  await expect(expectValidated(context({ measured: null }), found(), 'PROD Main')).rejects.toEqual(never)
  await expect(expectValidated(context({ data: { validated: 'mea-none' } }), found(), 'PROD Main')).rejects.toEqual(never)
})

test('R37 a promotion from before signatures were measured is held to VAL as it was built', async () => {
  await expectValidated(context({ data: {} }), found(), 'PROD Main')
  await expect(expectValidated(context({ data: {} }), { ...found(), mustMatch: 'other' }, 'PROD Main')).rejects.toEqual(
    refusal('not-what-val-validated', 'R37', /checksums are not equal/),
  )
})

test('R28 everything in Pre-PROD is what G2 reported, also what differs per environment', async () => {
  await expectExtracted(context(), found())
  await expect(expectExtracted(context(), found({ integrations: { sha256: 'x' } }))).rejects.toEqual(
    refusal('not-what-was-extracted', 'R28', /G2.*Integrations \(3 rows, as many, content differs\)/),
  )
  await expect(expectExtracted(context({ measured: null }), found())).rejects.toEqual(refusal('not-extracted', 'R28', /no checksums/))
})

test('R37 the lists of PROD Main hold what the migration run emitted, by content', () => {
  const lists = { medications: { rows: 3, sha256: 'medications all' }, conditions: { rows: 3, sha256: 'conditions all' } }
  expect(expectLoaded(context({ lists }), found())).toMatchObject({ listsCompared: 2, listsNotMeasured: ['substance-use'] })
  expect(() => expectLoaded(context({ lists }), found({ conditions: { sha256: 'typed in by hand' } }))).toThrow(
    refusal('not-what-was-migrated', 'R37', /Medical Conditions \(3 rows, as many, content differs\)/),
  )
})

test('R37 a migration run that did not say what its lists hold proves nothing', () => {
  expect(() => expectLoaded(context(), found())).toThrow(refusal('lists-not-measured', 'R37', /did not say/))
})

test('an element that is on one side only differs', () => {
  const [roles, sitesElement] = elements()
  if (!roles || !sitesElement) throw new Error('the clinic has elements')
  expect(differences({ ...found(), elements: [roles] }, { ...found(), elements: [sitesElement] }, 'sha256')).toMatchObject([
    { element: 'roles', rows: 3, were: 0 },
    { element: 'sites', rows: 0, were: 3 },
  ])
})
