import { newId } from '../ids'
import type { Block, BlockElement, JsonObject, StateValues } from '../types'

/** Gives every block and every element that lacks one an id of its own, as Slack does. Works on a copy. */
export function withIds(blocks: Block[]): Block[] {
  const copy = structuredClone(blocks)
  for (const block of nested(copy)) {
    block.block_id ??= newId('').slice(0, 5)
    for (const element of elementsOf(block)) if (isInteractive(element)) element.action_id ??= newId('').slice(0, 5)
  }
  return copy
}

/** Every block, those inside containers and carousels too. */
function nested(blocks: Block[]): Block[] {
  return blocks.flatMap((block) => {
    const inner = block.type === 'container' ? block['child_blocks'] : block.type === 'carousel' ? block.elements : undefined
    return inner ? [block, ...nested(inner as Block[])] : [block]
  })
}

function elementsOf(block: Block): BlockElement[] {
  if (block.type === 'section') return block.accessory ? [block.accessory] : []
  if (block.type === 'input') return block.element ? [block.element] : []
  if (block.type === 'actions' || block.type === 'context_actions') return block.elements ?? []
  if (block.type === 'card') return (block['actions'] as BlockElement[] | undefined) ?? []
  return []
}

const isInteractive = (element: BlockElement) => element.type !== 'image'

export interface Placed {
  block: Block
  element: BlockElement
}

/** Every element that a person can use, with the block it stands in. */
export function placedElements(blocks: Block[]): Placed[] {
  return nested(blocks).flatMap((block) =>
    elementsOf(block)
      .filter(isInteractive)
      .map((element) => ({ block, element })),
  )
}

/** The field that holds what was chosen, and the one that holds the first choice, by element type. */
const fields: Record<string, [chosen: string, initial: string, none: unknown]> = {
  plain_text_input: ['value', 'initial_value', null],
  number_input: ['value', 'initial_value', null],
  email_text_input: ['value', 'initial_value', null],
  url_text_input: ['value', 'initial_value', null],
  rich_text_input: ['rich_text_value', 'initial_value', null],
  file_input: ['files', '', []],
  static_select: ['selected_option', 'initial_option', null],
  external_select: ['selected_option', 'initial_option', null],
  radio_buttons: ['selected_option', 'initial_option', null],
  users_select: ['selected_user', 'initial_user', null],
  conversations_select: ['selected_conversation', 'initial_conversation', null],
  channels_select: ['selected_channel', 'initial_channel', null],
  datepicker: ['selected_date', 'initial_date', null],
  timepicker: ['selected_time', 'initial_time', null],
  datetimepicker: ['selected_date_time', 'initial_date_time', null],
  checkboxes: ['selected_options', 'initial_options', []],
  multi_static_select: ['selected_options', 'initial_options', []],
  multi_external_select: ['selected_options', 'initial_options', []],
  multi_users_select: ['selected_users', 'initial_users', []],
  multi_conversations_select: ['selected_conversations', 'initial_conversations', []],
  multi_channels_select: ['selected_channels', 'initial_channels', []],
}

/** `state.values`: what every input shows at first, with what the person gave laid over it. */
export function stateValues(blocks: Block[], given: StateValues = {}): StateValues {
  const values: StateValues = {}
  for (const { block, element } of placedElements(blocks)) {
    const field = fields[element.type]
    if (!field || !block.block_id || !element.action_id) continue
    const [chosen, initial, none] = field
    const said = given[block.block_id]?.[element.action_id]
    const first: JsonObject = { type: element.type, [chosen]: element[initial] ?? none }
    values[block.block_id] = { ...values[block.block_id], [element.action_id]: said ? { type: element.type, ...said } : first }
  }
  return values
}

/** Required inputs that are still empty, by block id, in the words of Slack's client. */
export function missingInputs(blocks: Block[], values: StateValues): Record<string, string> {
  const missing = blocks.filter((block) => block.type === 'input' && !block.optional && isEmpty(block, values))
  return Object.fromEntries(missing.map((block) => [block.block_id, 'Please complete this required field.']))
}

function isEmpty(block: Block, values: StateValues): boolean {
  const field = fields[block.element?.type ?? '']
  const value = values[block.block_id ?? '']?.[block.element?.action_id ?? '']?.[field?.[0] ?? '']
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}
