import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { TeamBadge } from './avatar.js'
import { Composer } from './composer.js'
import { dayOf } from './dates.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { MessageRow } from './message.js'
import { decode } from './mrkdwn.js'
import { channel as channelOf, isExternal, me, showMessage, state, team, timeline } from './store.js'

const sameSpeakerSeconds = 300
const nearBottomPixels = 90

/** A channel: header, messages, composer. */
export function ChannelPlace({ id }) {
  const channel = channelOf(id)
  if (!channel) return html`<main class="place empty"><p>${me().real_name} is in no channel yet.</p></main>`
  return html`<main class="place" data-channel-open=${id}>
    <${Header} channel=${channel} />
    <${MessageList} id=${id} />
    <${Composer} channel=${id} key=${`${id}/${state.me}`} />
  </main>`
}

function Header({ channel }) {
  const others = channel.shared_team_ids.filter((id) => id !== me().team_id)
  return html`<header class="place-head">
    <div class="place-title">
      <h1><${Icon} name=${channel.is_private ? 'lock' : 'hash'} size=${19} />${channel.name}</h1>
      ${others.map((id) => html`<span class="shared"><${TeamBadge} id=${id} size=${15} />Shared with ${team(id).name}</span>`)}
      <span class="topic">${channel.topic.value}</span>
    </div>
    <div class="place-tools">
      <span class="tool" title=${channel.members.map((id) => state.people.find((one) => one.id === id)?.real_name ?? state.app.name).join('\n')}>
        <${Icon} name="people" size=${16} />${channel.members.length}
      </span>
    </div>
    <${Kept} channel=${channel} />
  </header>`
}

/** Pinned messages and bookmarks, as a bar under the title. */
function Kept({ channel }) {
  const [open, setOpen] = useState(false)
  if (channel.pins.length + channel.bookmarks.length === 0) return null
  const show = (ts) => {
    setOpen(false)
    showMessage(channel.id, ts)
  }
  return html`<div class="kept">
    ${channel.pins.length > 0 && html`<button type="button" class="kept-item" aria-expanded=${open} onClick=${() => setOpen(!open)}><${Icon} name="pin" size=${15} />${channel.pins.length} pinned</button>`}
    ${channel.bookmarks.map((one) => html`<a class="kept-item" href=${one.link} target="_blank" rel="noreferrer noopener"><${Icon} name="link" size=${15} />${one.title}</a>`)}
    ${open && html`<div class="kept-menu">${channel.pins.map(({ ts }) => html`<button type="button" class="kept-pin" onClick=${() => show(ts)}>${summary(channel.id, ts)}</button>`)}</div>`}
  </div>`
}

function summary(id, ts) {
  const message = state.messages.get(id)?.get(ts)
  const header = message?.blocks?.find((block) => block.type === 'header')?.text.text
  return header ?? decode((message?.text ?? '').replace(/<[^|>]*\|([^>]*)>/g, '$1')).slice(0, 140)
}

function MessageList({ id }) {
  const list = useRef()
  const follow = useRef(true)
  const items = timeline(id)
  const last = items.at(-1)
  const bottom = () => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight
  }
  useLayoutEffect(() => {
    if (follow.current || last?.user === state.me) bottom()
  })
  useEffect(() => {
    const watch = new ResizeObserver(() => follow.current && bottom())
    watch.observe(list.current.firstElementChild)
    return () => watch.disconnect()
  }, [])
  useEffect(() => reveal(list.current), [state.shown])
  const onScroll = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
    follow.current = scrollHeight - scrollTop - clientHeight < nearBottomPixels
  }
  return html`<div class="message-list" ref=${list} onScroll=${onScroll} role="log" aria-label="Messages">
    <div class="message-stack">
      <${Beginning} id=${id} />
      ${items.map((message, index) => html`<${Item} key=${message.ts} channel=${id} message=${message} before=${items[index - 1]} />`)}
    </div>
  </div>`
}

/** Scrolls to a message that was asked for, and lights it up for a moment. */
function reveal(list) {
  const row = state.shown && list.querySelector(`[data-ts="${state.shown}"]`)
  if (!row) return
  state.shown = undefined
  row.scrollIntoView({ block: 'center' })
  row.classList.add('flash')
  setTimeout(() => row.classList.remove('flash'), 2200)
}

function Beginning({ id }) {
  const channel = channelOf(id)
  const shared = channel.shared_team_ids.filter((one) => one !== state.workspace.id)
  return html`<div class="beginning">
    <h2><${Icon} name="hash" size=${26} />${channel.name}</h2>
    <p>
      ${channel.topic.value}.
      ${shared.length > 0 && html` People of <strong>${shared.map((one) => team(one).name).join(', ')}</strong> are here too; slash commands work for <strong>${state.workspace.name}</strong> only.`}
      ${!isExternal(me()) && html` Type <kbd>/</kbd> for commands.`}
    </p>
  </div>`
}

function Item({ channel, message, before }) {
  const newDay = !before || dayOf(before.ts) !== dayOf(message.ts)
  const compact = !newDay && follows(before, message)
  return html`
    ${newDay && html`<div class="day-line"></div><div class="day"><span>${dayOf(message.ts)}</span></div>`}
    <${MessageRow} channel=${channel} message=${message} compact=${compact} />
  `
}

/** The same person goes on speaking. */
function follows(before, message) {
  const speaker = (one) => `${one.from ?? one.user}${one.channel ? ' whispers' : ''}`
  const near = Number(message.ts) - Number(before.ts) < sameSpeakerSeconds
  return near && speaker(before) === speaker(message) && !message.pinned_to?.length && !before.reply_count
}
