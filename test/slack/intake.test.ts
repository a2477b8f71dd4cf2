/** What a stranger on the internet can send to the bot's port: it costs them more than us, and the people's clicks go on (issue M3). */
import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { createIntake } from '../../src/slack/intake.js'
import { boundedServer, TIMES } from '../../src/slack/server.js'
import type { Workspace } from '../../src/workspace/index.js'
import { flood } from '../support/flood.js'
import { openWorkspace } from '../workspace/stage.js'
import { type Bot, memoryLog, postSigned, startApp } from './support.js'

let workspace: Workspace
let bot: Bot
beforeEach(async () => {
  workspace = await openWorkspace()
  bot = await startApp(workspace, 'http')
})
afterEach(async () => {
  await bot.stop()
  await workspace.stop()
})

const port = () => Number(new URL(bot.url).port)
const command = new URLSearchParams({
  command: '/env',
  text: 'help',
  user_id: 'U_PM',
  team_id: 'T_VENDOR',
  channel_id: 'C_OPS',
  trigger_id: '1.2.abc',
  response_url: 'https://hooks.slack.com/x',
}).toString()

/** Signed commands, one after the other, while the flood runs: the longest wait in milliseconds, and every status. */
async function clicking(ms: number): Promise<{ slowest: number; statuses: number[] }> {
  const until = Date.now() + ms
  const waits: number[] = []
  const statuses: number[] = []
  while (Date.now() < until) {
    const began = Date.now()
    statuses.push((await postSigned(bot, command)).status)
    waits.push(Date.now() - began)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { slowest: Math.max(...waits), statuses }
}

const now = () => String(Math.floor(Date.now() / 1000))
const form = 'content-type: application/x-www-form-urlencoded'
const unsigned = (bytes: number) => ['POST /slack/events HTTP/1.1', 'host: bot', form, `content-length: ${bytes}`]
const forged = (bytes: number) => [...unsigned(bytes), `x-slack-request-timestamp: ${now()}`, `x-slack-signature: v0=${'0'.repeat(64)}`]

test.each<[string, number, (bytes: number) => string[]]>([
  ['3.9 MB without a signature', 3_900_000, unsigned],
  ['3.9 MB with a forged signature', 3_900_000, forged],
  ['1 MB with a forged signature', 1_000_000, forged],
])('signed clicks are acknowledged while 60 connections send %s', async (_, bytes, head) => {
  const attack = flood({ port: port(), connections: 60, head: head(bytes), bytes, ms: 2_500 })
  const { slowest, statuses } = await clicking(2_300)
  const { requests, answered } = await attack
  expect(requests).toBeGreaterThan(60)
  expect(answered['200']).toBeUndefined()
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(slowest).toBeLessThan(1_500)
})

/** Sends bytes and keeps the connection open; resolves with what came back once the server ended it, or with null after `patienceMs`. */
function held(lines: string[], body = '', patienceMs = 20_000, to = port()): Promise<{ answer: string; ms: number } | null> {
  return new Promise((resolve) => {
    const began = Date.now()
    const socket = connect(to, '127.0.0.1')
    let answer = ''
    const timer = setTimeout(() => {
      socket.destroy()
      resolve(null)
    }, patienceMs)
    socket.on('data', (data) => {
      answer += data.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ answer, ms: Date.now() - began })
    })
    socket.write(`${lines.join('\r\n')}\r\n${body}`)
  })
}

const status = (told: { answer: string } | null) => Number(/^HTTP\/1\.1 (\d+)/.exec(told?.answer ?? '')?.[1])
const head = (fields: Record<string, string>, first = 'POST /slack/events HTTP/1.1') => [
  first,
  'host: bot',
  ...Object.entries(fields).map(([key, value]) => `${key}: ${value}`),
  '',
]
const good = () => ({
  'content-type': 'application/x-www-form-urlencoded',
  'x-slack-request-timestamp': now(),
  'x-slack-signature': `v0=${'0'.repeat(64)}`,
  'content-length': '500000',
})
const without = (key: string) => Object.fromEntries(Object.entries(good()).filter(([name]) => name !== key))

// None of these sends its body: whoever waits for one has read on.
test.each<[string, () => string[], number]>([
  ['no signature', () => head(without('x-slack-signature')), 401],
  ['no timestamp', () => head(without('x-slack-request-timestamp')), 401],
  ['a malformed signature', () => head({ ...good(), 'x-slack-signature': 'v0=abc' }), 401],
  ['a signature of another version', () => head({ ...good(), 'x-slack-signature': `v1=${'0'.repeat(64)}` }), 401],
  ['two signatures', () => head({ ...good(), 'X-Slack-Signature': `v0=${'1'.repeat(64)}` }), 401],
  ['a timestamp that is no number', () => head({ ...good(), 'x-slack-request-timestamp': 'now' }), 401],
  ['a timestamp in another notation', () => head({ ...good(), 'x-slack-request-timestamp': '1e10' }), 401],
  ['a timestamp 6 minutes ago', () => head({ ...good(), 'x-slack-request-timestamp': String(Number(now()) - 360) }), 401],
  ['a timestamp 6 minutes ahead', () => head({ ...good(), 'x-slack-request-timestamp': String(Number(now()) + 360) }), 401],
  ['a length of 3.9 MB', () => head({ ...good(), 'content-length': '3900000' }), 413],
  ['another type', () => head({ ...good(), 'content-type': 'multipart/form-data; boundary=x' }), 415],
  ['no type', () => head(without('content-type')), 415],
  ['a compressed body', () => head({ ...good(), 'content-encoding': 'gzip' }), 415],
  ['another method', () => head(good(), 'PUT /slack/events HTTP/1.1'), 405],
])('refused before its body is read: %s', async (_, lines, expected) => {
  const told = await held(lines(), '', 3_000)
  expect(status(told)).toBe(expected)
})

