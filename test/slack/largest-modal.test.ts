/** Why a body may have 1 MB: the largest modal that Slack lets anybody open, with everything typed into it that it lets people type. */
import { BODY_LIMIT } from '../../src/slack/admission.js'
import { openWorkspace } from '../workspace/stage.js'
import { postSigned, startApp } from './support.js'

/** Slack's limits: blocks of a modal, characters of a text input, of an input's label and hint, of `private_metadata`; bytes of a view's JSON. */
const BLOCKS = 100
const TYPED = 3_000
const LABEL = 2_000
const METADATA = 3_000
const VIEW_BYTES = 250_000

const plain = (text: string) => ({ type: 'plain_text', text, emoji: true })

/** The submission of a modal of so many inputs, each filled with the same text again and again, as the body of a request. */
function submission(inputs: number, text: string): string {
  const ids = Array.from({ length: inputs }, (_, index) => [`comment.${index}`.padEnd(255, 'x'), 'comment'.padEnd(255, 'y')] as const)
  const block = ([blockId, actionId]: readonly [string, string], label: number) => ({
    type: 'input',
    block_id: blockId,
    label: plain('l'.repeat(label)),
    optional: true,
    dispatch_action: false,
    element: { type: 'plain_text_input', action_id: actionId, multiline: true, max_length: TYPED, dispatch_action_config: {} },
  })
  const view = (label: number) => ({
    id: 'V0123456789A',
    team_id: 'T0123456789',
    type: 'modal',
    callback_id: 'reject-iteration',
    hash: '1700000000.abcdefgh',
    private_metadata: `r1.2.0123abcd${'m'.repeat(METADATA - 13)}`,
    title: plain('t'.repeat(24)),
    submit: plain('s'.repeat(24)),
    close: plain('c'.repeat(24)),
    blocks: ids.map((id) => block(id, label)),
  })
  const room = Math.floor((VIEW_BYTES - JSON.stringify(view(0)).length) / inputs)
  const values = Object.fromEntries(
    ids.map(([blockId, actionId]) => [
      blockId,
      { [actionId]: { type: 'plain_text_input', value: [...text.repeat(TYPED)].slice(0, TYPED).join('') } },
    ]),
  )
  const payload = {
    type: 'view_submission',
    team: { id: 'T_VENDOR', domain: 'vendor' },
    user: { id: 'U_LEAD', username: 'lead', team_id: 'T_ACME' },
    view: { ...view(Math.min(LABEL, room)), state: { values } },
  }
  expect(JSON.stringify(view(Math.min(LABEL, room))).length).toBeLessThanOrEqual(VIEW_BYTES)
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
}

test('the largest modal, filled with European text, is taken; so is one of twenty inputs in any script', async () => {
  const workspace = await openWorkspace()
  const bot = await startApp(workspace, 'http')
  // One letter in six with an accent is more than any European language has, but for a few.
  const largest = submission(BLOCKS, 'äbcdef')
  const twenty = submission(20, '\u{1F9EA}')
  const statuses = [(await postSigned(bot, largest)).status, (await postSigned(bot, twenty)).status]
  await bot.stop()
  await workspace.stop()
  expect(statuses).toEqual([200, 200])
  // The limit is no larger than it must be: at most half as much again.
  expect(largest.length).toBeGreaterThan(BODY_LIMIT / 1.5)
  expect(largest.length).toBeLessThan(BODY_LIMIT)
  expect(twenty.length).toBeLessThan(BODY_LIMIT)
})
