/** Reading clicks and submitted modals. Nothing in them is believed but who, which request, and what was typed. */
import type { BlockAction, ViewSubmitAction } from '@slack/bolt'
import type { Clicked } from '../../commands/click.js'

type Values = Record<string, Record<string, { type?: string; value?: string | null | undefined }>>

/** The button that was clicked, with the comment beside it; null for what needs no answer: links, and inputs that report. */
export function clickedOf(body: BlockAction): Clicked | null {
  const [action] = body.actions
  if (!action || ('url' in action && action.url)) return null
  if (action.type === 'button') return clicked(action.action_id, action.value ?? '', body.state?.values)
  if (action.type === 'static_select' || action.type === 'overflow')
    return clicked(action.action_id, action.selected_option?.value ?? '', body.state?.values)
  return null
}

/** A modal's `callback_id` is an action, its `private_metadata` the value that the button would carry. */
export function submittedOf({ view }: ViewSubmitAction): Clicked {
  return clicked(view.callback_id, view.private_metadata, view.state.values)
}

function clicked(action: string, value: string, values: Values | undefined): Clicked {
  return { action, value, comment: commentFor(value.split('.')[0] ?? '', values) }
}

/** The comment of the request: from the input whose block names it, else from the only one there is. */
function commentFor(request: string, values: Values | undefined): string | null {
  const typed = Object.entries(values ?? {}).flatMap(([block, inputs]) =>
    Object.values(inputs)
      .filter(({ type }) => type === 'plain_text_input')
      .map(({ value }) => ({ block, value: value ?? null })),
  )
  const own = request === '' ? undefined : typed.find(({ block }) => block.includes(request))
  return own ? own.value : typed.length === 1 ? (typed[0]?.value ?? null) : null
}
