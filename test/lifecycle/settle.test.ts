/** What follows by itself: expiry, hand-over, extraction, going live, teardowns (R4, R9, R14, R15, R17, R22, R28, R30, R31). */
import type { Effect } from '../../src/lifecycle/decision.js'
import { settle } from '../../src/lifecycle/settle.js'
import { filesHash } from '../../src/lifecycle/situation.js'
import type { Access, Situation } from '../../src/lifecycle/types.js'
import {
  afterPromotion,
  beforePromotion,
  day,
  endorsed,
  env,
  golive,
  hour,
  iqs,
  iteration,
  later,
  measurement,
  now,
  of,
  op,
  request,
  signature,
  signed,
  situation,
  stateGiven,
  withData,
} from '../support/situation.js'

const teardownsIn = (effects: Effect[]) => of(effects, 'add-operation').map((e) => `${e.operation.verb} ${e.operation.environment}`)
const frozen = { customerId: null, reason: 'audit', by: 'U_QA', at: now }
const access = (more: Partial<Access> = {}): Access => ({
  id: 'acc',
  environmentId: 'env-acme-demo',
  userId: 'U_LEAD',
  role: 'user',
  grantedBy: 'U_PM',
  at: later(-day),
  until: now,
  ...more,
})
const prod = env('prod')
const done = (() => {
  const s = afterPromotion()
  const documents = [...s.documents, ...endorsed(iqs(prod))]
  return {
    ...s,
    documents,
    signatures: [...s.signatures, signature('sign-g4', prod.id), ...signed(iqs(prod)), signature('sign-g6', prod.id)],
  }
})()
const handedOver: Situation = { ...done, environments: done.environments.map((e) => (e.kind === 'prod' ? { ...e, state: 'ready' } : e)) }
const live = (s: Situation, since = later(-hour)): Situation => ({
  ...s,
  customer: s.customer && { ...s.customer, state: 'live', since },
  golive: golive({ state: 'done' }),
})

test('R30 a request that is due expires, and with it what was asked for', () => {
  const sandbox = env('sandbox', 'waiting')
  const waiting = op('create', sandbox, { id: 'op', state: 'waiting' })
  const s = situation({ environments: [sandbox], operations: [waiting], requests: [request('approve', 'op', { id: 'req', dueAt: now })] })
  const effects = settle(s)
  expect(of(effects, 'set-request')).toMatchObject([{ id: 'req', state: 'expired' }])
  expect(of(effects, 'set-operation')).toMatchObject([{ id: 'op', state: 'expired' }])
  expect(stateGiven(effects, 'acme-sandbox')).toBe('destroyed')
  expect(settle({ ...s, now: later(-1) })).toEqual([])
})

test('R4 access ends on time, and it is announced', () => {
  const effects = settle(situation({ environments: [env('demo')], access: [access(), access({ id: 'lasting', until: later(1) })] }))
  expect(of(effects, 'revoke-access')).toEqual([{ do: 'revoke-access', id: 'acc' }])
  expect(of(effects, 'announce')).toMatchObject([{ event: 'access-revoked', data: { user: 'U_LEAD' } }])
})

test('R30 what waits for approval falls away when the files it was planned on are registered anew', () => {
  const val = env('val', 'waiting')
  const waiting = (hash: string) => op('create', val, { id: 'op', state: 'waiting', ...withData({ filesHash: hash }) })
  const s = (hash: string) => situation({ environments: [env('preprod'), val], operations: [waiting(hash)] })
  expect(of(settle(s('other')), 'set-operation')).toMatchObject([
    { id: 'op', state: 'cancelled', trouble: expect.stringContaining('Ask again') },
  ])
  expect(stateGiven(settle(s('other')), 'acme-val-1')).toBe('destroyed')
  expect(settle(s(filesHash(situation())))).toEqual([])
})

