import { useEffect, useRef, useState } from 'preact/hooks'
import { Choices, DateField, Select, TimeField } from './choosers.js'
import { draft } from './drafts.js'
import { withEmoji } from './emoji.js'
import { act, keyOf } from './gestures.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { TypedField } from './inputs.js'
import { changed, state } from './store.js'

/** An element that acts at once: in messages, in actions and beside sections. */
export function Control({ block, element, source }) {
  if (element.type === 'button' || element.type === 'workflow_button')
    return html`<${Button} block=${block} element=${element} source=${source} />`
  if (element.type === 'icon_button') return html`<${Button} block=${block} element=${element} source=${source} />`
  if (element.type === 'feedback_buttons') return html`<${Feedback} block=${block} element=${element} source=${source} />`
  if (element.type === 'overflow') return html`<${Overflow} block=${block} element=${element} source=${source} />`
  const choose = (value) => {
    draft(source, block, element, value)
    changed()
    act(source, block, element, value)
  }
  return html`<${Chooser} block=${block} element=${element} source=${source} choose=${choose} />`
}

/** Any element with a value, by its type. */
export function Chooser(props) {
  const { type } = props.element
  if (type.endsWith('_select')) return html`<${Select} ...${props} />`
  if (type === 'checkboxes' || type === 'radio_buttons') return html`<${Choices} ...${props} />`
  if (type === 'datepicker' || type === 'datetimepicker') return html`<${DateField} ...${props} />`
  if (type === 'timepicker') return html`<${TimeField} ...${props} />`
  return html`<${TypedField} ...${props} />`
}

function Button({ block, element, source }) {
  const key = keyOf(source, block.block_id, element.action_id, element.value)
  const waiting = state.pending.has(key)
  const failed = state.failed.get(key)
  const chosen = element.value === undefined ? {} : { value: element.value }
  const classes = ['button', element.style, waiting && 'waiting'].filter(Boolean).join(' ')
  return html`<span class="button-place">
    <button
      type="button"
      class=${classes}
      data-action-id=${element.action_id}
      data-value=${element.value}
      aria-label=${element.accessibility_label}
      aria-busy=${waiting}
      disabled=${waiting}
      onClick=${() => act(source, block, element, chosen)}
    >
      <span class="button-text">${withEmoji(element.text.text)}</span>
      ${waiting && html`<span class="spinner"></span>`}
    </button>
    ${failed && html`<span class="button-failed" title=${failed}><${Icon} name="warning" size=${17} /></span>`}
  </span>`
}

function Feedback({ block, element, source }) {
  const { positive_button: yes, negative_button: no } = element
  return [yes, no].map(
    (one) => html`<${Button} block=${block} source=${source} element=${{ ...one, type: element.type, action_id: element.action_id }} />`,
  )
}

function Overflow({ block, element, source }) {
  const [open, setOpen] = useState(false)
  const root = useRef()
  useEffect(() => {
    const leave = (event) => !root.current?.contains(event.target) && setOpen(false)
    document.addEventListener('mousedown', leave)
    return () => document.removeEventListener('mousedown', leave)
  }, [])
  const choose = (option) => {
    setOpen(false)
    if (option.url) window.open(option.url, '_blank', 'noopener')
    act(source, block, element, { selected_option: option })
  }
  return html`<span class="overflow" ref=${root} onKeyDown=${(event) => event.key === 'Escape' && setOpen(false)}>
    <button type="button" class="button overflow-button" aria-haspopup="menu" aria-expanded=${open} aria-label="More actions" data-action-id=${element.action_id} onClick=${() => setOpen(!open)}><${Icon} name="more" /></button>
    ${open && html`<span class="menu" role="menu">${element.options.map((option) => html`<button type="button" role="menuitem" data-value=${option.value} onClick=${() => choose(option)}>${withEmoji(option.text.text)}</button>`)}</span>`}
  </span>`
}
