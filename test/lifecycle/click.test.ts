/** A click decides nothing but what was shown, by whom the server knows to be entitled (R29, R30). */
import type { Click } from '../../src/lifecycle/ask.js'
import { click } from '../../src/lifecycle/click.js'
import type { Actor, Request, Situation, Slot, Verdict } from '../../src/lifecycle/types.js'
import {
  customerQa,
  day,
  effectsOf,
  engineer,
  engineer2,
  env,
  hour,
  iteration,
  later,
  lead,
  member,
  now,
  of,
  op,
  otherLead,
  policy,
  qa,
  refusalOf,
  request,
  situation,
  stateGiven,
  stranger,
  vendor,
} from '../support/situation.js'

const slots: Slot[] = [
  { id: '1', party: 'vendor', roles: ['vendor:qa'], not: ['U_PM'] },
  { id: '2', party: 'customer', roles: ['customer:lead'], not: ['U_PM'] },
]
const prod = env('prod', 'waiting')
const waiting = op('promote', prod, { id: 'op', state: 'waiting', slots })
const asked = request('approve', 'op', { id: 'req', slots, dueAt: later(6 * day) })
const yes = (slot: string, userId: string): Verdict => ({ slot, userId, verdict: 'yes', comment: null, at: now })
const with_ = (more: Partial<Request> = {}, rest: Parameters<typeof situation>[0] = {}): Situation =>
  situation({ environments: [prod], operations: [waiting], requests: [{ ...asked, ...more }], ...rest })
const press = (more: Partial<Click> = {}): Click => ({
  verb: 'click',
  requestId: 'req',
  version: 1,
  hash: 'abcdef01',
  action: 'approve',
  comment: null,
  ...more,
})

test.each<[string, Situation, Partial<Click>, Actor]>([
  ['unknown-request', situation(), {}, qa],
  ['unknown-request', with_(), { action: 'sign' }, qa],
  ['expired', with_({ dueAt: now }), {}, qa],
  ['expired', with_({ state: 'expired' }), {}, qa],
  ['already-decided', with_({ state: 'granted' }), {}, qa],
  ['already-decided', with_({ state: 'void' }), {}, qa],
  ['old-message', with_({ version: 2 }), {}, qa],
  ['old-message', with_(), { version: 2 }, qa],
  ['old-message', with_(), { hash: 'abcdef02' }, qa],
  ['old-message', with_(), { hash: '' }, qa],
  ['old-message', with_(), { hash: 'abcdef0' }, qa],
  ['frozen', with_({}, { freezes: [{ customerId: null, reason: 'audit', by: 'U_QA', at: now }] }), {}, qa],
  ['stranger', with_(), {}, stranger],
  ['not-yours', with_(), {}, otherLead],
  ['one-slot', with_({ verdicts: [yes('1', 'U_QA')] }), {}, vendor('U_QA', 'qa')],
  ['not-entitled', with_(), {}, member],
  ['not-entitled', with_(), {}, engineer],
  ['own-request', with_(), {}, vendor('U_PM', 'pm', 'qa')],
  ['slot-taken', with_({ verdicts: [yes('1', 'U_QA')] }), {}, vendor('U_QA2', 'qa')],
])('R30 a click is refused: %s (R39)', (code, s, more, actor) => {
  const refusal = refusalOf(click(s, press(more), actor))
  expect(refusal?.code).toBe(code)
  expect(refusal?.rule).toMatch(/^R(29|30|40)$/)
})

