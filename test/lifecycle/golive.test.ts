/** The go-live checklist: six steps from the evidence, each gated by the one before (R28). */
import { checklist, rollbackGolive, startGolive } from '../../src/lifecycle/golive.js'
import { filesHash } from '../../src/lifecycle/situation.js'
import type { Situation } from '../../src/lifecycle/types.js'
import {
  afterPromotion,
  beforePromotion,
  effectsOf,
  env,
  golive,
  iqs,
  of,
  op,
  pm,
  refusalOf,
  signature,
  signed,
  situation,
} from '../support/situation.js'

const states = (s: Situation) =>
  checklist(s)
    .map((step) => step.state)
    .join(' ')
const add = (s: Situation, more: Partial<Situation['signatures'][number]>[], rest: Partial<Situation> = {}): Situation => ({
  ...s,
  ...rest,
  signatures: [...s.signatures, ...more.map((m) => signature(m.kind ?? 'sign-g4', m.subject ?? '', m))],
})
const promoted = afterPromotion()
const prod = env('prod')
const g4 = { kind: 'sign-g4' as const, subject: prod.id, userId: 'U_ENG2' }
const g6 = { kind: 'sign-g6' as const, subject: prod.id, userId: 'U_LEAD' }
const withIq = (s: Situation) => ({ ...s, signatures: [...s.signatures, ...signed(iqs(prod))] })

test.each<[string, Situation, string]>([
  ['without a go-live nothing is open', situation(), 'blocked blocked blocked blocked blocked blocked'],
  ['G1 comes first', situation({ golive: golive() }), 'open blocked blocked blocked blocked blocked'],
  ['G2 follows G1', { ...beforePromotion(), operations: [] }, 'done open blocked blocked blocked blocked'],
  ['G3 follows G2', beforePromotion(), 'done done open blocked blocked blocked'],
  ['G4 follows G3', promoted, 'done done done open blocked blocked'],
  ['an IQ that was signed early counts once its turn has come', withIq(promoted), 'done done done open blocked blocked'],
  ['G5 follows G4', add(promoted, [g4]), 'done done done done open blocked'],
  ['G6 follows G5', add(withIq(promoted), [g4]), 'done done done done done open'],
  ['and then all is done', add(withIq(promoted), [g4, g6]), 'done done done done done done'],
  ['G6 alone closes nothing', add(promoted, [g6]), 'done done done open blocked blocked'],
  [
    'without a legacy database G1 is not applicable',
    beforePromotion({ customer: { legacy: false } }),
    'na done open blocked blocked blocked',
  ],
])('R28 %s', (_, s, expected) => {
  expect(states(s)).toBe(expected)
})

test('R28 G2, G3 and G5 complete themselves; G1, G4 and G6 name who did it', () => {
  const steps = checklist(add(withIq(promoted), [g4, g6]))
  expect(steps.map((step) => step.doneBy)).toEqual(['U_LEAD', 'system', 'system', 'U_ENG2', 'system', 'U_LEAD'])
  expect(steps.every((step) => step.at && step.waitsFor === null)).toBe(true)
})

test('R28 G3 waits for the reconciliation report of the very promotion; one of the Migration iteration does not close it', () => {
  const report = { name: 'report', title: 'Issue the reconciliation report', role: 'main' as const, stage: 5 }
  const operations = promoted.operations.map((o) =>
    o.verb === 'promote' ? { ...o, plan: { ...o.plan, steps: [...o.plan.steps, report] } } : o,
  )
  const promotion = operations.find(({ verb }) => verb === 'promote')
  const issued = (operationId: string | null) => ({
    ...promoted,
    operations,
    documents: [
      ...promoted.documents,
      {
        ...{ id: 'd', number: 'MR-X', revision: 1, kind: 'reconciliation-report' as const, environmentId: prod.id, instanceId: null },
        ...{ operationId, file: 'f', sha256: 's', at: promoted.now },
      },
    ],
  })
  expect(states({ ...promoted, operations })).toBe('done done open blocked blocked blocked')
  expect(states(issued('the iteration'))).toBe('done done open blocked blocked blocked')
  expect(states(issued(promotion?.id ?? null))).toBe('done done done open blocked blocked')
})

