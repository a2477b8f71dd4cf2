/** What a command or projection shows, and the parts it is made of. Every text that people typed goes through `escaped`. */
import type { ActionsBlock, Button, KnownBlock } from '@slack/types'

/** `text` is what notifications and screen readers get: never empty. */
export interface View {
  text: string
  blocks: KnownBlock[]
}

/** The vendor's own channel, or the channel that is shared with a customer (R38). */
export type Audience = 'ops' | 'customer'

/** Slack's limits are 50 blocks and about 12,000 characters for a whole message, 3,000 for one text. */
const limits = { blocks: 48, characters: 8_500, text: 2_900 }

type Part = KnownBlock | readonly KnownBlock[] | null

/** Puts a view together; null parts fall away. What would break Slack's limits is left out and said so, buttons never. */
export function view(text: string, parts: readonly Part[]): View {
  const blocks = parts.flatMap((part) => part ?? [])
  const kept = blocks.filter(isAsked)
  let places = limits.blocks - kept.length
  let characters = limits.characters - kept.reduce((sum, block) => sum + sizeOf(block), 0)
  let full = false
  const shown = blocks.filter((block) => {
    if (isAsked(block)) return true
    places -= 1
    characters -= sizeOf(block)
    full ||= places < 0 || characters < 0
    return !full
  })
  return {
    text: clip(text.trim() || 'Slipway', limits.text),
    blocks: full ? [...shown, context('…and more than fits into one message.')] : shown,
  }
}

function isAsked(block: KnownBlock): boolean {
  return block.type === 'actions' || block.type === 'input'
}

function sizeOf(value: unknown, key = ''): number {
  if (typeof value === 'string') return key === 'text' ? value.length : 0
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum, [name, inner]) => sum + sizeOf(inner, Array.isArray(value) ? key : name), 0)
}

/** Makes text safe for mrkdwn: no mention, link or date tag can be smuggled in. */
export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

/** Makes a sentence of the rules safe, which may mention people and channels and may be escaped in part already. */
export function prose(text: string): string {
  return escaped(text)
    .replace(/&amp;(amp|lt|gt);/g, '&$1;')
    .replace(/&lt;([@#][UWCG][A-Z0-9_]+)(?:\|[^<>&]*)?&gt;/g, '<$1>')
}

/** One line of what people typed: white space collapsed, shortened, escaped. */
export function line(text: string, max = 300): string {
  return escaped(shorten(text.replace(/\s+/g, ' ').trim(), max))
}

/** What people typed as a quotation; no line of it can pass for the message's own. */
export function quote(text: string, max = 1_000): string {
  return escaped(shorten(text.trim(), max))
    .split(/\r?\n|\r/)
    .map((each) => `> ${each}`)
    .join('\n')
}

/** A name in code style; it cannot break out of the ticks. */
export function code(text: string): string {
  return `\`${line(text, 120).replace(/`/g, "'")}\``
}

function shorten(text: string, max: number): string {
  if (text.length <= max) return text
  const characters = [...text.slice(0, 2 * max)]
  return characters.length > max ? `${characters.slice(0, max - 1).join('')}…` : text
}

/** Shortens finished mrkdwn without cutting a tag or an entity in two. */
function clip(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = text.slice(0, max - 1)
  const open = Math.max(cut.lastIndexOf('<') > cut.lastIndexOf('>') ? cut.lastIndexOf('<') : -1, /&[a-z]*$/.exec(cut)?.index ?? -1)
  return `${(open >= 0 ? cut.slice(0, open) : cut).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** A paragraph of mrkdwn, cut to Slack's limit, with a button beside it where one is given. */
export function section(text: string, accessory?: Button): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: clip(text, limits.text) }, ...(accessory ? { accessory } : {}) }
}

/** Many lines as few sections as Slack's limits allow. */
export function lines(all: readonly string[]): KnownBlock[] {
  const packed: string[] = []
  for (const each of all) {
    const last = packed.at(-1)
    if (last !== undefined && last.length + each.length < limits.text) packed[packed.length - 1] = `${last}\n${each}`
    else packed.push(each)
  }
  return packed.map((text) => section(text))
}

/** Small grey text for provenance; empty lines fall away. */
export function context(...lines: (string | null)[]): KnownBlock {
  const elements = lines.filter((text): text is string => Boolean(text)).slice(0, 10)
  return { type: 'context', elements: elements.map((text) => ({ type: 'mrkdwn', text: clip(text, 1_900) })) }
}

/** Facts in two columns; a fact without a value falls away. */
export function fields(facts: readonly (readonly [label: string, value: string | null])[]): KnownBlock[] {
  const known = facts.flatMap(([label, value]) => (value ? [`*${label}*\n${value}`] : []))
  const blocks: KnownBlock[] = []
  for (let at = 0; at < known.length; at += 10) {
    const some = known.slice(at, at + 10).map((text) => ({ type: 'mrkdwn' as const, text: clip(text, 1_900) }))
    blocks.push({ type: 'section', fields: some })
  }
  return blocks
}

/** A heading in plain text: one line, cut to 140 characters. */
export function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text: shorten(text.replace(/\s+/g, ' ').trim(), 140), emoji: false } }
}

/** A line between two parts. */
export function divider(): KnownBlock {
  return { type: 'divider' }
}

export interface ButtonFacts {
  action: string
  label: string
  value: string
  style?: 'primary' | 'danger' | undefined
  /** The text of the confirmation dialog. */
  confirm?: string | undefined
  /** What it acts on, for screen readers. */
  about: string
}

/** A button; with `confirm`, Slack asks first. Texts are cut to Slack's limits. */
export function button({ action, label, value, style, confirm, about }: ButtonFacts): Button {
  const plain = (text: string) => ({ type: 'plain_text' as const, text, emoji: false })
  return {
    type: 'button',
    action_id: action,
    text: plain(shorten(label, 75)),
    value,
    accessibility_label: shorten(`${label}: ${about}`, 75),
    ...(style ? { style } : {}),
    ...(confirm
      ? {
          confirm: {
            title: plain(shorten(`${label}?`, 100)),
            text: plain(shorten(confirm, 300)),
            confirm: plain(shorten(label, 30)),
            deny: plain('Not now'),
            ...(style ? { style } : {}),
          },
        }
      : {}),
  }
}

/** A row of buttons, or nothing where there is none. */
export function actions(buttons: readonly Button[]): ActionsBlock | null {
  return buttons.length > 0 ? { type: 'actions', elements: [...buttons] } : null
}

/** A moment in the reader's own time zone. */
export function dateTag(at: Date): string {
  const utc = at.toISOString().slice(0, 16).replace('T', ' ')
  return `<!date^${Math.floor(at.getTime() / 1000)}^{date_short_pretty} {time}|${utc} UTC>`
}

/** A person as a mention, or Slipway itself. */
export function person(userId: string): string {
  if (userId === 'system') return 'Slipway'
  return /^[UW][A-Z0-9_]+$/.test(userId) ? `<@${userId}>` : line(userId, 40)
}

/** A progress bar of text characters; the word beside it says the same. */
export function bar(fraction: number): string {
  const share = Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0))
  const full = Math.floor(share * 16 + 1e-9)
  return `${'▰'.repeat(full)}${'▱'.repeat(16 - full)}  ${Math.floor(share * 100 + 1e-9)} %`
}

/** The first eight characters of a hash, enough for people to compare. */
export function shortHash(hash: string): string {
  return `\`${hash.replace(/[^0-9A-Za-z]/g, '').slice(0, 8) || '–'}\``
}
