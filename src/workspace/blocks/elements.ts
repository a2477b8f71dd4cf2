import { z } from 'zod'
import { richText } from './rich-text'
import {
  actionId,
  confirm,
  focus,
  onePicture,
  onePictureSays,
  option,
  optionGroup,
  picture,
  placeholder,
  plainText,
  richOption,
  some,
  style,
  webAddress,
  words,
} from './text'

const asked = { action_id: actionId, confirm, focus_on_load: focus, placeholder }
const list = { options: some(option, 100).optional(), option_groups: some(optionGroup, 100).optional() }
const maxChosen = { max_selected_items: z.number().int().min(1).optional() }
const dispatch = z.strictObject({ trigger_actions_on: some(z.enum(['on_enter_pressed', 'on_character_entered']), 2).optional() }).optional()
const date = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'must be a date in the format YYYY-MM-DD')
const time = z.string().regex(/^\d\d:\d\d$/, 'must be a time in the format HH:mm')
const filter = z
  .strictObject({
    include: some(z.enum(['im', 'mpim', 'private', 'public']), 4).optional(),
    exclude_external_shared_channels: z.boolean().optional(),
    exclude_bot_users: z.boolean().optional(),
  })
  .optional()
const answerUrl = { response_url_enabled: z.boolean().optional() }
const oneList = (value: { options?: unknown; option_groups?: unknown }) =>
  (value.options === undefined) !== (value.option_groups === undefined)
const oneListSays = { error: 'must define exactly one of `options` and `option_groups`' }

const is = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.strictObject({ type: z.literal(type), ...shape })

export const image = is('image', { alt_text: words(2000), ...picture }).refine(onePicture, { error: onePictureSays })

export const button = is('button', {
  action_id: actionId,
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: webAddress.optional(),
  style,
  confirm,
  accessibility_label: z.string().max(75).optional(),
})

const workflowButton = is('workflow_button', {
  action_id: actionId,
  text: plainText(75),
  workflow: z.object({ trigger: z.object({ url: webAddress }).loose() }),
  style,
  confirm,
  accessibility_label: z.string().max(75).optional(),
})

const overflow = is('overflow', { action_id: actionId, confirm, options: z.array(option).min(2).max(5) })

const choices = { action_id: actionId, confirm, focus_on_load: focus, options: some(richOption, 10) }
const checkboxes = is('checkboxes', { ...choices, initial_options: some(richOption, 10).optional() })
const radios = is('radio_buttons', { ...choices, initial_option: richOption.optional() })

const datepicker = is('datepicker', { ...asked, initial_date: date.optional() })
const timepicker = is('timepicker', { ...asked, initial_time: time.optional(), timezone: z.string().optional() })
const datetimepicker = is('datetimepicker', {
  action_id: actionId,
  confirm,
  focus_on_load: focus,
  initial_date_time: z.number().int().optional(),
})

const selects = [
  is('static_select', { ...asked, ...list, initial_option: option.optional() }).refine(oneList, oneListSays),
  is('users_select', { ...asked, initial_user: z.string().optional() }),
  is('conversations_select', {
    ...asked,
    ...answerUrl,
    filter,
    initial_conversation: z.string().optional(),
    default_to_current_conversation: z.boolean().optional(),
  }),
  is('channels_select', { ...asked, ...answerUrl, initial_channel: z.string().optional() }),
  is('external_select', { ...asked, initial_option: option.optional(), min_query_length: z.number().int().optional() }),
] as const

const multiSelects = [
  is('multi_static_select', { ...asked, ...list, ...maxChosen, initial_options: some(option, 100).optional() }).refine(
    oneList,
    oneListSays,
  ),
  is('multi_users_select', { ...asked, ...maxChosen, initial_users: z.array(z.string()).optional() }),
  is('multi_conversations_select', {
    ...asked,
    ...maxChosen,
    filter,
    initial_conversations: z.array(z.string()).optional(),
    default_to_current_conversation: z.boolean().optional(),
  }),
  is('multi_channels_select', { ...asked, ...maxChosen, initial_channels: z.array(z.string()).optional() }),
  is('multi_external_select', {
    ...asked,
    ...maxChosen,
    initial_options: z.array(option).optional(),
    min_query_length: z.number().int().optional(),
  }),
] as const

const typed = {
  action_id: actionId,
  placeholder,
  focus_on_load: focus,
  dispatch_action_config: dispatch,
  initial_value: z.string().max(3000).optional(),
}
const textInput = is('plain_text_input', {
  ...typed,
  multiline: z.boolean().optional(),
  min_length: z.number().int().min(0).max(3000).optional(),
  max_length: z.number().int().min(1).max(3000).optional(),
})
const richTextInput = is('rich_text_input', {
  ...typed,
  initial_value: richText.optional(),
  min_lines: z.number().int().optional(),
  max_lines: z.number().int().optional(),
})
const numberInput = is('number_input', {
  ...typed,
  is_decimal_allowed: z.boolean(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
})
const fileInput = is('file_input', {
  action_id: actionId,
  filetypes: some(z.string(), 50).optional(),
  max_files: z.number().int().min(1).max(10).optional(),
})

const controls = [...selects, ...multiSelects, checkboxes, radios, datepicker, timepicker] as const

/** What may stand in an `actions` block. */
export const actionsElement = z.discriminatedUnion('type', [button, overflow, workflowButton, datetimepicker, richTextInput, ...controls])

/** What may stand beside a section's text. */
export const accessory = z.discriminatedUnion('type', [button, overflow, workflowButton, image, ...controls])

/** What may be asked for in an `input` block. */
export const inputElement = z.discriminatedUnion('type', [
  textInput,
  richTextInput,
  numberInput,
  fileInput,
  datetimepicker,
  is('email_text_input', typed),
  is('url_text_input', typed),
  ...controls,
])

const verdictButton = z.strictObject({
  text: plainText(75),
  value: z.string().max(2000),
  accessibility_label: z.string().max(75).optional(),
})

/** What may stand in a `context_actions` block. */
export const contextAction = z.discriminatedUnion('type', [
  is('feedback_buttons', { action_id: actionId, positive_button: verdictButton, negative_button: verdictButton }),
  is('icon_button', {
    action_id: actionId,
    confirm,
    icon: z.string(),
    text: plainText(75),
    value: z.string().max(2000).optional(),
    accessibility_label: z.string().max(75).optional(),
    visible_to_user_ids: z.array(z.string()).optional(),
  }),
])
