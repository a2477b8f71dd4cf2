/** What a PROD's IQ says of VAL as it was signed valid, and of the lists that the migration loaded (R22, R37). */
import { validatedReferences } from '../../jobs/documents/validated-references.js'
import type { StepContext } from '../../jobs/job.js'
import type { Inventory } from '../../src/drivers/driver.js'
import type { MeasuredConfiguration } from '../../src/lifecycle/differences.js'
import type { Instance, Step } from '../../src/lifecycle/types.js'
import { clinicDir, configurationElements, loadProduct } from '../../src/product/index.js'
import { beforePromotion, env, later, now, op, withData } from '../support/situation.js'

const product = loadProduct(clinicDir)
const s = beforePromotion()
const signed = s.measurements.find((m) => m.signatureId)
const validated = signed?.id ?? ''

const found = (rows = 3): Inventory & MeasuredConfiguration => ({
  version: '24.2',
  fingerprint: 'finger',
  everything: 'every',
  mustMatch: 'must',
  elements: configurationElements(product).map(({ id, title }) => ({
    element: id,
    title,
    rows: id === 'sites' ? rows : 3,
    sha256: `${id} all`,
    mustMatch: id === 'sites' ? `sites ${rows}` : id,
  })),
  volunteers: 0,
  people: { all: 0, dummy: 0, masked: 0 },
})
const prod = env('prod', 'qualifying')
const [main, test_] = prod.instances as [Instance, Instance]

function contextOf(more: { data?: Record<string, string | boolean>; lists?: object; verb?: 'promote' | 'create' } = {}): StepContext {
  const { data = { validated, extracted: 'mea', migration: true }, lists, verb = 'promote' } = more
  const operation = op(verb, prod, withData(data))
  const steps = [{ name: 'load-migration', role: 'main', result: lists ? { lists } : {} }] as Step[]
  const measurements = s.measurements.map((m) => (m.id === validated ? { ...m, document: 'CR-ACME-VAL-1-MAIN r2' } : m))
  const report = { id: 'doc', number: 'CR-ACME-VAL-1-MAIN', revision: 2, sha256: 'f00d' }
  const situation = { ...s, measurements, documents: [...s.documents, report], environments: [...s.environments, prod] }
  const rest = { operation: op('qualify', prod), built: { operation, steps }, steps: [], profiles: new Map(), role: 'main' }
  return { situation, product, now, measured: async () => found(), ...rest } as unknown as StepContext
}
const said = async (context: StepContext, held: Inventory | null, instance = main) =>
  (await validatedReferences(context, instance, held && { inventory: held, readAt: later(1_000) })).map(
    ({ title, reference }) => `${title}: ${reference.value} [${reference.measuredBy}]`,
  )
const lists = { medications: { rows: 3, sha256: 'medications all' }, conditions: { rows: 3, sha256: 'conditions all' } }

test('R37 the IQ of PROD Main names VAL as signed valid: its report, its checksum, who signed, and that nothing differs', async () => {
  expect(await said(contextOf({ lists }), found())).toEqual([
    'VAL as it was signed valid: acme-val-1, version 24.2 [registry]',
    'Configuration report of that VAL: CR-ACME-VAL-1-MAIN r2, SHA-256 f00d [registry]',
    'Configuration checksum of that VAL, must match (SHA-256): must [inventory]',
    expect.stringMatching(/^Validation signed complete: .*\(U_LEAD\).*, on 2026-.*\[click\]$/),
    'Compared with VAL as it was signed valid, in what must match: no difference [inventory]',
    'Lists of the migration, compared with what the run emitted: Medications, Medical Conditions: no difference; not compared, for the run says nothing of them: Substance Use Parameters [inventory]',
  ])
})

test('R37 the IQ of PROD Main says what differs from VAL, and from what the migration emitted', async () => {
  const other = { ...lists, medications: { rows: 2, sha256: 'x' } }
  const rows = await said(contextOf({ lists: other }), found(4))
  expect(rows.at(-2)).toMatch(/differs: Sites \(4 rows, 3 there: \+1\) \[inventory\]/)
  expect(rows.at(-1)).toMatch(/differs: Medications \(3 rows, 2 there: \+1\); not compared/)
})

test('what was not measured is said not to have been: a PROD from before, lists that the run did not tell, an instance that cannot be read', async () => {
  const before = await said(contextOf({ data: { migration: true } }), found())
  expect(before).toEqual([
    expect.stringMatching(/^VAL as it was signed valid: not measured.*\[none\]$/),
    expect.stringMatching(/^Lists of the migration.*: none: not measured \[none\]$/),
  ])
  expect((await said(contextOf({ lists }), null)).slice(-2)).toEqual([
    expect.stringMatching(/: not measured \[none\]$/),
    expect.stringMatching(/: not measured \[none\]$/),
  ])
})

test('Test is compared with Main, and what no migration loaded has no lists', async () => {
  expect(await said(contextOf({ lists }), found(), test_)).toEqual([])
  expect(await said(contextOf({ data: { migration: false }, verb: 'create' }), found())).toEqual([])
  expect(await said(contextOf({ lists, verb: 'create' }), found())).toHaveLength(1)
})

test('the signature is dated by its click, and what was compared by when it was read', async () => {
  const seen = { inventory: found(), readAt: later(1_000) }
  const [, , , signature, compared] = await validatedReferences(contextOf({ lists }), main, seen)
  expect(compared?.reference.at).toBe(later(1_000).toISOString())
  expect(signature?.reference.at).toBe(s.signatures.find((x) => x.id === signed?.signatureId)?.at.toISOString())
})
