/** When an instance is measured for a signature, and what a click is worth until then and afterwards (R28, R30, R37). */
import fc from 'fast-check'
import type { Effect } from '../../src/lifecycle/decision.js'
import { sayDifferences } from '../../src/lifecycle/differences.js'
import { checklist } from '../../src/lifecycle/golive.js'
import { isBound, standingOf, verdictOf } from '../../src/lifecycle/measurement.js'
import { wantedMessages } from '../../src/lifecycle/messages.js'
import { ended, planned } from '../../src/lifecycle/operation.js'
import { wantedRequests } from '../../src/lifecycle/requests.js'
import { settle } from '../../src/lifecycle/settle.js'
import type { Measurement, Operation, OperationState, Situation } from '../../src/lifecycle/types.js'
import {
  afterPromotion,
  beforePromotion,
  counted,
  day,
  effectsOf,
  endorsed,
  env,
  hour,
  iqs,
  later,
  measurement,
  now,
  of,
  op,
  signature,
  signed,
  situation,
  withData,
} from '../support/situation.js'

const minute = 60_000
const sites = [{ element: 'sites', title: 'Sites', rows: 4, were: 3 }]
const promoted = afterPromotion()
const val = env('val')
const standing = situation({ environments: [val] })
const validation = counted('validation-complete', val)
const clicked: Situation = { ...standing, signatures: [validation.signature], measurements: validation.measurements.slice(0, 1) }
const data = (signatureId: string | null) => withData({ for: 'validation-complete', signature: signatureId, purpose: 'val' })
const made = (s: Situation) =>
  of(settle(s), 'add-operation')
    .filter((e) => e.operation.verb === 'measure')
    .map((e) => e.operation)

test('R37 VAL is measured before anybody is asked, and again after the click', () => {
  expect(made(standing)).toMatchObject([{ environment: 'acme-val-1', data: { for: 'validation-complete', signature: null } }])
  const measured = { ...standing, measurements: validation.measurements.slice(0, 1) }
  expect(made(measured)).toEqual([])
  expect(made(clicked)).toMatchObject([{ data: { signature: validation.signature.id } }])
  expect(made({ ...clicked, measurements: validation.measurements })).toEqual([])
})

test('one measurement at a time, none while VAL is held or operations are frozen (R40)', () => {
  const state = (o: OperationState) => ({ ...clicked, operations: [op('measure', val, { state: o, ...data(validation.signature.id) })] })
  for (const o of ['planning', 'running', 'scheduled'] as const) expect(made(state(o))).toEqual([])
  expect(made({ ...clicked, operations: [op('teardown', val, { state: 'waiting' })] })).toEqual([])
  expect(made({ ...clicked, freezes: [{ customerId: null, reason: 'audit', by: 'U_QA', at: now }] })).toEqual([])
})

test.each<[OperationState, number]>([
  ['undone', 0],
  ['undone', 25],
  ['cancelled', 3],
])('a measurement that was %s %i minutes ago is made again ten minutes after it ended', (state, ago) => {
  const tried = op('measure', val, { state, ...data(validation.signature.id), endedAt: later(-ago * minute) })
  const [again] = made({ ...clicked, operations: [tried] })
  expect(again?.runAt).toEqual(later(Math.max(0, 10 - ago) * minute))
})

test('a measurement that keeps failing is made again later each time: a dozen times in a day, then daily, and in one message (R38)', () => {
  let s: Situation = clicked
  const keys = new Set<string>()
  const ends: number[] = []
  for (let i = 0; i < 14; i += 1) {
    const [again] = made(s)
    if (!again) throw new Error('it is made as often as it takes')
    const endedAt = again.runAt ?? s.now
    const failed = op('measure', val, { state: 'undone', ...withData(again.data ?? {}), requestedAt: s.now, endedAt })
    s = { ...s, now: endedAt, operations: [...s.operations, failed] }
    ends.push(endedAt.getTime() - now.getTime())
    const wishes = wantedMessages(s, { operations: new Set(s.operations.map((o) => o.id)), requests: new Set() })
    expect(wishes.map((w) => w.subject)).toEqual([failed.id])
    for (const { key } of wishes) keys.add(key)
  }
  expect(ends.map((ms) => ms / minute).slice(0, 5)).toEqual([0, 10, 40, 100, 160])
  expect(ends.filter((ms) => ms < day).length).toBeLessThanOrEqual(12)
  expect(Number(ends.at(-1)) - Number(ends.at(-2))).toBe(day)
  expect(keys.size).toBe(1)
})

