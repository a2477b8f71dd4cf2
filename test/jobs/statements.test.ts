/** What every record says of itself and its surroundings follows from what stands where it is read, and from nothing else. */
import { environmentFacts, headOf, instanceFacts } from '../../jobs/documents/issue.js'
import type { Held } from '../../jobs/held.js'
import { iqData } from '../../jobs/iq-data.js'
import type { StepContext } from '../../jobs/job.js'
import type { Answer } from '../../jobs/probe.js'
import { concludeIq } from '../../src/documents/index.js'
import type { Driver } from '../../src/drivers/driver.js'
import { ownChecks } from '../../src/drivers/postgres/rights.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import type { Profile } from '../../src/lifecycle/profile.js'
import { scriptsHash } from '../../src/lifecycle/situation.js'
import type { Customer, Operation, RequestKind, Step } from '../../src/lifecycle/types.js'
import { type CheckResult, clinicDir, loadProduct, type Product } from '../../src/product/index.js'
import { env, iteration, later, now, op, request, situation, withData } from '../support/situation.js'

const product = loadProduct(clinicDir)
const preprod = env('preprod', 'qualifying')
const made = op('create', preprod, { id: 'op-made', requestedBy: 'U_PM', profileId: 'who_pm', planHash: 'p'.repeat(64) })
const pia: Profile = {
  ...{ id: 'who_pm', userId: 'U_PM', teamId: 'T', party: 'vendor', roles: ['pm'] },
  ...{ name: 'Pia Meier', nameFrom: 'slack', nameAt: now },
}

interface Scene {
  more?: Parameters<typeof situation>[0]
  policy?: object
  product?: Product
  counts?: Held[] | null
  making?: Operation
  driver?: Driver
  checks?: CheckResult[]
}

function contextOf({
  policy = {},
  product: given = product,
  making = made,
  more = {},
  driver = { ownChecks } as unknown as Driver,
}: Scene = {}): StepContext {
  const s = { ...situation({ environments: [preprod], operations: [making], ...more }), policy: policyOf(policySchema.parse(policy)) }
  const step = { name: 'load-content', role: 'single', stage: 2, state: 'done', result: {} } as unknown as Step
  return {
    ...{
      situation: s,
      operation: op('qualify', preprod, { requestedBy: 'U_PM', profileId: 'who_pm' }),
      environment: preprod,
      role: 'single',
    },
    ...{ driver, now, moment: () => later(5_000), product: given, profiles: new Map([[pia.id, pia]]), steps: [] },
    built: { operation: making, steps: [step] },
    urlOf: (name: string) => `https://${name}.example`,
  } as unknown as StepContext
}

const main = preprod.instances[0] as NonNullable<(typeof preprod.instances)[number]>
const moments = {
  checks: later(1_000),
  counts: later(1_500),
  inventory: later(2_000),
  address: later(3_000),
  attachments: later(4_000),
  deviations: later(4_000),
}
const answer: Answer = { from: 'nobody', said: 'no connection' }
function iqOf(scene: Scene = {}, address: Answer = answer) {
  const context = contextOf(scene)
  const times = {
    ...{ startedAt: now, finishedAt: now, address, inventory: null, at: moments },
    counts: scene.counts === undefined ? [] : scene.counts,
  }
  const rest = { checks: scene.checks ?? [], attachments: [], validated: [], deviations: [] }
  return iqData(context, { instance: main, number: 1, ...times, ...rest })
}

test('a record names the customer, the environment and the instance that the register has, and the product of its definition', () => {
  const context = contextOf()
  const { customer, product: named } = headOf(context, 'IQ', 'acme-preprod', 'x')
  expect([customer.value, named.value]).toEqual(['Acme Research', 'Clinic'])
  expect(environmentFacts(context).value).toMatchObject({ name: 'acme-preprod', kind: 'Pre-PROD', controlled: true })
  expect(instanceFacts(context, main).value).toMatchObject({ name: 'acme-preprod', role: 'single', database: '' })
  const other = {
    ...contextOf({ product: { ...product, definition: { ...product.definition, name: 'Other' } } }),
    environment: env('demo'),
  }
  other.situation = { ...other.situation, customer: { ...(other.situation.customer as Customer), name: 'Renamed' } }
  const head = headOf(other, 'IQ', 'acme-preprod', 'x')
  expect([head.customer.value, head.product.value, environmentFacts(other).value.kind]).toEqual(['Renamed', 'Other', 'Demo'])
  expect(instanceFacts(other, { ...main, database: 'slipway_1' }).value.database).toBe('slipway_1')
})

test('R29 who has to sign an IQ is who the policy names, not a word of the code', () => {
  expect(iqOf().requiredSigners.value).toEqual([{ duty: 'Approves the executed qualification', party: 'vendor', role: 'qa' }])
  const verbs = { 'sign.iq': { ask: ['vendor:qa'], approve: [['vendor:qa', 'vendor:admin'], ['customer:qa']] } }
  expect(iqOf({ policy: { verbs } }).requiredSigners.value.map(({ party, role }) => `${party} ${role}`)).toEqual([
    'vendor qa or admin',
    'customer qa',
  ])
})