test('R31 a teardown runs at its hour, R40 not while its environment is held or operations are frozen', () => {
  const sandbox = env('sandbox')
  const scheduled = op('teardown', sandbox, { id: 'op', state: 'scheduled', runAt: now })
  const s = situation({ environments: [sandbox], operations: [scheduled] })
  expect(of(settle(s), 'set-operation')).toMatchObject([{ id: 'op', state: 'running' }])
  expect(stateGiven(settle(s), 'acme-sandbox')).toBe('ending')
  expect(settle({ ...s, now: later(-1) })).toEqual([])
  expect(settle({ ...s, freezes: [frozen] })).toEqual([])
  const reading = op('create', env('val', 'building'), { state: 'running', ...withData({ source: 'acme-sandbox' }) })
  expect(settle({ ...s, operations: [scheduled, reading] })).toEqual([])
})

test('R22 a controlled environment is handed over with the last signature of its IQs, R1 as a whole', () => {
  const val = env('val', 'qualifying')
  const documents = iqs(val)
  const s = situation({ environments: [val], documents: [...documents, ...endorsed(documents)], signatures: signed(documents) })
  expect(stateGiven(settle(s), 'acme-val-1')).toBe('ready')
  expect(of(settle(s), 'announce')).toMatchObject([{ event: 'environment-ready', audience: 'both' }])
  expect(settle({ ...s, signatures: signed(documents.slice(0, 1)) })).toEqual([])
  expect(settle({ ...s, documents: documents.slice(0, 1) })).toEqual([])
})

test('R22 signed IQs are issued with their signatures before the hand-over, once for each round of signing', () => {
  const val = env('val', 'qualifying')
  const documents = iqs(val)
  const s = situation({ environments: [val], documents, signatures: signed(documents) })
  expect(teardownsIn(settle(s))).toEqual(['endorse acme-val-1'])
  expect(settle({ ...s, operations: [op('endorse', val, { requestedAt: later(-hour / 2) })] })).toEqual([])
  expect(teardownsIn(settle({ ...s, operations: [op('endorse', val, { requestedAt: later(-2 * hour) })] }))).toEqual(['endorse acme-val-1'])
})

test('R28 PROD is handed over with G5 and not before, however early its IQ was signed', () => {
  const early = { ...done, signatures: done.signatures.filter((x) => !x.kind.startsWith('sign-g')) }
  expect(stateGiven(settle(early), 'acme-prod')).toBeUndefined()
  expect(stateGiven(settle(done), 'acme-prod')).toBe('ready')
})

test('R28 G2 follows G1 by itself, once, and is tried again an hour after it was undone', () => {
  const s = { ...beforePromotion(), operations: [] }
  expect(teardownsIn(settle(s))).toEqual(['extract acme-preprod'])
  expect(settle({ ...s, freezes: [frozen] })).toEqual([])
  const undone = (ago: number) => op('extract', env('preprod'), { state: 'undone', requestedAt: later(-day), endedAt: later(-ago) })
  expect(settle({ ...s, operations: [undone(hour - 1)] })).toEqual([])
  expect(teardownsIn(settle({ ...s, operations: [undone(hour)] }))).toEqual(['extract acme-preprod'])
  expect(settle({ ...s, operations: [op('extract', env('preprod'), { state: 'running' })] })).toEqual([])
})

test('R17 with G6 the customer is live, unless a rollback was asked for before', () => {
  expect(of(settle(handedOver), 'set-customer')).toEqual([{ do: 'set-customer', state: 'live' }])
  expect(of(settle(handedOver), 'set-golive')).toEqual([{ do: 'set-golive', state: 'done' }])
  const rollback = op('rollback', prod, { state: 'waiting' })
  expect(of(settle({ ...handedOver, operations: [...handedOver.operations, rollback] }), 'set-customer')).toEqual([])
})

test('R17 the people of a live customer get Community once each, as soon as it is there', () => {
  const community = env('community')
  const s = live(situation())
  expect(settle(s)).toEqual([])
  const granted = (more: Partial<Situation>) => of(settle({ ...s, community, ...more }), 'grant-access').map((e) => e.userId)
  expect(granted({})).toEqual(['U_LEAD', 'U_CQA'])
  expect(granted({ access: [access({ environmentId: community.id, until: null })] })).toEqual(['U_CQA'])
  expect(granted({ formerAccess: [{ environmentId: community.id, userId: 'U_CQA' }] })).toEqual(['U_LEAD'])
  expect(granted({ community: env('community', 'building') })).toEqual([])
  expect(granted({ customer: situation().customer })).toEqual([])
})

