import { slackDate } from './dates.js'
import { Emoji, knowsEmoji, withEmoji } from './emoji.js'
import { html } from './html.js'
import { nameOfChannel, nameOfGroup, nameOfPerson, openChannel, state } from './store.js'

const entities = { '&lt;': '<', '&gt;': '>', '&amp;': '&' }

/** Slack's three entities back to characters. */
export const decode = (text) => text.replace(/&(lt|gt|amp);/g, (entity) => entities[entity])

/** Slack's mrkdwn as markup. */
export function Mrkdwn({ text }) {
  return html`<div class="mrkdwn">${blocksOf(text ?? '')}</div>`
}

function blocksOf(text) {
  return text.split(/```/).flatMap((piece, index) => {
    if (index % 2 === 1) return [html`<pre>${inline(piece.replace(/^\n|\n$/g, ''), true)}</pre>`]
    return linesOf(index > 0 ? piece.replace(/^\n/, '') : piece)
  })
}

const quoted = /^(?:>|&gt;) ?/
const bullet = /^(\s*)(?:•|◦|▪︎|-|\d+\.) /

/** Groups lines into paragraphs, quotes and lists. */
function linesOf(text) {
  const groups = []
  for (const line of text.split('\n')) {
    const kind = quoted.test(line) ? 'quote' : bullet.test(line) ? 'list' : 'text'
    const last = groups.at(-1)
    if (last?.kind === kind) last.lines.push(line)
    else groups.push({ kind, lines: [line] })
  }
  return groups.map(groupMarkup)
}

function groupMarkup({ kind, lines }, _index, groups) {
  if (kind === 'quote') return html`<blockquote>${joined(lines.map((line) => line.replace(quoted, '')))}</blockquote>`
  if (kind === 'list') return html`<div class="lines">${lines.map((line) => listLine(line))}</div>`
  const edge = (line, at) => line !== '' || (at > 0 && at < lines.length - 1) || groups.length === 1
  const kept = lines.filter(edge)
  return kept.length > 0 ? html`<span class="lines">${joined(kept)}</span>` : null
}

function listLine(line) {
  const [mark = ''] = bullet.exec(line) ?? []
  const indent = mark.length - mark.trimStart().length
  const style = `margin-left: ${indent * 0.55}em`
  return html`<div class="list-line" style=${style}><span class="list-mark">${mark.trim() === '-' ? '•' : mark.trim()}</span><span>${inline(line.slice(mark.length))}</span></div>`
}

const joined = (lines) => lines.flatMap((line, index) => (index > 0 ? [html`<br />`, ...inline(line)] : inline(line)))

const patterns = [
  [/`([^`\n]+)`/, (match) => html`<code>${inline(match[1], true)}</code>`],
  [/<([^<>\n]+)>/, (match) => special(match[1])],
  [/(?<![\w*])\*(?=\S)([^*\n]*?[^*\s])\*(?![\w*])/, (match) => html`<strong>${inline(match[1])}</strong>`],
  [/(?<![\w_])_(?=\S)([^_\n]*?[^_\s])_(?![\w_])/, (match) => html`<em>${inline(match[1])}</em>`],
  [/(?<![\w~])~(?=\S)([^~\n]*?[^~\s])~(?![\w~])/, (match) => html`<del>${inline(match[1])}</del>`],
  [/:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/, (match) => (knowsEmoji(match[1]) ? html`<${Emoji} name=${match[1]} />` : match[0])],
]

/** One line's styles, mentions, links and emoji. `literal` leaves styles alone, as in code. */
function inline(text, literal = false) {
  const found = (literal ? patterns.slice(1, 2) : patterns)
    .map(([pattern, make]) => ({ match: pattern.exec(text), make }))
    .filter(({ match }) => match)
    .sort((one, other) => one.match.index - other.match.index)[0]
  if (!found) return literal ? [decode(text)] : withEmoji(decode(text))
  const { match, make } = found
  const before = decode(text.slice(0, match.index))
  return [...(literal ? [before] : withEmoji(before)), make(match), ...inline(text.slice(match.index + match[0].length), literal)]
}

/** What stands between angle brackets: mentions, dates and links. */
function special(content) {
  const [target, label] = split(content)
  const kind = target[0]
  if (kind === '@') return html`<${PersonMention} id=${target.slice(1)} />`
  if (kind === '#') return html`<${ChannelMention} id=${target.slice(1)} label=${label} />`
  if (kind === '!') return command(target.slice(1), label)
  return link(target, label ? decode(label) : decode(target.replace(/^mailto:/, '')))
}

function split(content) {
  const at = content.indexOf('|')
  return at < 0 ? [content, undefined] : [content.slice(0, at), content.slice(at + 1)]
}

function command(target, label) {
  const date = /^date\^(\d+)\^([^^]+)(?:\^(.+))?$/.exec(target)
  if (date) return dateMarkup(date[1], date[2], date[3], label)
  const group = /^subteam\^(\w+)/.exec(target)
  if (group) return html`<span class="mention">@${nameOfGroup(group[1])}</span>`
  return html`<span class="mention broadcast">@${label ?? target}</span>`
}

/** A moment, with what it is in full as a tooltip. */
export function dateMarkup(seconds, pattern, url, fallback) {
  const shown = html`<time title=${fallback ?? ''}>${slackDate(seconds, pattern)}</time>`
  return url ? link(url, shown) : shown
}

export const link = (url, label) => html`<a href=${decode(url)} target="_blank" rel="noreferrer noopener">${label}</a>`

export function PersonMention({ id }) {
  const own = id === state.me ? ' own' : ''
  return html`<span class=${`mention${own}`} data-person=${id}>@${nameOfPerson(id)}</span>`
}

export function ChannelMention({ id, label }) {
  return html`<a class="mention" href=${`/archives/${id}`} onClick=${(event) => goTo(event, id)}>#${nameOfChannel(id) ?? label ?? id}</a>`
}

function goTo(event, id) {
  event.preventDefault()
  openChannel(id)
}

/** A text object: plain or mrkdwn. */
export function Text({ of }) {
  if (!of) return null
  return of.type === 'mrkdwn' ? html`<${Mrkdwn} text=${of.text} />` : html`<span class="plain">${withEmoji(of.text)}</span>`
}
