import { z } from 'zod'

/** A string of 1 to `max` characters. */
export const words = (max: number) => z.string().min(1).max(max)

/** A list of 1 to `max` entries. */
export const some = <T extends z.ZodType>(item: T, max: number) => z.array(item).min(1).max(max)

export const plainText = (max: number) => z.strictObject({ type: z.literal('plain_text'), text: words(max), emoji: z.boolean().optional() })

export const mrkdwn = (max: number) => z.strictObject({ type: z.literal('mrkdwn'), text: words(max), verbatim: z.boolean().optional() })

export const anyText = (max: number) => z.discriminatedUnion('type', [plainText(max), mrkdwn(max)])

export const actionId = words(255).optional()
export const blockId = words(255).optional()
const colorScheme = z.enum(['primary', 'danger'])
export const style = colorScheme.optional()
export const webAddress = z
  .string()
  .max(3000)
  .regex(/^(https?|mailto|slack|tel):/, 'must be a valid URL')

export const confirm = z
  .strictObject({
    title: plainText(100).optional(),
    text: anyText(300),
    confirm: plainText(30).optional(),
    deny: plainText(30).optional(),
    style,
  })
  .optional()

const optionRest = { value: z.string().max(150), description: plainText(75).optional(), url: webAddress.optional() }

export const option = z.strictObject({ text: plainText(75), ...optionRest })

/** Checkboxes and radio buttons also take mrkdwn. */
export const richOption = z.strictObject({ text: anyText(75), ...optionRest, description: anyText(75).optional() })

export const optionGroup = z.strictObject({ label: plainText(75), options: some(option, 100) })

export const placeholder = plainText(150).optional()
export const focus = z.boolean().optional()

const slackFile = z.union([z.strictObject({ id: words(255) }), z.strictObject({ url: webAddress })])

/** Where a picture comes from: exactly one of the two. */
export const picture = { image_url: webAddress.optional(), slack_file: slackFile.optional() }

export const onePicture = (value: { image_url?: string | undefined; slack_file?: unknown }) =>
  (value.image_url === undefined) !== (value.slack_file === undefined)

export const onePictureSays = 'must define exactly one of `image_url` and `slack_file`'
