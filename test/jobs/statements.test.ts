/** What every record says of itself and its surroundings follows from what stands where it is read, and from nothing else. */
import { environmentFacts, headOf, instanceFacts } from '../../jobs/documents/issue.js'
import { countsOf, iqData } from '../../jobs/iq-data.js'
import type { StepContext } from '../../jobs/job.js'
import { concludeIq } from '../../src/documents/index.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import type { Profile } from '../../src/lifecycle/profile.js'
import type { Customer, Operation, Step } from '../../src/lifecycle/types.js'
import { clinicDir, loadProduct, type Product } from '../../src/product/index.js'
import { env, later, now, op, situation } from '../support/situation.js'

const product = loadProduct(clinicDir)
const preprod = env('preprod', 'qualifying')
const made = op('create', preprod, { id: 'op-made', requestedBy: 'U_PM', profileId: 'who_pm', planHash: 'p'.repeat(64) })
const pia: Profile = {
  ...{ id: 'who_pm', userId: 'U_PM', teamId: 'T', party: 'vendor', roles: ['pm'] },
  ...{ name: 'Pia Meier', nameFrom: 'slack', nameAt: now },
}

interface Scene {
  policy?: object
  product?: Product
  result?: Record<string, unknown>
  making?: Operation
}

function contextOf({ policy = {}, product: given = product, result = {}, making = made }: Scene = {}): StepContext {
  const s = { ...situation({ environments: [preprod], operations: [making] }), policy: policyOf(policySchema.parse(policy)) }
  const step = { name: 'load-content', role: 'single', stage: 2, state: 'done', result } as unknown as Step
  return {
    ...{
      situation: s,
      operation: op('qualify', preprod, { requestedBy: 'U_PM', profileId: 'who_pm' }),
      environment: preprod,
      role: 'single',
    },
    ...{
      now,
      moment: () => later(5_000),
      product: given,
      profiles: new Map([[pia.id, pia]]),
      steps: [],
      built: { operation: making, steps: [step] },
    },
    urlOf: (name: string) => `https://${name}.example`,
  } as unknown as StepContext
}

const main = preprod.instances[0] as NonNullable<(typeof preprod.instances)[number]>
const moments = {
  checks: later(1_000),
  inventory: later(2_000),
  address: later(3_000),
  attachments: later(4_000),
  deviations: later(4_000),
}
const answer = { answered: false as const, said: 'connection refused' }
function iqOf(scene: Scene = {}) {
  const context = contextOf(scene)
  const times = { startedAt: now, finishedAt: now, address: answer, inventory: null, at: moments }
  return iqData(context, { instance: main, number: 1, ...times, checks: [], attachments: [], deviations: [] })
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
  const changed = { ...product, checks: [{ ...first, title: 'Another' }, ...rest] } as Product
  expect(iqOf({ product: changed }).protocol.value.sha256).not.toBe(iqOf().protocol.value.sha256)
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

test('R34 an IQ tells what was counted as the loader counted it, and one row too few fails it', () => {
  const line = { element: 'roles', title: 'Roles', disposition: 'carried', planned: 9 }
  const counted = (actual: number) => iqOf({ result: { counts: [{ ...line, actual }] } })
  expect(counted(9).counts?.value).toMatchObject([{ title: 'Roles', planned: 9, actual: 9 }])
  const { checks, deviations, counts } = counted(8)
  expect(counts?.value).toMatchObject([{ planned: 9, actual: 8 }])
  expect(concludeIq({ checks, deviations, counts }).reasons.join()).toContain('rows were counted that differ from the approved plan')
  expect(countsOf(contextOf({ result: {} }))).toEqual([])
  expect(iqOf().counts).toBeUndefined()
})
