/** Who is looked at, by whom and when: claimed once, nobody waited for, and nothing forgotten that was asked meanwhile. */
import { Client } from 'pg'
import { basisOf, frameOf } from '../../src/change/deps.js'
import { applyEffects, followUp, gather } from '../../src/change/follow.js'
import { changeBySystem } from '../../src/change/index.js'
import { claimDue, noteDue, requireAnew, requireUnder } from '../../src/db/due.js'
import { lockPlace } from '../../src/db/place.js'
import { readSituation } from '../../src/db/situation.js'
import { nextDue } from '../../src/lifecycle/next-due.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import { begin } from '../../src/queue/sweep.js'
import { Hinge } from '../support/hinge.js'
import { onboarding, prospect } from '../support/onboarding.js'
import { makeCustomers } from '../support/state.js'

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
let hinge: Hinge
let holder: Client
beforeEach(async () => {
  hinge = await Hinge.open()
  holder = new Client({ connectionString: hinge.ownerUrl })
  await holder.connect()
  await holder.query('set search_path to slipway')
})
afterEach(async () => {
  await holder.end()
  await hinge.close()
})

const now = new Date('2026-05-12T09:30:00Z')
const at = (ms: number) => new Date(now.getTime() + ms)
const basis = 'policy 1'
const claims = async (ms = 0, limit = 100) => (await claimDue(hinge.db, { now: at(ms), limit, basis })).sort()
/** Customers who wait for nothing, and the system too. */
async function waiting(...ids: string[]): Promise<void> {
  await makeCustomers(hinge.ownerUrl, ...ids)
  await hinge.db.updateTable('customer').set({ state: 'onboarding' }).execute()
  for (const id of [null, ...ids]) await noteDue(hinge.db, id, null)
}

test('a place is claimed when its moment has come, once, and again where nobody looked at it for a minute', async () => {
  await waiting('cus_a', 'cus_b')
  expect(await claims()).toEqual([])
  await noteDue(hinge.db, 'cus_a', now)
  await noteDue(hinge.db, null, at(5))
  expect(await claims(-1)).toEqual([])
  expect(await claims(0)).toEqual(['cus_a'])
  expect(await claims(5)).toEqual([null])
  expect(await claims(minute - 1)).toEqual([])
  expect(await claims(minute)).toEqual(['cus_a'])
  await noteDue(hinge.db, 'cus_a', null)
  expect(await claims(day)).toEqual([null])
})

test('what a process of an earlier release changed, which knows of no moment, is looked at by the next sweep', async () => {
  await waiting('cus_a', 'cus_b')
  await holder.query(`update customer set settled_at = now() where id = 'cus_a'`)
  expect(await claims()).toEqual(['cus_a'])
  await holder.query(
    `insert into request (id, kind, subject, customer_id, version, hash, slots, state, opened_at)
       values ('req_1', 'approve', 'op_1', null, 1, 'h', '[]', 'open', now())`,
  )
  expect(await claims()).toEqual([null])
  await noteDue(hinge.db, null, null)
  await holder.query(
    `insert into operation (id, customer_id, verb, state, plan, plan_hash, requested_by, requested_at, slots)
       values ('op_1', null, 'create', 'scheduled', '{}', 'h', 'U_PM', now(), '[]')`,
  )
  expect(await claims()).toEqual([null])
})

test('two who claim at once get different places, who waits longest first', async () => {
  await waiting('cus_a', 'cus_b', 'cus_c')
  for (const [i, id] of ['cus_c', 'cus_a', 'cus_b'].entries()) await noteDue(hinge.db, id, at(i - 10))
  const both = await Promise.all([1, 2].map(() => claimDue(hinge.db, { now, limit: 2, basis })))
  expect(both.flat().sort()).toEqual(['cus_a', 'cus_b', 'cus_c'])
  for (const id of ['cus_a', 'cus_c']) await noteDue(hinge.db, id, at(2 * minute))
  await noteDue(hinge.db, 'cus_b', at(minute))
  expect(await claims(day, 1)).toEqual(['cus_b'])
})

