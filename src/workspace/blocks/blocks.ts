import { z } from 'zod'
import { accessory, actionsElement, button, contextAction, image, inputElement } from './elements'
import { richText } from './rich-text'
import { anyText, blockId, mrkdwn, onePicture, onePictureSays, picture, plainText, some, webAddress, words } from './text'

const is = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), block_id: blockId, ...shape })

const section = is('section', {
  text: anyText(3000).optional(),
  fields: some(anyText(2000), 10).optional(),
  accessory: accessory.optional(),
  expand: z.boolean().optional(),
}).refine((block) => block.text !== undefined || block.fields !== undefined, { error: 'must define either `text` or `fields`' })

const header = is('header', { text: plainText(150), level: z.number().int().min(1).max(4).optional() })
const divider = is('divider', {})
const context = is('context', { elements: some(z.union([image, anyText(2000)]), 10) })
const actions = is('actions', { elements: some(actionsElement, 25) })
const imageBlock = is('image', { alt_text: words(2000), title: plainText(2000).optional(), ...picture }).refine(onePicture, {
  error: onePictureSays,
})
const input = is('input', {
  label: plainText(2000),
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  element: inputElement,
})
const file = is('file', { source: z.literal('remote'), external_id: words(255) })
const video = is('video', {
  video_url: webAddress,
  thumbnail_url: webAddress,
  alt_text: words(2000),
  title: plainText(200),
  title_url: webAddress.optional(),
  author_name: z.string().max(50).optional(),
  provider_name: z.string().optional(),
  provider_icon_url: webAddress.optional(),
  description: plainText(200).optional(),
})

const rawText = z.strictObject({ type: z.literal('raw_text'), text: z.string() })
const rawNumber = z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string() })
const cell = z.discriminatedUnion('type', [rawText, rawNumber, richText])
const column = z.strictObject({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: z.boolean().optional() }).nullable()
const table = is('table', { rows: some(some(cell, 20), 100), column_settings: z.array(column).max(20).optional() })
const dataTable = is('data_table', {
  rows: z.array(some(cell, 20)).min(2).max(101),
  caption: words(200),
  page_size: z.number().int().min(1).max(100).optional(),
  row_header_column_index: z.number().int().min(0).optional(),
}).refine((block) => block.rows.every((row) => row.length === block.rows[0]?.length), { error: 'rows must have equal lengths' })

const source = z.strictObject({ type: z.literal('url'), url: webAddress, text: z.string() })
const taskCard = is('task_card', {
  task_id: words(255),
  title: words(200),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
  details: richText.optional(),
  output: richText.optional(),
  sources: z.array(source).optional(),
})
const plan = is('plan', { title: words(200), tasks: z.array(taskCard).max(50).optional() })
const card = is('card', {
  hero_image: image.optional(),
  icon: image.optional(),
  title: mrkdwn(150).optional(),
  subtitle: mrkdwn(150).optional(),
  body: mrkdwn(200).optional(),
  actions: z.array(button).max(5).optional(),
})
const carousel = is('carousel', { elements: some(card, 10) })

const inContainer = z.discriminatedUnion('type', [
  actions,
  context,
  divider,
  file,
  header,
  imageBlock,
  input,
  richText,
  section,
  table,
  video,
])
const container = is('container', {
  title: plainText(150).optional(),
  rich_text_title: richText.optional(),
  subtitle: anyText(150).optional(),
  child_blocks: some(inContainer, 10),
  width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
  icon: image.optional(),
  is_collapsible: z.boolean().optional(),
  default_collapsed: z.boolean().optional(),
  has_header_divider: z.boolean().optional(),
})

const alert = is('alert', { text: anyText(200), level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional() })
const markdown = is('markdown', { text: words(12_000) })
const contextActions = is('context_actions', { elements: some(contextAction, 5) })

const everywhere = [actions, context, divider, header, imageBlock, input, richText, section, video] as const

/** What each surface may show. */
export const surfaces = {
  message: z.discriminatedUnion('type', [
    ...everywhere,
    card,
    carousel,
    container,
    contextActions,
    dataTable,
    file,
    markdown,
    plan,
    table,
    taskCard,
  ]),
  modal: z.discriminatedUnion('type', [...everywhere, alert]),
  home: z.discriminatedUnion('type', [...everywhere, card, carousel, container]),
} as const

export type Surface = keyof typeof surfaces
