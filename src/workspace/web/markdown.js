import { withEmoji } from './emoji.js'
import { html } from './html.js'

const fence = /^```/
const heading = /^(#{1,6}) (.*)$/
const quote = /^> ?(.*)$/
const item = /^(\s*)(?:[-*+]|(\d+)[.)]) (?:\[([ xX])\] )?(.*)$/
const row = /^\|(.+)\|\s*$/
const rule = /^(?:-{3,}|\*{3,}|_{3,})$/

/** A markdown block: standard Markdown's common part. */
export function Markdown({ text }) {
  return html`<div class="mrkdwn markdown">${groups(text.split('\n')).map(groupMarkup)}</div>`
}

const kindOf = (line) => {
  if (row.test(line)) return 'table'
  if (item.test(line)) return 'list'
  if (quote.test(line)) return 'quote'
  if (heading.test(line)) return 'heading'
  if (rule.test(line.trim())) return 'rule'
  return line.trim() === '' ? 'blank' : 'text'
}

function groups(lines) {
  const found = []
  for (const line of lines) {
    const last = found.at(-1)
    const inCode = last?.kind === 'code' && !last.closed
    if (fence.test(line)) {
      if (inCode) last.closed = true
      else found.push({ kind: 'code', lines: [] })
      continue
    }
    const kind = inCode ? 'code' : kindOf(line)
    if (inCode || (last?.kind === kind && kind !== 'heading' && kind !== 'rule')) last.lines.push(line)
    else found.push({ kind, lines: [line] })
  }
  return found
}

const markups = {
  blank: () => null,
  rule: () => html`<hr />`,
  code: (lines) => html`<pre>${lines.join('\n')}</pre>`,
  quote: (lines) => html`<blockquote>${breaks(lines.map((line) => quote.exec(line)[1]))}</blockquote>`,
  text: (lines) => html`<p>${breaks(lines)}</p>`,
  list: (lines) => html`<div class="lines">${lines.map(listItem)}</div>`,
  table: tableMarkup,
  heading([line]) {
    const [, marks, words] = heading.exec(line)
    return html`<p class=${`md-heading level-${marks.length}`}>${inline(words)}</p>`
  },
}

const groupMarkup = ({ kind, lines }) => markups[kind](lines)

const breaks = (lines) => lines.flatMap((line, index) => (index > 0 ? [html`<br />`, ...inline(line)] : inline(line)))

function listItem(line) {
  const [, indent, number, box, words] = item.exec(line)
  const mark = box === undefined ? (number ? `${number}.` : '•') : box === ' ' ? '☐' : '☑'
  return html`<div class="list-line" style=${`margin-left:${indent.length * 0.55}em`}><span class="list-mark">${mark}</span><span>${inline(words)}</span></div>`
}

const cells = (line) =>
  row
    .exec(line)[1]
    .split('|')
    .map((cell) => cell.trim())

function tableMarkup(lines) {
  const rows = lines.filter((line) => !/^\|[\s:|-]+\|\s*$/.test(line)).map(cells)
  const [head = [], ...body] = rows
  return html`<div class="table-scroll"><table>
    <thead><tr>${head.map((cell) => html`<th>${inline(cell)}</th>`)}</tr></thead>
    <tbody>${body.map((one) => html`<tr>${one.map((cell) => html`<td>${inline(cell)}</td>`)}</tr>`)}</tbody>
  </table></div>`
}

const styles = [
  [/`([^`]+)`/, (match) => html`<code>${match[1]}</code>`],
  [/\[([^\]]+)\]\(([^)\s]+)\)/, (match) => html`<a href=${match[2]} target="_blank" rel="noreferrer noopener">${match[1]}</a>`],
  [/\*\*(.+?)\*\*/, (match) => html`<strong>${inline(match[1])}</strong>`],
  [/~~(.+?)~~/, (match) => html`<del>${inline(match[1])}</del>`],
  [/(?<!\w)[*_]([^*_\n]+)[*_](?!\w)/, (match) => html`<em>${inline(match[1])}</em>`],
]

function inline(text) {
  const found = styles
    .map(([pattern, make]) => ({ match: pattern.exec(text), make }))
    .filter(({ match }) => match)
    .sort((one, other) => one.match.index - other.match.index)[0]
  if (!found) return withEmoji(text)
  const { match, make } = found
  return [...withEmoji(text.slice(0, match.index)), make(match), ...inline(text.slice(match.index + match[0].length))]
}
