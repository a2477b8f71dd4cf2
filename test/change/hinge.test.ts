/** The hinge on a real PostgreSQL: once is once, two at a time are one after the other, and what was decided is on record (R30, R32, R40). */
import { changeByPerson } from '../../src/change/index.js'
import { verifyAudit } from '../../src/db/audit-verify.js'
import type { PersonAsk } from '../../src/lifecycle/ask.js'
import { Hinge, opsChannel } from '../support/hinge.js'
import { onboarding, prospect } from '../support/onboarding.js'
import { sql } from '../support/postgres.js'

let hinge: Hinge
beforeAll(async () => {
  hinge = await Hinge.open()
  await onboarding(hinge)
  await prospect(hinge, 'beta')
})
afterAll(() => hinge.close())

const count = async (
  table: 'environment' | 'operation' | 'outbox' | 'audit_entry' | 'message' | 'request' | 'customer' | 'signature' | 'verdict',
) =>
  Number(
    (
      await hinge.db
        .selectFrom(table)
        .select((e) => e.fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  )
const everything = async () =>
  Object.fromEntries(
    await Promise.all(
      (['environment', 'operation', 'outbox', 'message', 'request', 'customer', 'signature', 'verdict'] as const).map(async (t) => [
        t,
        await count(t),
      ]),
    ),
  )
const createDemo = (version: string, slug = 'beta'): PersonAsk => ({ verb: 'env-create', kind: 'demo', slug, from: null, version })
const newest = (slug = 'acme') =>
  hinge.db
    .selectFrom('audit_entry as a')
    .innerJoin('customer as c', 'c.id', 'a.chain')
    .selectAll('a')
    .where('c.slug', '=', slug)
    .orderBy('seq', 'desc')
const newestOfSystem = () => hinge.db.selectFrom('audit_entry').selectAll().where('chain', '=', 'system').orderBy('seq', 'desc')

test('R30 the same payload twice is carried out once, and answered alike', async () => {
  const first = await hinge.says(createDemo('24.1'), 'U_SALES', 'twice')
  const again = await hinge.says(createDemo('24.1'), 'U_SALES', 'twice')
  expect(first).toMatchObject({ kind: 'agreed', repeated: false })
  expect(again).toEqual({ ...first, repeated: true })
  expect((await hinge.situation('beta')).environments).toHaveLength(1)
})

test('R30 the same payload from three connections at once is carried out once', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => hinge.says(createDemo('24.2'), 'U_SALES', 'thrice')))
  expect(answers.filter((a) => !a.repeated)).toHaveLength(1)
  expect(answers.every((a) => a.kind === 'agreed')).toBe(true)
  expect((await hinge.situation('beta')).environments.map((e) => e.name)).toEqual(['beta-demo', 'beta-demo-2'])
})

test('R39 a refusal is answered again as it was, though it might be agreed to now', async () => {
  const ask: PersonAsk = { verb: 'customer-sign', slug: 'gamma', sandbox: 'base' }
  const first = await hinge.says(ask, 'U_PM', 'early')
  expect(first).toMatchObject({ kind: 'refused', refusal: { code: 'unknown-customer' } })
  await prospect(hinge, 'gamma')
  expect(await hinge.says(ask, 'U_PM', 'early')).toEqual({ ...first, repeated: true })
})

test('R40 of two requests for the same environment at once, one is refused with the name of the first', async () => {
  const ask: PersonAsk = { verb: 'env-destroy', environment: 'acme-sandbox', reason: 'not needed' }
  const answers = await Promise.all([hinge.says(ask, 'U_PM'), hinge.says(ask, 'U_PM2')])
  const refused = answers.filter((a) => a.kind === 'refused')
  expect(refused).toHaveLength(1)
  expect(refused[0]).toMatchObject({ refusal: { rule: 'R40', code: 'environment-busy' } })
  expect(refused[0]?.kind === 'refused' && refused[0].refusal.text).toMatch(/the teardown of `acme-sandbox` that <@U_PM2?> asked for/)
})

test('R29 two approvers of one slot at the same instant: one decides, the other is told', async () => {
  await hinge.work()
  const request = await hinge.asked('approve', 'acme-sandbox')
  const answers = await Promise.all(['U_ENG', 'U_ENG2'].map((user) => hinge.press(request, 'approve', user)))
  expect(answers.map((a) => a.kind).sort()).toEqual(['agreed', 'refused'])
  expect(answers.find((a) => a.kind === 'refused')).toMatchObject({ refusal: { rule: 'R30', code: 'already-decided' } })
  expect((await hinge.situation()).operations.filter((o) => o.verb === 'teardown').map((o) => o.state)).toEqual(['scheduled'])
})

test('R29 two approvers of two slots at the same instant: both count, and it starts once', async () => {
  await hinge.db.updateTable('customer').set({ legacy: false }).where('slug', '=', 'acme').execute()
  await hinge.does({ verb: 'env-create', kind: 'val', slug: 'acme', from: null, version: null })
  await hinge.work()
  const request = await hinge.asked('approve', 'acme-val-1')
  const answers = await Promise.all(['U_ENG', 'U_QA'].map((user) => hinge.press(request, 'approve', user)))
  expect(answers.map((a) => a.kind)).toEqual(['agreed', 'agreed'])
  const steps = await hinge.db.selectFrom('outbox').select('job_id').where('queue', '=', 'steps').execute()
  expect(new Set(steps.map((s) => s.job_id)).size).toBe(steps.length)
  expect(steps).toHaveLength(2)
  await hinge.work()
  expect((await hinge.situation()).environments.find((e) => e.kind === 'val')?.state).toBe('qualifying')
})

