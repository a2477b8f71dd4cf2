/** Who is asked to qualify what, when an IQ can be signed, and what becomes of deviations, as rules (R22, R28, R29, R30). */
import { checklist } from '../../src/lifecycle/golive.js'
import { deviationNumber, nextExecution, startQualification, whyAgain } from '../../src/lifecycle/qualification.js'
import { wantedRequests } from '../../src/lifecycle/requests.js'
import { settle } from '../../src/lifecycle/settle.js'
import type { Document, Situation } from '../../src/lifecycle/types.js'
import { deviation } from '../support/deviation.js'
import { afterPromotion, env, iqs, of, op, request, signature, signed, situation } from '../support/situation.js'

const val = env('val', 'qualifying')
const [main, test_] = iqs(val) as [Document, Document]
const asked = (s: Situation) =>
  wantedRequests(s)
    .map(({ kind, subject }) => `${kind} ${subject}`)
    .sort()
const scene = (documents: Document[], more: Partial<Situation> = {}): Situation => ({
  ...situation({ environments: [val], documents }),
  ...more,
})

test('R29 what is made waits for an engineer to start its qualification, unless it is being worked on', () => {
  expect(asked(scene([]))).toEqual([`start-qualification ${val.id}`])
  expect(asked(scene([], { operations: [op('qualify', val, { state: 'running' })] }))).toEqual([])
  expect(asked(scene([], { environments: [env('val', 'building')] }))).toEqual([])
  expect(wantedRequests(scene([]))[0]?.slots).toEqual([{ id: '1', party: 'vendor', roles: ['vendor:engineer'], not: [] }])
})

test('R40 while the lifecycle measures, who was asked stays asked and is told to click again; nobody is asked anew', () => {
  const operations = [op('measure', val, { state: 'running' })]
  expect(asked(scene([], { operations }))).toEqual([])
  const open = request('start-qualification', val.id, { id: 'req' })
  expect(asked(scene([], { operations, requests: [open] }))).toEqual([`start-qualification ${val.id}`])
  expect(startQualification(scene([], { operations }), open)).toMatchObject({
    ok: false,
    refusal: { code: 'environment-busy', rule: 'R40' },
  })
  expect(startQualification(scene([]), open)).toMatchObject({
    ok: true,
    effects: [{ do: 'add-operation', operation: { verb: 'qualify' } }],
  })
})

test('R30 the start is for the execution that was shown: the next one needs its own click', () => {
  const hash = (documents: Document[]) => wantedRequests(scene(documents)).find(({ kind }) => kind === 'start-qualification')?.hash
  expect(hash([])).not.toBe(hash([{ ...main, outcome: 'fail' }]))
})

test('R22 only an IQ that passed is signed; beside it the failed one is executed again', () => {
  expect(asked(scene([main, { ...test_, outcome: 'fail' }]))).toEqual([`sign-iq ${main.id}`, `start-qualification ${val.id}`])
  expect(asked(scene([main, { ...test_, outcome: 'pass-with-deviations' }]))).toEqual([`sign-iq ${main.id}`, `sign-iq ${test_.id}`])
})

test('an IQ whose outcome was not recorded is executed again while it waits for its hand-over, and counts where it was handed over', () => {
  const old = iqs(val).map((d) => ({ ...d, execution: null, outcome: null }))
  expect(asked(scene(old, { signatures: signed(old) }))).toEqual([`start-qualification ${val.id}`])
  expect(settle(scene(old, { signatures: signed(old) }))).toEqual([])
  expect(nextExecution(scene(old), val.instances[0]?.id ?? '')).toBe(2)
  const promoted = afterPromotion()
  const prod = promoted.environments.find(({ kind }) => kind === 'prod') ?? val
  const live = { ...prod, state: 'ready' as const }
  const documents = iqs(live).map((d) => ({ ...d, execution: null, outcome: null }))
  const signatures = [...promoted.signatures, signature('sign-g4', live.id), ...signed(documents)]
  const s = { ...promoted, documents, signatures, environments: promoted.environments.map((e) => (e === prod ? live : e)) }
  expect(checklist(s).map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'done', 'open'])
})

