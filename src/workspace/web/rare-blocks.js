import { useState } from 'preact/hooks'
import { address, Block, Blocks } from './blocks.js'
import { Control } from './elements.js'
import { withEmoji } from './emoji.js'
import { html } from './html.js'
import { Text } from './mrkdwn.js'
import { RichText } from './rich-text.js'

export function Alert({ block }) {
  return html`<div class=${`alert ${block.level ?? 'default'}`} role="note"><${Text} of=${block.text} /></div>`
}

export function Card({ block, source }) {
  return html`<div class="card">
    ${block.hero_image && html`<img class="card-hero" src=${address(block.hero_image)} alt=${block.hero_image.alt_text} />`}
    <div class="card-body">
      ${block.title && html`<strong><${Text} of=${block.title} /></strong>`}
      ${block.subtitle && html`<div class="card-subtitle"><${Text} of=${block.subtitle} /></div>`}
      ${block.body && html`<${Text} of=${block.body} />`}
      ${block.actions && html`<div class="card-actions">${block.actions.map((element) => html`<${Control} block=${block} element=${element} source=${source} />`)}</div>`}
    </div>
  </div>`
}

export function Carousel({ block, source }) {
  return block.elements.map((card) => html`<${Block} block=${card} source=${source} />`)
}

export function Container({ block, source }) {
  const [open, setOpen] = useState(!block.default_collapsed)
  const title = block.title ? withEmoji(block.title.text) : block.rich_text_title && html`<${RichText} block=${block.rich_text_title} />`
  return html`<div class="container">
    ${title && html`<div class="container-head">${block.is_collapsible ? html`<button type="button" aria-expanded=${open} onClick=${() => setOpen(!open)}>${open ? '▾' : '▸'} ${title}</button>` : title}</div>`}
    ${block.subtitle && html`<div class="container-subtitle"><${Text} of=${block.subtitle} /></div>`}
    ${open && html`<${Blocks} blocks=${block.child_blocks} source=${source} />`}
  </div>`
}

const marks = { pending: '○', in_progress: '◐', complete: '✓', error: '✕' }

export function TaskCard({ block }) {
  return html`<div class=${`task ${block.status}`}>
    <span class="task-mark">${marks[block.status]}</span>
    <div>
      <div class="task-title">${withEmoji(block.title)}</div>
      ${block.details && html`<${RichText} block=${block.details} />`}
      ${block.output && html`<${RichText} block=${block.output} />`}
    </div>
  </div>`
}

export function Plan({ block }) {
  return html`<div class="plan"><strong>${withEmoji(block.title)}</strong>${block.tasks?.map((task) => html`<${TaskCard} block=${task} />`)}</div>`
}

const cell = (one) => (one.type === 'rich_text' ? html`<${RichText} block=${one} />` : withEmoji(one.text))

export function Table({ block }) {
  const [head = [], ...body] = block.rows
  const align = (index) =>
    `text-align:${block.column_settings?.[index]?.align ?? (body[0]?.[index]?.type === 'raw_number' ? 'right' : 'left')}`
  return html`<div class="table-scroll"><table>
    ${block.caption && html`<caption>${block.caption}</caption>`}
    <thead><tr>${head.map((one, index) => html`<th style=${align(index)}>${cell(one)}</th>`)}</tr></thead>
    <tbody>${body.map((row) => html`<tr>${row.map((one, index) => html`<td style=${align(index)}>${cell(one)}</td>`)}</tr>`)}</tbody>
  </table></div>`
}

export function Video({ block }) {
  return html`<a class="video" href=${block.title_url ?? block.video_url} target="_blank" rel="noreferrer noopener">
    <img src=${block.thumbnail_url} alt=${block.alt_text} /><strong>${withEmoji(block.title.text)}</strong>
  </a>`
}
