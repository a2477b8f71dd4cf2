/** Whole ways through the hinge: what is left at every end, and that the situation always comes to rest. */
import { changeBySystem } from '../../src/change/index.js'
import { verifyAudit } from '../../src/db/audit-verify.js'
import { checklist } from '../../src/lifecycle/golive.js'
import type { EnvironmentState, OperationVerb } from '../../src/lifecycle/types.js'
import { Hinge } from '../support/hinge.js'
import { golive, live, migrated, onboarding, promoted, prospect, validated } from '../support/onboarding.js'
import { sql } from '../support/postgres.js'

const day = 86_400_000
let hinge: Hinge
/** No legacy database, validation complete, the go-live open, G1 and G2 done. */
let beforePromotion: { name: string; drop(): Promise<void> }
beforeAll(async () => {
  const first = await Hinge.open()
  await onboarding(first, false)
  await validated(first)
  await golive(first)
  beforePromotion = await first.keep()
})
afterAll(() => beforePromotion.drop())
beforeEach(async () => {
  hinge = await Hinge.open()
})
/** Goes on from there. */
async function skip(): Promise<void> {
  await hinge.close()
  hinge = await Hinge.open(beforePromotion.name)
}
afterEach(() => hinge.close())

const states = async (slug = 'acme') => Object.fromEntries((await hinge.situation(slug)).environments.map((e) => [e.name, e.state]))
const entries = async () =>
  Number(
    (
      await hinge.db
        .selectFrom('audit_entry')
        .select((e) => e.fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  )

/** Looking once more at what is settled changes nothing (level-triggered follow-ups). */
async function atRest(): Promise<void> {
  const before = await entries()
  for (const { id } of await hinge.db.selectFrom('customer').select('id').execute())
    await changeBySystem(hinge.deps, { verb: 'customer-due', customerId: id })
  expect(await entries()).toBe(before)
  expect((await verifyAudit(hinge.db)).broken).toBeNull()
}

test.each([true, false])('R28 from prospect to live, with a legacy database: %p', async (legacy) => {
  await onboarding(hinge, legacy)
  await atRest()
  if (legacy) await migrated(hinge)
  await validated(hinge)
  await golive(hinge)
  await atRest()
  await promoted(hinge)
  expect(await states()).toMatchObject({ 'acme-preprod': 'frozen', 'acme-prod': 'qualifying' })
  await live(hinge)
  await atRest()
  const s = await hinge.situation()
  expect(s.customer?.state).toBe('live')
  expect(checklist(s).map((x) => x.state)).toEqual([legacy ? 'done' : 'na', 'done', 'done', 'done', 'done', 'done'])
  // The notice is posted to nobody here: a teardown waits for it once more as long.
  await hinge.later(2 * day + 1)
  await hinge.work()
  await atRest()
  const ends = { 'acme-sandbox': 'destroyed', 'acme-val-1': 'destroyed', 'acme-preprod': 'promoted', 'acme-prod': 'ready' }
  expect(await states()).toEqual(legacy ? { ...ends, 'acme-migration': 'destroyed' } : ends)
})

test('R17 Community that comes after going live is given to the people of the customer at the next look', async () => {
  await skip()
  await promoted(hinge)
  await live(hinge)
  await hinge.does({ verb: 'env-create', kind: 'community', slug: null, from: null, version: null })
  await hinge.work()
  expect((await hinge.situation()).access).toEqual([])
  await hinge.sweeps()
  expect((await hinge.situation()).access.map((a) => a.userId).sort()).toEqual(['U_CQA_acme', 'U_LEAD_acme'])
  await hinge.does({ verb: 'env-access', environment: 'community', action: 'revoke', userId: 'U_CQA_acme', role: 'explorer' })
  await hinge.later(day)
  expect((await hinge.situation()).access.map((a) => a.userId)).toEqual(['U_LEAD_acme'])
  await prospect(hinge, 'beta')
  expect((await hinge.situation('beta')).access).toEqual([])
})

test('R28 a go-live that is rolled back leaves Pre-PROD as it was, and the next one makes a second PROD from new signatures', async () => {
  await onboarding(hinge)
  await migrated(hinge)
  await validated(hinge)
  await golive(hinge)
  await promoted(hinge)
  await hinge.clicks('sign-g4', 'sign', 'U_ENG2', 'acme-prod')
  await hinge.work()
  await hinge.does({ verb: 'golive-rollback', slug: 'acme', reason: 'counts differ' })
  await hinge.work()
  await expect(hinge.asked('sign-iq')).rejects.toThrow('finding an open request')
  await hinge.clicks('approve', 'approve', 'U_QA', 'acme-prod')
  await hinge.clicks('approve', 'approve', 'U_LEAD_acme', 'acme-prod')
  expect(await states()).toMatchObject({ 'acme-prod': 'ending' })
  await hinge.work()
  expect(await states()).toMatchObject({ 'acme-preprod': 'ready', 'acme-prod': 'destroyed' })
  await atRest()
  await hinge.later(1000)
  await golive(hinge)
  await promoted(hinge, 'acme-prod-2')
  expect(checklist(await hinge.situation()).map((x) => x.state)).toEqual(['done', 'done', 'done', 'open', 'blocked', 'blocked'])
  await live(hinge, 'acme-prod-2')
  expect((await hinge.situation()).customer?.state).toBe('live')
})

test('R28 who signs G6 while a rollback waits is told that it is decided already', async () => {
  await skip()
  await promoted(hinge)
  await hinge.clicks('sign-g4', 'sign', 'U_ENG2', 'acme-prod')
  for (const role of ['MAIN', 'TEST']) await hinge.clicks('sign-iq', 'sign', 'U_QA', `IQ-ACME-PROD-${role}`)
  await hinge.work()
  const g6 = await hinge.asked('sign-g6')
  await hinge.does({ verb: 'golive-rollback', slug: 'acme', reason: 'doubts' })
  expect(await hinge.press(g6, 'sign', 'U_LEAD_acme')).toMatchObject({ kind: 'refused', refusal: { code: 'already-decided' } })
  await hinge.work()
  await hinge.clicks('approve', 'reject', 'U_QA', 'acme-prod')
  await hinge.clicks('sign-g6', 'sign', 'U_LEAD_acme')
  expect((await hinge.situation()).customer?.state).toBe('onboarding')
  await hinge.work()
  expect((await hinge.situation()).customer?.state).toBe('live')
})

test.each<[OperationVerb, 'do' | 'undo', Record<string, EnvironmentState>]>([
  ['promote', 'do', { 'acme-preprod': 'ready', 'acme-prod': 'failed' }],
  ['promote', 'undo', { 'acme-prod': 'stuck' }],
])('R15 a %s that breaks while it %ss', async (verb, way, expected) => {
  await skip()
  await hinge.does({ verb: 'env-promote', environment: 'acme-preprod' }, 'U_ENG')
  await hinge.work()
  await hinge.clicks('approve', 'approve', 'U_QA', 'acme-prod')
  await hinge.clicks('approve', 'approve', 'U_LEAD_acme', 'acme-prod')
  const breaks = (about: { operation: { verb: string }; name: string; way: string }) =>
    about.operation.verb === verb && about.name === 'work' && (about.way === 'do' || way === 'undo') ? 'failed' : 'done'
  await hinge.work(breaks)
  expect(await states()).toMatchObject(expected)
  await atRest()
  if (way === 'undo') {
    const stuck = (await hinge.situation()).operations.find((o) => o.state === 'stuck')
    await hinge.does({ verb: 'resume', operationId: stuck?.id ?? '' })
    await hinge.work()
    expect(await states()).toMatchObject({ 'acme-preprod': 'ready', 'acme-prod': 'failed' })
  }
  await hinge.does({ verb: 'env-promote', environment: 'acme-preprod' }, 'U_ENG')
  expect(await states()).toMatchObject({ 'acme-prod-2': 'waiting' })
})

test('R15 a promotion that is cancelled while it waits leaves Pre-PROD untouched', async () => {
  await skip()
  await hinge.does({ verb: 'env-promote', environment: 'acme-preprod' }, 'U_ENG')
  await hinge.work()
  const waiting = (await hinge.situation()).operations.find((o) => o.state === 'waiting')
  await hinge.does({ verb: 'cancel', operationId: waiting?.id ?? '' })
  expect(await states()).toMatchObject({ 'acme-preprod': 'ready', 'acme-prod': 'destroyed' })
  await atRest()
})

test('R9 Migration that was to end is remade when other files need a new acceptance, and ends after the new approval', async () => {
  await onboarding(hinge)
  await migrated(hinge)
  await sql(hinge.ownerUrl, `update slipway.intake_file set sha256 = 'other'`)
  await hinge.does({ verb: 'migration-run', slug: 'acme' }, 'U_ENG')
  await hinge.later(2 * day)
  await hinge.work()
  expect(await states()).toMatchObject({ 'acme-migration': 'ready' })
  await hinge.clicks('review-iteration', 'accept-iteration', 'U_CQA_acme')
  await hinge.clicks('approve-scripts', 'approve-scripts', 'U_LEAD_acme')
  await hinge.work()
  await hinge.later(2 * day + 1)
  await hinge.work()
  expect(await states()).toMatchObject({ 'acme-migration': 'destroyed' })
})

test('R31 a teardown is postponed twice, by either side, and then runs', async () => {
  await onboarding(hinge)
  await hinge.does({ verb: 'env-destroy', environment: 'acme-sandbox', reason: 'not needed' })
  await hinge.work()
  await hinge.clicks('approve', 'approve', 'U_ENG', 'acme-sandbox')
  await hinge.clicks('postpone', 'postpone', 'U_LEAD_acme')
  await hinge.clicks('postpone', 'postpone', 'U_PM')
  await expect(hinge.asked('postpone')).rejects.toThrow('finding an open request')
  await hinge.later(28 * day)
  expect(await states()).toMatchObject({ 'acme-sandbox': 'ready' })
  await hinge.later(2 * day + 1)
  expect(await states()).toMatchObject({ 'acme-sandbox': 'ending' })
  await hinge.work()
  expect(await states()).toMatchObject({ 'acme-sandbox': 'destroyed' })
})

test('R31 past its limit an environment is reported once a week, also when something else happens at the same moment', async () => {
  await onboarding(hinge)
  await hinge.does({ verb: 'env-create', kind: 'demo', slug: 'acme', from: null, version: null })
  await hinge.work()
  await hinge.does({ verb: 'env-access', environment: 'acme-demo', action: 'grant', userId: 'U_NEW', role: 'user' })
  const reports = async () =>
    (await hinge.db.selectFrom('message').select('key').where('subject', '=', 'environment-over-limit').execute()).length
  await hinge.does({ verb: 'env-destroy', environment: 'acme-sandbox', reason: 'x' })
  await hinge.work()
  await hinge.clicks('approve', 'approve', 'U_ENG', 'acme-sandbox')
  await hinge.does({ verb: 'env-freeze', slug: 'acme', reason: 'inspection' }, 'U_QA')
  await hinge.later(366 * day)
  expect(await reports()).toBe(2)
  await hinge.later(day)
  expect(await reports()).toBe(2)
  await hinge.later(7 * day)
  expect(await reports()).toBe(4)
  await hinge.does({ verb: 'env-unfreeze', slug: 'acme', reason: 'over' }, 'U_QA')
  expect(await states()).toMatchObject({ 'acme-sandbox': 'ending' })
})

test('R40 what a freeze of everything held up goes on when it is lifted', async () => {
  await onboarding(hinge)
  await hinge.does({ verb: 'env-freeze', slug: null, reason: 'audit' }, 'U_QA')
  expect(await hinge.says({ verb: 'env-freeze', slug: 'acme', reason: 'more' }, 'U_QA')).toMatchObject({ kind: 'agreed' })
  expect(await hinge.says({ verb: 'env-destroy', environment: 'acme-sandbox', reason: 'x' })).toMatchObject({ refusal: { code: 'frozen' } })
  await hinge.does({ verb: 'env-unfreeze', slug: 'acme', reason: 'x' }, 'U_QA')
  expect(await hinge.says({ verb: 'env-destroy', environment: 'acme-sandbox', reason: 'x' })).toMatchObject({ refusal: { code: 'frozen' } })
  await hinge.does({ verb: 'env-unfreeze', slug: null, reason: 'x' }, 'U_QA')
  expect(await hinge.says({ verb: 'env-destroy', environment: 'acme-sandbox', reason: 'x' })).toMatchObject({ kind: 'agreed' })
})
