/** Pre-PROD becomes PROD only when everything that makes it PROD is proved (R12, R15, R28, R37). */
import { promote } from '../../src/lifecycle/promote.js'
import { filesHash, scriptsHash } from '../../src/lifecycle/situation.js'
import type { Measurement, Situation } from '../../src/lifecycle/types.js'
import { deviation } from '../support/deviation.js'
import { beforePromotion, effectsOf, env, golive, iteration, of, op, pm, refusalOf, signature } from '../support/situation.js'

const ask = { environment: 'acme-preprod' }
const change = (s: Situation, more: Partial<Situation>): Situation => ({ ...s, ...more })
const ready = beforePromotion()
const preprod = ready.environments[0] ?? env('preprod')
/** VAL found otherwise after the click. */
const remeasured = (found: Partial<Measurement>) => ready.measurements.map((m) => (m.signatureId ? { ...m, ...found } : m))
const swap = (kind: string, other: ReturnType<typeof env>) => ready.environments.map((e) => (e.kind === kind ? other : e))

test('R15 a validated Pre-PROD is promoted into PROD once qa and the customer lead agree, bound to files and scripts', () => {
  const effects = effectsOf(promote(ready, ask, pm))
  expect(of(effects, 'add-environment')).toMatchObject([{ name: 'acme-prod', source: 'acme-preprod', version: '24.2' }])
  const [{ operation }] = of(effects, 'add-operation') as [ReturnType<typeof of<'add-operation'>>[number]]
  expect(operation).toMatchObject({ verb: 'promote', job: 'merge', environment: 'acme-prod' })
  expect(operation.slots.map((x) => x.roles)).toEqual([['vendor:qa'], ['customer:lead']])
  expect(operation.data).toEqual({
    source: 'acme-preprod',
    migration: true,
    filesHash: filesHash(ready),
    scripts: scriptsHash(iteration(1, 'approved')),
    purpose: 'prod',
    validated: ready.measurements.find((m) => m.signatureId)?.id,
    extracted: ready.measurements.find((m) => m.purpose === 'extract')?.id,
  })
})

test('R12 without a legacy database PROD is made without a migration, and nothing about scripts is asked', () => {
  const effects = effectsOf(promote(beforePromotion({ customer: { legacy: false } }), ask, pm))
  expect(of(effects, 'add-operation')[0]?.operation.data).toMatchObject({ source: 'acme-preprod', migration: false, purpose: 'prod' })
})

test('R15 validation that was signed complete counts though VAL is gone', () => {
  expect(promote(change(ready, { environments: swap('val', env('val', 'destroyed')) }), ask, pm).ok).toBe(true)
})

test('R15 a further VAL that never came about takes nothing away from the one that was validated', () => {
  for (const state of ['failed', 'destroyed'] as const) {
    const never = env('val', state, { number: 2, readyAt: null })
    expect(promote(change(ready, { environments: [...ready.environments, never] }), ask, pm).ok).toBe(true)
  }
})

test.each<[string, string, Situation, string?]>([
  ['R15', 'not-preprod', ready, 'acme-val-1'],
  ['R15', 'source-not-ready', change(ready, { environments: swap('preprod', env('preprod', 'qualifying')) })],
  ['R2', 'second-prod', change(ready, { environments: [...ready.environments, env('prod', 'building')] })],
  ['R40', 'environment-busy', change(ready, { operations: [...ready.operations, op('extract', preprod, { state: 'running' })] })],
  ['R15', 'source-ending', change(ready, { operations: [...ready.operations, op('teardown', preprod, { state: 'scheduled' })] })],
  ['R15', 'no-val', change(ready, { environments: [preprod] })],
  ['R15', 'val-not-ready', change(ready, { environments: swap('val', env('val', 'qualifying')), signatures: [] })],
  ['R15', 'validation-open', change(ready, { signatures: [] })],
  ['R15', 'deviation-open', change(ready, { deviations: [deviation('env-acme-val-1')] })],
  ['R15', 'deviation-open', change(ready, { deviations: [deviation('env-acme-val-1', { disposition: 'rejected' })] })],
  ['R15', 'validation-open', change(ready, { environments: [...ready.environments, env('val', 'ready', { number: 2 })] })],
  ['R15', 'validation-open', change(ready, { measurements: remeasured({ everything: 'other', verdict: 'void' }) })],
  ['R37', 'val-being-measured', change(ready, { measurements: ready.measurements.filter((m) => !m.signatureId) })],
  ['R37', 'val-not-measured', change(ready, { signatures: ready.signatures.map((x) => ({ ...x, awaits: false, id: 'old' })) })],
  ['R28', 'checklist-not-there', change(ready, { measurements: ready.measurements.filter((m) => m.purpose !== 'extract') })],
  ['R15', 'scripts-not-approved', change(ready, { iterations: [iteration(1, 'accepted')] })],
  ['R15', 'scripts-not-approved', change(ready, { iterations: [iteration(1, 'approved'), iteration(2, 'rejected')] })],
  [
    'R37',
    'migration-not-validated',
    change(ready, { iterations: [iteration(1, 'approved'), iteration(2, 'approved', { specification: 'new' })] }),
  ],
  ['R37', 'migration-not-validated', change(ready, { iterations: [iteration(1, 'approved', { program: '2' })] })],
  ['R28', 'no-golive', change(ready, { golive: null })],
  ['R28', 'no-golive', change(ready, { golive: golive({ state: 'rolled-back' }) })],
  ['R28', 'checklist-not-there', change(ready, { signatures: ready.signatures.filter((x) => x.kind !== 'confirm-files') })],
  ['R28', 'checklist-not-there', change(ready, { operations: ready.operations.filter((o) => o.verb !== 'extract') })],
])('%s refuses with %s (R39)', (rule, code, s, environment = 'acme-preprod') => {
  expect(refusalOf(promote(s, { environment }, pm))).toMatchObject({ rule, code })
})

test('R9 new iterations with the same specification, program and version need no new VAL', () => {
  const again = iteration(2, 'approved', { filesHash: 'other', resultHash: 'other' })
  expect(promote(change(ready, { iterations: [iteration(1, 'approved'), again] }), ask, pm).ok).toBe(true)
})

test('R28 files that were registered anew after G1 stop the promotion until they are confirmed', () => {
  const s = change(ready, { files: [{ name: 'dump.csv', bytes: 11, sha256: 'bb', registeredAt: ready.now }] })
  expect(refusalOf(promote(s, ask, pm))).toMatchObject({ code: 'checklist-not-there' })
  const confirmed = signature('confirm-files', 'liv-1', { hash: filesHash(s) })
  expect(promote(change(s, { signatures: [...s.signatures, confirmed] }), ask, pm).ok).toBe(true)
})

test('R15 a deviation that is not critical, is decided, or was of what is gone does not stand in the way', () => {
  const gone = { ...env('val', 'destroyed', { number: 2, readyAt: null }), id: 'env-gone' }
  const promoted = { ...env('preprod', 'promoted', { number: 2 }), id: 'env-promoted' }
  const harmless = [
    deviation('env-acme-val-1', { critical: false }),
    deviation('env-acme-val-1', { disposition: 'accepted' }),
    deviation('env-acme-val-1', { disposition: 'corrected' }),
    deviation('env-gone'),
    deviation('env-promoted'),
  ]
  expect(promote(change(ready, { environments: [promoted, gone, ...ready.environments], deviations: harmless }), ask, pm).ok).toBe(true)
})
