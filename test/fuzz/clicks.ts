import fc from 'fast-check'
import { answerClick, parseClick } from '../../commands/click.js'
import { clickedOf, isCommand, submittedOf } from '../../src/slack/payloads.js'
import { type Fuzzer, or, text, timely } from './fuzzer.js'

const value = fc.oneof(
  text,
  fc.tuple(text, fc.nat(), fc.string({ minLength: 8, maxLength: 8 })).map((parts) => parts.join('.')),
  fc.constant('r1.1.0123abcd'),
)
const name = fc.oneof(fc.constantFrom('approve', 'reject', 'cancel', 'resume', 'sign', 'constructor', '__proto__'), text)
const input = or(fc.record({ type: or(fc.constantFrom('plain_text_input', 'static_select')), value: or(text) }))
const state = or(fc.record({ values: or(fc.dictionary(text, or(fc.dictionary(text, input, { maxKeys: 3 })), { maxKeys: 3 })) }))
const action = fc.record({
  type: or(fc.constantFrom('button', 'static_select', 'overflow')),
  action_id: or(name),
  value: or(value),
  url: fc.option(or(text), { freq: 8 }),
  selected_option: or(fc.record({ value: or(value) })),
})
const user = or(fc.record({ id: or(fc.constant('U_LEAD')), team_id: or(text) }))
const block = fc.record({
  user,
  trigger_id: or(text),
  container: or(fc.constant({})),
  actions: or(fc.array(or(action), { maxLength: 2 })),
  state,
})
const view = fc.record({ id: or(text), hash: or(text), callback_id: or(name), private_metadata: or(value), state })
const command = fc.record({ command: or(text), user_id: or(text), channel_id: or(text), trigger_id: or(text), response_url: or(text) })
const body = fc.oneof(block, fc.record({ user, view: or(view) }), command, fc.jsonValue({ maxDepth: 3 }))

/** Payloads of clicks and modals of any shape, and the values of their buttons: a click that can be stored, or none. */
export const clicks: Fuzzer = {
  name: 'clicks, submitted modals and the values of buttons',
  run: (runs) =>
    fc.assert(
      fc.asyncProperty(body, async (payload) => {
        isCommand(payload)
        for (const clicked of [timely(() => clickedOf(payload)), timely(() => submittedOf(payload))]) {
          if (!clicked) continue
          const asked = timely(() => parseClick(clicked))
          if (/\\u0000|\\ud[89a-f][0-9a-f]{2}/i.test(JSON.stringify(asked))) throw new Error('asks for what cannot be stored')
          await answerClick(clicked, { change: async () => ({ kind: 'agreed', say: null, repeated: false, slug: null }) })
        }
      }),
      { numRuns: runs },
    ),
}
