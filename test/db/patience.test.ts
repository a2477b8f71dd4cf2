/** Locks of somebody else's hold nobody up for long: a person gets an answer, the machine tries again, `migrate` says what it waits for. */

import { Client } from 'pg'
import { changeBySystem } from '../../src/change/index.js'
import { openDatabase } from '../../src/db/connection.js'
import { migrateDatabase } from '../../src/db/migrate.js'
import { readSilentSteps } from '../../src/db/step.js'
import { Hinge } from '../support/hinge.js'
import { prospect } from '../support/onboarding.js'
import { sql } from '../support/postgres.js'

/** An eighth of what the product waits for one lock. */
const lockTimeoutMs = 250
/** Longer than one wait, and shorter than all of a person's five. */
const longerMs = 325

let hinge: Hinge
let holder: Client
beforeEach(async () => {
  hinge = await Hinge.open(undefined, lockTimeoutMs)
  holder = new Client({ connectionString: hinge.ownerUrl })
  await holder.connect()
  await holder.query('begin')
})
afterEach(async () => {
  await holder.end()
  await hinge.close()
})

const lockCustomer = () => holder.query('select from slipway.customer for update')

const sign = () => hinge.says({ verb: 'customer-sign', slug: 'acme', sandbox: 'base' }, 'U_PM', 'held-up')

test('R40 a person whose change is held up for long is told so, and nothing was written', async () => {
  await prospect(hinge)
  await lockCustomer()
  expect(await sign()).toMatchObject({ kind: 'refused', refusal: { rule: 'R40', code: 'busy' } })
  await holder.query('rollback')
  expect(await sign()).toMatchObject({ kind: 'agreed', repeated: false })
}, 30_000)

test("a person's change that was held up for longer than one wait for a lock is carried out, once", async () => {
  await prospect(hinge)
  await lockCustomer()
  const outcome = sign()
  await new Promise((resolve) => setTimeout(resolve, longerMs))
  await holder.query('rollback')
  expect(await outcome).toMatchObject({ kind: 'agreed', repeated: false })
  expect(await sign()).toMatchObject({ kind: 'agreed', repeated: true })
})

test('what the clock asks is done when the lock is free, not lost', async () => {
  await prospect(hinge)
  const { id } = await hinge.db.selectFrom('customer').select('id').executeTakeFirstOrThrow()
  await hinge.db.updateTable('customer').set({ due_at: new Date() }).execute()
  await lockCustomer()
  const done = changeBySystem(hinge.deps, { verb: 'customer-due', customerId: id })
  await new Promise((resolve) => setTimeout(resolve, longerMs))
  await holder.query('rollback')
  await done
  expect((await hinge.db.selectFrom('customer').select('due_at').executeTakeFirstOrThrow()).due_at).toBeNull()
})

test('the sweeper does not wait for a step that somebody is writing', async () => {
  await prospect(hinge)
  await hinge.does({ verb: 'env-create', kind: 'demo', slug: 'acme', from: null, version: null })
  await hinge.db
    .updateTable('step')
    .set({ seen_at: new Date(0) })
    .execute()
  await holder.query('select from slipway.step where ordinal = 0 for update')
  const silent = await readSilentSteps(hinge.db, 1_000)
  await holder.query('rollback')
  expect(silent).toEqual([])
  expect(await readSilentSteps(hinge.db, 1_000)).toHaveLength(1)
})

test('migrate waits for another one with a limit, and says for what', async () => {
  await holder.query(`select pg_advisory_xact_lock(hashtext('slipway migrations'))`)
  const owner = openDatabase(hinge.ownerUrl, 1, () => undefined)
  await expect(migrateDatabase(owner.db, 300)).rejects.toMatchObject({
    name: 'StateError',
    message: expect.stringContaining('the lock "slipway migrations"'),
  })
  await owner.close()
})

test('migrate does not wait for ever for a table that a process works with, and says what to do', async () => {
  await sql(hinge.ownerUrl, `delete from slipway.migration where name = '0014-due.sql'`)
  await holder.query('lock table slipway.customer in share mode')
  const owner = openDatabase(hinge.ownerUrl, 1, () => undefined)
  await expect(migrateDatabase(owner.db, 300)).rejects.toMatchObject({
    name: 'StateError',
    message: expect.stringMatching(/0014-due\.sql was not applied.*Stop all bots and workers/),
  })
  await owner.close()
})

test('a process that hangs in the middle of a transaction loses it, and so does a statement without end', async () => {
  const { db, close } = openDatabase(hinge.url, 1, () => undefined)
  const read = async (name: string) =>
    (await db.selectNoFrom((e) => e.fn<string>('current_setting', [e.val(name)]).as('is')).executeTakeFirst())?.is
  expect(await read('lock_timeout')).toBe('2s')
  expect(await read('statement_timeout')).toBe('30s')
  expect(await read('idle_in_transaction_session_timeout')).toBe('20s')
  await close()
})