test('R37 what is shown to the signer is measured anew after a day, and every hour while PROD Main is being mended', () => {
  const shown = (s: Situation, at: Date, compared?: Measurement['compared']) => ({
    ...s,
    measurements: s.measurements.map((m) => (isBound(m.purpose) && !m.signatureId ? { ...m, at, ...(compared ? { compared } : {}) } : m)),
  })
  const open = { ...standing, measurements: [measurement(val, 'validation-complete')] }
  const done = op('measure', val, { state: 'done', ...data(null), endedAt: later(-25 * hour) })
  expect(made(shown(open, later(-23 * hour)))).toEqual([])
  expect(made({ ...shown(open, later(-25 * hour)), operations: [done] })).toMatchObject([{ data: { signature: null } }])
  const differs = [{ with: 'val' as const, differences: sites }]
  const forG4 = (s: Situation) => made(s).filter((o) => o.data?.['for'] === 'sign-g4')
  expect(forG4(shown(promoted, later(-2 * hour)))).toEqual([])
  expect(forG4(shown(promoted, later(-hour / 2), differs))).toEqual([])
  // Reviewed, mended and not measured since: nobody has to click in vain to have it measured.
  expect(forG4(shown(promoted, later(-2 * hour), differs))).toHaveLength(1)
})

test('a scheduled measurement is no teardown: nobody hears of it, and it is dropped when nobody waits for it any more', () => {
  const operation = op('measure', val, { id: 'op', state: 'planning', runAt: later(minute), ...data(validation.signature.id) })
  const effects = effectsOf(planned({ ...clicked, operations: [operation] }, { operationId: 'op' }))
  expect(effects).toEqual([{ do: 'set-operation', id: 'op', state: 'scheduled', runAt: later(minute) }])
  const gone: Situation = { ...clicked, environments: [env('val', 'destroyed')], operations: [{ ...operation, state: 'scheduled' }] }
  expect(of(settle(gone), 'set-operation')).toMatchObject([{ id: 'op', state: 'cancelled' }])
  expect(of(settle({ ...clicked, operations: [{ ...operation, state: 'scheduled' }] }), 'set-operation')).toEqual([])
})

/** The measurement after the click, as it goes on record. */
const judged = (s: Situation, m: Measurement): Measurement => ({ ...m, verdict: verdictOf(s, m) })
const found = (more: Partial<Measurement>): Situation => ({
  ...clicked,
  measurements: validation.measurements.map((m) => (m.signatureId ? judged(clicked, { ...m, ...more }) : m)),
})

test.each<[string, 'counts' | 'pending' | 'void', Situation]>([
  ['nothing changed', 'counts', found({})],
  ['another configuration', 'void', found({ everything: 'other' })],
  ['another configuration that must match', 'void', found({ mustMatch: 'other' })],
  ['another version', 'void', found({ version: '24.3' })],
  ['another schema', 'void', found({ fingerprint: 'other' })],
  ['not measured yet', 'pending', clicked],
  ['VAL torn down meanwhile', 'void', { ...clicked, environments: [env('val', 'destroyed')] }],
  ['VAL torn down afterwards', 'counts', { ...found({}), environments: [env('val', 'destroyed')] }],
  ['VAL not even known any more', 'counts', { ...found({}), environments: [] }],
])('R37 a click, %s: %s', (_, expected, s) => {
  expect(standingOf(s, validation.signature)).toBe(expected)
})

test('R37 only a measurement of the very state that was shown makes a click count', () => {
  const state = fc.record({
    version: fc.constantFrom('24.1', '24.2'),
    fingerprint: fc.constantFrom('a', 'b'),
    everything: fc.constantFrom('a', 'b'),
    mustMatch: fc.constantFrom('a', 'b'),
  })
  fc.assert(
    fc.property(state, state, fc.integer({ min: 0, max: 99 }), (shown, then, volunteers) => {
      const bound = counted('validation-complete', val, {}, shown)
      const after = measurement(val, 'validation-complete', { ...then, volunteers, signatureId: bound.signature.id })
      const before = { ...standing, signatures: [bound.signature] }
      const s = { ...before, measurements: [judged(before, after)] }
      expect(standingOf(s, bound.signature) === 'counts').toBe(JSON.stringify(shown) === JSON.stringify(then))
    }),
  )
})

test('validation complete is announced by the measurement after the click, not by the click (R38)', () => {
  const operation: Operation = op('measure', val, { id: 'op', state: 'running', ...data(validation.signature.id) })
  const end = (s: Situation): Effect[] =>
    effectsOf(ended({ ...s, operations: [operation] }, { operationId: 'op', result: 'done', trouble: null }))
  expect(of(end(found({})), 'announce')).toMatchObject([{ event: 'validation-completed', data: { user: 'U_LEAD' } }])
  expect(of(end(found({ everything: 'other' })), 'announce')).toEqual([])
})

const asked = (s: Situation) => wantedRequests(s).map((w) => w.kind)