/** Who decided, that it expired, that all is frozen and why: none of it is for those whose request it is not. */
test.each<[string, Actor]>([
  ['stranger', stranger],
  ['not-yours', otherLead],
  ['not-entitled', member],
])('R30 R38 whoever may not decide learns nothing of what was decided: %s', (code, actor) => {
  const secrets = [
    with_({ state: 'granted', verdicts: [yes('1', 'U_QA')] }),
    with_({ state: 'void', verdicts: [yes('1', 'U_QA')] }),
    with_({ state: 'expired' }),
    with_({ dueAt: now }),
    with_({ version: 2 }),
    with_({}, { freezes: [{ customerId: null, reason: 'inspection at zenith', by: 'U_QA', at: now }] }),
  ]
  for (const s of secrets) {
    const refusal = refusalOf(click(s, press(), actor))
    expect(refusal?.code).toBe(code)
    expect(JSON.stringify(refusal)).not.toMatch(/U_QA|zenith|decided already|expired/)
    expect(refusalOf(click(s, press({ action: 'sign' }), actor))?.code).toBe(code)
  }
})

test('R30 of two slots that one person may fill, the one that excludes them stays open', () => {
  const both: Slot[] = slots.map((slot) => ({ ...slot, party: 'vendor', roles: ['vendor:qa'], not: slot.id === '1' ? ['U_QA'] : [] }))
  const effects = effectsOf(click(with_({ slots: both }), press(), vendor('U_QA', 'qa')))
  expect(effects).toEqual([{ do: 'add-verdict', requestId: 'req', slot: '2', verdict: 'yes', comment: null }])
})

test('R30 one person with two roles fills one slot of two', () => {
  const both: Slot[] = slots.map((slot) => ({ ...slot, roles: ['vendor:qa', 'vendor:pm'] }))
  const s = with_({ slots: both, verdicts: [yes('1', 'U_BOTH')] })
  expect(refusalOf(click(s, press(), vendor('U_BOTH', 'qa', 'pm')))?.code).toBe('one-slot')
})

test('R29 the operation starts with the last approval, not before', () => {
  const first = effectsOf(click(with_(), press(), qa))
  expect(first).toEqual([{ do: 'add-verdict', requestId: 'req', slot: '1', verdict: 'yes', comment: null }])
  const last = effectsOf(click(with_({ verdicts: [yes('1', 'U_QA')] }), press(), lead))
  expect(of(last, 'set-operation')).toEqual([{ do: 'set-operation', id: 'op', state: 'running' }])
  expect(of(last, 'set-request')).toMatchObject([{ state: 'granted' }])
  expect(stateGiven(last, 'acme-prod')).toBe('building')
})

test('R29 one rejection ends it, whatever was approved before, and nothing is built', () => {
  const effects = effectsOf(click(with_({ verdicts: [yes('1', 'U_QA')] }), press({ action: 'reject' }), lead))
  expect(of(effects, 'set-operation')).toMatchObject([{ state: 'rejected' }])
  expect(of(effects, 'set-request')).toMatchObject([{ state: 'refused' }])
  expect(stateGiven(effects, 'acme-prod')).toBe('destroyed')
})

test('R31 the notice of a teardown runs from its approval, and both parties hear of it', () => {
  const sandbox = env('sandbox')
  const teardown = op('teardown', sandbox, { id: 'op', state: 'waiting', slots: slots.slice(0, 1), runAt: later(-hour) })
  const s = situation({ environments: [sandbox], operations: [teardown], requests: [{ ...asked, slots: slots.slice(0, 1) }] })
  const effects = effectsOf(click(s, press(), qa))
  expect(of(effects, 'set-operation')).toMatchObject([{ state: 'scheduled', runAt: later(day) }])
  expect(of(effects, 'announce')).toMatchObject([{ event: 'teardown-scheduled', audience: 'both', environment: 'acme-sandbox' }])
  expect(stateGiven(effects, 'acme-sandbox')).toBeUndefined()
})

test('R29 a teardown that was rejected leaves its environment as it was', () => {
  const sandbox = env('sandbox')
  const s = situation({ environments: [sandbox], operations: [op('teardown', sandbox, { id: 'op', state: 'waiting' })], requests: [asked] })
  expect(of(effectsOf(click(s, press({ action: 'reject' }), qa)), 'set-environment')).toEqual([])
})

