/** What an IQ expects, key by key: whatever the instance under test answered, and whatever was measured of it, is never asked (R22). */
import { expectedOf } from '../../jobs/expectations.js'
import type { StepContext } from '../../jobs/job.js'
import type { Instance, Plan, Step } from '../../src/lifecycle/types.js'
import { clinicDir, loadProduct } from '../../src/product/index.js'
import { env, situation } from '../support/situation.js'

const product = loadProduct(clinicDir)
const answers: (keyof Instance)[] = ['measured', 'everything', 'mustMatch', 'ordered']

/** The instance under test, of which nothing that it ever answered may be looked at. */
function sealed(instance: Instance): Instance {
  return new Proxy(instance, {
    get(target, key: keyof Instance) {
      if (answers.includes(key)) throw new Error(`an expectation came from the instance under test: ${key}`)
      return target[key]
    },
  })
}

const noDriver = new Proxy({}, { get: (_, method) => expect(`${String(method)} was called`).toBe('') }) as StepContext['driver']

interface Case {
  kind: 'preprod' | 'val' | 'prod'
  at: number
  migration: boolean
}

function contextOf({ kind, at, migration }: Case): { context: StepContext; instance: Instance } {
  const environment = env(kind, 'building')
  const instance = sealed(environment.instances[at] as Instance)
  environment.instances[at] = instance
  const val = env('val')
  for (const each of val.instances) each.mustMatch = 'of VAL'
  const step = (name: string, role: Step['role'], result: Record<string, unknown>) => ({ name, role, result }) as Step
  const job = kind === 'preprod' ? 'provision' : 'merge'
  const planned = [
    { name: kind === 'preprod' ? 'load-content' : 'load-dummies', title: '', role: kind === 'preprod' ? 'single' : 'test', stage: 1 },
  ]
  const plan = { job, data: { migration, purpose: kind }, steps: planned, elements: [] } as unknown as Plan
  const context = {
    product,
    driver: noDriver,
    situation: situation({ environments: kind === 'prod' ? [val, environment] : [environment] }),
    environment,
    operation: { id: 'op-1', plan },
    role: instance.role,
    urlOf: (name: string) => `https://${name}.example`,
    steps: [
      step('copy', 'main', { sourceMustMatch: 'of Pre-PROD' }),
      ...(migration ? [step('load-migration', 'main', { entities: [{ entity: 'volunteers', loaded: 97 }] })] : []),
      step('inventory', 'main', { mustMatch: 'of Main', people: { all: 1, dummy: 0, masked: 0 }, volunteers: 1, version: '1' }),
      step('inventory', 'test', { mustMatch: 'own', people: { all: 1, dummy: 0, masked: 0 }, volunteers: 1, version: '1' }),
    ],
  } as unknown as StepContext
  return { context, instance }
}

test.each<[Case, Record<string, string>]>([
  [
    { kind: 'preprod', at: 0, migration: false },
    { volunteers: 'none', people: '0', mustMatch: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ],
  [
    { kind: 'val', at: 0, migration: true },
    { volunteers: 'obfuscated', people: '97', mustMatch: 'of Pre-PROD' },
  ],
  [
    { kind: 'val', at: 0, migration: false },
    { volunteers: 'none', people: '0', mustMatch: 'of Pre-PROD' },
  ],
  [
    { kind: 'val', at: 1, migration: true },
    { volunteers: 'dummy', people: '320', mustMatch: 'of Main' },
  ],
  [
    { kind: 'prod', at: 0, migration: true },
    { volunteers: 'real', people: '97', mustMatch: 'of VAL' },
  ],
  [
    { kind: 'prod', at: 1, migration: true },
    { volunteers: 'dummy', people: '320', mustMatch: 'of Main' },
  ],
])('R22 no expectation comes from the instance under test: %j', async (which, expected) => {
  const { context, instance } = contextOf(which)
  const identity = `${instance.name} | https://${instance.name}.example | acme | ${context.environment?.name} | ${instance.role}`
  expect(await expectedOf(context, instance)).toEqual({ identity, version: '24.2', ...expected })
})

test('R22 a count that nobody kept books of is not made up: it is left out, and its check is blocked', async () => {
  const { context, instance } = contextOf({ kind: 'val', at: 0, migration: true })
  context.steps = context.steps.filter(({ name }) => name !== 'load-migration')
  expect(await expectedOf(context, instance)).not.toHaveProperty('people')
})
