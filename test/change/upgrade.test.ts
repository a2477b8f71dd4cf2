/** Plans that an earlier Slipway counted: what waits is voided with true words, and the new plan says how it was counted (R30, R34). */
import { sql } from 'kysely'
import { COUNTING, counted, countedOtherwise } from '../../src/lifecycle/counting.js'
import type { PlanElement } from '../../src/lifecycle/types.js'
import { begin, sweep } from '../../src/queue/sweep.js'
import { Hinge } from '../support/hinge.js'

let hinge: Hinge
beforeEach(async () => {
  hinge = await Hinge.open()
  await hinge.does({ verb: 'customer-add', slug: 'acme', name: 'Acme', channel: 'C_ACME', legacy: false })
  await hinge.does({ verb: 'customer-sign', slug: 'acme', sandbox: 'base' })
  await hinge.work()
  await hinge.does({ verb: 'env-create', kind: 'preprod', slug: 'acme', from: null, version: null })
  await hinge.work()
})
afterEach(() => hinge.close())

const line: PlanElement = { element: 'studies', title: 'Studies', disposition: 'carried', rows: 3, role: 'main' }
const preprod = async () => (await hinge.situation()).operations.find((o) => o.verb === 'create' && o.slots.length > 0)
/** As an earlier Slipway left the plan in the database. */
const planAs = (counting: number | null) =>
  hinge.db
    .updateTable('operation')
    .set({
      plan: sql`plan || jsonb_build_object('elements', ${JSON.stringify([line])}::jsonb,
        'data', (plan -> 'data') - 'counting' || ${JSON.stringify(counting === null ? {} : { counting })}::jsonb)`,
    })
    .where('state', '=', 'waiting')
    .execute()

/** A worker of this release starts where one of an earlier release worked, and sweeps. */
async function startAfterEarlier(): Promise<void> {
  await hinge.db.updateTable('system_place').set({ basis: 'what an earlier release decided by' }).execute()
  await begin(hinge.deps)
  await sweep(hinge.deps, 60_000)
}

test.each([null, COUNTING - 1])(
  'R34 a waiting plan that another release counted (%s) is voided by the first sweep, with the reason',
  async (by) => {
    expect(await preprod()).toMatchObject({ state: 'waiting' })
    await planAs(by)
    await startAfterEarlier()
    expect(await preprod()).toMatchObject({ state: 'cancelled', trouble: expect.stringContaining('planned by an earlier Slipway') })
    expect((await hinge.situation()).requests.filter((r) => r.kind === 'approve' && r.state === 'open')).toEqual([])
  },
)

test('R34 a waiting plan that this release counted stays', async () => {
  await planAs(COUNTING)
  await startAfterEarlier()
  expect(await preprod()).toMatchObject({ state: 'waiting' })
})

test('R34 whoever approves such a plan before the sweep is told so, and it does not begin', async () => {
  const request = await hinge.asked('approve', 'acme-preprod')
  await planAs(null)
  expect(await hinge.press(request, 'approve', 'U_ENG')).toMatchObject({
    kind: 'refused',
    refusal: { code: 'planned-earlier', rule: 'R34' },
  })
  expect(await preprod()).toMatchObject({ state: 'cancelled' })
})

test('R34 a plan says how it was counted as soon as it has lines', () => {
  const plan = { job: 'merge' as const, data: { source: 'acme-preprod' }, steps: [], elements: [] }
  expect(countedOtherwise({ plan })).toBe(false)
  expect(countedOtherwise({ plan: { ...plan, elements: [line] } })).toBe(true)
  expect(countedOtherwise({ plan: counted(plan, [line]) })).toBe(false)
})
