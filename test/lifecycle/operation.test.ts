/** What is left of an environment at every end of every operation (R1, R23, R28, R34, R42), and how operations are cancelled and resumed. */
import { cancel, ended, planned, resume } from '../../src/lifecycle/operation.js'
import type { Environment, EnvironmentState, Operation, OperationState, OperationVerb, Situation } from '../../src/lifecycle/types.js'
import {
  day,
  effectsOf,
  env,
  golive,
  iteration,
  later,
  now,
  of,
  op,
  refusalOf,
  situation,
  stateGiven,
  withData,
} from '../support/situation.js'

const slot = { id: '1', party: 'vendor' as const, roles: ['vendor:qa'], not: [] }
const preprod = (state: EnvironmentState) => env('preprod', state)

function scene(
  verb: OperationVerb,
  environment: Environment,
  more: Partial<Operation> = {},
  rest: Parameters<typeof situation>[0] = {},
): Situation {
  const operation = op(verb, environment, { id: 'op', state: 'running', ...withData({ source: 'acme-preprod' }), ...more })
  const { environments = [], ...others } = rest
  return situation({ environments: [...environments, environment], operations: [operation], ...others })
}

const end = (s: Situation, result: 'done' | 'undone' | 'stuck') => effectsOf(ended(s, { operationId: 'op', result, trouble: null }))

type Row = [OperationVerb, Environment, 'done' | 'undone' | 'stuck', EnvironmentState | undefined]
test.each<Row>([
  ['create', env('sandbox', 'building'), 'done', 'ready'],
  ['create', env('preprod', 'building'), 'done', 'qualifying'],
  ['create', env('val', 'building'), 'done', 'qualifying'],
  ['create', env('sandbox', 'building'), 'undone', 'failed'],
  ['create', env('sandbox', 'waiting'), 'undone', 'failed'],
  ['create', env('sandbox', 'building'), 'stuck', 'stuck'],
  ['migrate', env('migration', 'building'), 'done', 'ready'],
  ['migrate', env('migration', 'building'), 'undone', 'failed'],
  ['migrate', env('migration', 'ready'), 'undone', undefined],
  ['promote', env('prod', 'building'), 'done', 'qualifying'],
  ['promote', env('prod', 'building'), 'undone', 'failed'],
  ['teardown', env('sandbox', 'ending'), 'done', 'destroyed'],
  ['teardown', env('sandbox', 'ending'), 'stuck', 'stuck'],
  ['teardown', env('sandbox', 'ready'), 'undone', undefined],
  ['rollback', env('prod', 'ending'), 'done', 'destroyed'],
  ['rollback', env('prod', 'ending'), 'stuck', 'stuck'],
  ['extract', env('preprod', 'ready'), 'done', undefined],
  ['extract', env('preprod', 'ready'), 'undone', undefined],
  ['extract', env('preprod', 'ready'), 'stuck', undefined],
])('R1 after a %s of %o that is %s it is as expected', (verb, environment, result, expected) => {
  expect(stateGiven(end(scene(verb, environment), result), environment.name)).toBe(expected)
})

test('R15 a promotion that is done leaves Pre-PROD frozen, one that is undone leaves it ready', () => {
  const s = (source: EnvironmentState) => scene('promote', env('prod', 'building'), {}, { environments: [preprod(source)] })
  expect(stateGiven(end(s('frozen'), 'done'), 'acme-preprod')).toBe('frozen')
  expect(stateGiven(end(s('frozen'), 'undone'), 'acme-preprod')).toBe('ready')
  expect(stateGiven(end(s('ready'), 'undone'), 'acme-preprod')).toBeUndefined()
  expect(stateGiven(end(s('frozen'), 'stuck'), 'acme-preprod')).toBeUndefined()
})

test('R28 a rollback leaves Pre-PROD as it was and the go-live rolled back', () => {
  const s = scene('rollback', env('prod', 'ending'), {}, { environments: [preprod('frozen')], golive: golive() })
  const effects = end(s, 'done')
  expect(stateGiven(effects, 'acme-preprod')).toBe('ready')
  expect(of(effects, 'set-golive')).toMatchObject([{ state: 'rolled-back' }])
})

test('R15 Pre-PROD ends as promoted once the customer is live, before that as destroyed', () => {
  const s = (state: 'live' | 'onboarding') => scene('teardown', preprod('ending'), {}, { customer: { state } })
  expect(stateGiven(end(s('live'), 'done'), 'acme-preprod')).toBe('promoted')
  expect(stateGiven(end(s('onboarding'), 'done'), 'acme-preprod')).toBe('destroyed')
})

test('R42 access ends with the environment it was to', () => {
  const access = { id: 'acc', environmentId: 'env-acme-demo', userId: 'U', role: 'user', grantedBy: 'U_PM', at: now, until: later(day) }
  expect(of(end(scene('teardown', env('demo', 'ending'), {}, { access: [access] }), 'done'), 'revoke-access')).toMatchObject([
    { id: 'acc' },
  ])
})

