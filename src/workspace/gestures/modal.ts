import { z } from 'zod'
import { missingInputs, placedElements, stateValues } from '../blocks/inputs'
import { checkView } from '../blocks/view'
import { interactive } from '../deliver/payloads'
import type { JsonObject, Person, StateValues, View } from '../types'
import type { World } from '../world'
import { no, type Outcome, type Stage, undelivered } from './outcome'

export interface SubmitAsk {
  viewId: string
  user: string
  values: StateValues
}

const answer = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.literal('update'), view: z.unknown() }),
  z.object({ response_action: z.literal('push'), view: z.unknown() }),
  z.object({ response_action: z.literal('clear') }),
])

function openModal(world: World, user: string, viewId: string): { person: Person; view: View } | Extract<Outcome, { ok: false }> {
  const person = world.directory.person(user)
  if (!person) return no(404, 'user_not_found')
  const view = world.views.stack(user).find((one) => one.id === viewId)
  return view ? { person, view } : no(404, 'view_not_found')
}

/** A person submits a modal. The outcome's `errors` are by block, from the empty required inputs or from the bot. */
export async function submit({ world, courier }: Stage, ask: SubmitAsk): Promise<Outcome> {
  const open = openModal(world, ask.user, ask.viewId)
  if ('ok' in open) return open
  const { person, view } = open
  const values = stateValues(view.blocks, { ...view.state.values, ...ask.values })
  const missing = missingInputs(view.blocks, values)
  if (Object.keys(missing).length > 0) return { ...no(200, 'invalid_input'), errors: missing }

  view.state = { values }
  const payload = {
    ...interactive(world, person, 'view_submission'),
    trigger_id: world.triggers.issue(person.id, view.id),
    view: structuredClone(view),
    response_urls: responseUrls(world, person.id, view),
  }
  const receipt = await courier.deliver({ kind: 'interactive', name: `view_submission ${view.callback_id}`, payload })
  return receipt.ok ? follow(world, person.id, view, receipt.body) : undelivered(receipt.error)
}

/** Does what the ack of a submission asks for; nothing closes the modal. */
function follow(world: World, user: string, view: View, body: unknown): Outcome {
  if (!body || (typeof body === 'object' && Object.keys(body).length === 0)) {
    world.views.close(user, view.id)
    return { ok: true }
  }
  const parsed = answer.safeParse(body)
  if (!parsed.success) return no(424, 'invalid_response')
  const said = parsed.data
  if (said.response_action === 'errors') return refusedInputs(view, said.errors)
  if (said.response_action === 'clear') {
    world.views.closeAll(user)
    return { ok: true }
  }
  const next = checkView(said.view, 'modal')
  if (!next.ok) return no(424, next.error)
  if (said.response_action === 'update') world.views.update(user, view, next.value)
  else if (world.views.push(user, next.value) === 'push_limit_reached') return no(424, 'push_limit_reached')
  return { ok: true }
}

function refusedInputs(view: View, errors: Record<string, string>): Outcome {
  const known = view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id)
  const stray = Object.keys(errors).some((id) => !known.includes(id))
  return stray ? no(424, 'invalid_response') : { ...no(200, 'invalid_input'), errors }
}

/** Closes a modal, or with `all` the whole stack, and tells the bot where a view asks for it. */
export async function close({ world, courier }: Stage, ask: { viewId: string; user: string; all?: boolean | undefined }): Promise<Outcome> {
  const open = openModal(world, ask.user, ask.viewId)
  if ('ok' in open) return open
  const cleared = ask.all === true || open.view.clear_on_close
  const gone = cleared ? world.views.closeAll(ask.user) : world.views.close(ask.user, ask.viewId)
  for (const view of gone.filter((one) => one.notify_on_close)) {
    const payload: JsonObject = { ...interactive(world, open.person, 'view_closed'), view: structuredClone(view), is_cleared: cleared }
    await courier.deliver({ kind: 'interactive', name: `view_closed ${view.callback_id}`, payload })
  }
  return { ok: true }
}

/** For selects that ask for one: an address to answer in the chosen conversation. */
function responseUrls(world: World, user: string, view: View): JsonObject[] {
  return placedElements(view.blocks).flatMap(({ block, element }) => {
    const value = view.state.values[block.block_id ?? '']?.[element.action_id ?? '']
    const channel = value?.['selected_conversation'] ?? value?.['selected_channel']
    if (element['response_url_enabled'] !== true || typeof channel !== 'string') return []
    const url = world.responseUrls.issue({ user, channel })
    return [{ block_id: block.block_id, action_id: element.action_id, channel_id: channel, response_url: url }]
  })
}
