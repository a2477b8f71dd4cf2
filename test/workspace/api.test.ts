import type { Workspace } from '../../src/workspace'
import { client, control, eventually, openWorkspace } from './stage'

let workspace: Workspace
beforeAll(async () => {
  workspace = await openWorkspace()
})
afterAll(() => workspace.stop())
beforeEach(() => control(workspace, 'reset', {}))

const refusal = (error: string) => expect.objectContaining({ data: expect.objectContaining({ ok: false, error }) })

test('who calls is checked', async () => {
  await expect(client(workspace).auth.test()).resolves.toMatchObject({ team_id: 'T_VENDOR', user_id: 'U0SLIPWAY', bot_id: 'B0SLIPWAY' })
  await expect(client(workspace, 'xoxb-wrong').auth.test()).rejects.toEqual(refusal('invalid_auth'))
  await expect(client(workspace).apiCall('chat.shout')).rejects.toEqual(refusal('unknown_method'))
  await expect(client(workspace).apps.connections.open()).rejects.toEqual(refusal('not_allowed_token_type'))
})

test('an update with text alone removes the blocks and keeps the metadata', async () => {
  const { chat, conversations } = client(workspace)
  const metadata = { event_type: 'step', event_payload: { id: '1' } }
  const blocks = [{ type: 'divider' }]
  const { ts = '' } = await chat.postMessage({ channel: 'C_OPS', text: 'One', blocks, metadata })
  await chat.update({ channel: 'C_OPS', ts, text: 'Two' })
  const bare = await conversations.history({ channel: 'C_OPS' })
  expect(bare.messages).toMatchObject([{ text: 'Two', metadata: { event_type: 'step' } }])
  expect(bare.messages?.[0]).not.toHaveProperty('blocks')
  const full = await conversations.history({ channel: 'C_OPS', include_all_metadata: true })
  expect(full.messages?.[0]?.metadata).toEqual(metadata)
})

test('messages are limited as on Slack', async () => {
  const { chat } = client(workspace)
  const { ts = '' } = await chat.postMessage({ channel: 'C_OPS', text: 'x'.repeat(50_000) })
  expect((await control(workspace, 'messages/C_OPS')).body.messages[0].text).toHaveLength(40_000)
  await expect(chat.update({ channel: 'C_OPS', ts, text: 'x'.repeat(4001) })).rejects.toEqual(refusal('msg_too_long'))
  await expect(chat.postMessage({ channel: 'C_OPS', text: '' })).rejects.toEqual(refusal('no_text'))
  await expect(chat.postMessage({ channel: 'C_NONE', text: 'x' })).rejects.toEqual(refusal('channel_not_found'))
  await expect(chat.postMessage({ channel: 'C_OPS', text: 'x', thread_ts: '1.000001' })).rejects.toEqual(refusal('thread_not_found'))
  await expect(chat.delete({ channel: 'C_OPS', ts: '1.000001' })).rejects.toEqual(refusal('message_not_found'))
})

test('replies go to a parent, not to a reply', async () => {
  const { chat, conversations } = client(workspace)
  const { ts = '' } = await chat.postMessage({ channel: 'C_OPS', text: 'Parent' })
  const reply = await chat.postMessage({ channel: 'C_OPS', text: 'Reply', thread_ts: ts })
  await expect(chat.postMessage({ channel: 'C_OPS', text: 'x', thread_ts: reply.ts ?? '' })).rejects.toEqual(
    refusal('cannot_reply_to_message'),
  )
  const { messages } = await conversations.replies({ channel: 'C_OPS', ts })
  expect(messages).toMatchObject([
    { text: 'Parent', reply_count: 1, latest_reply: reply.ts },
    { text: 'Reply', thread_ts: ts },
  ])
  expect((await conversations.history({ channel: 'C_OPS' })).messages).toHaveLength(1)
})

test('history comes in pages, newest first', async () => {
  const { chat, conversations } = client(workspace)
  for (const text of ['a', 'b', 'c']) await chat.postMessage({ channel: 'C_OPS', text })
  const first = await conversations.history({ channel: 'C_OPS', limit: 2 })
  expect(first.messages?.map((one) => one.text)).toEqual(['c', 'b'])
  const cursor = first.response_metadata?.next_cursor ?? ''
  const second = await conversations.history({ channel: 'C_OPS', limit: 2, cursor })
  expect(second).toMatchObject({ has_more: false, messages: [{ text: 'a' }] })
  const oldest = first.messages?.[1]?.ts ?? ''
  expect((await conversations.history({ channel: 'C_OPS', oldest })).messages).toMatchObject([{ text: 'c' }])
})

