/** The customer's path, the migration's iterations, access and freezes: who may go where when (R3–R9, R17, R18, R31, R40). */
import { changeAccess, freeze, unfreeze } from '../../src/lifecycle/access.js'
import { addCustomer, changePeople, leave, signCustomer } from '../../src/lifecycle/customer.js'
import { destroy } from '../../src/lifecycle/destroy.js'
import { registerFiles, runMigration } from '../../src/lifecycle/migration.js'
import type { Access, Situation } from '../../src/lifecycle/types.js'
import {
  afterPromotion,
  day,
  effectsOf,
  engineer,
  env,
  golive,
  iqs,
  iteration,
  later,
  now,
  of,
  op,
  pm,
  refusalOf,
  signature,
  signed,
  situation,
  stateGiven,
} from '../support/situation.js'

const newcomer = { verb: 'customer-add' as const, slug: 'beta', name: 'Beta', channel: 'C_BETA', legacy: true }

test.each([
  ['R3', 'bad-slug', { ...newcomer, slug: 'Beta!' }, {}],
  ['R3', 'bad-slug', { ...newcomer, slug: 'b'.repeat(21) }, {}],
  ['R3', 'customer-exists', { ...newcomer, slug: 'acme' }, { customer: {} }],
  ['R38', 'channel-taken', newcomer, { channelOf: '`acme`' }],
])('%s a customer is not added: %s (R39)', (rule, code, ask, more: Parameters<typeof situation>[0]) => {
  expect(refusalOf(addCustomer(situation({ customer: null, ...more }), ask))).toMatchObject({ rule, code })
})

test('R5 signing moves to onboarding and asks for the Sandbox pair, from base or from Demo', () => {
  const s = situation({ customer: { state: 'prospect' }, environments: [env('demo')] })
  for (const sandbox of ['base', 'demo'] as const) {
    const effects = effectsOf(signCustomer(s, { verb: 'customer-sign', slug: 'acme', sandbox }, pm))
    expect(of(effects, 'set-customer')).toMatchObject([{ state: 'onboarding' }])
    expect(of(effects, 'add-environment')).toMatchObject([{ kind: 'sandbox', source: sandbox === 'demo' ? 'acme-demo' : 'base' }])
    expect(of(effects, 'add-operation')[0]?.operation.slots[0]?.not).toEqual(['U_PM'])
  }
  const ask = { verb: 'customer-sign' as const, slug: 'acme', sandbox: 'demo' as const }
  expect(refusalOf(signCustomer(situation(), ask, pm))?.code).toBe('not-prospect')
  expect(refusalOf(signCustomer({ ...s, environments: [] }, ask, pm))?.code).toBe('no-demo')
})

test('R30 nobody of the vendor acts for a customer', () => {
  const ask = { verb: 'customer-people' as const, slug: 'acme', action: 'add' as const, userId: 'U_PM', role: 'lead' as const }
  expect(refusalOf(changePeople(situation(), ask))?.code).toBe('vendor-person')
  expect(refusalOf(changePeople(situation(), { ...ask, userId: 'U_X', action: 'remove' }))?.code).toBe('unknown-person')
})

const cancel = { verb: 'customer-cancel' as const, slug: 'acme', reason: 'no budget' }

test('R31 who leaves keeps nothing: what was asked for is dropped, what stands is torn down with notice', () => {
  const [sandbox, preprod, val] = [env('sandbox'), env('preprod'), env('val', 'waiting')]
  const migration = env('migration')
  const s = situation({
    environments: [sandbox, preprod, val, migration],
    community: env('community'),
    golive: golive(),
    access: [{ id: 'acc', environmentId: 'env-community', userId: 'U_LEAD', role: 'explorer', grantedBy: 'U_PM', at: now, until: null }],
    operations: [
      op('create', val, { id: 'asked', state: 'waiting' }),
      op('teardown', preprod, { id: 'unapproved', state: 'waiting' }),
      op('teardown', migration, { id: 'kept', state: 'scheduled' }),
    ],
  })
  const effects = effectsOf(leave(s, cancel))
  expect(of(effects, 'set-operation').map((e) => e.id)).toEqual(['asked', 'unapproved'])
  expect(stateGiven(effects, 'acme-val-1')).toBe('destroyed')
  expect(of(effects, 'add-operation').map((e) => [e.operation.environment, e.operation.slots])).toEqual([
    ['acme-sandbox', []],
    ['acme-preprod', []],
  ])
  expect(of(effects, 'set-golive')).toMatchObject([{ state: 'rolled-back' }])
  expect(of(effects, 'revoke-access')).toMatchObject([{ id: 'acc' }])
})