test('R28 a failed IQ closes no G5, however often its other revision was signed', () => {
  const promoted = afterPromotion()
  const prod = promoted.environments.find(({ kind }) => kind === 'prod') ?? val
  const documents = iqs(prod)
  const again = { ...(documents[0] as Document), id: 'doc-again', revision: 2, execution: 2, outcome: 'fail' as const }
  const signatures = [...promoted.signatures, signature('sign-g4', prod.id), ...signed(documents), ...signed([again])]
  const g5 = (all: Document[]) => checklist({ ...promoted, documents: all, signatures })[4]?.state
  expect([g5(documents), g5([...documents, again])]).toEqual(['done', 'open'])
})

test('R22 R30 each open deviation is judged by QA, but not by who answered for an execution', () => {
  const open = deviation(val.id, { instanceId: main.instanceId })
  const s = scene([{ ...main, outcome: 'fail' }, test_], {
    deviations: [open, deviation(val.id, { disposition: 'rejected' })],
    operations: [op('qualify', val, { requestedBy: 'U_QA' }), op('qualify', val, { requestedBy: 'system' })],
  })
  const wanted = wantedRequests(s).filter(({ kind }) => kind === 'accept-deviation')
  expect(wanted.map(({ subject, slots }) => [subject, slots[0]?.roles, slots[0]?.not])).toEqual([[open.id, ['vendor:qa'], ['U_QA']]])
  expect(wantedRequests(s).find(({ kind }) => kind === 'sign-iq')?.slots[0]?.not).toEqual(['U_QA'])
})

test('R30 who asked for an environment judges neither its deviations nor its IQ', () => {
  const s = scene([main, { ...test_, outcome: 'fail' }], {
    deviations: [deviation(val.id, { instanceId: test_.instanceId })],
    operations: [op('create', val, { requestedBy: 'U_QA' }), op('qualify', val, { requestedBy: 'U_ENG' })],
  })
  const not = (kind: string) => wantedRequests(s).find((wanted) => wanted.kind === kind)?.slots[0]?.not
  expect([not('accept-deviation'), not('sign-iq')]).toEqual([
    ['U_QA', 'U_ENG'],
    ['U_QA', 'U_ENG'],
  ])
})

test('R30 a deviation is judged by all that was found, whatever its text shows of it', () => {
  const hash = (foundSha256: string) =>
    wantedRequests(scene([], { deviations: [deviation(val.id, { id: 'dev', foundSha256 })] })).find(
      ({ kind }) => kind === 'accept-deviation',
    )?.hash
  expect(hash('a')).not.toBe(hash('b'))
})

test('R22 an IQ is executed again where its signed copy was refused as another than was issued, not where a fault kept it from being issued', () => {
  const after = (refusal: string | null) =>
    scene([main, test_], {
      signatures: signed([main, test_]),
      operations: [op('endorse', val, { state: 'undone', requestedAt: main.at, refusal, trouble: 'IQ is not as it was issued. (R22)' })],
    })
  const asks = [null, 'superuser-connected', 'document-changed', 'record-outdated', 'signature-differs', 'attachment-differs']
  expect(asks.map((refusal) => asked(after(refusal)).includes(`start-qualification ${val.id}`))).toEqual([
    false,
    false,
    true,
    true,
    true,
    true,
  ])
  expect([whyAgain(after(null), val), whyAgain(after('document-changed'), val)]).toEqual([null, 'IQ is not as it was issued. (R22)'])
})

test('R22 the IQ is issued again once every deviation that stands is accepted, once', () => {
  const failed = { ...main, outcome: 'fail' as const }
  const with_ = (...dispositions: ('open' | 'accepted' | 'corrected')[]) =>
    scene([failed, test_], {
      deviations: dispositions.map((disposition) => deviation(val.id, { instanceId: main.instanceId, disposition })),
    })
  const issued = (s: Situation) => of(settle(s), 'add-operation').map(({ operation }) => `${operation.verb} ${operation.job}`)
  expect(issued(with_('accepted', 'corrected'))).toEqual(['qualify conclude'])
  expect([issued(with_('accepted', 'open')), issued(with_('corrected')), issued(with_())]).toEqual([[], [], []])
  const before = with_('accepted')
  const tried = op('qualify', val, { requestedAt: before.now, plan: { job: 'conclude', data: {}, steps: [], elements: [] } })
  expect(issued({ ...before, operations: [tried] })).toEqual([])
})

test('numbers of deviations go on within an environment, whatever became of those before', () => {
  const s = scene([], { deviations: [deviation(val.id, { disposition: 'corrected' }), deviation('env-other')] })
  expect([deviationNumber(s, val), deviationNumber(s, val, 1)]).toEqual(['DEV-ACME-VAL-1-2', 'DEV-ACME-VAL-1-3'])
})
