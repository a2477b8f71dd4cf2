import { WebClient } from '@slack/web-api'
import type { Workspace } from '../../src/workspace/index.js'
import { control, eventually, openWorkspace } from '../workspace/stage.js'
import { agreed, type Bot, botToken, postSigned, startApp } from './support.js'

const buttons = [
  { type: 'section', text: { type: 'mrkdwn', text: 'Approve?' } },
  {
    type: 'input',
    optional: true,
    block_id: 'comment.r1',
    label: { type: 'plain_text', text: 'Comment' },
    element: { type: 'plain_text_input', action_id: 'comment' },
  },
  {
    type: 'actions',
    elements: [{ type: 'button', action_id: 'approve', value: 'r1.1.0123abcd', text: { type: 'plain_text', text: 'Approve' } }],
  },
] as never[]

async function whispers(workspace: Workspace, user: string): Promise<string[]> {
  return (await control(workspace, `ephemerals/${user}`)).body.messages.map(({ text }: { text: string }) => text)
}

describe.each(['http', 'socket'] as const)('over %s', (mode) => {
  let workspace: Workspace
  let bot: Bot
  beforeAll(async () => {
    workspace = await openWorkspace()
    bot = await startApp(workspace, mode)
  })
  beforeEach(() => {
    bot.calls.length = 0
    bot.onChange(async () => agreed)
  })
  afterAll(async () => {
    await bot.stop()
    await workspace.stop()
  })

  const command = (text: string, name = '/env') => control(workspace, 'command', { channel: 'C_OPS', user: 'U_PM', command: name, text })
  const message = async () => {
    const web = new WebClient(botToken, { slackApiUrl: workspace.apiUrl })
    return (await web.chat.postMessage({ channel: 'C_ACME', text: 'Approve?', blocks: buttons })).ts
  }

  test('a command is carried out before it is acknowledged, and answered to one person', async () => {
    const { body } = await command('create sandbox acme')
    expect(body).toMatchObject({ ok: true, ack: { response_type: 'ephemeral', text: 'Agreed.' } })
    expect(bot.calls).toMatchObject([
      {
        ask: { verb: 'env-create', kind: 'sandbox', slug: 'acme' },
        actor: { userId: 'U_PM', teamId: 'T_VENDOR' },
        dedupe: expect.any(String),
      },
    ])
    expect(bot.calls[0]?.dedupe).not.toBe('')
  })

  test('mentions arrive as ids', async () => {
    await command('people acme add @marcus lead', '/customer')
    expect(bot.calls).toMatchObject([{ ask: { verb: 'customer-people', userId: 'U_LEAD', role: 'lead' } }])
  })

  test('an unknown command word is answered too', async () => {
    const { body } = await command('list', '/enw')
    expect(body.ack.text).toContain('Did you mean `env`?')
  })

  test("an external person's click arrives with who they are, their comment and a dedupe key", async () => {
    const ts = await message()
    const action = { type: 'button', action_id: 'approve' }
    const state = { 'comment.r1': { comment: { type: 'plain_text_input', value: ' looks good ' } } }
    const { body } = await control(workspace, 'interact', { channel: 'C_ACME', messageTs: ts, user: 'U_LEAD', action, state })
    expect(body).toEqual({ ok: true })
    expect(bot.calls).toMatchObject([
      {
        ask: { verb: 'click', requestId: 'r1', version: 1, hash: '0123abcd', action: 'approve', comment: 'looks good' },
        actor: { userId: 'U_LEAD', teamId: 'T_ACME' },
        dedupe: expect.stringMatching(/.+/),
      },
    ])
    await eventually(async () => (await whispers(workspace, 'U_LEAD')).includes('Agreed.'))
  })

  test('a refusal of a click is told to who clicked, and the message stays as it is', async () => {
    const ts = await message()
    const refusal = { code: 'own-request', rule: 'R30', text: 'You asked for this yourself.' }
    bot.onChange(async () => ({ kind: 'refused', refusal, repeated: false }))
    await control(workspace, 'interact', {
      channel: 'C_ACME',
      messageTs: ts,
      user: 'U_PM',
      action: { type: 'button', action_id: 'approve' },
    })
    await eventually(async () => (await whispers(workspace, 'U_PM')).some((text) => text.includes('You asked for this yourself')))
    const { body } = await control(workspace, 'messages/C_ACME')
    expect(body.messages.find((one: { ts: string }) => one.ts === ts).text).toBe('Approve?')
  })

  test('what takes long is acknowledged in time and answered when it is done', async () => {
    bot.onChange(() => new Promise((resolve) => setTimeout(() => resolve(agreed), 400)))
    const { body } = await command('create demo acme')
    expect(body.ack.text).toBe('Working…')
    expect(await whispers(workspace, 'U_PM')).not.toContain('Slow and done.')
    bot.onChange(() => new Promise((resolve) => setTimeout(() => resolve({ ...agreed, say: 'Slow and done.' }), 300)))
    await command('create demo acme')
    await eventually(async () => (await whispers(workspace, 'U_PM')).includes('Slow and done.'))
  })

  test('a fault shows a reference and nothing of its inside; the log has the rest', async () => {
    bot.onChange(async () => {
      throw new Error('connecting to db-7.internal: password wrong')
    })
    const { body } = await command('create demo acme')
    const shown = JSON.stringify(body.ack)
    const [id] = /F-[0-9A-Z]{8}/.exec(shown) ?? []
    expect(id).toBeDefined()
    expect(shown).not.toMatch(/db-7|password|Error|at \w+ \(/)
    expect(bot.logged.some((line) => line.includes(`"reference":"${id}"`) && line.includes('db-7.internal'))).toBe(true)
  })

  test('the Home is shown to who has one', async () => {
    await control(workspace, 'open-home', { user: 'U_PM' })
    const home = await eventually(async () => (await control(workspace, 'views/U_PM')).body.home)
    expect(JSON.stringify(home.blocks)).toContain('What waits for you')
    await control(workspace, 'open-home', { user: 'U_QA' })
    expect((await control(workspace, 'views/U_QA')).body.home).toBeUndefined()
  })

  test('health and readiness', async () => {
    expect((await fetch(`${bot.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${bot.url}/readyz`)).status).toBe(200)
    expect((await fetch(`${bot.url}/else`)).status).toBe(404)
  })
})

test('Socket Mode: connections that Slack refreshes or drops are made again, and meanwhile the process is not ready', async () => {
  const workspace = await openWorkspace()
  const bot = await startApp(workspace, 'socket')
  const ready = async () => (await fetch(`${bot.url}/readyz`)).status === 200
  for (const reason of ['refresh_requested', 'drop']) {
    await control(workspace, 'disconnect', { reason })
    await eventually(async () => !(await ready()))
    await eventually(ready)
    const { body } = await control(workspace, 'command', { channel: 'C_OPS', user: 'U_PM', command: '/env', text: 'create demo acme' })
    expect(body.ack.text).toBe('Agreed.')
  }
  expect(bot.calls).toHaveLength(2)
  await bot.stop()
  await workspace.stop()
})

describe('over HTTP alone', () => {
  let workspace: Workspace
  beforeAll(async () => {
    workspace = await openWorkspace()
  })
  afterAll(() => workspace.stop())

  const payload = (fields: Record<string, string>) =>
    new URLSearchParams({
      command: '/env',
      text: 'create demo acme',
      user_id: 'U_PM',
      team_id: 'T_VENDOR',
      channel_id: 'C_OPS',
      trigger_id: '1.2.abc',
      response_url: `${workspace.url}/response/x`,
      ...fields,
    }).toString()

  test('the same payload twice carries the same dedupe key; a wrong signature carries nothing', async () => {
    const bot = await startApp(workspace, 'http')
    await postSigned(bot, payload({}))
    await postSigned(bot, payload({}))
    await postSigned(bot, payload({ trigger_id: '3.4.def' }))
    expect(bot.calls.map(({ dedupe }) => dedupe)).toEqual(['1.2.abc', '1.2.abc', '3.4.def'])
    expect((await postSigned(bot, payload({}), 'another secret')).status).toBe(401)
    expect(bot.calls).toHaveLength(3)
    await bot.stop()
  })

  test("R30: a command from another workspace is refused, whoever's id it carries", async () => {
    const bot = await startApp(workspace, 'http')
    const told = await (await postSigned(bot, payload({ team_id: 'T_ACME' }))).text()
    expect(told).toContain('R30')
    expect(bot.calls).toEqual([])
    await bot.stop()
  })

  test('a submitted modal is a click with its comment; its key is the view and its hash', async () => {
    const bot = await startApp(workspace, 'http')
    const values = { any: { comment: { type: 'plain_text_input', value: 'too many rejected rows' } } }
    const view = {
      id: 'V1',
      hash: 'h1',
      callback_id: 'reject-iteration',
      private_metadata: 'r1.2.0123abcd',
      state: { values },
      type: 'modal',
    }
    const body = { type: 'view_submission', user: { id: 'U_LEAD', team_id: 'T_ACME' }, team: { id: 'T_VENDOR' }, view }
    const response = await postSigned(bot, new URLSearchParams({ payload: JSON.stringify(body) }).toString())
    expect(await response.json()).toMatchObject({ response_action: 'update', view: { type: 'modal' } })
    expect(bot.calls).toMatchObject([
      { ask: { action: 'reject-iteration', comment: 'too many rejected rows' }, actor: { teamId: 'T_ACME' }, dedupe: 'V1.h1' },
    ])
    await bot.stop()
  })

  test('with a prefix the commands are the prefixed ones', async () => {
    const config = {
      botToken,
      signingSecret: 'a-signing-secret',
      apiUrl: workspace.apiUrl,
      port: 0,
      commandPrefix: 'acme-',
      opsChannel: 'C_OPS',
    }
    const bot = await startApp(workspace, 'http', { config })
    await postSigned(bot, payload({ command: '/acme-env' }))
    expect(bot.calls).toMatchObject([{ ask: { verb: 'env-create' } }])
    await bot.stop()
  })

  test('a stop waits for what runs, and answers it', async () => {
    const bot = await startApp(workspace, 'http', { patienceMs: 2_000 })
    bot.onChange(() => new Promise((resolve) => setTimeout(() => resolve(agreed), 300)))
    const answer = postSigned(bot, payload({}))
    await eventually(async () => bot.calls.length === 1)
    await bot.stop()
    expect(await (await answer).json()).toMatchObject({ text: 'Agreed.' })
    await expect(fetch(`${bot.url}/healthz`)).rejects.toThrow()
  })
})
