/** A view as lines of text, for snapshots that people can read; and Slack's own limits, checked. */
import type { KnownBlock } from '@slack/types'
import type { View } from '../../src/views/view.js'
import { checkBlocks } from '../../src/workspace/blocks/check.js'

/** One line per text; `[Label]` is a button, `<Label>` an input. The view is held against Slack's limits on the way. */
export function drawn(view: View, surface: 'message' | 'home' = 'message'): string {
  fits(view, surface)
  return [`text: ${view.text}`, ...view.blocks.map(lineOf)].join('\n').replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '{$1}')
}

/** Fails where Slack would refuse the view, and beyond our own tighter limits. */
export function fits(view: View, surface: 'message' | 'home' = 'message'): void {
  expect(view.text.trim()).not.toBe('')
  expect(view.text.length).toBeLessThanOrEqual(3_000)
  expect(checkBlocks(view.blocks, surface)).toMatchObject({ ok: true })
  expect(view.blocks.length).toBeLessThan(50)
  expect(textLength(view.blocks)).toBeLessThanOrEqual(8_600)
  for (const block of view.blocks) {
    if (block.type === 'actions')
      expect(block.elements.filter((element) => 'style' in element && element.style === 'primary').length).toBeLessThan(2)
  }
}

/** Everything that a view can show or send, for searching. */
export function everything(view: View): string {
  return JSON.stringify(view)
}

function textLength(value: unknown, key = ''): number {
  if (typeof value === 'string') return key === 'text' ? value.length : 0
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum, [name, inner]) => sum + textLength(inner, Array.isArray(value) ? key : name), 0)
}

function lineOf(block: KnownBlock): string {
  switch (block.type) {
    case 'header':
      return `# ${block.text.text}`
    case 'section':
      return [block.text?.text, ...(block.fields ?? []).map(({ text }) => `| ${text.replaceAll('\n', ' / ')}`)].filter(Boolean).join('\n')
    case 'context':
      return `~ ${block.elements.map((element) => ('text' in element ? element.text : '')).join(' ~ ')}`
    case 'actions':
      return block.elements
        .map((each) => (each.type === 'button' ? `[${each.text.text}] ${each.action_id}=${each.value}` : each.type))
        .join('  ')
    case 'input':
      return `<${block.label.text}>`
    case 'divider':
      return '---'
    case 'rich_text':
      return block.elements.map((each) => each.elements.map((inner) => ('text' in inner ? inner.text : '')).join('')).join('\n')
    default:
      return block.type
  }
}
