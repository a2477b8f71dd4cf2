import { z } from 'zod'
import type { Block } from '../types'
import { type Checked, checkBlocks, say } from './check'
import { plainText } from './text'

const maxViewBytes = 250_000

const shared = {
  blocks: z.array(z.unknown()),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
}

const modal = z.strictObject({
  type: z.literal('modal'),
  title: plainText(24),
  submit: plainText(24).nullish(),
  close: plainText(24).nullish(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
  ...shared,
})

const home = z.strictObject({ type: z.literal('home'), ...shared })

/** A view as an app sends it, checked. */
export type ViewInput = (z.infer<typeof modal> | z.infer<typeof home>) & { blocks: Block[] }

/** Checks a modal or a Home as strictly as Slack does. */
export function checkView(view: unknown, type: 'modal' | 'home'): Checked<ViewInput> {
  const parsed = (type === 'modal' ? modal : home).safeParse(view)
  if (!parsed.success) return refuse(parsed.error.issues.map((issue) => `[ERROR] ${say(issue, '/view')}`))
  if (JSON.stringify(view).length > maxViewBytes) return { ok: false, error: 'view_too_large', messages: [] }

  const blocks = checkBlocks(parsed.data.blocks, type, '/view/blocks')
  if (!blocks.ok) return refuse(blocks.messages)
  const asks = blocks.value.some((block) => block.type === 'input')
  if (parsed.data.type === 'modal' && asks && !parsed.data.submit) {
    return refuse(['[ERROR] missing required field: submit [json-pointer:/view]'])
  }
  return { ok: true, value: { ...parsed.data, blocks: blocks.value } }
}

function refuse(messages: string[]): Checked<never> {
  return { ok: false, error: 'invalid_arguments', messages }
}
