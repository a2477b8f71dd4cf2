import { type Placed, placedElements, stateValues } from '../blocks/inputs'
import { interactive } from '../deliver/payloads'
import { isReply } from '../messages'
import type { Block, BlockElement, JsonObject, Option, Person, StateValues, View } from '../types'
import type { World } from '../world'
import { no, type Outcome, present, type Stage, undelivered } from './outcome'

interface Action extends JsonObject {
  action_id: string
  type?: string | undefined
  block_id?: string | undefined
  value?: unknown
}

export interface InteractAsk {
  user: string
  action: Action
  state?: StateValues | undefined
  channel?: string | undefined
  messageTs?: string | undefined
  viewId?: string | undefined
}

/** A person uses an element of a message, a modal or a Home. An element that is not there is delivered as given, like a stale click. */
export async function interact(stage: Stage, ask: InteractAsk): Promise<Outcome> {
  const where = ask.viewId ? inView(stage.world, ask, ask.viewId) : inMessage(stage.world, ask)
  if ('ok' in where) return where
  const payload = {
    ...interactive(stage.world, where.person, 'block_actions'),
    ...where.fields,
    actions: [where.action],
  }
  const receipt = await stage.courier.deliver({ kind: 'interactive', name: `block_actions ${ask.action.action_id}`, payload })
  return receipt.ok ? { ok: true } : undelivered(receipt.error)
}

type Where = { person: Person; fields: JsonObject; action: JsonObject } | Extract<Outcome, { ok: false }>

function inMessage(world: World, ask: InteractAsk): Where {
  const here = present(world, ask.user, ask.channel ?? '')
  if ('ok' in here) return here
  const { person, channel } = here
  const ts = ask.messageTs ?? ''
  const message = world.messages.find(channel.id, ts)
  const whisper = message ? undefined : world.messages.whisperAt(person.id, ts)
  const source = message ?? whisper
  if (!source) return no(404, 'message_not_found')

  const thread = message ? (isReply(message) || message.reply_count ? message.thread_ts : undefined) : whisper?.thread_ts
  const used = use(source.blocks ?? [], ask)
  const response = {
    user: person.id,
    channel: channel.id,
    ts,
    ephemeral: whisper !== undefined,
    thread_ts: message && !isReply(message) ? undefined : thread,
  }
  const fields = {
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channel.id,
      is_ephemeral: whisper !== undefined,
      ...(thread && { thread_ts: thread }),
    },
    trigger_id: world.triggers.issue(person.id),
    channel: { id: channel.id, name: world.directory.isDirect(channel) ? 'directmessage' : channel.name },
    ...(message && { message: structuredClone(message) }),
    state: { values: used.values },
    response_url: world.responseUrls.issue(response),
  }
  return { person, fields, action: used.action }
}

function inView(world: World, ask: InteractAsk, viewId: string): Where {
  const person = world.directory.person(ask.user)
  const found = world.views.find({ id: viewId })
  if (!person || !found || found.user !== person.id) return no(404, person ? 'view_not_found' : 'user_not_found')
  const { view } = found
  const used = use(view.blocks, ask, view)
  view.state = { values: used.values }
  const fields = {
    container: { type: 'view', view_id: view.id },
    trigger_id: world.triggers.issue(person.id, view.type === 'modal' ? view.id : undefined),
    view: structuredClone(view),
  }
  return { person, fields, action: used.action }
}

/** The action as the payload carries it, and the state of all inputs after it. */
function use(blocks: Block[], ask: InteractAsk, view?: View): { action: JsonObject; values: StateValues } {
  const placed = find(blocks, ask.action)
  const given = structuredClone({ ...view?.state.values, ...ask.state })
  const action = complete(placed, ask.action)
  const blockId = placed?.block.block_id
  if (placed && blockId)
    given[blockId] = { ...given[blockId], [ask.action.action_id]: chosen(action, given[blockId]?.[ask.action.action_id]) }
  return { action, values: stateValues(blocks, given) }
}

function find(blocks: Block[], action: Action): Placed | undefined {
  const fitting = placedElements(blocks).filter(
    ({ block, element }) => element.action_id === action.action_id && (action.block_id === undefined || block.block_id === action.block_id),
  )
  return fitting.find(({ element }) => element.value === action.value) ?? fitting[0]
}

/** Everything that Slack adds to what the person did, from the element itself. */
function complete(placed: Placed | undefined, action: Action): JsonObject {
  const { element, block } = placed ?? {}
  const option = element && pickedOption(element, action)
  const own = element?.type === 'button' ? pick(element, ['text', 'value', 'style', 'url', 'confirm']) : {}
  const { value, ...rest } = action
  return {
    type: element?.type ?? 'button',
    block_id: block?.block_id ?? action.block_id ?? 'unknown',
    ...own,
    ...rest,
    ...(option ? { selected_option: option } : value !== undefined && { value }),
    action_ts: `${(Date.now() / 1000).toFixed(6)}`,
  }
}

const chosenFields = /^(selected_|files$|value$|rich_text_value$)/

function chosen(action: JsonObject, before: JsonObject | undefined): JsonObject {
  const fields = Object.entries(action).filter(([name]) => chosenFields.test(name))
  return { ...before, ...Object.fromEntries(fields) }
}

/** For selects and menus a bare value stands for the option that has it. */
function pickedOption(element: BlockElement, action: Action): Option | undefined {
  if (action['selected_option'] !== undefined || typeof action.value !== 'string') return undefined
  const groups = (element['option_groups'] as { options: Option[] }[] | undefined) ?? []
  const options = [...((element['options'] as Option[] | undefined) ?? []), ...groups.flatMap((group) => group.options)]
  return options.find((one) => one.value === action.value)
}

const pick = (element: BlockElement, names: string[]) =>
  Object.fromEntries(names.filter((name) => element[name] !== undefined).map((name) => [name, element[name]]))
