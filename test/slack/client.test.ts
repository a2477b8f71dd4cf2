import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { createSlackClient, type SlackClient } from '../../src/slack/client.js'
import { checkSlack } from '../../src/slack/doctor.js'
import { troubleOf } from '../../src/slack/outcomes.js'
import { isSlacks } from '../../src/slack/response-url.js'
import { said } from '../../src/views/refusal.js'
import type { Workspace } from '../../src/workspace/index.js'
import { control, eventually, openWorkspace } from '../workspace/stage.js'
import { botToken, memoryLog } from './support.js'

const platform = (error: string, more: object = {}) => new WebAPIPlatformError({ ok: false, error, ...more } as never)
const network = (code: string) => new WebAPIRequestError(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }))
const http = (status: number) => new WebAPIHTTPError(status, '', {}, '')

test.each<[string, unknown, object]>([
  ['429', new WebAPIRateLimitedError(7), { kind: 'later', retryAfterMs: 7_000 }],
  ['429 without a time', new Error('Retry header did not contain a valid timeout'), { kind: 'later' }],
  ['ratelimited', platform('ratelimited'), { kind: 'later' }],
  ['service_unavailable', platform('service_unavailable'), { kind: 'later' }],
  ['internal_error', platform('internal_error'), { kind: 'unknown' }],
  ['fatal_error', platform('fatal_error'), { kind: 'unknown' }],
  ['a page of a proxy', platform('<html>Bad gateway</html>'), { kind: 'unknown' }],
  ['500', http(500), { kind: 'unknown' }],
  ['503', http(503), { kind: 'unknown' }],
  ['404', http(404), { kind: 'later' }],
  ['connection refused', network('ECONNREFUSED'), { kind: 'later' }],
  ['name not found', network('ENOTFOUND'), { kind: 'later' }],
  ['connection lost', network('UND_ERR_SOCKET'), { kind: 'unknown' }],
  ['timeout', new WebAPIRequestError(new DOMException('timeout', 'TimeoutError') as Error), { kind: 'unknown' }],
  ['broken body', new TypeError('terminated'), { kind: 'unknown' }],
  ['message_not_found', platform('message_not_found'), { kind: 'gone' }],
  ['edit_window_closed', platform('edit_window_closed'), { kind: 'gone' }],
  ['not_in_channel', platform('not_in_channel'), { kind: 'never', mendable: true, advice: expect.stringContaining('Invite') }],
  ['invalid_auth', platform('invalid_auth'), { kind: 'never', mendable: true }],
  ['invalid_blocks', platform('invalid_blocks'), { kind: 'never', mendable: false, advice: null }],
  ['something new', platform('something_new'), { kind: 'never', mendable: false }],
  ['an error named as what every object has', platform('constructor'), { kind: 'never', mendable: false, advice: null }],
  ['unknown_method', platform('unknown_method'), { kind: 'lacking' }],
  [
    'missing_scope',
    platform('missing_scope', { needed: 'pins:write' }),
    { kind: 'lacking', advice: expect.stringContaining('pins:write') },
  ],
])('%s is classified', (_, error, trouble) => {
  expect(troubleOf(error)).toMatchObject(trouble)
})

test.each<[string, string | undefined, boolean]>([
  ['https://hooks.slack.com/commands/T1/2/x', undefined, true],
  ['https://hooks.slack-gov.com/actions/T1/2/x', undefined, true],
  ['http://hooks.slack.com/commands/x', undefined, false],
  ['https://hooks.slack.com.evil.test/x', undefined, false],
  ['https://evilslack.com/x', undefined, false],
  ['https://hooks.slack.com:8443/x', undefined, false],
  ['https://user:pw@hooks.slack.com/x', undefined, false],
  ['http://169.254.169.254/latest/meta-data', undefined, false],
  ['http://127.0.0.1:4000/response/x', 'http://127.0.0.1:4000/api/', true],
  ['http://127.0.0.1:4000/response/x', 'http://localhost:4000/api/', true],
  ['http://127.0.0.1:4001/response/x', 'http://127.0.0.1:4000/api/', false],
  ['http://127.0.0.1:4000@evil.test/x', 'http://127.0.0.1:4000/api/', false],
  ['not a url', undefined, false],
])('response_url %s with the API at %s', (url, apiUrl, yes) => {
  expect(isSlacks(url, { apiUrl })).toBe(yes)
})

