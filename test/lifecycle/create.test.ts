/** Which environment may be asked for when, and every way in which it may not. */
import { type CreateAsk, create } from '../../src/lifecycle/create.js'
import { classOf, type InstanceRole, type Kind, kinds, mayHold, orderedClass, rolesOf } from '../../src/lifecycle/kinds.js'
import type { Situation } from '../../src/lifecycle/types.js'
import { effectsOf, env, iteration, of, op, pm, refusalOf, situation, withData } from '../support/situation.js'

const ask = (kind: Kind, more: Partial<CreateAsk> = {}): CreateAsk => ({ kind, from: null, version: null, ...more })
const withScripts = { iterations: [iteration(1, 'approved')] }
const demo = env('demo')

test.each<[string, Situation, CreateAsk, Record<string, unknown>, Record<string, unknown>]>([
  [
    'Demo from base',
    situation({ customer: { state: 'prospect' } }),
    ask('demo'),
    { name: 'acme-demo', source: 'base', version: '24.2' },
    { job: 'provision', slots: [] },
  ],
  [
    'a further Demo on another version',
    situation({ environments: [demo] }),
    ask('demo', { version: '24.1' }),
    { name: 'acme-demo-2', version: '24.1' },
    {},
  ],
  ['Sandbox from base', situation(), ask('sandbox'), { name: 'acme-sandbox', source: 'base' }, { job: 'provision' }],
  [
    'Sandbox from Demo',
    situation({ environments: [demo] }),
    ask('sandbox', { from: 'acme-demo' }),
    { source: 'acme-demo' },
    { job: 'clone' },
  ],
  ['Pre-PROD', situation(), ask('preprod'), { name: 'acme-preprod' }, { job: 'provision' }],
  [
    'VAL',
    situation({ environments: [env('preprod')], ...withScripts }),
    ask('val'),
    { name: 'acme-val-1', source: 'acme-preprod' },
    { job: 'merge' },
  ],
  [
    'VAL without a legacy database',
    situation({ customer: { legacy: false }, environments: [env('preprod')] }),
    ask('val'),
    { name: 'acme-val-1' },
    { data: { source: 'acme-preprod', migration: false, purpose: 'val' } },
  ],
  [
    'VAL after the first',
    situation({ environments: [env('preprod'), env('val', 'destroyed')], ...withScripts }),
    ask('val'),
    { name: 'acme-val-2' },
    {},
  ],
  ['Community', situation({ customer: null }), ask('community'), { name: 'community' }, { job: 'provision' }],
])('R2 %s is made, by an operation that waits for those who must agree (R29)', (_, s, asked, environment, operation) => {
  const effects = effectsOf(create(s, asked, pm))
  expect(of(effects, 'add-environment')).toMatchObject([environment])
  expect(of(effects, 'add-operation')).toMatchObject([
    { operation: { verb: 'create', environment: environment['name'] ?? expect.any(String), ...operation } },
  ])
})

const preprod = env('preprod')
test.each<[string, string, Situation, CreateAsk]>([
  ['R15', 'promote-instead', situation(), ask('prod')],
  ['R9', 'migration-run-instead', situation(), ask('migration')],
  ['R2', 'unknown-version', situation(), ask('demo', { version: '9' })],
  ['R2', 'community-exists', situation({ community: env('community') }), ask('community')],
  ['R2', 'no-customer', situation({ customer: null }), ask('sandbox')],
  ['R5', 'wrong-stage', situation({ customer: { state: 'prospect' } }), ask('sandbox')],
  ['R5', 'wrong-stage', situation({ customer: { state: 'live' } }), ask('preprod')],
  ['R4', 'wrong-stage', situation({ customer: { state: 'lost' } }), ask('demo')],
  ['R2', 'second-sandbox', situation({ environments: [env('sandbox', 'building')] }), ask('sandbox')],
  ['R2', 'second-preprod', situation({ environments: [preprod] }), ask('preprod')],
  ['R2', 'second-val', situation({ environments: [preprod, env('val', 'qualifying')], ...withScripts }), ask('val')],
  ['R2', 'second-demo', situation({ environments: [demo] }), ask('demo')],
  ['R6', 'source-not-allowed', situation(), ask('demo', { from: 'acme-sandbox' })],
  ['R6', 'source-not-allowed', situation(), ask('preprod', { from: 'acme-demo' })],
  ['R5', 'unknown-source', situation(), ask('sandbox', { from: 'acme-demo' })],
  ['R16', 'source-not-allowed', situation({ environments: [preprod] }), ask('sandbox', { from: 'acme-preprod' })],
  ['R5', 'source-not-ready', situation({ environments: [env('demo', 'building')] }), ask('sandbox', { from: 'acme-demo' })],
  ['R6', 'version-differs', situation({ environments: [demo] }), ask('sandbox', { from: 'acme-demo', version: '24.1' })],
  ['R16', 'real-volunteers', situation({ environments: [env('demo', 'ready', { class: 'real' })] }), ask('sandbox', { from: 'acme-demo' })],
  ['R10', 'no-preprod', situation(), ask('val')],
  ['R10', 'no-preprod', situation({ environments: [env('preprod', 'qualifying')] }), ask('val')],
  ['R10', 'source-not-allowed', situation({ environments: [preprod], ...withScripts }), ask('val', { from: 'acme-sandbox' })],
  ['R37', 'version-differs', situation({ environments: [preprod], ...withScripts }), ask('val', { version: '24.1' })],
  ['R11', 'scripts-not-approved', situation({ environments: [preprod] }), ask('val')],
  [
    'R11',
    'scripts-not-approved',
    situation({ environments: [preprod], iterations: [iteration(1, 'approved'), iteration(2, 'review')] }),
    ask('val'),
  ],
  [
    'R9',
    'scripts-other-version',
    situation({ environments: [preprod], iterations: [iteration(1, 'approved', { version: '24.1' })] }),
    ask('val'),
  ],
])('%s refuses with %s (R39)', (rule, code, s, asked) => {
  const refusal = refusalOf(create(s, asked, pm))
  expect(refusal).toMatchObject({ rule, code })
  expect(refusal?.text).toMatch(/[.>]$/)
})

