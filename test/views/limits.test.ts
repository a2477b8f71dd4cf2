/** Views stay within Slack's limits whatever is put into them. */
import { checklist } from '../../src/lifecycle/golive.js'
import { requestKinds } from '../../src/lifecycle/request-kinds.js'
import type { RequestKind } from '../../src/lifecycle/types.js'
import { announcement, announcementEvents } from '../../src/views/announcement.js'
import { auditShow } from '../../src/views/audit.js'
import { checklistMessage } from '../../src/views/checklist.js'
import { customerList, customerShow } from '../../src/views/customer.js'
import { environmentList, environmentShow } from '../../src/views/environment.js'
import { help } from '../../src/views/help.js'
import { home } from '../../src/views/home.js'
import { migrationStatus } from '../../src/views/migration.js'
import { operationMessage, planThread, resultThread } from '../../src/views/operation.js'
import { fault, refusal, said } from '../../src/views/refusal.js'
import { requestMessage } from '../../src/views/request.js'
import { fits } from './drawn.js'
import { ago, element, environment, golive, hash, iq, iteration, now, operation, request, situation, step } from './scene.js'

const long = 'A & <b> *very* `long`\n'.repeat(400)
const many = Array.from({ length: 120 }, (_, at) => at)

function huge() {
  const scene = situation()
  const people = Object.fromEntries(many.map((at) => [`U_QA${at}`, ['qa' as const]]))
  const report = {
    entities: many.map((at) => ({ entity: `entity ${at}`, extracted: at * 1e9, loaded: 1, rejected: 2, excluded: 3, merged: 4 })),
    rejects: many.map((at) => ({ entity: 'volunteers', reason: `reason-${at}`, count: at })),
    testVolunteers: many,
  }
  const operations = many.map((at) => operation({ id: `op-${at}`, trouble: long, state: 'stuck' }))
  return {
    ...scene,
    policy: { ...scene.policy, people },
    customer: scene.customer && { ...scene.customer, name: long },
    people: many.map((at) => ({ userId: `U_LEAD${at}`, role: 'lead' as const })),
    environments: many.map((at) => environment('val', 'ready', { id: at === 0 ? 'env-val' : `e${at}`, name: `acme-val-${at}` })),
    operations,
    requests: many.map((at) => request('sign-g6', `e${at}`, { id: `req-${at}`, slots: operation().slots })),
    files: many.map((at) => ({ name: `${at} ${long}`, bytes: 1e15, sha256: hash, registeredAt: now })),
    iterations: many.map((at) => ({ ...iteration, id: at === 119 ? 'it-2' : `it${at}`, number: at, report })),
    documents: many.map((at) => ({ ...iq, id: at === 119 ? iq.id : `d${at}`, file: long })),
    access: many.map((at) => ({
      id: `a${at}`,
      environmentId: 'env-val',
      userId: long,
      role: long,
      grantedBy: 'U_PM',
      at: now,
      until: now,
    })),
    freezes: many.map(() => ({ customerId: null, reason: long, by: 'U_PM', at: now })),
    golive,
  }
}

const scene = huge()
const elements = many.map((at) => element(`${long} ${at}`, 1e12, { role: at % 2 ? 'main' : 'test' }))
const subject = operation({ plan: { ...operation().plan, elements }, trouble: long, state: 'stuck' })
const steps = many.map((at) =>
  step(`${at} ${long}`, { sentence: long, state: 'running', result: { counts: elements.map((each) => ({ ...each, actual: 1 })) } }),
)
const verdicts = many.map((at) => ({ slot: 'x', userId: 'U_CQA', verdict: 'no' as const, comment: long, at: ago(at) }))

test('answers to commands', () => {
  fits(refusal({ code: 'x', rule: 'R1', text: long, who: long }))
  fits(fault(long))
  fits(said(long))
  const entries = many.map((at) => ({ usage: `/w${at % 5} ${long}`, help: long, example: long }))
  fits(help(entries, null))
  fits(help(entries, '/env'))
  fits(customerShow(scene))
  fits(customerList(many.map((at) => ({ ...(scene.customer ?? never()), id: `c${at}` }))))
  fits(environmentList(scene.environments.map((each, at) => ({ ...each, customer: `c${at}` }))))
  fits(environmentShow(scene, scene.environments[0] ?? never()))
  fits(migrationStatus(scene))
  fits(
    auditShow(
      many.map((seq) => ({ seq, at: now, actor: 'U_PM', verb: long, subject: long, why: long })),
      long,
    ),
  )
})

test('messages', () => {
  for (const audience of ['ops', 'customer'] as const) {
    const requests = [request('approve', subject.id, { verdicts, slots: subject.slots })]
    fits(operationMessage({ situation: { ...scene, requests }, operation: subject, steps, audience, requests }))
    fits(operationMessage({ situation: scene, operation: { ...subject, state: 'waiting' }, steps, audience, requests }))
    fits(planThread({ operation: subject, audience }))
    fits(resultThread({ operation: subject, steps, audience }))
    fits(checklistMessage({ situation: scene, golive, steps: checklist(scene), requests: scene.requests, audience }))
    for (const kind of Object.keys(requestKinds) as RequestKind[])
      for (const about of ['it-2', iq.id, 'env-val', golive.id])
        fits(requestMessage({ situation: scene, request: request(kind, about, { verdicts }), audience }))
    for (const event of announcementEvents)
      fits(
        announcement({
          event,
          data: { reason: long, comment: long, user: long, role: long, until: long },
          audience,
          situation: scene,
          environment: environment('val'),
        }),
      )
  }
})

test('Home', () => {
  const waiting = scene.requests.map((each) => ({ request: each, title: long, where: long }))
  const environments = scene.environments.map((each, at) => ({ ...each, customer: `c${at}` }))
  const running = scene.operations.map((each) => ({ operation: each, name: long }))
  fits(home({ waiting, environments, running, overdue: many.map(() => long), now }), 'home')
})

function never(): never {
  throw new Error('the scene has a customer and environments')
}
