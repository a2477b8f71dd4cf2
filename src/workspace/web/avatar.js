import { html } from './html.js'
import { isExternal, person, state, team } from './store.js'

const initials = (name) =>
  name
    .split(' ')
    .map((word) => word[0])
    .slice(0, 2)
    .join('')

/** A person's picture: initials on their colour, with a badge where they are of another organization. */
export function Avatar({ id, size = 36 }) {
  const style = `width:${size}px;height:${size}px;font-size:${Math.round(size * 0.4)}px`
  if (id === state.app?.user_id) return html`<img class="avatar" style=${style} src="/web/slipway.svg" alt="Slipway" />`
  if (id === 'USLACKBOT') return html`<span class="avatar slackbot" style=${style} aria-hidden="true">✦</span>`
  const one = person(id)
  const name = one?.real_name ?? id
  return html`<span class="avatar" style=${`${style};background:#${one?.color ?? '64748b'}`} aria-hidden="true">
    ${initials(name)}
    ${one && isExternal(one) && html`<${TeamBadge} id=${one.team_id} size=${Math.max(13, Math.round(size * 0.42))} corner />`}
  </span>`
}

/** An organization's badge. */
export function TeamBadge({ id, size = 16, corner = false }) {
  const one = team(id)
  if (!one) return null
  const style = `width:${size}px;height:${size}px;font-size:${Math.round(size * 0.62)}px;background:${one.color}`
  return html`<span class=${`team-badge${corner ? ' corner' : ''}`} style=${style} title=${one.name}>${one.name[0]}</span>`
}
