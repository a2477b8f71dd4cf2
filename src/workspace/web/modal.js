import { useEffect, useRef } from 'preact/hooks'
import { Blocks } from './blocks.js'
import { withEmoji } from './emoji.js'
import { closeModal, submitModal } from './gestures.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { state } from './store.js'

/** The topmost of the acting person's modals. */
export function Modals() {
  const view = state.views.stack.at(-1)
  if (!view) return null
  return html`<${Modal} view=${view} below=${state.views.stack.length - 1} key=${view.id} />`
}

const focusable = 'input:not([type=hidden]), textarea, select, button'

function Modal({ view, below }) {
  const dialog = useRef()
  const failed = state.failed.get(`submit/${view.id}`)
  useFocus(dialog)
  useEscape(view)
  const onKeyDown = (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submitModal(view)
    if (event.key === 'Tab') stayWithin(event, dialog.current)
  }
  const onSubmit = (event) => {
    event.preventDefault()
    if (view.submit) submitModal(view)
  }
  return html`<div class="overlay">
    <form class="modal" role="dialog" aria-modal="true" aria-label=${view.title.text} tabindex="-1" data-view-id=${view.id} ref=${dialog} noValidate onKeyDown=${onKeyDown} onSubmit=${onSubmit}>
      <header class="modal-head">
        ${below > 0 && html`<button type="button" class="icon-button" aria-label="Back" onClick=${() => closeModal(view)}><${Icon} name="back" /></button>`}
        <img src="/web/slipway.svg" alt="" width="28" height="28" />
        <h2>${withEmoji(view.title.text)}</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick=${() => closeModal(view, true)}><${Icon} name="close" /></button>
      </header>
      ${failed && html`<div class="modal-failed" role="alert"><${Icon} name="warning" size=${17} />${failed}</div>`}
      <div class="modal-body"><${Blocks} blocks=${view.blocks} source=${{ viewId: view.id }} errors=${state.modalErrors} /></div>
      <${Foot} view=${view} />
    </form>
  </div>`
}

function Foot({ view }) {
  const busy = state.pending.has(`submit/${view.id}`)
  return html`<footer class="modal-foot">
    <button type="button" class="button" onClick=${() => closeModal(view)}>${view.close?.text ?? 'Close'}</button>
    ${view.submit && html`<button type="submit" class=${`button primary${busy ? ' waiting' : ''}`} id="modal-submit" disabled=${busy}><span class="button-text">${withEmoji(view.submit.text)}</span>${busy && html`<span class="spinner"></span>`}</button>`}
  </footer>`
}

/** Puts the focus on the first field, and after a refusal on the first that is wrong. */
function useFocus(dialog) {
  useEffect(() => {
    const first = dialog.current.querySelector('.modal-body :is(input, textarea, select)')
    const target = first ?? dialog.current
    target.focus()
  }, [])
  useEffect(() => {
    dialog.current.querySelector('.wrong :is(input, textarea, select)')?.focus()
  }, [state.modalErrors])
}

/** Escape closes. Heard on the document: a button that is disabled while it waits drops the focus out of the dialog. */
function useEscape(view) {
  useEffect(() => {
    const leave = (event) => event.key === 'Escape' && !state.dialog && closeModal(view)
    document.addEventListener('keydown', leave)
    return () => document.removeEventListener('keydown', leave)
  }, [])
}

/** Keeps the focus among the dialog's own controls. */
export function stayWithin(event, dialog) {
  const controls = [...dialog.querySelectorAll(focusable)].filter((one) => !one.disabled)
  const [first, last] = [controls[0], controls.at(-1)]
  const leaves = event.shiftKey ? document.activeElement === first : document.activeElement === last
  if (!leaves) return
  event.preventDefault()
  const target = event.shiftKey ? last : first
  target.focus()
}
