/** What changes nothing is told to the trail too (R32): reads, what was not understood, and attempts of strangers; after the answer. */
import type { Workspace } from '../../src/workspace/index.js'
import { queries, vendor } from '../commands/support.js'
import { control, eventually, openWorkspace } from '../workspace/stage.js'
import { type Bot, startApp } from './support.js'

let workspace: Workspace
let bot: Bot
const actors: Record<string, ReturnType<typeof vendor> | { party: 'stranger'; userId: string }> = {}
beforeAll(async () => {
  workspace = await openWorkspace()
  bot = await startApp(workspace, 'http', { queries: { ...queries, actor: async (userId) => actors[userId] ?? vendor('pm', 'admin') } })
})
beforeEach(() => {
  bot.heard.length = 0
})
afterAll(async () => {
  await bot.stop()
  await workspace.stop()
})

const says = (command: string, text: string, user = 'U_PM') => control(workspace, 'command', { channel: 'C_OPS', user, command, text })
const heard = async () => {
  const first = await eventually(async () => bot.heard[0])
  expect(bot.heard).toHaveLength(1)
  return first
}

test('R32 who looked at what', async () => {
  await says('/env', 'show acme-sandbox')
  expect(await heard()).toMatchObject({
    userId: 'U_PM',
    teamId: 'T_VENDOR',
    channel: 'C_OPS',
    how: 'shown',
    what: '/env show',
    typed: 'show acme-sandbox',
  })
})

test('R32 a command that was not understood, with what was typed', async () => {
  await says('/env', 'crate sandbox acme')
  expect(await heard()).toMatchObject({ how: 'not-understood', what: '/env', typed: 'crate sandbox acme' })
})

test('R32 a command with a wrong argument', async () => {
  await says('/env', 'create castle acme')
  expect(await heard()).toMatchObject({ how: 'not-understood', what: '/env create', typed: 'create castle acme' })
})

test('R32 a command about what nobody knows', async () => {
  await says('/env', 'show nowhere-prod')
  expect(await heard()).toMatchObject({ how: 'refused', code: 'unknown-environment', rule: 'R3', typed: 'show nowhere-prod' })
})

test("R32 a command of somebody who is nobody's", async () => {
  actors['U_ENG'] = { party: 'stranger', userId: 'U_ENG' }
  await says('/env', 'destroy acme-sandbox', 'U_ENG')
  expect(await heard()).toMatchObject({ userId: 'U_ENG', how: 'refused', code: 'not-vendor', typed: 'destroy acme-sandbox' })
})

test('R32 who opened the Home', async () => {
  await control(workspace, 'open-home', { user: 'U_PM' })
  expect(await heard()).toMatchObject({ userId: 'U_PM', how: 'shown', what: 'home' })
})

test('R32 what the hinge was asked is on record there, and not told twice', async () => {
  await says('/env', 'create sandbox acme')
  await says('/env', 'show acme-sandbox')
  expect(await heard()).toMatchObject({ what: '/env show' })
})

test('the answer comes first: a trail that is slow does not hold it up', async () => {
  let written = false
  bot.onHeard(async () => {
    await new Promise((resolve) => setTimeout(resolve, 800))
    written = true
  })
  const { body } = await says('/env', 'list')
  expect(body).toMatchObject({ ok: true })
  expect(written).toBe(false)
  await eventually(async () => written)
})

test('a trail that cannot be written is a fault in the log, with the answer given', async () => {
  bot.onHeard(async () => {
    throw new Error('no database')
  })
  const { body } = await says('/env', 'list')
  expect(body.ack.text).not.toContain('not your doing')
  await eventually(async () => bot.logged.join('').includes('no database'))
})