describe('against the workspace', () => {
  let workspace: Workspace
  let client: SlackClient
  let logged: string[]
  const started = new Date()
  beforeAll(async () => {
    workspace = await openWorkspace()
  })
  beforeEach(async () => {
    await control(workspace, 'reset', {})
    const { lines, log } = memoryLog()
    logged = lines
    client = createSlackClient({ token: botToken, apiUrl: workspace.apiUrl, log })
  })
  afterAll(() => workspace.stop())

  const fault = (method: string, more: object) => control(workspace, 'fault', { method, ...more })
  const texts = async () => (await control(workspace, 'messages/C_OPS')).body.messages.map(({ text }: { text: string }) => text)
  const post = (deliveryId: string, more: object = {}) => client.post({ channel: 'C_OPS', view: said(deliveryId), deliveryId, ...more })

  test('a post is there, with its delivery id and without link previews', async () => {
    const posted = await post('d1')
    expect(posted).toEqual({ kind: 'posted', ts: expect.any(String) })
    const { body } = await control(workspace, 'messages/C_OPS')
    expect(body.messages.at(-1)).toMatchObject({ text: 'd1', metadata: { event_type: 'slipway', event_payload: { delivery_id: 'd1' } } })
  })

  test('a rate limit says when to come again, and nothing was posted', async () => {
    await fault('chat.postMessage', { status: 429, retryAfter: 3 })
    expect(await post('d2')).toEqual({ kind: 'later', retryAfterMs: 3_000 })
    expect(await texts()).not.toContain('d2')
  })

  test('an answer lost after the effect is unknown; looking finds the post, so nothing is posted twice', async () => {
    await fault('chat.postMessage', { status: 500, afterEffect: true })
    expect(await post('d3')).toEqual({ kind: 'unknown' })
    expect(await client.find({ channel: 'C_OPS', deliveryId: 'd3', since: started })).toEqual({ kind: 'found', ts: expect.any(String) })
    expect((await texts()).filter((text: string) => text === 'd3')).toHaveLength(1)
  })

  test('a connection that breaks without effect is unknown; looking says absent', async () => {
    await fault('chat.postMessage', {})
    expect(await post('d4')).toEqual({ kind: 'unknown' })
    expect(await client.find({ channel: 'C_OPS', deliveryId: 'd4', since: started })).toEqual({ kind: 'absent' })
  })

  test('a post in a thread is found in the thread', async () => {
    const parent = await post('d5')
    if (parent.kind !== 'posted') throw new Error('not posted')
    await fault('chat.postMessage', { afterEffect: true })
    expect(await post('d6', { threadTs: parent.ts })).toEqual({ kind: 'unknown' })
    expect(await client.find({ channel: 'C_OPS', threadTs: parent.ts, deliveryId: 'd6', since: started })).toMatchObject({ kind: 'found' })
  })

  test('updates: done, and gone where the message is not there', async () => {
    const posted = await post('d7')
    if (posted.kind !== 'posted') throw new Error('not posted')
    expect(await client.update({ channel: 'C_OPS', ts: posted.ts, view: said('d7 done') })).toEqual({ kind: 'posted' })
    expect(await texts()).toContain('d7 done')
    expect(await client.find({ channel: 'C_OPS', deliveryId: 'd7', since: started })).toEqual({ kind: 'found', ts: posted.ts })
    expect(await client.update({ channel: 'C_OPS', ts: '1.000001', view: said('x') })).toEqual({ kind: 'gone' })
    await fault('chat.update', { status: 503 })
    expect(await client.update({ channel: 'C_OPS', ts: posted.ts, view: said('x') })).toMatchObject({ kind: 'later' })
  })

  test('a channel that is not there is final, with advice', async () => {
    expect(await post('d8', { channel: 'C_NONE' })).toMatchObject({ kind: 'never', error: 'channel_not_found', mendable: true })
  })

  test.each(['unknown_method', 'missing_scope', 'not_allowed_token_type'])('%s switches a nicety off with one warning', async (error) => {
    const posted = await post('d9')
    if (posted.kind !== 'posted') throw new Error('not posted')
    await fault('pins.add', { status: 200, error })
    expect(await client.pin({ channel: 'C_OPS', ts: posted.ts })).toEqual({ kind: 'off' })
    expect(await client.pin({ channel: 'C_OPS', ts: posted.ts })).toEqual({ kind: 'off' })
    expect(logged.filter((line) => line.includes('pins.add'))).toHaveLength(1)
    expect(await post('d10')).toMatchObject({ kind: 'posted' })
  })

  test('without the right to look it is blind, not broken', async () => {
    await fault('conversations.history', { status: 200, error: 'missing_scope' })
    expect(await client.find({ channel: 'C_OPS', deliveryId: 'd11', since: started })).toEqual({ kind: 'blind' })
  })

  test('pinning twice is fine; Home and files arrive', async () => {
    const posted = await post('d12')
    if (posted.kind !== 'posted') throw new Error('not posted')
    expect(await client.pin({ channel: 'C_OPS', ts: posted.ts })).toEqual({ kind: 'done' })
    expect(await client.pin({ channel: 'C_OPS', ts: posted.ts })).toEqual({ kind: 'done' })
    expect(await client.publishHome({ userId: 'U_PM', view: said('Home') })).toEqual({ kind: 'done' })
    const file = { channel: 'C_OPS', threadTs: posted.ts, file: Buffer.from('%PDF-1.7'), name: 'iq.pdf', title: 'IQ-0001' }
    expect(await client.upload(file)).toEqual({ kind: 'done' })
    await eventually(async () => (await control(workspace, 'files')).body.files.some(({ title }: { title: string }) => title === 'IQ-0001'))
  })

  test('the doctor is content here, and says what to do elsewhere', async () => {
    const { log } = memoryLog()
    const check = (more: object) => checkSlack({ botToken, apiUrl: workspace.apiUrl, opsChannel: 'C_OPS', log, ...more })
    expect((await check({})).filter(({ ok, what }) => !ok && !what.includes('scopes'))).toEqual([])
    expect((await check({ opsChannel: 'C_NONE' })).at(-1)).toMatchObject({ ok: false, advice: expect.stringContaining('Invite') })
    expect(await check({ botToken: 'xoxb-wrong' })).toMatchObject([{ ok: false, advice: expect.stringContaining('not valid') }])
    expect(await check({ apiUrl: 'http://127.0.0.1:9/api/' })).toMatchObject([
      { ok: false, advice: expect.stringContaining('SLACK_API_URL') },
    ])
  })
})

test('a response_url may have an origin that RESPONSE_ORIGINS names, and no other near it', () => {
  const responseOrigins = ['https://slack.example', 'http://10.0.0.1:8080']
  for (const url of ['https://slack.example/r/1', 'http://10.0.0.1:8080/r']) expect(isSlacks(url, { responseOrigins })).toBe(true)
  for (const url of [
    'http://slack.example/r/1',
    'https://slack.example:444/r',
    'https://slack.example.evil.example/r',
    'https://evil.example/https://slack.example',
    'https://u@slack.example/r',
    'http://10.0.0.1:8081/r',
    'http://169.254.169.254/latest/meta-data',
    `https://slack.example/${'x'.repeat(3_000)}`,
  ])
    expect(isSlacks(url, { responseOrigins })).toBe(false)
})