const evidence = [signature('validation-complete', 'env-acme-val-1'), signature('evidence-exported', 'env-acme-val-1')]
const everything = live(situation({ environments: [env('sandbox'), env('preprod', 'frozen'), env('val'), prod], signatures: evidence }))

test('R14, R15, R17 going live ends Sandbox, Pre-PROD and VAL, with notice and without anybody asking', () => {
  const effects = settle(everything)
  expect(teardownsIn(effects)).toEqual(['teardown acme-sandbox', 'teardown acme-preprod', 'teardown acme-val-1'])
  expect(
    of(effects, 'add-operation').every((e) => e.operation.slots.length === 0 && e.operation.runAt?.getTime() === later(day).getTime()),
  ).toBe(true)
  expect(teardownsIn(settle({ ...everything, signatures: [] }))).toEqual([
    'measure acme-val-1',
    'teardown acme-sandbox',
    'teardown acme-preprod',
  ])
  expect(settle({ ...everything, freezes: [frozen] })).toEqual([])
  expect(settle({ ...everything, customer: situation().customer })).toEqual([])
})

test('R14 VAL stays while its evidence is not exported, though validation is complete and the customer is live', () => {
  const unexported = { ...everything, signatures: everything.signatures.filter((x) => x.kind !== 'evidence-exported') }
  expect(teardownsIn(settle(unexported))).toEqual(['teardown acme-sandbox', 'teardown acme-preprod'])
})

test('R31 who called the lifecycle off has the last word; a teardown by hand that was cancelled says nothing', () => {
  const off = (more: Parameters<typeof op>[2]) => {
    const cancelled = op('teardown', env('sandbox'), { state: 'cancelled', requestedAt: now, ...more })
    return teardownsIn(settle({ ...everything, operations: [cancelled] })).includes('teardown acme-sandbox')
  }
  expect(off({})).toBe(false)
  expect(off({ requestedAt: later(-2 * day) })).toBe(true)
  expect(off({ state: 'undone', endedAt: now })).toBe(false)
  expect(off({ state: 'undone', requestedAt: later(-hour), endedAt: later(-hour) })).toBe(true)
  expect(off({ slots: [{ id: '1', party: 'vendor', roles: [], not: [] }] })).toBe(true)
})

test('R9 Migration ends with the approval of the newest scripts, also after an earlier end was called off', () => {
  const migration = env('migration')
  const s = situation({
    environments: [migration],
    iterations: [iteration(1, 'approved')],
    signatures: [signature('approve-scripts', 'itr-1')],
  })
  expect(teardownsIn(settle(s))).toEqual(['teardown acme-migration'])
  expect(settle({ ...s, iterations: [iteration(1, 'approved'), iteration(2, 'review')] })).toEqual([])
  const calledOff = op('teardown', migration, { state: 'cancelled', requestedAt: later(-day), endedAt: later(-day) })
  expect(teardownsIn(settle({ ...s, operations: [calledOff] }))).toEqual(['teardown acme-migration'])
  expect(settle({ ...s, operations: [op('teardown', migration, { state: 'scheduled', runAt: later(day) })] })).toEqual([])
})

test.each([
  ['migration', 60],
  ['val', 180],
  ['sandbox', 365],
  ['preprod', 365],
] as const)('R31 %s is reported past %i days, anew each week, and never destroyed for it', (kind, limit) => {
  const weekOf = (days: number) => {
    const environments = [env(kind, 'ready', { readyAt: later(-days * day) })]
    const effects = settle(situation({ environments, measurements: environments.map((e) => measurement(e, 'validation-complete')) }))
    expect(of(effects, 'add-operation')).toEqual([])
    return of(effects, 'announce').map((e) => e.data?.['week'])
  }
  expect([limit - 1, limit, limit + 6, limit + 7].map(weekOf)).toEqual([[], [0], [0], [1]])
})

test('R31 Demo, PROD and Community have no limit', () => {
  const old = { readyAt: later(-3650 * day) }
  expect(
    settle(situation({ environments: [env('demo', 'ready', old), env('prod', 'ready', old)], community: env('community', 'ready', old) })),
  ).toEqual([])
})