test('a place that somebody is changing is not waited for, and what it was required for is not forgotten', async () => {
  await waiting('cus_a', 'cus_b')
  await holder.query('begin')
  await holder.query(`select from customer where id = 'cus_a' for update`)
  await requireAnew(hinge.db, now)
  expect(await claims()).toEqual(['cus_b', null])
  expect(await claims(1)).toEqual([])
  // Whoever held it had not seen what changed, and says that it waits for nothing.
  await holder.query(`update customer set due_at = null where id = 'cus_a'`)
  await holder.query('commit')
  expect(await claims(2)).toEqual(['cus_a'])
  expect(await hinge.db.selectFrom('due_anew').selectAll().execute()).toEqual([])
})

test('what is required anew while it is claimed is looked at once more', async () => {
  await waiting('cus_a')
  await requireAnew(hinge.db, now)
  await hinge.db.transaction().execute(async (tx) => {
    await requireAnew(tx, now)
    expect(await claims()).toEqual(['cus_a', null])
    for (const id of ['cus_a', null]) await noteDue(hinge.db, id, null)
  })
  expect(await claims()).toEqual(['cus_a', null])
})

test('a worker that starts by another policy has everybody looked at, once, and not by who still decides by the one before', async () => {
  await waiting('cus_a')
  await requireUnder(hinge.db, basis, now)
  expect(await claims()).toEqual(['cus_a', null])
  for (const id of ['cus_a', null]) await noteDue(hinge.db, id, null)
  await Promise.all([1, 2].map(() => requireUnder(hinge.db, 'policy 2', now)))
  expect(await claims(day)).toEqual([])
  const under2 = async () => (await claimDue(hinge.db, { now, limit: 10, basis: 'policy 2' })).sort()
  expect(await under2()).toEqual(['cus_a', null])
  for (const id of ['cus_a', null]) await noteDue(hinge.db, id, null)
  await requireUnder(hinge.db, 'policy 2', now)
  expect(await under2()).toEqual([])
})

test('deadlines come before those who are looked at because of something else', async () => {
  await waiting('cus_a', 'cus_b', 'cus_c')
  await requireAnew(hinge.db, at(-hour))
  await noteDue(hinge.db, 'cus_c', at(-1))
  expect(await claims(0, 1)).toEqual(['cus_c', null])
})

test('everybody may be required for a later moment', async () => {
  await waiting('cus_a', 'cus_b')
  await requireAnew(hinge.db, at(10))
  expect(await claims(9)).toEqual([])
  expect(await claims(10)).toEqual(['cus_a', 'cus_b', null])
})

const noted = async (slug: string | null = 'acme') => {
  const s = await hinge.situation(slug)
  const { due_at: dueAt } = s.customer
    ? await hinge.db.selectFrom('customer').select('due_at').where('id', '=', s.customer.id).executeTakeFirstOrThrow()
    : await hinge.db.selectFrom('system_place').select('due_at').executeTakeFirstOrThrow()
  expect(dueAt).toEqual(nextDue(s))
  return dueAt
}

test('every change notes when its place is to be looked at next', async () => {
  await prospect(hinge)
  expect(await noted()).toBeNull()
  await hinge.does({ verb: 'env-create', kind: 'demo', slug: 'acme', from: null, version: null })
  await hinge.work()
  expect(await noted()).toBeNull()
  await hinge.does({ verb: 'env-access', environment: 'acme-demo', action: 'grant', userId: 'U_NEW', role: 'user' })
  const { until } = await hinge.db.selectFrom('access').select('until').executeTakeFirstOrThrow()
  expect(await noted()).toEqual(until)
  await hinge.later(14 * day)
  expect(await noted()).toBeNull()
  await hinge.does({ verb: 'env-create', kind: 'community', slug: null, from: null, version: null })
  await hinge.work()
  expect(await noted(null)).toBeNull()
})

