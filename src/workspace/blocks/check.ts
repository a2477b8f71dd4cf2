import { z } from 'zod'
import type { Block, JsonObject } from '../types'
import { type Surface, surfaces } from './blocks'

const maxBlocks = { message: 50, modal: 100, home: 100 } as const

/** Slack's undocumented cap on the text of all blocks of one message. */
const maxMessageText = 12_000
const maxMarkdown = 12_000

export type Checked<T> = { ok: true; value: T } | { ok: false; error: string; messages: string[] }

/** Checks blocks for a surface as strictly as Slack does; the errors carry Slack's JSON pointers. */
export function checkBlocks(blocks: unknown, surface: Surface, at = '/blocks'): Checked<Block[]> {
  if (!Array.isArray(blocks)) return refused('invalid_blocks_format', [])
  const parsed = z.array(surfaces[surface]).max(maxBlocks[surface]).safeParse(blocks)
  if (!parsed.success)
    return refused(
      'invalid_blocks',
      parsed.error.issues.map((issue) => say(issue, at)),
    )

  const value = parsed.data as unknown as Block[]
  const doubled = [...doubles(value, at), ...limits(value, surface, at)]
  if (doubled.length > 0) return refused('invalid_blocks', doubled)
  if (surface === 'message' && textLength(value) > maxMessageText) return refused('msg_blocks_too_long', [])
  return { ok: true, value }
}

function refused(error: string, messages: string[]): Checked<never> {
  return { ok: false, error, messages: messages.map((message) => `[ERROR] ${message}`) }
}

/** One zod issue in Slack's words. */
export function say(issue: z.core.$ZodIssue, at: string): string {
  const pointer = `[json-pointer:${[at, ...issue.path].join('/')}]`
  return `${words(issue)} ${pointer}`
}

function words(issue: z.core.$ZodIssue): string {
  const items = 'origin' in issue && issue.origin === 'array'
  if (issue.code === 'too_big')
    return items ? `no more than ${issue.maximum} items allowed` : `must be less than ${Number(issue.maximum) + 1} characters`
  if (issue.code === 'too_small')
    return items ? `must have at least ${issue.minimum} items` : `must be more than ${Number(issue.minimum) - 1} characters`
  if (issue.code === 'unrecognized_keys') return `invalid additional property: ${issue.keys.join(', ')}`
  if (issue.code === 'invalid_union' && 'discriminator' in issue && issue.discriminator) return 'unsupported type'
  if (issue.code === 'invalid_type') return issue.input === undefined ? 'missing required field' : `must be a ${issue.expected}`
  return issue.message
}

function doubles(blocks: Block[], at: string): string[] {
  const seen = new Set<string>()
  const found: string[] = []
  for (const [index, block] of blocks.entries()) {
    if (block.block_id === undefined) continue
    if (seen.has(block.block_id)) found.push(`\`block_id\` ${block.block_id} already exists [json-pointer:${at}/${index}/block_id]`)
    seen.add(block.block_id)
  }
  return [...found, ...blocks.flatMap((block, index) => doubledActions(block, `${at}/${index}`))]
}

function doubledActions(block: Block, at: string): string[] {
  if (block.type !== 'actions') return []
  const ids = (block.elements ?? []).map((element) => element.action_id).filter((id) => id !== undefined)
  return ids
    .filter((id, index) => ids.indexOf(id) !== index)
    .map((id) => `\`action_id\` ${id} already exists for this block [json-pointer:${at}/elements]`)
}

function limits(blocks: Block[], surface: Surface, at: string): string[] {
  const found: string[] = []
  if (surface !== 'message') return found
  if (blocks.filter((block) => block.type === 'table').length > 1) found.push(`only one table is allowed [json-pointer:${at}]`)
  const markdown = blocks.filter((block) => block.type === 'markdown').map((block) => String(block['text']).length)
  if (markdown.reduce((sum, length) => sum + length, 0) > maxMarkdown) {
    found.push(`markdown blocks must be less than ${maxMarkdown + 1} characters in total [json-pointer:${at}]`)
  }
  return found
}

const counted = new Set(['text', 'alt_text', 'title', 'label', 'hint', 'caption'])

/** All characters that the blocks of a message show, at any depth. */
function textLength(value: unknown, key = ''): number {
  if (typeof value === 'string') return counted.has(key) ? value.length : 0
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item, key), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value as JsonObject).reduce((sum, [name, item]) => sum + textLength(item, name), 0)
}
