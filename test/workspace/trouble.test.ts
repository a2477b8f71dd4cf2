import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Workspace } from '../../src/workspace'
import { client, control, eventually, openWorkspace } from './stage'

let workspace: Workspace
let bot: Server
/** What reached the bot, and what it answers. */
let received: URLSearchParams[]
let answer: { status: number; body?: string; delayMs?: number }

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

beforeAll(async () => {
  workspace = await openWorkspace({ limits: { ackMs: 150, triggerMs: 60, rate: 'off' } })
  bot = createServer(async (request, response) => {
    received.push(new URLSearchParams(await read(request)))
    await new Promise((resolve) => setTimeout(resolve, answer.delayMs ?? 0))
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body ?? '')
  })
  await new Promise<void>((resolve) => bot.listen(0, '127.0.0.1', resolve))
  workspace.setEventsUrl(`http://127.0.0.1:${(bot.address() as AddressInfo).port}/slack/events`)
})
afterAll(async () => {
  await workspace.stop()
  bot.closeAllConnections()
  bot.close()
})
beforeEach(async () => {
  received = []
  answer = { status: 200 }
  await control(workspace, 'reset', {})
})

const command = (user = 'U_PM', channel = 'C_ACME') => control(workspace, 'command', { channel, user, command: '/env', text: '' })
const whispers = async (user: string) => (await control(workspace, `ephemerals/${user}`)).body.messages
const refusal = (error: string) => expect.objectContaining({ data: expect.objectContaining({ ok: false, error }) })
const modal = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'M' }, blocks: [{ type: 'divider' as const }] }

describe('external people', () => {
  test('have no commands and no Home, and the bot hears nothing', async () => {
    expect(await command('U_LEAD')).toEqual({ status: 403, body: { ok: false, error: 'not_allowed' } })
    expect(await whispers('U_LEAD')).toMatchObject([{ text: '`/env` is not a valid command.', from: 'USLACKBOT' }])
    expect(await control(workspace, 'open-home', { user: 'U_LEAD' })).toEqual({ status: 403, body: { ok: false, error: 'not_allowed' } })
    expect(received).toEqual([])
  })

  test('act only in channels that they are in, but may click what is not there', async () => {
    const { ts = '' } = await client(workspace).chat.postMessage({ channel: 'C_ACME', text: 'x' })
    const action = { type: 'button', action_id: 'forged', value: 'r9.1.deadbeef' }
    const click = (user: string) => control(workspace, 'interact', { channel: 'C_ACME', messageTs: ts, user, action })
    expect((await click('U_BLEAD')).body).toEqual({ ok: false, error: 'not_in_channel' })
    expect((await click('U_LEAD')).body).toEqual({ ok: true })
    expect(JSON.parse(received[0]?.get('payload') ?? '')).toMatchObject({
      user: { id: 'U_LEAD', team_id: 'T_ACME' },
      actions: [{ action_id: 'forged', value: 'r9.1.deadbeef' }],
    })
  })
})

describe('acknowledgements', () => {
  test('that come too late or not at all are told to the person', async () => {
    answer = { status: 200, delayMs: 300 }
    expect(await command()).toEqual({ status: 408, body: { ok: false, error: 'operation_timeout' } })
    answer = { status: 500 }
    expect(await command()).toEqual({ status: 424, body: { ok: false, error: 'dispatch_failed' } })
    expect((await whispers('U_PM')).map((one: { text: string }) => one.text)).toEqual([
      '/env failed with the error "operation_timeout"',
      '/env failed with the error "dispatch_failed"',
    ])
  })

  test('with text become messages', async () => {
    answer = { status: 200, body: JSON.stringify({ response_type: 'in_channel', text: 'For everyone' }) }
    await command()
    expect((await control(workspace, 'messages/C_ACME')).body.messages).toMatchObject([{ text: 'For everyone', bot_id: 'B0SLIPWAY' }])
  })
})

describe('response addresses', () => {
  const post = (url: string, body: object) => fetch(url, { method: 'POST', body: JSON.stringify(body) })

  test('work five times', async () => {
    await command()
    const url = received[0]?.get('response_url') ?? ''
    for (let use = 1; use <= 5; use++) expect((await post(url, { text: `Use ${use}` })).status).toBe(200)
    expect((await post(url, { text: 'Once more' })).status).toBe(404)
    expect(await whispers('U_PM')).toHaveLength(5)
  })

  test('replace and delete the message of a click', async () => {
    const { ts = '' } = await client(workspace).chat.postMessage({ channel: 'C_ACME', text: 'Old', blocks: [{ type: 'divider' }] })
    await control(workspace, 'interact', { channel: 'C_ACME', messageTs: ts, user: 'U_PM', action: { action_id: 'x' } })
    const url = JSON.parse(received[0]?.get('payload') ?? '').response_url
    await post(url, { replace_original: true, text: 'New' })
    expect((await control(workspace, 'messages/C_ACME')).body.messages).toMatchObject([{ ts, text: 'New' }])
    expect((await post(url, { blocks: [{ type: 'nothing' }] })).status).toBe(400)
    await post(url, { delete_original: true })
    expect((await control(workspace, 'messages/C_ACME')).body.messages).toEqual([])
  })

  test('change an ephemeral in place', async () => {
    await client(workspace).chat.postEphemeral({ channel: 'C_ACME', user: 'U_LEAD', text: 'Sure?' })
    const [whisper] = await whispers('U_LEAD')
    await control(workspace, 'interact', { channel: 'C_ACME', messageTs: whisper.ts, user: 'U_LEAD', action: { action_id: 'yes' } })
    const payload = JSON.parse(received[0]?.get('payload') ?? '')
    expect(payload).toMatchObject({ container: { is_ephemeral: true } })
    expect(payload).not.toHaveProperty('message')
    await post(payload.response_url, { replace_original: true, text: 'Done' })
    expect(await whispers('U_LEAD')).toMatchObject([{ ts: whisper.ts, text: 'Done' }])
  })
})

