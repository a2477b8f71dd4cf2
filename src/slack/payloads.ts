/** Reading commands, clicks and submitted modals. Nothing in them is believed but who, which request, and what was typed; their shape is not either. */
import { z } from 'zod'
import type { Clicked } from '../../commands/click.js'

const id = z.string().min(1).max(255)
const typed = z.looseObject({ type: z.string().optional(), value: z.string().nullish() })
/** What cannot be read as values holds no comment. */
const values = z.record(z.string(), z.record(z.string(), typed)).catch({})
type Values = z.infer<typeof values>
const state = z.object({ values }).catch({ values: {} })
const person = z.looseObject({ id })
const chosen = z.looseObject({ value: z.string().optional() }).nullish()
const action = z.looseObject({
  type: z.string(),
  action_id: z.string(),
  value: z.string().optional(),
  url: z.string().nullish(),
  selected_option: chosen,
})

const command = z.looseObject({
  command: z.string(),
  user_id: id,
  channel_id: id,
  trigger_id: id,
  response_url: z.string(),
  text: z.string().optional(),
})
const block = z.looseObject({ user: person, trigger_id: id, container: z.looseObject({}), actions: z.tuple([action], z.unknown()), state })
const submitted = z.looseObject({
  user: person,
  view: z.looseObject({ id, hash: z.string(), callback_id: z.string(), private_metadata: z.string(), state }),
})

/** Whether a slash command has what answering one needs: once each, and as text. */
export function isCommand(body: unknown): boolean {
  return command.safeParse(body).success
}

/** The button that was clicked, with the comment beside it; null for what needs no answer: links, inputs that report, and what is no click. */
export function clickedOf(body: unknown): Clicked | null {
  const read = block.safeParse(body)
  if (!read.success) return null
  const [{ type, action_id: name, value, url, selected_option: option }] = read.data.actions
  if (url) return null
  if (type === 'button') return clicked(name, value ?? '', read.data.state.values)
  return type === 'static_select' || type === 'overflow' ? clicked(name, option?.value ?? '', read.data.state.values) : null
}

/** A modal's `callback_id` is an action, its `private_metadata` the value that the button would carry; null for what is no submission. */
export function submittedOf(body: unknown): Clicked | null {
  const read = submitted.safeParse(body)
  if (!read.success) return null
  const { view } = read.data
  return clicked(view.callback_id, view.private_metadata, view.state.values)
}

function clicked(action: string, value: string, typed: Values): Clicked {
  return { action, value, comment: commentFor(value.split('.', 1)[0] ?? '', typed) }
}

/** The comment of the request: from the input whose block names it, else from the only one there is. */
function commentFor(request: string, values: Values): string | null {
  const typed = Object.entries(values).flatMap(([block, inputs]) =>
    Object.values(inputs)
      .filter(({ type }) => type === 'plain_text_input')
      .map(({ value }) => ({ block, value: value ?? null })),
  )
  const own = request === '' ? undefined : typed.find(({ block }) => block.includes(request))
  return own ? own.value : typed.length === 1 ? (typed[0]?.value ?? null) : null
}
