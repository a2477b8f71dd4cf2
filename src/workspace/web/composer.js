import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Avatar } from './avatar.js'
import { sendCommand, sendMessage } from './gestures.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { channel as channelOf, isExternal, me, state, team } from './store.js'

const maxHeight = 180

/** Where one writes: messages, and outside threads slash commands with their autocomplete. */
export function Composer({ channel, threadTs }) {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const input = useRef()
  useLayoutEffect(() => grow(input.current), [text])
  const offers = offersFor(text, threadTs)
  const busy = state.pending.has(`command/${channel}`)
  const write = (value) => {
    setText(value)
    setChosen(0)
  }
  const complete = (offer) => {
    write(offer.replaces(text))
    input.current.focus()
  }
  const send = () => {
    const line = text.trim()
    if (!line || blocked(line, threadTs)) return
    write('')
    if (line.startsWith('/') && !threadTs) sendCommand(channel, line)
    else sendMessage(channel, line, threadTs)
  }
  const onKeyDown = (event) => keys(event, { offers, chosen, setChosen, complete, send, text })
  const label = threadTs ? 'Reply' : placeName(channelOf(channel))
  return html`<div class="composer-area">
    <${Offers} offers=${offers} chosen=${chosen} complete=${complete} />
    <${Blocked} text=${text} threadTs=${threadTs} />
    ${busy && html`<div class="sending" role="status"><span class="spinner"></span>Slipway is working on your command…</div>`}
    <div class="composer">
      <textarea id=${threadTs ? 'thread-composer' : 'composer'} ref=${input} rows="1" value=${text} autocomplete="off" aria-label=${label} placeholder=${label} onInput=${(event) => write(event.currentTarget.value)} onKeyDown=${onKeyDown}></textarea>
      <button type="button" class="send" aria-label="Send" disabled=${!text.trim() || blocked(text.trim(), threadTs)} onClick=${send}><${Icon} name="send" /></button>
    </div>
    <div class="composer-foot">
      <span>${hint(threadTs)}</span>
      <span><kbd>Enter</kbd> to send, <kbd>Shift</kbd> <kbd>Enter</kbd> for a new line</span>
    </div>
  </div>`
}

const placeName = (channel) => (channel?.is_im ? `Message ${state.app.name}` : `Message #${channel?.name}`)

function hint(threadTs) {
  if (isExternal(me())) return html`Slash commands are for members of ${state.workspace.name}`
  return threadTs ? 'Slash commands do not work in threads' : html`Type <kbd>/</kbd> for commands`
}

function grow(input) {
  input.style.height = 'auto'
  input.style.height = `${Math.min(maxHeight, input.scrollHeight)}px`
}

const blocked = (line, threadTs) => line.startsWith('/') && (isExternal(me()) || threadTs !== undefined)

/** Why a command cannot be sent from here. */
function Blocked({ text, threadTs }) {
  if (!blocked(text.trim(), threadTs)) return null
  const external = isExternal(me())
  return html`<div class="composer-note" role="status">
    <${Icon} name="warning" size=${18} />
    <div>
      <strong>${external ? 'Slash commands are not available to you here' : 'Slash commands do not work in threads'}</strong>
      <p>
        ${
          external
            ? html`Slipway is installed in ${state.workspace.name}. Members of ${team(me().team_id).name} use the buttons in the channel instead.`
            : 'Send the command in the channel itself.'
        }
      </p>
    </div>
  </div>`
}

/** What could complete the text: commands at its start, people and channels at its end. */
function offersFor(text, threadTs) {
  const command = /^\/\S*$/.exec(text)
  if (command && !threadTs && !isExternal(me())) return state.commands.filter((one) => one.command.startsWith(text)).map(commandOffer)
  const known = state.commands.find((one) => text.startsWith(`${one.command} `))
  const mention = /(?:^|\s)([@#])([\w.-]*)$/.exec(text)
  if (mention) return mention[1] === '@' ? peopleOffers(mention[2]) : channelOffers(mention[2])
  return known && !isExternal(me()) && !threadTs ? [{ ...commandOffer(known), reminder: true }] : []
}

const commandOffer = (one) => ({
  key: one.command,
  title: one.command,
  usage: one.usage_hint,
  note: one.description,
  replaces: () => `${one.command} `,
})

const ending = (text, word) => text.replace(/[@#][\w.-]*$/, `${word} `)

function peopleOffers(start) {
  const fits = (one) => one.name.startsWith(start.toLowerCase()) || one.real_name.toLowerCase().startsWith(start.toLowerCase())
  return state.people
    .filter(fits)
    .slice(0, 8)
    .map((one) => ({
      key: one.id,
      face: one.id,
      title: one.real_name,
      note: `${one.profile.title}, ${team(one.team_id).name}`,
      replaces: (text) => ending(text, `@${one.name}`),
    }))
}

function channelOffers(start) {
  return state.channels
    .filter((one) => !one.is_im && one.name.startsWith(start))
    .map((one) => ({ key: one.id, title: `#${one.name}`, note: one.topic.value, replaces: (text) => ending(text, `#${one.name}`) }))
}

function Offers({ offers, chosen, complete }) {
  if (offers.length === 0) return null
  const heading = offers[0].face ? 'People' : offers[0].title.startsWith('#') ? 'Channels' : 'Slipway commands'
  return html`<div class="offers" role="listbox" aria-label=${heading}>
    <div class="offers-head">${heading}</div>
    ${offers.map(
      (
        offer,
        index,
      ) => html`<button type="button" role="option" key=${offer.key} class=${`offer${index === chosen && !offer.reminder ? ' chosen' : ''}`} data-offer=${offer.key} aria-selected=${index === chosen} onMouseDown=${(
        event,
      ) => {
        event.preventDefault()
        if (!offer.reminder) complete(offer)
      }}>
        ${offer.face ? html`<${Avatar} id=${offer.face} size=${26} />` : offer.title.startsWith('/') && html`<img src="/web/slipway.svg" alt="" width="26" height="26" />`}
        <span class="offer-text"><span class="offer-title">${offer.title} ${offer.usage && html`<code>${offer.usage}</code>`}</span><span class="offer-note">${offer.note}</span></span>
      </button>`,
    )}
  </div>`
}

/** Enter sends or completes, arrows choose, Tab completes. */
function keys(event, { offers, chosen, setChosen, complete, send, text }) {
  const choosing = offers.length > 0 && !offers[0].reminder
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (choosing && step) {
    event.preventDefault()
    return setChosen((chosen + step + offers.length) % offers.length)
  }
  const whole = choosing && offers[0].replaces(text).trimEnd() === text
  const completes = event.key === 'Tab' || (event.key === 'Enter' && !whole)
  if (choosing && completes && !event.shiftKey) {
    event.preventDefault()
    return complete(offers[chosen] ?? offers[0])
  }
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  send()
}
