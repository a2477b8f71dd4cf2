import { draft, draftOf } from './drafts.js'
import { Chooser } from './elements.js'
import { withEmoji } from './emoji.js'
import { act } from './gestures.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { changed } from './store.js'

/** An input block: label, field, hint, and what is wrong with it. */
export function Input({ block, source, error }) {
  const { element } = block
  const choose = (value) => {
    draft(source, block, element, value)
    changed()
    if (block.dispatch_action && !typed.has(element.type)) act(source, block, element, value)
  }
  const enter = () => block.dispatch_action && act(source, block, element, draftOf(source, block, element) ?? {})
  return html`<div class=${`input${error ? ' wrong' : ''}`}>
    <label class="input-label">${withEmoji(block.label.text)}${block.optional && html`<span class="optional">(optional)</span>`}</label>
    <${Chooser} block=${block} element=${element} source=${source} choose=${choose} enter=${enter} />
    ${error && html`<div class="input-error" role="alert"><${Icon} name="warning" size=${15} />${error}</div>`}
    ${block.hint && html`<div class="input-hint">${withEmoji(block.hint.text)}</div>`}
  </div>`
}

const typed = new Set(['plain_text_input', 'number_input', 'email_text_input', 'url_text_input', 'rich_text_input'])
const htmlTypes = { number_input: 'number', email_text_input: 'email', url_text_input: 'url' }

/** Fields in which one types. */
export function TypedField({ block, element, source, choose, enter }) {
  const value = draftOf(source, block, element)?.value ?? element.initial_value ?? ''
  const shared = {
    class: 'field-input',
    'data-action-id': element.action_id,
    'aria-label': block.label?.text,
    placeholder: element.placeholder?.text ?? '',
    maxLength: element.max_length,
    minLength: element.min_length,
    value,
    onInput: (event) => choose({ value: event.currentTarget.value }),
  }
  if (element.multiline || element.type === 'rich_text_input') return html`<textarea ...${shared} rows="4"></textarea>`
  const submitWithin = (event) => event.key === 'Enter' && enter?.()
  return html`<input ...${shared} type=${htmlTypes[element.type] ?? 'text'} min=${element.min_value} max=${element.max_value} onKeyDown=${submitWithin} />`
}
