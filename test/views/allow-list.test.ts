/** R38: what the customer's channel must never show, put wherever the data has room for it. */
import { checklist } from '../../src/lifecycle/golive.js'
import { kindNames } from '../../src/lifecycle/kinds.js'
import { requestKinds } from '../../src/lifecycle/request-kinds.js'
import type { OperationState, OperationVerb, RequestKind, Situation, Step, Verdict } from '../../src/lifecycle/types.js'
import { announcement, announcementEvents } from '../../src/views/announcement.js'
import { checklistMessage } from '../../src/views/checklist.js'
import { operationMessage, planThread, resultThread } from '../../src/views/operation.js'
import { requestMessage } from '../../src/views/request.js'
import type { View } from '../../src/views/view.js'
import { everything } from './drawn.js'
import { deviation, environment, golive, hash, iq, iteration, operation, request, situation, step } from './scene.js'

const poison = 'POISON'
const states: OperationState[] = [
  'planning',
  'waiting',
  'scheduled',
  'running',
  'undoing',
  'done',
  'undone',
  'stuck',
  'rejected',
  'expired',
  'cancelled',
]
const verbs: OperationVerb[] = [
  'create',
  'migrate',
  'register',
  'extract',
  'qualify',
  'endorse',
  'measure',
  'promote',
  'teardown',
  'rollback',
]

/** What somebody of the vendor wrote beside a verdict. */
const noted: Verdict = { slot: '1', userId: 'U_ENG', verdict: 'yes', comment: poison, at: golive.startedAt }

/** Databases, hosts, step internals, troubles, reasons, report extras, folders and other people's notes, all poisoned. */
function poisoned(): Situation {
  const scene = situation()
  const report = {
    ...iteration.report,
    host: poison,
    testVolunteers: ['1004', `${poison} Jane Doe`],
    rejects: [{ entity: `${poison}<`, reason: poison, count: 1 }],
  }
  return {
    ...scene,
    environments: kindNames.map((kind) => {
      const one = environment(kind)
      return { ...one, instances: one.instances.map((instance) => ({ ...instance, database: poison })) }
    }),
    iterations: [{ ...iteration, report }],
    deviations: [{ ...deviation, what: poison, impact: poison, reason: poison }],
    documents: [{ ...iq, file: `/srv/${poison}/IQ-0003.pdf` }],
    freezes: [{ customerId: null, reason: poison, by: 'U_ADMIN', at: scene.now }],
    golive,
  }
}

const steps: Step[] = (['running', 'failed', 'stuck', 'done'] as const).map((state) =>
  step(poison, {
    state,
    name: poison,
    sentence: `db-7.internal ${poison}`,
    result: { host: poison, counts: [{ element: poison, disposition: 'carried', actual: 1 }] },
  }),
)

function clean(view: View): void {
  expect(everything(view)).not.toContain(poison)
}

test.each(verbs.flatMap((verb) => states.map((state) => [verb, state] as const)))('the message of a %s that is %s', (verb, state) => {
  const plan = {
    ...operation().plan,
    data: { source: poison, reason: poison, iteration: poison },
    steps: [{ name: poison, title: poison, role: null, stage: 1 }],
  }
  const subject = operation({
    verb,
    state,
    plan,
    trouble: `${poison} at db-7.internal`,
    endedAt: golive.startedAt,
    startedAt: golive.startedAt,
  })
  const requests = [request('approve', subject.id, { slots: subject.slots, verdicts: [noted] })]
  clean(
    operationMessage({
      situation: { ...poisoned(), operations: [subject], requests },
      operation: subject,
      steps,
      audience: 'customer',
      requests,
    }),
  )
  clean(planThread({ operation: subject, audience: 'customer' }))
  clean(resultThread({ operation: subject, steps, audience: 'customer' }))
})

test.each(Object.keys(requestKinds) as RequestKind[])('the request %s', (kind) => {
  for (const subject of ['it-2', 'doc-1', 'env-val', 'env-preprod', 'env-prod', 'go-1', 'dev-1'])
    clean(requestMessage({ situation: poisoned(), request: request(kind, subject, { verdicts: [noted] }), audience: 'customer' }))
})

test.each(announcementEvents)('the event %s', (event) => {
  const data = { reason: poison, trouble: poison, host: poison, until: hash }
  for (const kind of kindNames)
    clean(announcement({ event, data, audience: 'customer', situation: poisoned(), environment: environment(kind) }))
})

test('the checklist', () => {
  const scene = poisoned()
  clean(checklistMessage({ situation: scene, golive, steps: checklist(scene), requests: [], audience: 'customer' }))
})

test('the vendor does see the trouble and the steps, so the poison is where it would show', () => {
  const subject = operation({ state: 'stuck', trouble: poison })
  const facts = { situation: poisoned(), operation: subject, steps, requests: [] }
  expect(everything(operationMessage({ ...facts, audience: 'ops' }))).toContain(poison)
})