test.each<[string, string, Situation]>([
  ['R31', 'wrong-stage', situation({ customer: { state: 'live' } })],
  [
    'R40',
    'operation-running',
    situation({ environments: [env('sandbox')], operations: [op('create', env('sandbox'), { state: 'stuck' })] }),
  ],
  ['R28', 'prod-stands', afterPromotion()],
])('%s a customer does not leave: %s (R39)', (rule, code, s) => {
  expect(refusalOf(leave(s, cancel))).toMatchObject({ rule, code })
})

test.each<[string, string, Situation]>([
  ['R7', 'no-legacy', situation({ customer: { legacy: false } })],
  ['R7', 'wrong-stage', situation({ customer: { state: 'live' } })],
  ['R9', 'no-files', situation({ files: [] })],
  ['R9', 'iteration-open', situation({ iterations: [iteration(1, 'review')] })],
  ['R9', 'iteration-accepted', situation({ iterations: [iteration(1, 'accepted')] })],
  ['R9', 'scripts-approved', situation({ iterations: [iteration(1, 'approved'), iteration(2, 'failed')] })],
  [
    'R40',
    'environment-busy',
    situation({ environments: [env('migration')], operations: [op('teardown', env('migration'), { state: 'running' })] }),
  ],
  [
    'R40',
    'teardown-scheduled',
    situation({
      environments: [env('migration')],
      operations: [op('teardown', env('migration'), { state: 'scheduled', slots: [{ id: '1', party: 'vendor', roles: [], not: [] }] })],
    }),
  ],
])('%s no iteration runs: %s (R39)', (rule, code, s) => {
  expect(refusalOf(runMigration(s, engineer))).toMatchObject({ rule, code })
})

test('R9 the first run makes Migration, every further one remakes it as the next iteration, in the state in which it stands', () => {
  expect(of(effectsOf(runMigration(situation(), engineer)), 'add-environment')).toMatchObject([{ name: 'acme-migration' }])
  for (const state of ['ready', 'failed'] as const) {
    const s = situation({ environments: [env('migration', state)], iterations: [iteration(1, 'rejected')] })
    const effects = effectsOf(runMigration(s, engineer))
    expect(of(effects, 'add-environment')).toEqual([])
    expect(of(effects, 'set-environment')).toEqual([])
    expect(of(effects, 'add-operation')[0]?.operation).toMatchObject({ environment: 'acme-migration', data: { iteration: 2 } })
  }
})

test('R9 other files after the approval remake Migration, and the end that was scheduled for it is called off', () => {
  const teardown = op('teardown', env('migration'), { id: 'end', state: 'scheduled', requestedBy: 'system' })
  const s = situation({
    environments: [env('migration')],
    iterations: [iteration(1, 'approved', { filesHash: 'old' })],
    operations: [teardown],
  })
  expect(of(effectsOf(runMigration(s, engineer)), 'set-operation')).toMatchObject([{ id: 'end', state: 'cancelled' }])
})

test('R37 Migration is remade on the version that Pre-PROD is on, though nothing else changed', () => {
  const s = situation({
    environments: [env('migration'), env('preprod', 'ready', { version: '24.1' })],
    iterations: [iteration(1, 'approved')],
  })
  const effects = effectsOf(runMigration(s, engineer))
  expect(of(effects, 'set-environment')).toMatchObject([{ name: 'acme-migration', version: '24.1' }])
  expect(of(effects, 'set-instance')).toMatchObject([{ version: '24.1' }])
})

test('R28 while PROD stands, its files are final', () => {
  expect(refusalOf(registerFiles(afterPromotion(), engineer))).toMatchObject({ rule: 'R28', code: 'files-final' })
  expect(refusalOf(registerFiles(situation({ operations: [op('register', null, { state: 'running' })] }), engineer))?.code).toBe(
    'register-running',
  )
})