test('shared channels and their people are told apart', async () => {
  const { conversations, users, usergroups } = client(workspace)
  expect((await conversations.info({ channel: 'C_ACME' })).channel).toMatchObject({ is_ext_shared: true, is_member: true })
  expect((await conversations.info({ channel: 'C_OPS' })).channel).toMatchObject({ is_ext_shared: false })
  expect((await conversations.members({ channel: 'C_BETA' })).members).toContain('U_BLEAD')
  expect((await users.info({ user: 'U_LEAD' })).user).toMatchObject({ team_id: 'T_ACME', is_stranger: false, real_name: 'Marcus Bell' })
  expect((await usergroups.list({ include_users: true })).usergroups).toContainEqual(
    expect.objectContaining({ handle: 'qa', users: ['U_QA'] }),
  )
})

test('pins, bookmarks and reactions are kept', async () => {
  const { bookmarks, chat, pins, reactions } = client(workspace)
  const { ts = '' } = await chat.postMessage({ channel: 'C_ACME', text: 'Board' })
  await pins.add({ channel: 'C_ACME', timestamp: ts })
  await expect(pins.add({ channel: 'C_ACME', timestamp: ts })).rejects.toEqual(refusal('already_pinned'))
  expect((await pins.list({ channel: 'C_ACME' })).items).toMatchObject([{ message: { ts } }])
  const added = await bookmarks.add({ channel_id: 'C_ACME', title: 'Plan', type: 'link', link: 'https://example.com' })
  await bookmarks.edit({ channel_id: 'C_ACME', bookmark_id: added.bookmark?.id ?? '', title: 'New plan' })
  expect((await bookmarks.list({ channel_id: 'C_ACME' })).bookmarks).toMatchObject([{ title: 'New plan' }])
  await reactions.add({ channel: 'C_ACME', timestamp: ts, name: 'eyes' })
  expect((await control(workspace, 'messages/C_ACME')).body.messages[0]).toMatchObject({
    reactions: [{ name: 'eyes', count: 1 }],
    pinned_to: ['C_ACME'],
  })
})

test('a file is uploaded and shared in a thread', async () => {
  const api = client(workspace)
  const { ts = '' } = await api.chat.postMessage({ channel: 'C_ACME', text: 'Report' })
  const file = Buffer.from('%PDF-1.7 and so on')
  await api.filesUploadV2({
    channel_id: 'C_ACME',
    thread_ts: ts,
    filename: 'report.pdf',
    title: 'The report',
    file,
    initial_comment: 'Here it is',
  })
  const shared = await eventually(async () => (await control(workspace, `messages/C_ACME?thread_ts=${ts}`)).body.messages[1])
  expect(shared).toMatchObject({ text: 'Here it is', files: [{ title: 'The report', mimetype: 'application/pdf', size: file.length }] })
  const bytes = await fetch(shared.files[0].url_private)
  expect(Buffer.from(await bytes.arrayBuffer())).toEqual(file)
  expect((await api.files.info({ file: shared.files[0].id })).file).toMatchObject({ name: 'report.pdf' })
  expect((await control(workspace, 'files')).body.files).toHaveLength(1)
})

test('a direct message goes to a person of the home team', async () => {
  const { chat, conversations } = client(workspace)
  const opened = await conversations.open({ users: 'U_QA' })
  const posted = await chat.postMessage({ channel: 'U_QA', text: 'Please sign' })
  expect(posted.channel).toBe(opened.channel?.id)
  await expect(chat.postMessage({ channel: 'U_LEAD', text: 'x' })).rejects.toEqual(refusal('channel_not_found'))
})

test('a permalink opens the page at the message', async () => {
  const { chat } = client(workspace)
  const { ts = '' } = await chat.postMessage({ channel: 'C_OPS', text: 'x' })
  const { permalink = '' } = await chat.getPermalink({ channel: 'C_OPS', message_ts: ts })
  expect(permalink).toBe(`${workspace.url}/archives/C_OPS/p${ts.replace('.', '')}`)
  const page = await fetch(permalink)
  expect(await page.text()).toContain('/web/app.js')
})
