import { useEffect, useRef } from 'preact/hooks'
import { html } from './html.js'
import { Icon } from './icons.js'
import { stayWithin } from './modal.js'
import { Text } from './mrkdwn.js'
import { state } from './store.js'

/** Asks before an action that wants it. */
export function ConfirmDialog() {
  return state.dialog ? html`<${Question} ...${state.dialog} />` : null
}

function Question({ confirm, answer }) {
  const root = useRef()
  const yes = useRef()
  useEffect(() => yes.current.focus(), [])
  const onKeyDown = (event) => {
    if (event.key === 'Escape') answer(false)
    if (event.key === 'Tab') stayWithin(event, root.current)
  }
  return html`<div class="overlay front">
    <div class="modal question" role="alertdialog" aria-modal="true" aria-label=${confirm.title?.text ?? 'Are you sure?'} ref=${root} onKeyDown=${onKeyDown}>
      <header class="modal-head"><h2>${confirm.title?.text ?? 'Are you sure?'}</h2></header>
      <div class="modal-body"><${Text} of=${confirm.text} /></div>
      <footer class="modal-foot">
        <button type="button" class="button" data-confirm="no" onClick=${() => answer(false)}>${confirm.deny?.text ?? 'Cancel'}</button>
        <button type="button" class=${`button ${confirm.style ?? 'primary'}`} data-confirm="yes" ref=${yes} onClick=${() => answer(true)}>${confirm.confirm?.text ?? 'Yes'}</button>
      </footer>
    </div>
  </div>`
}

/** Short notices in the corner. */
export function Toasts() {
  return html`<div class="toasts" role="status">${state.toasts.map((one) => html`<div class="toast" key=${one.id}><${Icon} name="warning" size=${17} />${one.text}</div>`)}</div>`
}