test('R9 a migration that does not come to its end takes its iteration with it', () => {
  const s = scene('migrate', env('migration', 'building'), {}, { iterations: [iteration(1, 'rejected'), iteration(2, 'running')] })
  for (const result of ['undone', 'stuck'] as const)
    expect(of(end(s, result), 'set-iteration')).toMatchObject([{ id: 'itr-2', state: 'failed' }])
})

test('R4 the customer hears of every environment but Demo', () => {
  const audience = (environment: Environment) => of(end(scene('create', environment), 'done'), 'announce')[0]?.audience
  expect([audience(env('sandbox', 'building')), audience(env('demo', 'building'))]).toEqual(['both', 'ops'])
})

const plan = (more: Partial<Operation>, environment = env('sandbox', 'waiting')) =>
  effectsOf(planned(scene(more.verb ?? 'create', environment, { state: 'planning', ...more }), { operationId: 'op' }))

test('R34 after the dry run it waits for approvals, else for its hour, else it runs', () => {
  expect(of(plan({ slots: [slot] }), 'set-operation')).toMatchObject([{ state: 'waiting' }])
  expect(of(plan({}), 'set-operation')).toMatchObject([{ state: 'running' }])
  expect(stateGiven(plan({}), 'acme-sandbox')).toBe('building')
  const scheduled = plan({ verb: 'teardown', runAt: later(day) }, env('sandbox'))
  expect(of(scheduled, 'set-operation')).toMatchObject([{ state: 'scheduled', runAt: later(day) }])
  expect(of(scheduled, 'announce')).toMatchObject([{ event: 'teardown-scheduled', audience: 'both' }])
  expect(of(plan({ verb: 'teardown', runAt: later(day) }, env('demo')), 'announce')[0]?.audience).toBe('ops')
  expect(plan({ state: 'waiting' })).toEqual([])
})

test('R30 what was cancelled while it was planned never waits for anybody', () => {
  expect(of(plan({ cancelling: true, slots: [slot] }), 'set-operation')).toMatchObject([{ state: 'cancelled' }])
  expect(stateGiven(plan({ cancelling: true }), 'acme-sandbox')).toBe('destroyed')
})

const cancelled = (state: OperationState, verb: OperationVerb = 'create', more: Partial<Operation> = {}) =>
  cancel(scene(verb, env('sandbox', state === 'waiting' ? 'waiting' : 'ready'), { state, ...more }), { operationId: 'op' })

test.each<[OperationState, Record<string, unknown>]>([
  ['planning', { state: 'planning', cancelling: true }],
  ['waiting', { state: 'cancelled' }],
  ['scheduled', { state: 'cancelled' }],
  ['running', { state: 'running', cancelling: true }],
])('R40 what is %s can be cancelled', (state, expected) => {
  expect(of(effectsOf(cancelled(state)), 'set-operation')).toMatchObject([expected])
})

test.each<[OperationState, OperationVerb, string, Partial<Operation>?]>([
  ['undoing', 'create', 'not-running'],
  ['done', 'create', 'not-running'],
  ['undone', 'create', 'not-running'],
  ['stuck', 'create', 'not-running'],
  ['rejected', 'create', 'not-running'],
  ['expired', 'create', 'not-running'],
  ['cancelled', 'create', 'not-running'],
  ['running', 'teardown', 'no-way-back'],
  ['running', 'rollback', 'no-way-back'],
  ['running', 'create', 'cancelling-already', { cancelling: true }],
])('R40 what is %s (%s) cannot be cancelled: %s (R39)', (state, verb, code, more = {}) => {
  expect(refusalOf(cancelled(state, verb, more))?.code).toBe(code)
})

test('R40 an environment that was only asked for ends with the asking; one that stands stays', () => {
  expect(stateGiven(effectsOf(cancelled('waiting')), 'acme-sandbox')).toBe('destroyed')
  expect(stateGiven(effectsOf(cancelled('scheduled', 'teardown')), 'acme-sandbox')).toBeUndefined()
})

test('R42 a stuck operation goes on as it must: making is undone, ending goes forward', () => {
  const again = (verb: OperationVerb, environment: Environment) =>
    effectsOf(resume(scene(verb, environment, { state: 'stuck' }), { operationId: 'op' }))
  expect(of(again('create', env('sandbox', 'stuck')), 'set-operation')).toMatchObject([{ state: 'undoing' }])
  expect(stateGiven(again('teardown', env('sandbox', 'stuck')), 'acme-sandbox')).toBe('ending')
  expect(of(again('teardown', env('sandbox', 'stuck')), 'set-operation')).toMatchObject([{ state: 'running' }])
  expect(of(again('extract', env('preprod')), 'set-environment')).toEqual([])
  expect(refusalOf(resume(scene('create', env('sandbox')), { operationId: 'op' }))?.code).toBe('not-stuck')
})

test('R40 an operation that nobody knows is not cancelled', () => {
  const none = cancel(situation(), { operationId: 'op-none' })
  expect(refusalOf(none)).toMatchObject({ rule: 'R40', code: 'unknown-operation', text: expect.stringContaining('not known') })
})
