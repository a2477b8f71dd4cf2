/** Messages as projections (R41), on both backends, against the local workspace with its faults: in order, once each, edited in place. */

import type { Slipway } from '../../src/app/index.js'
import type { Step } from '../../src/lifecycle/types.js'
import { backends, openYard, until, type Yard } from './support.js'

jest.setTimeout(150_000)

interface Posted {
  ts: string
  thread_ts?: string
  subtype?: string
  text: string
  metadata?: { event_payload: { delivery_id: string } }
}

describe.each(backends)('on %s', (backend) => {
  let yard: Yard
  let slipway: Slipway
  let slug = ''
  let count = 0
  let react: (when: 'before' | 'after', step: Step) => void | Promise<void> = () => {}

  beforeAll(async () => {
    yard = await openYard(backend)
  })
  afterAll(() => yard?.stop())
  beforeEach(async () => {
    count += 1
    slug = `m${count}`
    react = () => {}
    slipway = await yard.start({ observe: (when, step) => react(when, step) })
  })
  afterEach(() => yard.stopWorkers())

  async function control(path: string, body?: unknown): Promise<Record<string, unknown>> {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return (await (await fetch(`${yard.workspace.url}/_control/${path}`, body ? post : {})).json()) as Record<string, unknown>
  }
  const posted = async () => (await control('messages/C_OPS?all=1'))['messages'] as Posted[]
  const rows = () => slipway.change.db.selectFrom('message').selectAll().where('channel', '=', 'C_OPS').orderBy('ordinal').execute()

  /** A Demo is made; waits until Slack shows everything as it is. */
  async function makeDemo(): Promise<string> {
    await yard.ask(slipway, 'U_SALES', { verb: 'customer-add', slug, name: slug, channel: null, legacy: false })
    await yard.ask(slipway, 'U_SALES', { verb: 'env-create', kind: 'demo', slug, from: null, version: null })
    const { id } = await slipway.change.db.selectFrom('operation').select('id').orderBy('requested_at', 'desc').executeTakeFirstOrThrow()
    await until('the operation to end', async () => {
      const row = await slipway.change.db.selectFrom('operation').select('state').where('id', '=', id).executeTakeFirst()
      return row?.state === 'done'
    })
    await until('every message to be shown', async () => (await rows()).every((row) => row.shown >= row.dirty || row.trouble))
    return id
  }

  /** Every message that we want stands in Slack exactly once, in the order of events. */
  async function expectOnceEach(): Promise<void> {
    const wanted = (await rows()).filter((row) => row.ts)
    const there = (await posted()).filter((message) => message.subtype !== 'tombstone')
    const deliveries = there.map((message) => message.metadata?.event_payload.delivery_id).filter(Boolean)
    expect([...deliveries].sort()).toEqual(wanted.map((row) => row.id).sort())
    for (const row of wanted) expect(there.find((message) => message.ts === row.ts)?.metadata?.event_payload.delivery_id).toBe(row.id)
  }

  test('in order, one post each, edited in place; two workers do not double them', async () => {
    const second = await yard.start()
    const id = await makeDemo()
    await expectOnceEach()
    const own = (await rows()).filter((row) => row.subject === id || row.data['environment'] === `${slug}-demo`)
    const top = own.filter((row) => !row.parent_key).map((row) => Number(row.ts))
    expect(top).toEqual([...top].sort((a, b) => a - b))
    const operation = own.find((row) => row.view === 'operation')
    expect((await posted()).find((message) => message.ts === operation?.ts)?.text).toMatch(/done|ready/i)
    await second.stop()
  })

  test('a post that arrived though Slack said otherwise is found again, not doubled', async () => {
    await control('fault', { method: 'chat.postMessage', status: 500, afterEffect: true })
    await makeDemo()
    await expectOnceEach()
  })

  test('a post whose connection broke before it arrived is made once', async () => {
    await control('fault', { method: 'chat.postMessage' })
    await makeDemo()
    await expectOnceEach()
  })

  test('429: Slack is asked again when it says so, not before', async () => {
    await control('fault', { method: 'chat.postMessage', status: 429, retryAfter: 2 })
    const started = Date.now()
    const first = until(
      'the first post',
      async () =>
        (await rows()).some((row) => row.subject.startsWith('op_') && row.ts && Number(row.ts) * 1_000 >= started - 1) && Date.now(),
    )
    const [, at] = await Promise.all([makeDemo(), first])
    expect(at - started).toBeGreaterThan(1_900)
    await expectOnceEach()
  })

  test('a message that was deleted is posted anew', async () => {
    let deleted: string | null = null
    react = async (when, step) => {
      if (deleted || when !== 'before' || step.name !== 'adapt') return
      deleted = await until(
        'the message',
        async () => (await rows()).find((row) => row.view === 'operation' && row.subject === step.operationId)?.ts ?? undefined,
      )
      await fetch(`${yard.workspace.apiUrl}chat.delete`, {
        method: 'POST',
        headers: { authorization: 'Bearer xoxb-queue', 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ channel: 'C_OPS', ts: deleted }),
      })
    }
    const id = await makeDemo()
    const row = (await rows()).find((each) => each.view === 'operation' && each.subject === id)
    expect(deleted).not.toBeNull()
    expect(row?.ts).not.toBe(deleted)
    await expectOnceEach()
  })
})

test.each(backends)('on %s work on one channel is coalesced: one active, one waiting', async (backend) => {
  const yard = await openYard(backend)
  const queues = await yard.queues()
  let runs = 0
  let release: () => void = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  queues.worker(
    'messages',
    async () => {
      runs += 1
      if (runs === 1) await held
    },
    4,
  )
  const add = (n: number) =>
    queues
      .queue('messages')
      .add(
        'show',
        { channel: 'C' },
        { jobId: `show.C.${n}`, removeOnComplete: true, removeOnFail: true, deduplication: { id: 'C', keepLastIfActive: true } },
      )
  await add(0)
  await until('the first to run', async () => runs === 1)
  for (const n of [1, 2, 3, 4, 5]) await add(n)
  release()
  await until('the second to run', async () => runs === 2)
  await new Promise((resolve) => setTimeout(resolve, 700))
  expect(runs).toBe(2)
  await add(6)
  await until('a later one to run', async () => runs === 3)
  await queues.close(1_000)
  await yard.stop()
})
