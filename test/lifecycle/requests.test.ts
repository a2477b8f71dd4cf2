/** What people are asked follows from the situation alone, so that nothing asked is ever lost (R30, R41). */
import { wantedRequests } from '../../src/lifecycle/requests.js'
import type { RequestKind, Situation } from '../../src/lifecycle/types.js'
import {
  afterPromotion,
  beforePromotion,
  counted,
  day,
  env,
  golive,
  iqs,
  iteration,
  later,
  measurement,
  now,
  op,
  signature,
  signed,
  situation,
} from '../support/situation.js'

const kindsOf = (s: Situation) =>
  wantedRequests(s)
    .map((w) => w.kind)
    .sort()
const prod = env('prod')
const validation = counted('validation-complete', env('val'))
const signedVal = [validation.signature]
const exported = [...signedVal, signature('evidence-exported', 'env-acme-val-1')]
const approved = { iterations: [iteration(1, 'approved')] }
const qualifying = env('preprod', 'qualifying')
const promoted = afterPromotion()
const g4 = signature('sign-g4', prod.id)
const withIq: Situation = { ...promoted, signatures: [...promoted.signatures, g4, ...signed(iqs(prod))] }
const goingLive = (s: Situation) => kindsOf(s).filter((k) => k.startsWith('sign') || k === 'confirm-files' || k === 'training-done')

test.each<[string, Situation, RequestKind[]]>([
  ['nothing in an empty situation', situation(), []],
  [
    'an approval for what waits',
    situation({ environments: [env('sandbox', 'waiting')], operations: [op('create', env('sandbox'), { state: 'waiting' })] }),
    ['approve'],
  ],
  ['a verdict on an iteration (R9)', situation({ iterations: [iteration(1, 'review')] }), ['review-iteration']],
  ['the scripts once it is accepted (R9)', situation({ iterations: [iteration(1, 'accepted')] }), ['approve-scripts']],
  [
    'and still, when the next one failed (R9)',
    situation({ iterations: [iteration(1, 'accepted'), iteration(2, 'failed')] }),
    ['approve-scripts'],
  ],
  [
    'nothing of a customer who left',
    situation({
      customer: { state: 'cancelled' },
      iterations: [iteration(1, 'review')],
      environments: [qualifying],
      documents: iqs(qualifying),
    }),
    [],
  ],
  ['the IQ of what is made (R22)', situation({ environments: [qualifying], documents: iqs(qualifying) }), ['sign-iq']],
  ['the source, once Pre-PROD is ready (R10)', situation({ environments: [env('preprod')] }), ['choose-source']],
  [
    'and VAL, once the scripts are approved (R11)',
    situation({ environments: [env('preprod')], ...approved }),
    ['ask-val', 'choose-source'],
  ],
  [
    'VAL without a legacy database',
    situation({ customer: { legacy: false }, environments: [env('preprod')] }),
    ['ask-val', 'choose-source'],
  ],
  [
    'no VAL while Pre-PROD is held (R40)',
    situation({ environments: [env('preprod')], ...approved, operations: [op('extract', env('preprod'), { state: 'running' })] }),
    ['choose-source'],
  ],
  ['nothing about a VAL that was not measured (R37)', situation({ environments: [env('preprod'), env('val')], ...approved }), []],
  [
    'validation while VAL stands (R14)',
    situation({ environments: [env('preprod'), env('val')], ...approved, measurements: [measurement(env('val'), 'validation-complete')] }),
    ['validation-complete'],
  ],
  [
    'nothing while VAL is measured after the click (R37)',
    situation({
      environments: [env('preprod'), env('val')],
      ...approved,
      signatures: signedVal,
      measurements: validation.measurements.slice(0, 1),
    }),
    [],
  ],
  [
    'validation again when VAL changed before it was measured (R37)',
    situation({
      environments: [env('preprod'), env('val')],
      ...approved,
      signatures: signedVal,
      measurements: validation.measurements.map((m) => (m.signatureId ? { ...m, everything: 'other', verdict: 'void' as const } : m)),
    }),
    ['validation-complete'],
  ],
  [
    'then its evidence (R14)',
    situation({ environments: [env('preprod'), env('val')], ...approved, signatures: signedVal, measurements: validation.measurements }),
    ['evidence-exported'],
  ],
  [
    'VAL again after one was torn down for a finding (R15)',
    situation({ environments: [env('preprod'), env('val', 'destroyed')], ...approved }),
    ['ask-val'],
  ],
  [
    'VAL again after it was made with other scripts (R37)',
    situation({ environments: [env('preprod'), env('val', 'destroyed')], ...approved, signatures: exported }),
    ['ask-val'],
  ],
  [
    'VAL again after making it failed',
    situation({
      environments: [env('preprod'), env('val', 'failed')],
      ...approved,
      signatures: [signature('choose-source', 'env-acme-preprod')],
    }),
    ['ask-val'],
  ],
])('R41 asks for %s', (_, s, expected) => {
  expect(kindsOf(s)).toEqual(expected)
})