test.each<[string, string, Situation, string]>([
  ['R3', 'unknown-environment', situation(), 'acme-sandbox'],
  ['R29', 'prod-stays', afterPromotion(), 'acme-prod'],
  ['R2', 'community-stays', situation({ community: env('community') }), 'community'],
  ['R15', 'preprod-needed', afterPromotion(), 'acme-preprod'],
  [
    'R40',
    'environment-busy',
    situation({ environments: [env('val')], operations: [op('create', env('val'), { state: 'stuck' })] }),
    'acme-val-1',
  ],
  [
    'R40',
    'teardown-scheduled',
    situation({ environments: [env('val')], operations: [op('teardown', env('val'), { state: 'scheduled' })] }),
    'acme-val-1',
  ],
])('%s nothing is torn down: %s (R39)', (rule, code, s, environment) => {
  expect(refusalOf(destroy(s, { environment, reason: 'x' }, pm))).toMatchObject({ rule, code })
})

test('R29 a teardown by hand needs a second person of the vendor, and R31 its notice', () => {
  const [effect] = of(
    effectsOf(destroy(situation({ environments: [env('sandbox')] }), { environment: 'acme-sandbox', reason: 'x' }, pm)),
    'add-operation',
  )
  expect(effect?.operation.runAt).toEqual(later(day))
  expect(effect?.operation.slots).toMatchObject([{ party: 'vendor', not: ['U_PM'] }])
})

const grant = (environment: string) => ({ verb: 'env-access' as const, environment, action: 'grant' as const, userId: 'U_X', role: 'user' })
const handedOver = (() => {
  const s = afterPromotion()
  const prod = s.environments.find((e) => e.kind === 'prod') ?? env('prod')
  return { ...s, signatures: [...s.signatures, signature('sign-g4', prod.id), ...signed(iqs(prod))] }
})()
const live = (s: Situation): Situation => ({ ...s, customer: s.customer && { ...s.customer, state: 'live' } })

test.each<[string, string, Situation, string]>([
  ['R1', 'not-ready', situation({ environments: [env('sandbox', 'building')] }), 'acme-sandbox'],
  ['R22', 'iq-not-signed', afterPromotion(), 'acme-prod'],
  ['R18', 'not-handed-over', { ...handedOver, signatures: handedOver.signatures.filter((x) => x.kind !== 'sign-g4') }, 'acme-prod'],
  ['R18', 'training-open', live(handedOver), 'acme-prod'],
])('%s access is not granted: %s (R39)', (rule, code, s, environment) => {
  expect(refusalOf(changeAccess(s, grant(environment)))).toMatchObject({ rule, code })
})

test('R4 access to Demo and R18 access of checkers before G6 end by themselves; after training it lasts', () => {
  const until = (s: Situation, name: string) => of(effectsOf(changeAccess(s, grant(name))), 'grant-access')[0]?.until
  expect(until(situation({ environments: [env('demo')] }), 'acme-demo')).toEqual(later(14 * day))
  expect(until(handedOver, 'acme-prod')).toEqual(later(14 * day))
  const trained = { ...live(handedOver), signatures: [...handedOver.signatures, signature('training-done', 'env-acme-prod')] }
  expect(until(trained, 'acme-prod')).toBeNull()
})

test('R18 access is granted once and revoked once', () => {
  const access: Access = {
    id: 'acc',
    environmentId: 'env-acme-sandbox',
    userId: 'U_X',
    role: 'user',
    grantedBy: 'U_PM',
    at: now,
    until: null,
  }
  const s = situation({ environments: [env('sandbox')], access: [access] })
  expect(refusalOf(changeAccess(s, grant('acme-sandbox')))?.code).toBe('access-held')
  const revoke = { ...grant('acme-sandbox'), action: 'revoke' as const }
  expect(of(effectsOf(changeAccess(s, revoke)), 'revoke-access')).toMatchObject([{ id: 'acc' }])
  expect(refusalOf(changeAccess({ ...s, access: [] }, revoke))?.code).toBe('no-access')
})

test('R40 one freeze of a customer and one of everything stand beside each other', () => {
  const all = { customerId: null, reason: 'audit', by: 'U_QA', at: now }
  const own = { ...all, customerId: 'cus-1' }
  const [stop, go] = [
    { verb: 'env-freeze' as const, reason: 'x' },
    { verb: 'env-unfreeze' as const, reason: 'x' },
  ]
  expect(freeze(situation({ freezes: [all] }), { ...stop, slug: 'acme' }).ok).toBe(true)
  expect(refusalOf(freeze(situation({ freezes: [own] }), { ...stop, slug: 'acme' }))?.code).toBe('frozen-already')
  expect(refusalOf(unfreeze(situation({ freezes: [all] }), { ...go, slug: 'acme' }))?.code).toBe('not-frozen')
  expect(unfreeze(situation({ customer: null, freezes: [all] }), { ...go, slug: null }).ok).toBe(true)
})
