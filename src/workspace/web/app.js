import { render } from 'preact'
import { ChannelPlace } from './channel.js'
import { Home } from './home.js'
import { html } from './html.js'
import { Modals } from './modal.js'
import { ConfirmDialog, Toasts } from './overlays.js'
import { Sidebar } from './sidebar.js'
import { start, useStore } from './store.js'
import { ThreadPane } from './thread.js'
import { TopBar } from './topbar.js'

function App() {
  const { ready, place, thread, connected } = useStore()
  if (!ready) return html`<div class="loading"><img src="/web/slipway.svg" alt="" /><span>Opening the workspace…</span></div>`
  return html`
    <${TopBar} />
    <div class="columns">
      <${Sidebar} />
      ${place.kind === 'home' ? html`<${Home} />` : html`<${ChannelPlace} id=${place.id} key=${place.id} />`}
      ${thread && place.kind === 'channel' && html`<${ThreadPane} channel=${place.id} ts=${thread} key=${thread} />`}
    </div>
    ${!connected && html`<div class="offline" role="status">Reconnecting to the workspace…</div>`}
    <${Modals} />
    <${ConfirmDialog} />
    <${Toasts} />
  `
}

render(html`<${App} />`, document.getElementById('app'))
start()