test('R40 a source that another operation holds cannot be copied, and the refusal names the first', () => {
  const first = op('create', env('sandbox', 'waiting'), { state: 'waiting', requestedBy: 'U_ENG', ...withData({ source: 'acme-demo' }) })
  const s = situation({ environments: [demo, env('sandbox', 'destroyed')], operations: [first] })
  const refusal = refusalOf(create(s, ask('sandbox', { from: 'acme-demo' }), pm))
  expect(refusal).toMatchObject({ rule: 'R40', code: 'environment-busy' })
  expect(refusal?.text).toContain('the create of `acme-sandbox` that <@U_ENG> asked for (waiting)')
})

test('R9 an iteration that failed leaves the approval of the one before as it was', () => {
  const s = situation({ environments: [preprod], iterations: [iteration(1, 'approved'), iteration(2, 'failed')] })
  expect(create(s, ask('val'), pm).ok).toBe(true)
})

test('R3 a number is never given twice, whatever became of its environment', () => {
  const gone = (['destroyed', 'failed', 'promoted'] as const).map((state, i) => env('sandbox', state, { number: i + 1 }))
  expect(of(effectsOf(create(situation({ environments: gone }), ask('sandbox'), pm)), 'add-environment')[0]?.name).toBe('acme-sandbox-4')
})

test('R1 an environment is a pair exactly when the table says so', () => {
  const pairs = (Object.keys(kinds) as Kind[]).filter((kind) => rolesOf(kind).length === 2)
  expect(pairs.sort()).toEqual(['prod', 'sandbox', 'val'])
})

test.each<[Kind, string, string]>([
  ['demo', 'single', 'dummy'],
  ['sandbox', 'main', 'dummy'],
  ['sandbox', 'test', 'dummy'],
  ['migration', 'single', 'real'],
  ['preprod', 'single', 'none'],
  ['val', 'main', 'obfuscated'],
  ['val', 'test', 'dummy'],
  ['prod', 'main', 'real'],
  ['prod', 'test', 'dummy'],
  ['community', 'single', 'dummy'],
])('R16 %s %s may hold %s volunteers and nothing more real', (kind, role, held) => {
  expect((kinds[kind].volunteers as Record<string, string>)[role]).toBe(held)
})

test.each([
  ['none', { all: 0, dummy: 0, masked: 0 }],
  ['dummy', { all: 3, dummy: 3, masked: 0 }],
  ['obfuscated', { all: 3, dummy: 0, masked: 3 }],
  ['obfuscated', { all: 3, dummy: 2, masked: 1 }],
  ['real', { all: 3, dummy: 2, masked: 0 }],
  ['real', { all: 3, dummy: 1, masked: 1 }],
  ['real', { all: 1, dummy: 0, masked: 0 }],
] as const)('R16 volunteers are %s by the worst of them: %j', (held, people) => {
  expect(classOf(people)).toBe(held)
})

test('R16 what may be held goes by degrees: nobody, dummies, masked, real', () => {
  const held = ['none', 'dummy', 'obfuscated', 'real'] as const
  const most = (kind: Kind, role: InstanceRole) => held.filter((each) => mayHold(kind, role, each)).at(-1)
  expect([most('preprod', 'single'), most('demo', 'single'), most('val', 'main'), most('val', 'test'), most('prod', 'main')]).toEqual([
    'none',
    'dummy',
    'obfuscated',
    'dummy',
    'real',
  ])
})

test('R12 what is ordered is what the migration brings, and nobody where there is none; Test gets dummies either way', () => {
  const ordered = (migration: boolean) => [
    orderedClass('val', 'main', migration),
    orderedClass('val', 'test', migration),
    orderedClass('prod', 'main', migration),
    orderedClass('preprod', 'single', migration),
  ]
  expect([ordered(true), ordered(false)]).toEqual([
    ['obfuscated', 'dummy', 'real', 'none'],
    ['none', 'dummy', 'none', 'none'],
  ])
})