test.each<[string, Situation, RequestKind[]]>([
  ['G1 of the lead', situation({ golive: golive() }), ['confirm-files']],
  ['no G1 before files are registered', situation({ golive: golive(), files: [] }), []],
  ['G1 though there is no legacy database', situation({ customer: { legacy: false }, golive: golive(), files: [] }), ['confirm-files']],
  ['nothing while the jobs work', beforePromotion(), []],
  ['G4 and the IQs side by side', promoted, ['sign-g4', 'sign-iq', 'sign-iq']],
  ['G6 and the training in the end', withIq, ['sign-g6', 'training-done']],
  [
    'no signature while a rollback is asked for',
    { ...withIq, operations: [...withIq.operations, op('rollback', prod, { state: 'waiting' })] },
    [],
  ],
  [
    'the training also after going live (R18)',
    { ...withIq, golive: golive({ state: 'done' }), customer: withIq.customer && { ...withIq.customer, state: 'live' } },
    ['training-done'],
  ],
])('R28 asks for %s', (_, s, expected) => {
  expect(goingLive(s)).toEqual(expected)
})

test('R30 an approval expires after 7 days and is bound to the plan', () => {
  const waiting = op('create', env('sandbox'), { state: 'waiting', planHash: 'the plan', requestedAt: now })
  const [wanted] = wantedRequests(situation({ environments: [env('sandbox', 'waiting')], operations: [waiting] }))
  expect(wanted).toMatchObject({ kind: 'approve', subject: waiting.id, hash: 'the plan', dueAt: later(7 * day) })
})

test('R30 what is shown changes the hash: files, configuration, result', () => {
  const hash = (s: Situation, kind: RequestKind) => wantedRequests(s).find((w) => w.kind === kind)?.hash
  const g1 = situation({ golive: golive() })
  expect(hash({ ...g1, files: [] as never, customer: g1.customer && { ...g1.customer, legacy: false } }, 'confirm-files')).not.toBe(
    hash(g1, 'confirm-files'),
  )
  const [a, b] = ['result-1', 'other'].map((resultHash) => situation({ iterations: [iteration(1, 'review', { resultHash })] }))
  expect(a && b && hash(a, 'review-iteration')).not.toBe(b && hash(b, 'review-iteration'))
  const other = {
    ...withIq,
    measurements: withIq.measurements.map((m) => ({ ...m, everything: 'other' })),
  }
  expect(hash(other, 'sign-g6')).not.toBe(hash(withIq, 'sign-g6'))
})

test('R30 who asked for the environment does not sign its IQ, who promoted does not sign G4', () => {
  const not = (kind: RequestKind) =>
    wantedRequests(promoted)
      .filter((w) => w.kind === kind)
      .flatMap((w) => w.slots.flatMap((x) => x.not))
  expect([...new Set(not('sign-iq'))]).toEqual(['U_ENG'])
  expect(not('sign-g4')).toEqual(['U_ENG'])
})

test('R31 a teardown may be postponed twice, each time anew', () => {
  const scheduled = (postponed: number) =>
    op('teardown', env('sandbox'), { id: 'op', state: 'scheduled', postponed, runAt: later(postponed * day) })
  const of = (postponed: number) => wantedRequests(situation({ environments: [env('sandbox')], operations: [scheduled(postponed)] }))
  expect(of(0).map((w) => w.kind)).toEqual(['postpone'])
  expect(of(1)[0]?.hash).not.toBe(of(0)[0]?.hash)
  expect(of(2)).toEqual([])
})