test('R3 a slug that two people add at the same instant is added once; a channel is one customer’s, and never that of operations', async () => {
  const add = (slug: string, channel: string): PersonAsk => ({ verb: 'customer-add', slug, name: slug, channel, legacy: true })
  const answers = await Promise.all(['C_D1', 'C_D2'].map((channel) => hinge.says(add('delta', channel), 'U_SALES')))
  expect(answers.map((a) => a.kind).sort()).toEqual(['agreed', 'refused'])
  expect(answers.find((a) => a.kind === 'refused')).toMatchObject({ refusal: { code: 'customer-exists' } })
  expect(await hinge.says(add('eps', 'C_ACME'), 'U_SALES')).toMatchObject({ refusal: { rule: 'R38', code: 'channel-taken' } })
  expect(await hinge.says(add('eps', opsChannel), 'U_SALES')).toMatchObject({ refusal: { rule: 'R38', code: 'channel-taken' } })
})

test.each<[string, PersonAsk, string, string]>([
  ['not-entitled', { verb: 'env-create', kind: 'preprod', slug: 'acme', from: null, version: null }, 'U_QA', 'R29'],
  ['second-preprod', { verb: 'env-create', kind: 'preprod', slug: 'acme', from: null, version: null }, 'U_PM', 'R2'],
  ['not-yours', { verb: 'env-create', kind: 'val', slug: 'acme', from: null, version: null }, 'U_LEAD_beta', 'R30'],
  ['not-entitled', { verb: 'customer-cancel', slug: 'acme', reason: 'x' }, 'U_NOBODY', 'R29'],
])('R32 a refused ask (%s) writes nothing but the audit entry that says who asked and why not', async (code, ask, user, rule) => {
  const [before, entries] = [await everything(), await count('audit_entry')]
  expect(await hinge.says(ask, user)).toMatchObject({ kind: 'refused', refusal: { code, rule } })
  expect(await everything()).toEqual(before)
  expect(await count('audit_entry')).toBe(entries + 1)
  // Whoever has no business with this customer writes nothing into its chain (R38).
  const slug = { U_LEAD_beta: 'beta', U_NOBODY: 'system' }[user] ?? 'acme'
  const entry = await (slug === 'system' ? newestOfSystem() : newest(slug)).executeTakeFirst()
  expect(entry).toMatchObject({ actor: user, verb: ask.verb, after: { refused: code, rule } })
})

test('R32 what is asked about nothing that is known is on record in the system’s chain', async () => {
  expect(await hinge.says({ verb: 'env-promote', environment: 'nowhere' }, 'U_PM')).toMatchObject({
    refusal: { code: 'unknown-environment' },
  })
  const entry = await newestOfSystem().executeTakeFirst()
  expect(entry).toMatchObject({ actor: 'U_PM', verb: 'env-promote', subject: 'nowhere', after: { refused: 'unknown-environment' } })
})

test('R32 every change of state is on record with before and after', async () => {
  const rows = await hinge.db
    .selectFrom('audit_entry')
    .selectAll()
    .where('verb', 'in', ['set-environment', 'set-operation', 'set-customer', 'set-request', 'undo'])
    .orderBy('seq')
    .execute()
  expect(rows.length).toBeGreaterThan(10)
  for (const row of rows) expect(row).toMatchObject({ before: { state: expect.any(String) }, after: { state: expect.any(String) } })
  const path = (name: string) =>
    rows.filter((r) => r.verb === 'set-environment' && r.subject === name).map((r) => (r.after as { state: string }).state)
  expect(path('acme-preprod')).toEqual(['building', 'qualifying', 'ready'])
  expect(path('acme-sandbox')).toEqual(['building', 'ready'])
  expect((await verifyAudit(hinge.db)).broken).toBeNull()
})

test('R41 the outbox has a job exactly if the state that asks for it was committed', async () => {
  const before = await everything()
  const expand = () => {
    throw new Error('no steps')
  }
  const fault = changeByPerson(
    { ...hinge.deps, expand },
    { ask: createDemo('24.2', 'gamma'), actor: { userId: 'U_SALES', teamId: null }, dedupe: 'fault' },
  )
  await expect(fault).rejects.toThrow('no steps')
  expect(await everything()).toEqual(before)
  // The payload's key was rolled back with the rest: the retry is carried out.
  expect(await hinge.says(createDemo('24.2', 'gamma'), 'U_SALES', 'fault')).toMatchObject({ kind: 'agreed', repeated: false })
  const [step] = await hinge.db.selectFrom('outbox').selectAll().where('queue', '=', 'steps').orderBy('id', 'desc').execute()
  const [row] = await hinge.db.selectFrom('step').selectAll().where('id', '=', String(step?.data['stepId'])).execute()
  expect(row).toMatchObject({ name: 'plan', state: 'queued', attempt: 1 })
  expect(Object.keys(step?.data ?? {}).sort()).toEqual(['attempt', 'stepId'])
})

test('R40 the database itself refuses a second operation that holds an environment', async () => {
  const [first] = await hinge.db.selectFrom('operation').selectAll().where('environment_id', 'is not', null).limit(1).execute()
  if (!first) throw new Error('there is no operation')
  const twin = (id: string) => ({
    ...first,
    id,
    state: 'waiting' as const,
    plan: JSON.stringify(first.plan),
    slots: JSON.stringify(first.slots),
  })
  await hinge.db.insertInto('operation').values(twin('op_a')).execute()
  await expect(hinge.db.insertInto('operation').values(twin('op_b')).execute()).rejects.toMatchObject({ constraint: 'operation_lock' })
  await sql(hinge.ownerUrl, `delete from slipway.operation where id = 'op_a'`)
})
