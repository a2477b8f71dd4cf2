import { html } from './html.js'
import { Icon } from './icons.js'

const units = ['B', 'kB', 'MB', 'GB']

function size(bytes) {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const amount = bytes / 1000 ** power
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`
}

const kinds = { pdf: 'PDF', csv: 'CSV', json: 'JSON', txt: 'Text', zip: 'Archive', md: 'Markdown' }

/** Shared files: pictures as pictures, the rest as cards to open. */
export function Files({ files }) {
  return html`<div class="files">${files.map((file) => (file.mimetype.startsWith('image/') ? html`<${Picture} file=${file} />` : html`<${Card} file=${file} />`))}</div>`
}

function Picture({ file }) {
  return html`<figure class="file-picture" data-file=${file.id}>
    <figcaption>${file.title}</figcaption>
    <a href=${file.url_private} target="_blank" rel="noreferrer"><img src=${file.url_private} alt=${file.title} /></a>
  </figure>`
}

function Card({ file }) {
  const kind = kinds[file.filetype] ?? file.filetype.toUpperCase()
  return html`<a class="file-card" data-file=${file.id} href=${file.url_private} target="_blank" rel="noreferrer">
    <span class=${`file-icon ${file.filetype}`}>${kind.slice(0, 4).toUpperCase()}</span>
    <span class="file-text"><span class="file-name">${file.title}</span><span class="file-kind">${kind} · ${size(file.size)}</span></span>
    <${Icon} name="download" size=${17} />
  </a>`
}