test('the protocol that an IQ names is the one of the release: another check is another checksum', () => {
  const [first, ...rest] = product.checks
  const changed = { ...product, checks: [{ ...first, expected: { value: 'another' } }, ...rest] } as Product
  const [own, ...others] = ownChecks
  const driver = { ownChecks: [{ ...own, procedure: 'select 1' }, ...others] } as unknown as Driver
  const results = [...product.checks, ...ownChecks].map(({ id, title, requirement }) => ({ id, title, requirement }) as CheckResult)
  const sha256 = (scene: Scene) => iqOf({ checks: results, ...scene }).protocol.value.sha256
  const all = [sha256({}), sha256({ product: changed }), sha256({ driver }), sha256({ checks: results.slice(1) })]
  expect([new Set(all).size, sha256({})]).toEqual([4, all[0]])
})

test('an IQ refers to the making of its instance: its plan, its source, and who asked for it, by name and role at that moment', () => {
  const said = (scene: Scene) => Object.fromEntries(iqOf(scene).references.map(({ title, reference }) => [title, reference.value]))
  expect(said({})).toMatchObject({ 'Plan of the operation (SHA-256)': 'p'.repeat(64), 'Asked for by': 'Pia Meier (U_PM), vendor, pm' })
  const other = { ...made, planHash: 'q'.repeat(64), profileId: null }
  expect(said({ making: other })).toMatchObject({
    'Plan of the operation (SHA-256)': 'q'.repeat(64),
    'Asked for by': 'name not recorded (U_PM), unknown, role not recorded',
  })
})

test.each<[Answer, string]>([
  [{ from: 'instance', said: 'HTTP 200' }, 'https://acme-preprod.example: the answer carries the mark of this instance (HTTP 200)'],
  [
    { from: 'web-server', said: 'HTTP 404' },
    'https://acme-preprod.example: a web server answered HTTP 404; not verified to be this instance',
  ],
  [{ from: 'nobody', said: 'no connection' }, 'https://acme-preprod.example: nothing answered (no connection)'],
])('an address is called the instance’s only where the answer carries its mark: %j', (answered, said) => {
  const [address] = iqOf({}, answered).inventory.filter(({ name }) => name.startsWith('Address'))
  expect(address).toMatchObject({ name: 'Address, asked at the execution', value: { value: said, measuredBy: 'probe' } })
  expect(iqOf().inventory.filter(({ name }) => name === 'Database')).toEqual([])
})

test('R29 an IQ names who approved its plan, and who the scripts of its run, with role and time; never a later iteration', () => {
  const [ran, later] = [iteration(1, 'approved'), iteration(2, 'approved', { specification: 'b'.repeat(64) })]
  const making = op('create', preprod, { id: 'op-made', ...withData({ migration: true, scripts: scriptsHash(ran) }) })
  const yes = { slot: '0', userId: 'U_PM', verdict: 'yes', comment: null, at: now, profileId: 'who_pm' } as const
  const asked = (kind: RequestKind, subject: string) => request(kind, subject, { state: 'granted', verdicts: [yes] })
  const requests = [asked('approve', 'op-made'), asked('approve-scripts', ran.id), asked('approve-scripts', later.id)]
  const said = (more: Scene['more']) =>
    Object.fromEntries(iqOf({ making, more: { operations: [making], ...more } }).references.map((r) => [r.title, r.reference.value]))
  const who = 'Pia Meier (U_PM), vendor, pm, 2026-05-12 09:30:00 UTC'
  expect(said({ iterations: [ran, later], requests })).toMatchObject({
    'Plan approved by': who,
    'Approval of the migration scripts': `iteration 1, approved by ${who}`,
  })
  expect(said({ iterations: [later], requests: [] })).toMatchObject({
    'Plan approved by': 'nobody: no approval is on record',
    'Approval of the migration scripts': 'no approval of the scripts of this run is on record',
  })
})

test('R34 an IQ tells what was counted at its execution; one row too few, or nothing that could be counted, fails it', () => {
  const line = { element: 'roles', title: 'Roles', disposition: 'carried', planned: 9 }
  const counted = (actual: number) => iqOf({ counts: [{ ...line, actual }] })
  const reasons = ({ checks, deviations, counts }: ReturnType<typeof iqOf>) => concludeIq({ checks, deviations, counts }).reasons.join()
  expect(counted(9).counts).toMatchObject({ measuredBy: 'counted', value: [{ title: 'Roles', planned: 9, actual: 9 }] })
  expect(reasons(counted(8))).toContain('rows were counted that differ from the approved plan')
  expect(iqOf().counts).toBeUndefined()
  const unknown = iqOf({ counts: null })
  expect(unknown.counts).toMatchObject({ measuredBy: 'none', value: [] })
  expect(reasons(unknown)).toContain('rows could not be counted')
  const grown = iqOf({ counts: [{ ...line, element: 'audit', actual: 12, grows: true }] })
  expect(reasons(grown)).not.toContain('rows')
})

test("R16 Test is made from Main, and from the product's dummies", () => {
  const pair = env('val', 'qualifying')
  const test = pair.instances.find(({ role }) => role === 'test') as NonNullable<(typeof pair.instances)[number]>
  const making = { ...made, plan: { ...made.plan, job: 'merge' as const } }
  const context = { ...contextOf({ making }), environment: pair, role: 'test' as const }
  const times = { startedAt: now, finishedAt: now, address: answer, inventory: null, counts: [], at: moments }
  const data = iqData(context, { instance: test, number: 1, ...times, checks: [], attachments: [], validated: [], deviations: [] })
  expect(data.references.find(({ title }) => title === 'Made from')?.reference.value).toContain(pair.instances[0]?.name)
})
