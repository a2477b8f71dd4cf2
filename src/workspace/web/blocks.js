import { Control } from './elements.js'
import { withEmoji } from './emoji.js'
import { html } from './html.js'
import { Input } from './inputs.js'
import { Markdown } from './markdown.js'
import { Text } from './mrkdwn.js'
import { Alert, Card, Carousel, Container, Plan, Table, TaskCard, Video } from './rare-blocks.js'
import { RichText } from './rich-text.js'

/** Block Kit as markup. `source` is the message or view in which the blocks stand. */
export function Blocks({ blocks, source, errors }) {
  return html`<div class="blocks">${blocks.map((block, index) => html`<${Block} key=${block.block_id ?? index} block=${block} source=${source} error=${errors?.[block.block_id]} />`)}</div>`
}

const kinds = {
  header: Header,
  section: Section,
  context: Context,
  actions: Actions,
  context_actions: Actions,
  image: Image,
  input: Input,
  markdown: ({ block }) => html`<${Markdown} text=${block.text} />`,
  rich_text: ({ block }) => html`<${RichText} block=${block} />`,
  divider: () => html`<hr class="rule" />`,
  alert: Alert,
  card: Card,
  carousel: Carousel,
  container: Container,
  plan: Plan,
  task_card: TaskCard,
  table: Table,
  data_table: Table,
  video: Video,
}

export function Block({ block, source, error }) {
  const Kind = kinds[block.type]
  if (!Kind) return html`<div class="block-unknown">${block.type}</div>`
  return html`<div class=${`block block-${block.type.replaceAll('_', '-')}`} data-block-id=${block.block_id}><${Kind} block=${block} source=${source} error=${error} /></div>`
}

function Header({ block }) {
  return html`<h3 class="block-title">${withEmoji(block.text.text)}</h3>`
}

function Section({ block, source }) {
  return html`
    <div class="section-main">
      ${block.text && html`<${Text} of=${block.text} />`}
      ${block.fields && html`<div class="fields">${block.fields.map((field) => html`<div class="field"><${Text} of=${field} /></div>`)}</div>`}
    </div>
    ${block.accessory && html`<div class="section-side">${block.accessory.type === 'image' ? html`<img class="accessory-image" src=${address(block.accessory)} alt=${block.accessory.alt_text} />` : html`<${Control} block=${block} element=${block.accessory} source=${source} />`}</div>`}
  `
}

function Context({ block }) {
  return block.elements.map((element) =>
    element.type === 'image'
      ? html`<img class="context-image" src=${address(element)} alt=${element.alt_text} />`
      : html`<${Text} of=${element} />`,
  )
}

function Actions({ block, source }) {
  return block.elements.map((element) => html`<${Control} key=${element.action_id} block=${block} element=${element} source=${source} />`)
}

function Image({ block }) {
  return html`<figure class="image-block">
    ${block.title && html`<figcaption>${withEmoji(block.title.text)}</figcaption>`}
    <a href=${address(block)} target="_blank" rel="noreferrer"><img src=${address(block)} alt=${block.alt_text} /></a>
  </figure>`
}

/** A picture's address: its own, or that of a file of this workspace. */
export function address(picture) {
  if (picture.image_url) return picture.image_url
  return picture.slack_file.url ?? `/files/${picture.slack_file.id}/picture`
}
