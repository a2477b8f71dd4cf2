import { useLayoutEffect, useRef } from 'preact/hooks'
import { Composer } from './composer.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { MessageRow } from './message.js'
import { nameOfChannel, openThread, state, threadOf } from './store.js'

/** A parent message and its replies, beside the channel. */
export function ThreadPane({ channel, ts }) {
  const list = useRef()
  const [parent, ...replies] = threadOf(channel, ts)
  useLayoutEffect(() => {
    list.current.scrollTop = list.current.scrollHeight
  }, [replies.length])
  return html`<aside class="thread" aria-label="Thread" onKeyDown=${(event) => event.key === 'Escape' && openThread(undefined)}>
    <header class="thread-head">
      <div><h2>Thread</h2><span>#${nameOfChannel(channel)}</span></div>
      <button type="button" class="icon-button" aria-label="Close thread" onClick=${() => openThread(undefined)}><${Icon} name="close" /></button>
    </header>
    <div class="thread-list" ref=${list}>
      ${parent && html`<${MessageRow} channel=${channel} message=${parent} inThread />`}
      ${replies.length > 0 && html`<div class="thread-divider"><span>${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}</span></div>`}
      ${replies.map((message) => html`<${MessageRow} key=${message.ts} channel=${channel} message=${message} inThread />`)}
    </div>
    <${Composer} channel=${channel} threadTs=${ts} key=${`${ts}/${state.me}`} />
  </aside>`
}