test('R28 other files reopen G1 and what depends on it; confirming them again closes G1, but not a G3 made from the old ones', () => {
  const s = { ...add(withIq(promoted), [g4]), files: [{ name: 'dump.csv', bytes: 11, sha256: 'bb', registeredAt: promoted.now }] }
  expect(states(s)).toBe('open blocked blocked blocked blocked blocked')
  const again = add(s, [{ kind: 'confirm-files', subject: 'liv-1', hash: filesHash(s) }])
  expect(states(again)).toBe('done done open blocked blocked blocked')
})

test('R28 one IQ of two does not close G5, and only those of PROD count', () => {
  const [main] = iqs(prod)
  const s = add(promoted, [g4], {})
  expect(states({ ...s, signatures: [...s.signatures, ...signed(main ? [main] : [])] })).toBe('done done done done open blocked')
  const val = env('val')
  const foreign = signature('sign-iq', iqs(val)[0]?.id ?? '', { at: promoted.now, userId: 'U_OTHER' })
  const done = { ...withIq(s), documents: [...s.documents, ...iqs(val)], signatures: [...withIq(s).signatures, foreign] }
  expect(checklist(done)[4]).toMatchObject({ state: 'done', at: signed(iqs(prod))[0]?.at })
})

test('R22 a new revision of an IQ needs its own signature', () => {
  const s = add(withIq(promoted), [g4])
  const revised = iqs(prod)
    .slice(0, 1)
    .map((d) => ({ ...d, id: 'doc-new', revision: 2 }))
  expect(states({ ...s, documents: [...s.documents, ...revised] })).toBe('done done done done open blocked')
})

test('R28 after a rollback nothing of the first go-live counts for the second', () => {
  const first = add(withIq(promoted), [g4])
  const environments = first.environments.map((e) => (e.kind === 'prod' ? { ...e, state: 'destroyed' as const } : e))
  const anew: Situation = { ...first, golive: golive({ id: 'liv-2', startedAt: first.now }), environments }
  expect(states(anew)).toBe('open blocked blocked blocked blocked blocked')
  const confirmed = add(anew, [{ kind: 'confirm-files', subject: 'liv-2', hash: filesHash(anew) }])
  expect(states(confirmed)).toBe('done open blocked blocked blocked blocked')
  const second = env('prod', 'qualifying', { number: 2 })
  const extract = op('extract', env('preprod'), { requestedAt: first.now, endedAt: first.now })
  const promotion = op('promote', second, { endedAt: first.now })
  const made = { ...confirmed, environments: [...environments, second], operations: [...first.operations, extract, promotion] }
  expect(states(made)).toBe('done done done open blocked blocked')
})

test.each<[string, string, Situation, string?]>([
  ['R28', 'not-onboarding', situation({ customer: { state: 'prospect' } })],
  ['R28', 'golive-open', situation({ golive: golive() })],
  ['R10', 'no-preprod', situation()],
  ['R28', 'date-past', situation({ environments: [env('preprod')] }), '2026-05-11'],
])('%s a go-live is not started: %s (R39)', (rule, code, s, date = '2026-06-01') => {
  expect(refusalOf(startGolive(s, { date }))).toMatchObject({ rule, code })
})

test('R28 a go-live opens for a date from today on, also after one was rolled back', () => {
  const s = situation({ environments: [env('preprod')], golive: golive({ state: 'rolled-back' }) })
  expect(of(effectsOf(startGolive(s, { date: '2026-05-12' })), 'add-golive')).toEqual([{ do: 'add-golive', date: '2026-05-12' }])
})

test('R28 a rollback without PROD ends the go-live at once; with PROD it is planned and approved', () => {
  expect(of(effectsOf(rollbackGolive(beforePromotion(), { reason: 'x' }, pm)), 'set-golive')).toMatchObject([{ state: 'rolled-back' }])
  const [effect] = of(effectsOf(rollbackGolive(promoted, { reason: 'x' }, pm)), 'add-operation')
  expect(effect?.operation).toMatchObject({ verb: 'rollback', environment: 'acme-prod', data: { source: 'acme-preprod', reason: 'x' } })
  expect(effect?.operation.slots.map((x) => x.roles)).toEqual([['vendor:qa'], ['customer:lead']])
})

test.each<[string, Situation]>([
  ['no-golive', situation()],
  ['live-already', add(withIq(promoted), [g4, g6])],
  ['environment-busy', { ...promoted, operations: [...promoted.operations, op('rollback', env('prod'), { state: 'waiting' })] }],
])('R28 a rollback is refused: %s (R39)', (code, s) => {
  expect(refusalOf(rollbackGolive(s, { reason: 'x' }, pm))?.code).toBe(code)
})