const postponing = (postponed: number) => {
  const sandbox = env('sandbox')
  const scheduled = op('teardown', sandbox, { id: 'op', state: 'scheduled', runAt: later(hour), postponed })
  const anybody = request('postpone', 'op', {
    id: 'req',
    slots: [{ id: '1', party: 'customer', roles: policy.verbs.postpone.approve[0] ?? [], not: [] }],
  })
  return situation({ environments: [sandbox], operations: [scheduled], requests: [anybody] })
}

test.each([
  ['the customer', lead],
  ['the vendor', engineer],
])('R31 %s postpones by 14 days', (_, actor) => {
  const effects = effectsOf(click(postponing(1), press({ action: 'postpone' }), actor))
  expect(of(effects, 'set-operation')).toEqual([
    { do: 'set-operation', id: 'op', state: 'scheduled', runAt: later(hour + 14 * day), postponed: 2 },
  ])
  expect(of(effects, 'announce')).toMatchObject([{ event: 'teardown-postponed', audience: 'both' }])
  expect(of(effects, 'sign')).toEqual([])
})

test('R9 an iteration is accepted or rejected with a comment; the approval of the scripts is a signature by the lead', () => {
  const review = request('review-iteration', 'itr-1', {
    id: 'req',
    slots: [{ id: '1', party: 'customer', roles: ['customer:lead', 'customer:qa'], not: [] }],
  })
  const s = situation({ iterations: [iteration(1, 'review')], requests: [review] })
  const rejected = effectsOf(click(s, press({ action: 'reject-iteration', comment: 'codes are missing' }), customerQa))
  expect(of(rejected, 'set-iteration')).toMatchObject([{ state: 'rejected' }])
  expect(of(rejected, 'announce')).toMatchObject([{ event: 'iteration-rejected', data: { number: 1, comment: 'codes are missing' } }])
  expect(of(effectsOf(click(s, press({ action: 'accept-iteration' }), customerQa)), 'set-iteration')).toMatchObject([{ state: 'accepted' }])
  const scripts = request('approve-scripts', 'itr-1', {
    id: 'req',
    slots: [{ id: '1', party: 'customer', roles: ['customer:lead'], not: [] }],
  })
  const accepted = situation({ iterations: [iteration(1, 'accepted')], requests: [scripts] })
  expect(refusalOf(click(accepted, press({ action: 'approve-scripts' }), customerQa))?.code).toBe('not-entitled')
  const effects = effectsOf(click(accepted, press({ action: 'approve-scripts' }), lead))
  expect(of(effects, 'sign')).toMatchObject([{ kind: 'approve-scripts', subject: 'itr-1', role: 'customer:lead', hash: scripts.hash }])
})

test('R28 G4 is never signed by who implemented it', () => {
  const g4 = request('sign-g4', prod.id, {
    id: 'req',
    slots: [{ id: '1', party: 'vendor', roles: ['vendor:engineer', 'vendor:qa'], not: ['U_ENG'] }],
  })
  const s = situation({ environments: [prod], requests: [g4] })
  expect(refusalOf(click(s, press({ action: 'sign' }), engineer))).toMatchObject({ code: 'own-request' })
  expect(click(s, press({ action: 'sign' }), engineer2).ok).toBe(true)
})

test('R11 the customer lead asks for VAL by a click; what stands in the way is said, and nothing is written', () => {
  const button = request('ask-val', 'env-acme-preprod', {
    id: 'req',
    slots: [{ id: '1', party: 'customer', roles: ['customer:lead', 'vendor:pm'], not: [] }],
  })
  const s = situation({ environments: [env('preprod')], requests: [button] })
  expect(refusalOf(click(s, press({ action: 'ask-val' }), lead))).toMatchObject({ code: 'scripts-not-approved' })
  const effects = effectsOf(click({ ...s, iterations: [iteration(1, 'approved')] }, press({ action: 'ask-val' }), lead))
  expect(of(effects, 'add-operation')[0]?.operation.slots.map((x) => [x.roles, x.not])).toEqual([
    [['vendor:engineer'], ['U_LEAD']],
    [['vendor:qa'], ['U_LEAD']],
  ])
  expect(of(effects, 'sign')).toEqual([])
})
