import { Emoji, withEmoji } from './emoji.js'
import { html } from './html.js'
import { ChannelMention, dateMarkup, link, PersonMention } from './mrkdwn.js'
import { nameOfGroup, team } from './store.js'

/** A rich_text block. */
export function RichText({ block }) {
  return html`<div class="mrkdwn rich">${block.elements.map(group)}</div>`
}

function group(element) {
  const inner = element.type === 'rich_text_list' ? undefined : element.elements.map(inline)
  if (element.type === 'rich_text_preformatted') return html`<pre>${inner}</pre>`
  if (element.type === 'rich_text_quote') return html`<blockquote>${inner}</blockquote>`
  if (element.type === 'rich_text_list') return list(element)
  return html`<div class="rich-section">${inner}</div>`
}

function list(element) {
  const items = element.elements.map((item) => html`<li>${item.elements.map(inline)}</li>`)
  const style = `margin-left:${(element.indent ?? 0) * 22}px`
  return element.style === 'ordered'
    ? html`<ol style=${style} start=${(element.offset ?? 0) + 1}>${items}</ol>`
    : html`<ul style=${style}>${items}</ul>`
}

const kinds = {
  text: (one) => lines(one.text),
  link: (one) => link(one.url, one.text ?? one.url),
  emoji: (one) => html`<${Emoji} name=${one.name} />`,
  user: (one) => html`<${PersonMention} id=${one.user_id} />`,
  channel: (one) => html`<${ChannelMention} id=${one.channel_id} />`,
  usergroup: (one) => html`<span class="mention">@${nameOfGroup(one.usergroup_id)}</span>`,
  team: (one) => html`<span class="mention">@${team(one.team_id)?.name ?? one.team_id}</span>`,
  broadcast: (one) => html`<span class="mention broadcast">@${one.range}</span>`,
  date: (one) => dateMarkup(one.timestamp, one.format, one.url, one.fallback),
  color: (one) => html`<code><span class="swatch" style=${`background:${one.value}`}></span>${one.value}</code>`,
}

const lines = (text) => text.split('\n').flatMap((line, index) => (index > 0 ? [html`<br />`, ...withEmoji(line)] : withEmoji(line)))

function inline(element) {
  const { bold, italic, strike, code } = element.style ?? {}
  let shown = kinds[element.type]?.(element) ?? ''
  if (code) shown = html`<code>${shown}</code>`
  if (strike) shown = html`<del>${shown}</del>`
  if (italic) shown = html`<em>${shown}</em>`
  if (bold) shown = html`<strong>${shown}</strong>`
  return shown
}
