/** Names of people from Slack: in time or not at all, once for all who ask, and nothing of people who are nobody's. */
import type { KnownName } from '../../src/lifecycle/profile.js'
import { createSlackClient } from '../../src/slack/client.js'
import { createNames, type NamesOptions } from '../../src/slack/names.js'
import { openWorkspace } from '../workspace/stage.js'
import { botToken, memoryLog } from './support.js'

let asked: string[]
let now: Date
let answer: NamesOptions['client']['nameOf']
let onRecord: KnownName | null
const names = () =>
  createNames({
    client: {
      nameOf: (userId) => {
        asked.push(userId)
        return answer(userId)
      },
    },
    remembered: async () => onRecord,
    isSomebody: async (userId) => userId !== 'U_NOBODY',
    waitMs: 50,
    now: () => now,
  })
beforeEach(() => {
  asked = []
  now = new Date('2026-05-12T09:30:00Z')
  onRecord = null
  answer = async () => ({ kind: 'named', name: 'Jonas Weber' })
})
const pm = { userId: 'U_PM', handle: 'jonas' }

test('a name is looked up once for all who click at once, and again after half a day', async () => {
  const known = names()
  const told = await Promise.all([known.of(pm), known.of(pm), known.of(pm)])
  expect(told).toEqual(Array(3).fill({ name: 'Jonas Weber', from: 'slack', at: now }))
  expect(await known.of(pm)).toMatchObject({ name: 'Jonas Weber' })
  expect(asked).toHaveLength(1)
  now = new Date(now.getTime() + 13 * 3_600_000)
  answer = async () => ({ kind: 'named', name: 'Jonas Weber-Klein' })
  expect(await known.of(pm)).toMatchObject({ name: 'Jonas Weber-Klein', at: now })
})

test('a Slack that does not answer holds a click up for a moment only; the user name that came with it is said to be one', async () => {
  let tell = (_: string) => {}
  answer = () => new Promise((resolve) => (tell = (name) => resolve({ kind: 'named', name })))
  const known = names()
  const began = Date.now()
  expect(await known.of(pm)).toEqual({ name: 'jonas', from: 'payload', at: now })
  expect(await known.of({ ...pm, handle: null })).toBeNull()
  expect(Date.now() - began).toBeLessThan(1_000)
  tell('Jonas Weber')
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(await known.of(pm)).toMatchObject({ name: 'Jonas Weber', from: 'slack' })
  expect(asked).toHaveLength(1)
})

test('while Slack asks to wait nobody is looked up', async () => {
  answer = async () => ({ kind: 'later', retryAfterMs: 30_000 })
  const known = names()
  expect(await known.of(pm)).toMatchObject({ from: 'payload' })
  await known.of({ userId: 'U_QA', handle: null })
  expect(asked).toEqual(['U_PM'])
})

test.each([
  ['a token that may not', async () => ({ kind: 'off' as const })],
  ['a person whom Slack does not know', async () => ({ kind: 'never' as const, error: 'user_not_found', advice: null, mendable: false })],
  [
    'a fault',
    async () => {
      throw new Error('no')
    },
  ],
])('without a name the click is recorded all the same: %s', async (_, how) => {
  answer = how
  expect(await names().of({ ...pm, handle: null })).toBeNull()
})

test("of people who are nobody's nothing is looked up", async () => {
  expect(await names().of({ userId: 'U_NOBODY', handle: null })).toBeNull()
  expect(asked).toEqual([])
})

test('a restarted bot knows the name on record, with its date, until it is old', async () => {
  onRecord = { name: 'Jonas Weber', from: 'slack', at: new Date(now.getTime() - 3_600_000) }
  expect(await names().of(pm)).toEqual(onRecord)
  expect(asked).toEqual([])
  onRecord = { ...onRecord, at: new Date(now.getTime() - 24 * 3_600_000) }
  expect(await names().of(pm)).toMatchObject({ at: now })
})

test('the local workspace tells printed names, of external people too', async () => {
  const workspace = await openWorkspace()
  const client = createSlackClient({ token: botToken, apiUrl: workspace.apiUrl, log: memoryLog().log })
  expect(await client.nameOf('U_QA')).toEqual({ kind: 'named', name: 'Hannah Lindqvist' })
  expect(await client.nameOf('U_LEAD')).toEqual({ kind: 'named', name: 'Marcus Bell' })
  expect(await client.nameOf('U_NONE')).toMatchObject({ kind: 'never', error: 'user_not_found' })
  await workspace.stop()
})
