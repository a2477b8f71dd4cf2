import { useEffect, useState } from 'preact/hooks'
import { Blocks } from './blocks.js'
import { Composer } from './composer.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { MessageRow } from './message.js'
import { isExternal, markRead, me, myDirect, openHome, state, team, timeline } from './store.js'

/** The app's own place: its Home, and what it wrote to the acting person. */
export function Home() {
  const [tab, setTab] = useState('home')
  const external = isExternal(me())
  useEffect(() => {
    if (!state.views.home && !external) openHome()
  }, [state.me])
  return html`<main class="place home">
    <header class="place-head">
      <div class="place-title"><h1><img src="/web/slipway.svg" alt="" width="24" height="24" />${state.app.name}</h1><span class="app-badge">APP</span></div>
      <div class="tabs" role="tablist">
        ${['home', 'messages'].map((name) => html`<button type="button" role="tab" aria-selected=${tab === name} onClick=${() => setTab(name)}>${name === 'home' ? 'Home' : 'Messages'}</button>`)}
      </div>
    </header>
    ${external ? html`<${NotHere} />` : tab === 'home' ? html`<${HomeView} />` : html`<${DirectMessages} />`}
  </main>`
}

function NotHere() {
  return html`<div class="home-empty">
    <${Icon} name="globe" size=${40} />
    <h2>This Home belongs to another organization</h2>
    <p>
      Slipway is installed in ${state.workspace.name}. Members of ${team(me().team_id).name} meet it in shared channels, and use the buttons
      there.
    </p>
  </div>`
}

function HomeView() {
  const { home } = state.views
  if (!home) return html`<div class="home-empty"><span class="spinner"></span><p>Opening Slipway’s Home…</p></div>`
  return html`<div class="home-scroll"><div class="home-view" data-view-id=${home.id}><${Blocks} blocks=${home.blocks} source=${{ viewId: home.id }} /></div></div>`
}

function DirectMessages() {
  const direct = myDirect()
  useEffect(() => direct && markRead(direct.id))
  if (!direct) return html`<div class="home-empty"><p>Slipway has not written to you yet.</p></div>`
  return html`
    <div class="message-list"><div class="message-stack">${timeline(direct.id).map((message) => html`<${MessageRow} key=${message.ts} channel=${direct.id} message=${message} />`)}</div></div>
    <${Composer} channel=${direct.id} key=${state.me} />
  `
}
