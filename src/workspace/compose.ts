import { z } from 'zod'
import { type Checked, checkBlocks } from './blocks/check'
import { withIds } from './blocks/inputs'
import type { Block, JsonObject, Metadata } from './types'

const maxText = 40_000
const maxMarkdown = 12_000
const maxMetadataBytes = 8000
const maxAttachments = 100

/** The content of a message as an app sends it. */
export interface Content {
  text?: string | undefined
  markdown_text?: string | undefined
  blocks?: unknown
  attachments?: unknown
  metadata?: unknown
}

export interface Composed {
  text: string
  blocks?: Block[]
  attachments?: JsonObject[]
  metadata?: Metadata
}

const metadataShape = z.object({
  event_type: z.string().min(1).max(255),
  event_payload: z.record(z.string(), z.unknown()),
})

/** Checks a message's content as Slack does, and gives its blocks their ids. */
export function compose(content: Content): Checked<Composed> {
  if (content.markdown_text && (content.text || content.blocks)) return refuse('markdown_text_conflict')
  if ((content.markdown_text?.length ?? 0) > maxMarkdown) return refuse('msg_too_long')
  const asked = content.markdown_text ? [{ type: 'markdown', text: content.markdown_text }] : (content.blocks ?? [])

  const blocks = checkBlocks(asked, 'message')
  if (!blocks.ok) return blocks
  const attachments = checkAttachments(content.attachments)
  if (!attachments.ok) return attachments
  const metadata = checkMetadata(content.metadata)
  if (!metadata.ok) return metadata

  const text = (content.text ?? content.markdown_text ?? '').slice(0, maxText)
  if (!text && blocks.value.length === 0 && attachments.value.length === 0) return refuse('no_text')
  return {
    ok: true,
    value: {
      text,
      ...(blocks.value.length > 0 && { blocks: withIds(blocks.value) }),
      ...(attachments.value.length > 0 && { attachments: attachments.value }),
      ...(metadata.value && { metadata: metadata.value }),
    },
  }
}

function refuse(error: string): Checked<never> {
  return { ok: false, error, messages: [] }
}

function checkAttachments(attachments: unknown): Checked<JsonObject[]> {
  if (attachments === undefined) return { ok: true, value: [] }
  const parsed = z
    .array(z.looseObject({ blocks: z.unknown().optional() }))
    .max(maxAttachments)
    .safeParse(attachments)
  if (!parsed.success) return refuse('invalid_attachments')
  for (const [index, { blocks }] of parsed.data.entries()) {
    const checked = checkBlocks(blocks ?? [], 'message', `/attachments/${index}/blocks`)
    if (!checked.ok) return checked
  }
  return { ok: true, value: parsed.data }
}

function checkMetadata(metadata: unknown): Checked<Metadata | undefined> {
  if (metadata === undefined || isEmptyObject(metadata)) return { ok: true, value: undefined }
  const parsed = metadataShape.safeParse(metadata)
  if (!parsed.success) return refuse('invalid_metadata_format')
  if (JSON.stringify(parsed.data).length > maxMetadataBytes) return refuse('metadata_too_large')
  return { ok: true, value: parsed.data }
}

/** `{}` clears a message's metadata. */
export function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
