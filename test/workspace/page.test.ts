import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Workspace } from '../../src/workspace'
import { client, control, eventually, openWorkspace, startBot } from './stage'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const args =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const plain = (text: string) => ({ type: 'plain_text' as const, text })

let workspace: Workspace
let stopBot: () => Promise<unknown>
let browser: Browser
let page: Page

beforeAll(async () => {
  workspace = await openWorkspace({ commands: [{ command: '/env', description: 'Environments', usage_hint: 'list' }] })
  stopBot = await startBot(workspace, 'http', (app) => {
    app.command('/env', async ({ ack, command }) => ack(`You said ${command.text}`))
    app.action('drop', async ({ ack, respond }) => {
      await ack()
      await respond({ replace_original: true, text: 'It is gone' })
    })
    app.action('name', async ({ ack, body, client: api }) => {
      await ack()
      const element = { type: 'plain_text_input' as const, action_id: 'value' }
      const blocks = [{ type: 'input' as const, block_id: 'word', label: plain('Word'), element }]
      const trigger = 'trigger_id' in body ? body.trigger_id : ''
      await api.views.open({
        trigger_id: trigger,
        view: { type: 'modal', callback_id: 'm', title: plain('Name it'), submit: plain('Save'), blocks },
      })
    })
    app.view('m', async ({ ack, view }) => {
      const word = view.state.values['word']?.['value']?.value
      await (word === 'taken' ? ack({ response_action: 'errors', errors: { word: 'It is taken' } }) : ack())
    })
    app.event('app_home_opened', async ({ event, client: api }) => {
      await api.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'header', text: plain('Your work') }] } })
    })
  })
  const executablePath = process.env['CHROMIUM'] ?? places.find(existsSync) ?? 'chromium'
  browser = await chromium.launch({ executablePath, args: args.split(' ') })
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
})
afterAll(async () => {
  await browser.close()
  await stopBot()
  await workspace.stop()
})
beforeEach(async () => {
  await control(workspace, 'reset', {})
  await page.goto(`${workspace.url}/archives/C_ACME?as=U_PM`)
  await page.waitForSelector('#composer')
})

const seen = (text: string) => page.getByText(text, { exact: true }).first().waitFor({ timeout: 3000 })
const buttons = (...names: string[]) => ({
  type: 'actions' as const,
  elements: names.map((name) => ({
    type: 'button' as const,
    action_id: name,
    text: plain(name),
    ...(name === 'drop' && { confirm: { title: plain('Sure?'), text: plain('It goes'), confirm: plain('Drop it') } }),
  })),
})

test('a command is completed, sent and answered', async () => {
  await page.fill('#composer', '/e')
  await page.locator('[data-offer="/env"]').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.type('list')
  await page.keyboard.press('Enter')
  await seen('You said list')
  await seen('Only visible to you')
})

test('a button asks first, and its message changes', async () => {
  await client(workspace).chat.postMessage({ channel: 'C_ACME', text: 'x', blocks: [buttons('drop')] })
  await page.locator('[data-action-id=drop]').click()
  await page.locator('[data-confirm=yes]').click()
  await seen('It is gone')
})

test('a modal shows what is wrong, then closes', async () => {
  await client(workspace).chat.postMessage({ channel: 'C_ACME', text: 'x', blocks: [buttons('name')] })
  await page.locator('[data-action-id=name]').click()
  await page.fill('[data-action-id=value]', 'taken')
  await page.locator('#modal-submit').click()
  await seen('It is taken')
  await page.fill('[data-action-id=value]', 'free')
  await page.keyboard.press('Enter')
  await page.locator('.modal').waitFor({ state: 'detached' })
})

test('an external person sees the shared channel, without commands', async () => {
  await page.locator('#acting-as').click()
  await page.locator('[role=option][data-person=U_LEAD]').click()
  await page.locator('[data-channel=C_OPS]').waitFor({ state: 'detached' })
  await page.fill('#composer', '/env list')
  await seen('Slash commands are not available to you here')
  await page.fill('#composer', 'Hello @jonas')
  await page.keyboard.press('Enter')
  const said = await eventually(async () => (await control(workspace, 'messages/C_ACME')).body.messages[0])
  expect(said).toMatchObject({ user: 'U_LEAD', text: 'Hello <@U_PM>' })
})

test('threads and the Home open', async () => {
  const { chat } = client(workspace)
  const { ts = '' } = await chat.postMessage({ channel: 'C_ACME', text: 'A *parent*' })
  await chat.postMessage({ channel: 'C_ACME', text: 'A reply', thread_ts: ts })
  await page.locator(`[data-thread="${ts}"]`).click()
  await seen('A reply')
  await page.locator('[data-app=home]').click()
  await seen('Your work')
})