test('a chunked body is cut at the limit, whatever its length was said to be', async () => {
  const { 'content-length': _, ...fields } = good()
  const chunk = `${(65_536).toString(16)}\r\n${'a'.repeat(65_536)}\r\n`
  const told = await held(head({ ...fields, 'transfer-encoding': 'chunked' }), chunk.repeat(40), 5_000)
  expect(status(told)).toBe(413)
})

/** The bot again, with a tenth of its patience. */
async function hurried(): Promise<void> {
  await bot.stop()
  const { headersTimeout, requestTimeout, connectionsCheckingInterval } = TIMES
  const times = {
    headersTimeout: headersTimeout / 10,
    requestTimeout: requestTimeout / 10,
    connectionsCheckingInterval: connectionsCheckingInterval / 10,
  }
  bot = await startApp(workspace, 'http', { times })
}

test('a body that is shorter than was said, and then nothing, is not waited for long', async () => {
  expect(TIMES.requestTimeout + TIMES.connectionsCheckingInterval).toBeLessThan(15_000)
  await hurried()
  const told = await held(head(good()), 'a=1')
  expect(told?.ms).toBeLessThan(3_000)
}, 30_000)

test('headers that never end are not waited for long, on pages neither', async () => {
  expect(TIMES.headersTimeout + TIMES.connectionsCheckingInterval).toBeLessThan(12_000)
  await hurried()
  const told = await Promise.all([
    held(['POST /slack/events HTTP/1.1', 'host: bot', 'x-slow: l']),
    held(['GET /healthz HTTP/1.1', 'x-slow: l']),
  ])
  for (const one of told) expect(one?.ms).toBeLessThan(2_500)
}, 30_000)

test('a thousand connections that say nothing do not keep a signed click out', async () => {
  const sockets = Array.from({ length: 1_000 }, () =>
    connect(port(), '127.0.0.1')
      .on('error', () => undefined)
      .resume(),
  )
  await new Promise((resolve) => setTimeout(resolve, 500))
  const began = Date.now()
  expect((await postSigned(bot, command)).status).toBe(200)
  expect(Date.now() - began).toBeLessThan(1_500)
  expect(sockets.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(260)
  for (const socket of sockets) socket.destroy()
})

test('a signed click that is not answered yet outlives a thousand connections; one that is not signed does not', async () => {
  const { log } = memoryLog()
  const intake = createIntake({ port: 0, signingSecret: 'a-signing-secret', ready: async () => true, log })
  let arrived = () => {}
  const waiting = new Promise<void>((resolve) => {
    arrived = resolve
  })
  let answer = async () => {}
  intake.receiver.init({
    async processEvent(event: { ack(): Promise<void> }) {
      answer = () => event.ack()
      arrived()
    },
  } as never)
  const at = await intake.start()
  try {
    const click = postSigned({ ...bot, url: `http://127.0.0.1:${at.port}` }, command)
    await waiting
    const sockets = Array.from({ length: 1_000 }, () =>
      connect(at.port, '127.0.0.1')
        .on('error', () => undefined)
        .resume(),
    )
    await new Promise((resolve) => setTimeout(resolve, 500))
    await answer()
    expect((await click).status).toBe(200)
    expect(sockets.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(260)
    for (const socket of sockets) socket.destroy()
  } finally {
    await intake.stop(async () => undefined)
  }
})

test('a connection on which nothing moves is ended, though its request is whole', async () => {
  const silent = boundedServer(() => undefined, TIMES, 500)
  const at = await silent.listen(0)
  const told = await held(['GET /healthz HTTP/1.1', 'host: bot', ''], '', 8_000, at.port)
  await silent.close()
  expect(told?.ms).toBeLessThan(6_000)
}, 15_000)

test('headers of more than 8 kB are not read, on pages neither', async () => {
  const padded = (bytes: number, first?: string) => held(head({ 'x-padding': 'a'.repeat(bytes), connection: 'close' }, first), '', 3_000)
  for (const first of ['POST /slack/events HTTP/1.1', 'GET /healthz HTTP/1.1']) {
    expect(status(await padded(9_000, first))).toBe(431)
    expect(status(await padded(6_000, first))).not.toBe(431)
  }
})

test('what is signed and no object is refused, and the process goes on', async () => {
  const payload = (text: string) => `payload=${encodeURIComponent(text)}`
  for (const body of [payload('null'), payload('7'), payload('{'), payload('[]'), 'payload=%00', '', '\0'])
    expect((await postSigned(bot, body)).status).toBe(400)
  expect((await postSigned(bot, command)).status).toBe(200)
})

test('a signed payload as JSON is taken as well, with its character set named', async () => {
  const body = JSON.stringify({ type: 'url_verification', challenge: 'c' })
  const timestamp = now()
  const signature = `v0=${createHmac('sha256', 'a-signing-secret').update(`v0:${timestamp}:${body}`).digest('hex')}`
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature,
  }
  const response = await fetch(`${bot.url}/slack/events`, { method: 'POST', headers, body })
  expect(await response.json()).toEqual({ challenge: 'c' })
})

test('however many ask whether the process is ready, its database is asked once at a time', async () => {
  let now = 0
  let most = 0
  const asked = await startApp(workspace, 'http', {
    async ready() {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setTimeout(resolve, 50))
      now -= 1
      return true
    },
  })
  const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await fetch(`${asked.url}/readyz`)).status))
  await asked.stop()
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(most).toBe(1)
})
