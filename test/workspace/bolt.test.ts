import type { App, BlockAction, ButtonAction } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import type { Workspace } from '../../src/workspace'
import { control, eventually, openWorkspace, startBot } from './stage'

const modal: ModalView = {
  type: 'modal',
  callback_id: 'name-it',
  notify_on_close: true,
  private_metadata: 'C_ACME',
  title: { type: 'plain_text', text: 'Name it' },
  submit: { type: 'plain_text', text: 'Save' },
  blocks: [
    {
      type: 'input',
      block_id: 'name',
      label: { type: 'plain_text', text: 'Name' },
      element: { type: 'plain_text_input', action_id: 'name' },
    },
  ],
}

/** Records what reached it, and answers as a bot would. */
function bot(seen: Record<string, unknown>): (app: App) => void {
  return (app) => {
    app.command('/env', async ({ ack, command, client }) => {
      seen['command'] = command
      await ack({ response_type: 'ephemeral', text: 'On it' })
      await client.chat.postMessage({
        channel: command.channel_id,
        text: 'An environment',
        metadata: { event_type: 'env', event_payload: { id: '7' } },
        blocks: [
          { type: 'section', text: { type: 'mrkdwn', text: 'An *environment*' } },
          { type: 'actions', block_id: 'acts', elements: [button('rename', 'one'), button('drop', 'two')] },
        ],
      })
    })
    app.action<BlockAction<ButtonAction>>('rename', async ({ ack, body, client }) => {
      await ack()
      seen['action'] = body
      await client.views.open({ trigger_id: body.trigger_id, view: modal })
    })
    app.view('name-it', async ({ ack, view, body, client }) => {
      seen['submission'] = body
      const text = view.state.values['name']?.['name']?.value ?? ''
      if (text.includes(' ')) return ack({ response_action: 'errors', errors: { name: 'No spaces, please' } })
      await ack()
      await client.chat.postMessage({ channel: view.private_metadata, text: `Named ${text}` })
    })
    app.view({ callback_id: 'name-it', type: 'view_closed' }, async ({ ack, body }) => {
      await ack()
      seen['closed'] = body
    })
    app.event('app_home_opened', async ({ event, client }) => {
      await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'divider' }] } })
    })
    app.message('hello', async ({ message }) => {
      seen['message'] = message
    })
  }
}

function button(action: string, value: string) {
  return { type: 'button' as const, action_id: action, value, text: { type: 'plain_text' as const, text: action } }
}

describe.each(['http', 'socket'] as const)('a Bolt app over %s', (mode) => {
  let workspace: Workspace
  let stop: () => Promise<unknown>
  let seen: Record<string, unknown>

  beforeAll(async () => {
    workspace = await openWorkspace()
    seen = {}
    stop = await startBot(workspace, mode, bot(seen))
  })
  afterAll(async () => {
    await stop()
    await workspace.stop()
  })

  const posted = (text: string) =>
    eventually(async () => {
      const { body } = await control(workspace, 'messages/C_ACME')
      return body.messages.find((one: { text: string }) => one.text === text)
    })

  test('a command is acknowledged, answered and posts', async () => {
    const { status, body } = await control(workspace, 'command', {
      channel: 'C_ACME',
      user: 'U_PM',
      command: '/env',
      text: 'list @mei in #acme',
    })
    expect(status).toBe(200)
    expect(body).toEqual({ ok: true, ack: { response_type: 'ephemeral', text: 'On it' } })
    expect(seen['command']).toMatchObject({
      text: 'list <@U_ENG|mei> in <#C_ACME|acme>',
      team_id: 'T_VENDOR',
      user_id: 'U_PM',
      channel_name: 'acme',
      is_enterprise_install: 'false',
    })
    const whispers = await control(workspace, 'ephemerals/U_PM')
    expect(whispers.body.messages).toMatchObject([{ text: 'On it', channel: 'C_ACME' }])
    expect(await posted('An environment')).toMatchObject({ metadata: { event_type: 'env', event_payload: { id: '7' } } })
  })

  test('an external person clicks, fills the modal in and submits it', async () => {
    const message = await posted('An environment')
    const click = { channel: 'C_ACME', messageTs: message.ts, user: 'U_LEAD', action: { type: 'button', action_id: 'rename' } }
    expect((await control(workspace, 'interact', click)).body).toEqual({ ok: true })
    expect(seen['action']).toMatchObject({
      user: { id: 'U_LEAD', team_id: 'T_ACME' },
      team: { id: 'T_VENDOR' },
      channel: { id: 'C_ACME' },
      container: { type: 'message', message_ts: message.ts, is_ephemeral: false },
      message: { ts: message.ts, bot_id: 'B0SLIPWAY' },
      actions: [{ action_id: 'rename', block_id: 'acts', value: 'one', type: 'button' }],
    })

    const view = await eventually(async () => (await control(workspace, 'views/U_LEAD')).body.stack[0])
    const submit = (value: string) =>
      control(workspace, 'submit', { viewId: view.id, user: 'U_LEAD', values: { name: { name: { value } } } })
    expect((await submit('')).body).toMatchObject({ ok: false, errors: { name: 'Please complete this required field.' } })
    expect((await submit('two words')).body).toMatchObject({ ok: false, errors: { name: 'No spaces, please' } })
    expect((await submit('acme-prod')).body).toEqual({ ok: true })
    await posted('Named acme-prod')
    expect((await control(workspace, 'views/U_LEAD')).body.stack).toEqual([])
    expect(seen['submission']).toMatchObject({
      user: { id: 'U_LEAD' },
      view: { callback_id: 'name-it', app_installed_team_id: 'T_VENDOR' },
    })
  })

  test('a closed modal, an opened Home and a written message reach the app', async () => {
    const message = await posted('An environment')
    const click = { channel: 'C_ACME', messageTs: message.ts, user: 'U_PM', action: { action_id: 'rename' } }
    await control(workspace, 'interact', click)
    const view = await eventually(async () => (await control(workspace, 'views/U_PM')).body.stack[0])
    expect((await control(workspace, 'close', { viewId: view.id, user: 'U_PM' })).body).toEqual({ ok: true })
    expect(seen['closed']).toMatchObject({ type: 'view_closed', is_cleared: false })

    expect((await control(workspace, 'open-home', { user: 'U_PM' })).body).toEqual({ ok: true })
    await eventually(async () => (await control(workspace, 'views/U_PM')).body.home)
    await control(workspace, 'message', { channel: 'C_ACME', user: 'U_LEAD', text: 'hello there' })
    await eventually(async () => seen['message'])
    expect(seen['message']).toMatchObject({ user: 'U_LEAD', team: 'T_ACME', channel: 'C_ACME', channel_type: 'channel' })
  })

  test('every request is in the log', async () => {
    const { body } = await control(workspace, 'log')
    expect(body.log).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ direction: 'out', name: 'command /env', status: 200 }),
        expect.objectContaining({ direction: 'in', name: 'chat.postMessage', status: 200, channel: 'C_ACME' }),
      ]),
    )
  })
})
