import { useEffect, useRef, useState } from 'preact/hooks'
import { Avatar, TeamBadge } from './avatar.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { actAs, isExternal, me, state, team } from './store.js'

export function TopBar() {
  return html`<header class="topbar">
    <div class="brand"><img src="/web/slipway.svg" alt="" /><span>Slipway</span><span class="brand-note">local workspace</span></div>
    <${PersonSwitcher} />
  </header>`
}

/** Chooses whom to act as. */
function PersonSwitcher() {
  const [open, setOpen] = useState(false)
  const root = useRef()
  useEffect(() => {
    const leave = (event) => !root.current?.contains(event.target) && setOpen(false)
    document.addEventListener('mousedown', leave)
    return () => document.removeEventListener('mousedown', leave)
  }, [])
  const one = me()
  const choose = (id) => {
    setOpen(false)
    actAs(id)
  }
  return html`<div class="switcher" ref=${root} onKeyDown=${(event) => keys(event, root.current, () => setOpen(false))}>
    <button id="acting-as" type="button" aria-haspopup="listbox" aria-expanded=${open} data-person=${state.me} onClick=${() => setOpen(!open)}>
      <span class="switcher-label">Acting as</span>
      <${Avatar} id=${one.id} size=${26} />
      <span class="switcher-name">${one.real_name}</span>
      <span class="switcher-title">${one.profile.title}</span>
      ${isExternal(one) && html`<${TeamBadge} id=${one.team_id} size=${18} />`}
      <${Icon} name="chevron" size=${16} />
    </button>
    ${open && html`<div class="switcher-menu" role="listbox" aria-label="Act as">${state.teams.map((group) => html`<${TeamGroup} id=${group.id} choose=${choose} />`)}</div>`}
  </div>`
}

function TeamGroup({ id, choose }) {
  const home = id === state.workspace.id
  return html`<div class="switcher-team">
    <div class="switcher-heading">
      <${TeamBadge} id=${id} size=${16} /> ${team(id).name} <span>${home ? 'this workspace' : 'external'}</span>
    </div>
    ${state.people
      .filter((one) => one.team_id === id)
      .map(
        (
          one,
        ) => html`<button type="button" role="option" class="switcher-option" data-person=${one.id} aria-selected=${one.id === state.me} onClick=${() => choose(one.id)}>
          <${Avatar} id=${one.id} size=${30} />
          <span class="option-text"><span class="option-name">${one.real_name}</span><span class="option-title">${one.profile.title}</span></span>
          ${one.id === state.me && html`<${Icon} name="check" size=${17} />`}
        </button>`,
      )}
  </div>`
}

/** Arrow keys move among the people, Escape closes. */
function keys(event, root, close) {
  if (event.key === 'Escape') return close()
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!step) return
  event.preventDefault()
  const options = [...root.querySelectorAll('[role=option]')]
  options[(options.indexOf(document.activeElement) + step + options.length) % options.length]?.focus()
}