test('nobody is looked at for nothing, however much time passes', async () => {
  await prospect(hinge)
  await hinge.does({ verb: 'env-create', kind: 'demo', slug: 'acme', from: null, version: null })
  await hinge.work()
  await hinge.sweeps()
  for (const passed of [hour, day, 300 * day]) {
    expect(await claimDue(hinge.db, { now: new Date(Date.now() + passed), limit: 10, basis: basisOf(hinge.deps) })).toEqual([])
  }
})

test('R40 a freeze of everything that is lifted lets go on what it held up, at the next sweep', async () => {
  await onboarding(hinge)
  await hinge.does({ verb: 'env-destroy', environment: 'acme-sandbox', reason: 'x' })
  await hinge.work()
  await hinge.clicks('approve', 'approve', 'U_ENG', 'acme-sandbox')
  await hinge.does({ verb: 'env-freeze', slug: null, reason: 'audit' }, 'U_QA')
  await hinge.later(20 * day)
  const { id: customerId } = await hinge.db.selectFrom('customer').select('id').executeTakeFirstOrThrow()
  await changeBySystem(hinge.deps, { verb: 'customer-due', customerId })
  const state = async () => (await hinge.situation()).environments.find((e) => e.name === 'acme-sandbox')?.state
  expect(await state()).toBe('ready')
  await hinge.does({ verb: 'env-unfreeze', slug: null, reason: 'x' }, 'U_QA')
  await hinge.sweeps()
  expect(await state()).toBe('ending')
})

test('R17 who goes live while Community becomes ready gets it all the same', async () => {
  await prospect(hinge)
  await hinge.does({ verb: 'env-create', kind: 'community', slug: null, from: null, version: null })
  await hinge.sweeps()
  await hinge.db.updateTable('customer').set({ state: 'onboarding' }).execute()
  const { id } = await hinge.db.selectFrom('customer').select('id').executeTakeFirstOrThrow()
  await hinge.db.transaction().execute(async (tx) => {
    await lockPlace(tx, id)
    const gathered = gather({ frame: await frameOf(hinge.deps, tx), customerId: id, actor: 'system' })
    await applyEffects(hinge.deps, tx, await readSituation(tx, id, gathered.frame), [{ do: 'set-customer', state: 'live' }], gathered)
    await followUp(hinge.deps, tx, gathered)
    // Beside it, and seen by nobody in here.
    await hinge.work()
  })
  expect((await hinge.situation()).access).toEqual([])
  await hinge.later(day)
  expect((await hinge.situation()).access.map((a) => a.userId).sort()).toEqual(['U_CQA_acme', 'U_LEAD_acme'])
})

test('R30 an approval that nobody clicks expires by itself, at the moment that was noted when it was asked for', async () => {
  await prospect(hinge)
  await hinge.does({ verb: 'customer-sign', slug: 'acme', sandbox: 'base' }, 'U_PM')
  await hinge.work()
  const open = async () => (await hinge.situation()).requests.filter((r) => r.kind === 'approve' && r.state === 'open')
  expect((await noted())?.getTime()).toBe((await open())[0]?.dueAt?.getTime())
  await hinge.later(8 * day)
  expect(await open()).toEqual([])
  expect((await hinge.situation()).operations.at(-1)?.state).toBe('expired')
})

test('R29 another policy, as a worker starts with it, renews what is open, whoever else may sign then', async () => {
  await onboarding(hinge)
  const asked = async () => (await hinge.situation()).requests.find((r) => r.kind === 'choose-source' && r.state === 'open')
  await begin(hinge.deps)
  await hinge.sweeps()
  const before = await asked()
  expect(before?.slots[0]?.roles).toEqual(['customer:lead', 'customer:owner'])
  hinge.deps.policy = policyOf(policySchema.parse({ ...hinge.deps.policy, verbs: { 'choose-source': entry } }))
  await begin(hinge.deps)
  await hinge.sweeps()
  expect(await asked()).toMatchObject({ version: (before?.version ?? 0) + 1, slots: [{ roles: ['customer:owner'] }] })
})

const entry = { ask: ['customer:owner'], approve: [['customer:owner']] }
