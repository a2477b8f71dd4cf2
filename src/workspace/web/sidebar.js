import { TeamBadge } from './avatar.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { isExternal, me, myChannels, myDirect, openChannel, openHome, state, team, unread } from './store.js'

/** The acting person's organization, channels and apps. */
export function Sidebar() {
  const own = team(me().team_id)
  const external = isExternal(me())
  return html`<nav class="sidebar" aria-label="Channels and apps">
    <div class="sidebar-head">
      <${TeamBadge} id=${own.id} size=${34} />
      <div><div class="sidebar-team">${own.name}</div><div class="sidebar-note">${external ? 'sees shared channels only' : 'home of the app'}</div></div>
    </div>
    <div class="sidebar-section">Channels</div>
    ${myChannels().map((one) => html`<${ChannelLink} channel=${one} key=${one.id} />`)}
    <div class="sidebar-section">Apps</div>
    <${AppLink} />
    <div class="sidebar-foot">Everything here stays on this machine.</div>
  </nav>`
}

function ChannelLink({ channel }) {
  const active = state.place.kind === 'channel' && state.place.id === channel.id
  const count = active ? 0 : unread(channel.id)
  const classes = ['sidebar-link', active && 'active', count > 0 && 'unread'].filter(Boolean).join(' ')
  const others = channel.shared_team_ids.filter((id) => id !== me().team_id)
  return html`<button type="button" class=${classes} data-channel=${channel.id} aria-current=${active ? 'page' : undefined} onClick=${() => openChannel(channel.id)}>
    <${Icon} name=${channel.is_private ? 'lock' : 'hash'} size=${16} />
    <span class="sidebar-name">${channel.name}</span>
    ${count > 0 && html`<span class="badge" aria-label=${`${count} unread`}>${count}</span>`}
    ${others.map((id) => html`<${TeamBadge} id=${id} size=${16} />`)}
  </button>`
}

function AppLink() {
  const active = state.place.kind === 'home'
  const count = active || !myDirect() ? 0 : unread(myDirect().id)
  return html`<button type="button" class=${`sidebar-link app${active ? ' active' : ''}`} data-app="home" aria-current=${active ? 'page' : undefined} onClick=${openHome}>
    <img src="/web/slipway.svg" alt="" width="20" height="20" />
    <span class="sidebar-name">${state.app.name}</span>
    ${count > 0 && html`<span class="badge">${count}</span>`}
  </button>`
}