test('R37 a signature from before VAL was measured is asked for once more, until PROD stands', () => {
  const old = [signature('validation-complete', val.id), signature('evidence-exported', val.id)]
  const s = situation({ environments: [env('preprod'), val], signatures: old })
  expect(made(s)).toMatchObject([{ environment: 'acme-val-1' }])
  const measured = { ...s, measurements: [measurement(val, 'validation-complete')] }
  expect(asked(measured)).toContain('validation-complete')
  expect(asked({ ...measured, environments: [...s.environments, env('prod')] })).not.toContain('validation-complete')
  // Where VAL does not stand any more it is made again.
  const legacy = { customer: { legacy: false }, signatures: [...old, signature('choose-source', 'env-acme-preprod')] }
  expect(asked(situation({ ...legacy, environments: [env('preprod'), env('val', 'destroyed')] }))).toEqual(['ask-val'])
})

const prod = env('prod', 'qualifying')
const review = counted('sign-g4', prod, { userId: 'U_ENG2' })
const reviewed = (compared: Measurement['compared']): Situation => ({
  ...promoted,
  documents: [...promoted.documents, ...endorsed(iqs(prod))],
  signatures: [...promoted.signatures, review.signature, ...signed(iqs(prod))],
  measurements: [
    ...promoted.measurements.filter((m) => m.environmentId !== prod.id),
    ...review.measurements.map((m) => ({ ...m, compared })),
  ],
})

test.each<[string, Measurement['compared'], string, RegExp]>([
  ['what VAL validated', [{ with: 'val', differences: [] }], 'done', /^$/],
  [
    'another configuration',
    [{ with: 'val', differences: sites }],
    'open',
    /acme-val-1 was signed valid: Sites \(4 rows, 3 there: \+1\).*R37/,
  ],
  [
    'lists that were not measured',
    [
      { with: 'val', differences: [] },
      { with: 'lists', differences: null },
    ],
    'open',
    /not measured/,
  ],
  ['a configuration that was not compared', [{ with: 'val', differences: null }], 'open', /not measured/],
  [
    'other lists',
    [
      { with: 'val', differences: [] },
      { with: 'lists', differences: sites },
    ],
    'open',
    /lists.*Sites/,
  ],
])('R37 G5 with %s in PROD Main', (_, compared, state, waitsFor) => {
  const s = reviewed(compared)
  const g5 = checklist(s)[4]
  expect([checklist(s)[3]?.state, g5?.state]).toEqual(['done', state])
  expect(g5?.waitsFor ?? '').toMatch(waitsFor)
  // No dead end: the review is asked for again, and measured anew after its click.
  expect(asked(s).includes('sign-g4')).toBe(state === 'open')
})

test('R28 G4 is done since it was measured after its click, not since the click', () => {
  const clickedAt = { ...review.signature, at: later(-3 * hour) }
  const s = reviewed([{ with: 'val', differences: [] }])
  const signatures = s.signatures.map((x) => (x.id === clickedAt.id ? clickedAt : x))
  expect(checklist({ ...s, signatures })[3]?.at).toEqual(later(-hour))
})

test('R37 a promotion from before VAL was measured has nothing to compare G5 with', () => {
  const s = reviewed([])
  const { validated: _, ...before } = s.operations.find((o) => o.verb === 'promote')?.plan.data ?? {}
  expect(checklist(s)[4]?.state).toBe('open')
  const old = s.operations.map((o) => (o.verb === 'promote' ? { ...o, ...withData(before) } : o))
  expect(checklist({ ...s, operations: old })[4]?.state).toBe('done')
})

test('R28 G2 is made anew after a promotion broke off, and where its checksums are not on record', () => {
  const s = beforePromotion()
  const extracts = (x: Situation) => of(settle(x), 'add-operation').filter((e) => e.operation.verb === 'extract')
  expect([checklist(s)[1]?.state, extracts(s)]).toEqual(['done', []])
  const broken = op('promote', env('prod', 'failed'), { state: 'undone', ...withData({ extracted: 'mea' }), endedAt: later(-hour) })
  const off = { ...s, operations: [...s.operations, broken] }
  expect([checklist(off)[1]?.state, extracts(off)]).toMatchObject(['open', [{ operation: { environment: 'acme-preprod' } }]])
  const rejected = { ...s, operations: [...s.operations, { ...broken, state: 'rejected' as const }] }
  expect(checklist(rejected)[1]?.state).toBe('done')
  expect(extracts({ ...s, measurements: s.measurements.filter((m) => m.purpose !== 'extract') })).toHaveLength(1)
})

test('differences are said by element, with counts and no value', () => {
  const many = Array.from({ length: 7 }, (_, i) => ({ element: `e${i}`, title: `E${i}`, rows: 1, were: i === 0 ? 1 : 3 }))
  expect(sayDifferences(many)).toBe(
    'E0 (1 row, as many, content differs), E1 (1 row, 3 there: -2), E2 (1 row, 3 there: -2), E3 (1 row, 3 there: -2), E4 (1 row, 3 there: -2) and 2 more',
  )
})
