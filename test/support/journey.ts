/** The way of one customer, moment by moment: each ends with an operation whose first step waits for a worker, or that waits for nothing but work. */
import { expand } from '../../jobs/index.js'
import type { Plan } from '../../src/lifecycle/types.js'
import { day, type Floor } from './floor.js'

export interface Moment {
  name: string
  /** As the registry makes them: so that no step is forgotten here. */
  steps: Plan['steps']
  /** The operation's verb, and the environment that it makes or ends. */
  verb: string
  environment: string | null
  /** Brings the floor from the moment before, all its work done, to this one. */
  arrive(floor: Floor): Promise<void>
}

const approve = async (floor: Floor, ...who: string[]) => {
  await floor.work()
  for (const user of who) await floor.click(user, 'approve')
}

const slug = ({ slug }: Floor) => slug

export const moments: Moment[] = [
  {
    name: 'provision a Demo',
    steps: expand('provision', ['single'], { purpose: 'demo' }),
    verb: 'create',
    environment: 'acme-demo',
    async arrive(floor) {
      await floor.ask('U_SALES', { verb: 'customer-add', slug: slug(floor), name: 'Acme', channel: 'C_ACME', legacy: true })
      for (const [userId, role] of [
        ['U_LEAD', 'lead'],
        ['U_CQA', 'qa'],
      ] as const)
        await floor.ask('U_PM', { verb: 'customer-people', slug: slug(floor), action: 'add', userId, role })
      await floor.ask('U_SALES', { verb: 'env-create', kind: 'demo', slug: slug(floor), from: null, version: null })
    },
  },
  {
    name: 'clone a Sandbox',
    steps: expand('clone', ['main', 'test'], { purpose: 'sandbox' }),
    verb: 'create',
    environment: 'acme-sandbox',
    async arrive(floor) {
      await floor.ask('U_SALES', { verb: 'customer-sign', slug: slug(floor), sandbox: 'demo' })
      await approve(floor, 'U_ENG')
    },
  },
  {
    name: 'provision Pre-PROD',
    steps: expand('provision', ['single'], { purpose: 'preprod' }),
    verb: 'create',
    environment: 'acme-preprod',
    async arrive(floor) {
      await floor.ask('U_PM', { verb: 'env-create', kind: 'preprod', slug: slug(floor), from: null, version: null })
      await approve(floor, 'U_ENG')
    },
  },
  {
    name: 'qualify Pre-PROD, which says it is another',
    steps: expand('qualify', ['single'], {}),
    verb: 'qualify',
    environment: 'acme-preprod',
    async arrive(floor) {
      floor.renamed('acme-preprod', 'elsewhere')
      await floor.click('U_ENG', 'start-qualification')
    },
  },
  {
    name: 'issue the IQ with its accepted deviation',
    steps: expand('conclude', ['single'], {}),
    verb: 'qualify',
    environment: 'acme-preprod',
    async arrive(floor) {
      floor.renamed('elsewhere', 'acme-preprod')
      await floor.click('U_QA', 'accept-deviation', 'yes', 'It is named again.')
    },
  },
  {
    name: 'issue the signed IQ',
    steps: expand('endorse', ['single'], {}),
    verb: 'endorse',
    environment: 'acme-preprod',
    async arrive(floor) {
      await floor.click('U_QA', 'sign-iq')
    },
  },
  {
    name: 'register files',
    steps: expand('register', [], {}),
    verb: 'register',
    environment: null,
    async arrive(floor) {
      await floor.dump(2)
      await floor.ask('U_ENG', { verb: 'migration-register', slug: slug(floor) })
    },
  },
  {
    name: 'migrate',
    steps: expand('migrate', ['single'], {}),
    verb: 'migrate',
    environment: 'acme-migration',
    async arrive(floor) {
      await floor.ask('U_ENG', { verb: 'migration-run', slug: slug(floor) })
    },
  },
  {
    name: 'merge into VAL',
    steps: expand('merge', ['main', 'test'], { purpose: 'val', migration: true }),
    verb: 'create',
    environment: 'acme-val-1',
    async arrive(floor) {
      await floor.click('U_LEAD', 'review-iteration')
      await floor.click('U_LEAD', 'approve-scripts')
      await floor.click('U_LEAD', 'choose-source')
      await floor.click('U_LEAD', 'ask-val')
      await approve(floor, 'U_ENG', 'U_QA')
    },
  },
  {
    name: 'qualify VAL',
    steps: expand('qualify', ['main', 'test'], {}),
    verb: 'qualify',
    environment: 'acme-val-1',
    async arrive(floor) {
      await floor.click('U_ENG', 'start-qualification')
    },
  },
  {
    name: 'measure VAL after the click',
    steps: expand('measure', ['main', 'test'], {}),
    verb: 'measure',
    environment: 'acme-val-1',
    async arrive(floor) {
      await floor.click('U_QA', 'sign-iq')
      await floor.click('U_QA', 'sign-iq')
      await floor.work()
      await floor.click('U_CQA', 'validation-complete')
    },
  },
  {
    name: 'extract the configuration',
    steps: expand('extract', ['single'], {}),
    verb: 'extract',
    environment: 'acme-preprod',
    async arrive(floor) {
      await floor.click('U_CQA', 'evidence-exported')
      const now = await floor.change.clock.now(floor.db)
      await floor.ask('U_PM', {
        verb: 'golive-start',
        slug: slug(floor),
        date: new Date(now.getTime() + 7 * day).toISOString().slice(0, 10),
      })
      await floor.click('U_LEAD', 'confirm-files')
    },
  },
  {
    name: 'promote into PROD',
    steps: expand('merge', ['main', 'test'], { purpose: 'prod', migration: true }),
    verb: 'promote',
    environment: 'acme-prod',
    async arrive(floor) {
      await floor.later(7 * day)
      await floor.ask('U_ENG', { verb: 'env-promote', environment: 'acme-preprod' })
      await approve(floor, 'U_QA', 'U_LEAD')
    },
  },
  {
    name: 'roll back',
    steps: expand('rollback', ['main', 'test'], {}),
    verb: 'rollback',
    environment: 'acme-prod',
    async arrive(floor) {
      await floor.ask('U_PM', { verb: 'golive-rollback', slug: slug(floor), reason: 'the network is down' })
      await floor.work()
      await floor.click('U_ADMIN', 'approve').catch(() => {})
      await floor.click('U_QA', 'approve').catch(() => {})
      await floor.click('U_LEAD', 'approve').catch(() => {})
    },
  },
  {
    name: 'tear down the Sandbox',
    steps: expand('teardown', ['main', 'test'], {}),
    verb: 'teardown',
    environment: 'acme-sandbox',
    async arrive(floor) {
      await floor.ask('U_PM', { verb: 'env-destroy', environment: 'acme-sandbox', reason: 'not needed any more' })
      await approve(floor, 'U_ENG')
      await floor.later(2 * day)
    },
  },
]

/** The same way without the IQ that fails at first: for drivers that are no fakes. */
export const straight: Moment[] = moments.flatMap((moment) => {
  if (moment.name === 'issue the IQ with its accepted deviation') return []
  const stumbles = moment.verb === 'qualify' && moment.environment === 'acme-preprod'
  return [stumbles ? { ...moment, name: 'qualify Pre-PROD', arrive: (floor) => floor.click('U_ENG', 'start-qualification') } : moment]
})
