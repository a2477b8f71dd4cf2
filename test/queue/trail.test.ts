/** What the machine does in Slack and on the servers is in the trail (R32): edits and pins of messages, names of databases from allotted to verified gone. */

import type { Slipway } from '../../src/app/index.js'
import { verifyAudit } from '../../src/db/audit-verify.js'
import { advanceClockOffset } from '../../src/db/clock.js'
import { openYard, until, type Yard } from './support.js'

jest.setTimeout(150_000)

let yard: Yard
let slipway: Slipway
beforeAll(async () => {
  yard = await openYard('postgres')
  slipway = await yard.start()
})
afterAll(() => yard?.stop())

const trail = () => slipway.change.db.selectFrom('audit_entry').selectAll().orderBy('chain').orderBy('seq').execute()
const settled = (what: string, verb: string) =>
  until(what, async () => {
    const rows = await slipway.change.db
      .selectFrom('operation')
      .select('state')
      .where('verb', '=', verb as 'create')
      .execute()
    const messages = await slipway.change.db.selectFrom('message').selectAll().execute()
    return rows.length > 0 && rows.every((row) => row.state === 'done') && messages.every((m) => m.shown >= m.dirty || m.trouble)
  })

test('R32 edits of messages, and databases allotted, made, dropped and verified gone', async () => {
  await yard.ask(slipway, 'U_SALES', { verb: 'customer-add', slug: 'tr', name: 'tr', channel: null, legacy: false })
  await yard.ask(slipway, 'U_SALES', { verb: 'env-create', kind: 'demo', slug: 'tr', from: null, version: null })
  await settled('the Demo', 'create')
  const { database } = await slipway.change.db.selectFrom('instance_database').select('database').executeTakeFirstOrThrow()
  const { id } = await slipway.change.db.selectFrom('customer').select('id').executeTakeFirstOrThrow()
  const made = (await trail()).filter((e) => e.subject === database)
  expect(made.map((e) => [e.chain, e.actor, e.verb])).toEqual([
    [id, 'system', 'database-allotted'],
    [id, 'system', 'database-made'],
  ])
  expect(made[0]?.after).toMatchObject({ instance: 'tr-demo', operation: expect.stringMatching(/^op_/) })
  const sent = (await trail()).filter((e) => e.verb === 'message-sent')
  const edited = (await trail()).filter((e) => e.verb === 'message-edited')
  expect(edited.length).toBeGreaterThan(0)
  for (const edit of edited) {
    const { channel, ts, before, after } = { ...(edit.after as object), before: edit.before, after: edit.after } as Record<string, unknown>
    expect(sent.map((e) => (e.after as { ts: string }).ts)).toContain(ts)
    expect(channel).toBe('C_OPS')
    expect((before as { shown: string }).shown).not.toBe((after as { shown: string }).shown)
  }
  // Somebody deletes a message in Slack: that it was gone, and was sent again, is on record.
  const lost = await slipway.change.db
    .selectFrom('message')
    .selectAll()
    .where('ts', 'is not', null)
    .where('view', '=', 'operation')
    .executeTakeFirstOrThrow()
  await slipway.change.db
    .updateTable('message')
    .set({ dirty: lost.dirty + 1, ts: '1.000001', shown_hash: null })
    .where('id', '=', lost.id)
    .execute()
  await until(
    'the message to be sent again',
    async () => (await trail()).filter((e) => e.verb === 'message-sent' && e.subject === lost.key).length === 2,
  )
  expect((await trail()).filter((e) => e.verb === 'message-gone')).toMatchObject([
    { subject: lost.key, before: { channel: 'C_OPS', ts: '1.000001' } },
  ])

  await yard.ask(slipway, 'U_PM', { verb: 'env-destroy', environment: 'tr-demo', reason: 'over' })
  const request = await until('the approval', () =>
    slipway.change.db.selectFrom('request').selectAll().where('kind', '=', 'approve').where('state', '=', 'open').executeTakeFirst(),
  )
  const { id: requestId, version, hash } = request
  await yard.ask(slipway, 'U_ENG', { verb: 'click', requestId, version, hash: hash.slice(0, 8), action: 'approve', comment: null })
  await until('the end to have its hour', async () => {
    const row = await slipway.change.db.selectFrom('operation').select('state').where('verb', '=', 'teardown').executeTakeFirst()
    return row && row.state !== 'waiting' && row.state !== 'planning'
  })
  await advanceClockOffset(slipway.change.db, 30 * 86_400_000)
  await settled('the end', 'teardown')
  const gone = (await trail()).filter((e) => e.subject === database).map((e) => e.verb)
  expect(gone.slice(-2)).toEqual(['database-dropped', 'database-gone'])
  const entries = await trail()
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1]
    if (before?.chain === entry.chain) expect([entry.seq, entry.at >= before.at]).toEqual([entry.seq, true])
  }
  expect(await verifyAudit(slipway.change.db)).toMatchObject({ broken: null })
})