describe('trigger ids', () => {
  const trigger = async () => {
    await command()
    return received.at(-1)?.get('trigger_id') ?? ''
  }

  test('are good for one use and a short while', async () => {
    const { views } = client(workspace)
    const first = await trigger()
    await views.open({ trigger_id: first, view: modal })
    await expect(views.open({ trigger_id: first, view: modal })).rejects.toEqual(refusal('exchanged_trigger_id'))
    const second = await trigger()
    await new Promise((resolve) => setTimeout(resolve, 90))
    await expect(views.open({ trigger_id: second, view: modal })).rejects.toEqual(refusal('expired_trigger_id'))
    await expect(views.open({ trigger_id: 'nothing', view: modal })).rejects.toEqual(refusal('invalid_trigger_id'))
  })

  test('stack three modals; a stale hash is refused', async () => {
    const { views } = client(workspace)
    const opened = await views.open({ trigger_id: await trigger(), view: modal })
    for (let height = 2; height <= 3; height++) await views.push({ trigger_id: await trigger(), view: modal })
    await expect(views.push({ trigger_id: await trigger(), view: modal })).rejects.toEqual(refusal('push_limit_reached'))
    const id = { view_id: opened.view?.id ?? '', hash: opened.view?.hash ?? '' }
    await views.update({ ...id, view: modal })
    await expect(views.update({ ...id, view: modal })).rejects.toEqual(refusal('hash_conflict'))
  })
})

describe('rates and faults', () => {
  test('posts to one channel and updates anywhere are limited', async () => {
    const { chat } = client(workspace)
    const { ts = '' } = await chat.postMessage({ channel: 'C_OPS', text: 'x' })
    await control(workspace, 'fault', { rate: 'slack' })
    for (let post = 1; post <= 5; post++) await chat.postMessage({ channel: 'C_OPS', text: 'x' })
    await expect(chat.postMessage({ channel: 'C_OPS', text: 'x' })).rejects.toMatchObject({ retryAfter: 1 })
    await chat.postMessage({ channel: 'C_ACME', text: 'Elsewhere it works' })
    for (let update = 1; update <= 50; update++) await chat.update({ channel: 'C_OPS', ts, text: 'x' })
    await expect(chat.update({ channel: 'C_OPS', ts, text: 'x' })).rejects.toMatchObject({ retryAfter: 60 })
  })

  test('an ordered failure comes once, before or after the effect', async () => {
    const { chat } = client(workspace)
    const post = (text: string) => chat.postMessage({ channel: 'C_OPS', text })
    await control(workspace, 'fault', { method: 'chat.postMessage', status: 429, retryAfter: 7 })
    await expect(post('a')).rejects.toMatchObject({ retryAfter: 7 })
    await control(workspace, 'fault', { method: 'chat.postMessage', status: 503, afterEffect: true })
    await expect(post('b')).rejects.toMatchObject({ statusCode: 503 })
    await control(workspace, 'fault', { method: 'chat.postMessage', afterEffect: true })
    await expect(post('c')).rejects.toMatchObject({ code: 'slack_webapi_request_error' })
    await control(workspace, 'fault', { method: 'chat.postMessage', status: 200, error: 'is_archived' })
    await expect(post('d')).rejects.toEqual(refusal('is_archived'))
    await post('e')
    const texts = (await control(workspace, 'messages/C_OPS')).body.messages.map((one: { text: string }) => one.text)
    expect(texts).toEqual(['b', 'c', 'e'])
  })

  test('an event that is not acknowledged is sent again', async () => {
    const persistent = await openWorkspace({ limits: { eventRetryMs: [5, 5, 5], ackMs: 100 } })
    persistent.setEventsUrl(`http://127.0.0.1:${(bot.address() as AddressInfo).port}/`)
    answer = { status: 500 }
    await control(persistent, 'open-home', { user: 'U_PM' })
    await eventually(async () => received.length === 4)
    await persistent.stop()
  })
})

test('wrong control calls are refused in the same form', async () => {
  expect(await control(workspace, 'command', { user: 'U_PM' })).toMatchObject({
    status: 400,
    body: { ok: false, error: 'invalid_arguments' },
  })
  expect(await control(workspace, 'nothing', {})).toMatchObject({ status: 404, body: { ok: false, error: 'unknown_route' } })
  expect(await control(workspace, 'submit', { viewId: 'V1', user: 'U_PM', values: {} })).toMatchObject({
    status: 404,
    body: { ok: false, error: 'view_not_found' },
  })
})
