import { Avatar, TeamBadge } from './avatar.js'
import { Blocks } from './blocks.js'
import { ago, clock, fullDate } from './dates.js'
import { Emoji } from './emoji.js'
import { Files } from './files.js'
import { dismiss, toast } from './gestures.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { Mrkdwn } from './mrkdwn.js'
import { isExternal, nameOfPerson, openThread, person, state } from './store.js'

/** One message in a channel or a thread. */
export function MessageRow({ channel, message, compact = false, inThread = false }) {
  const whispered = message.from !== undefined
  const speaker = whispered ? message.from : message.user
  const pinned = message.pinned_to?.length > 0
  const classes = ['message', compact && 'compact', whispered && 'whisper', pinned && 'pinned'].filter(Boolean).join(' ')
  return html`<article class=${classes} data-ts=${message.ts} data-ephemeral=${whispered ? 'true' : undefined}>
    ${pinned && html`<div class="message-note"><${Icon} name="pin" size=${13} />Pinned by ${state.app.name}</div>`}
    ${whispered && html`<div class="message-note"><${Icon} name="eye" size=${13} />Only visible to you</div>`}
    <div class="message-body">
      <div class="message-side">
        ${compact ? html`<span class="message-hover-time">${clock(message.ts)}</span>` : html`<${Avatar} id=${speaker} />`}
      </div>
      <div class="message-main">
        ${!compact && html`<${Speaker} id=${speaker} ts=${message.ts} />`}
        <${Content} channel=${channel} message=${message} />
        ${message.reply_count > 0 && !inThread && html`<${ThreadLink} message=${message} />`}
        ${whispered && html`<button type="button" class="plain-link" onClick=${() => dismiss(message)}>Dismiss message</button>`}
      </div>
    </div>
    ${!whispered && html`<${Tools} channel=${channel} message=${message} inThread=${inThread} />`}
  </article>`
}

function Speaker({ id, ts }) {
  const one = person(id)
  const name = id === 'USLACKBOT' ? 'Slackbot' : nameOfPerson(id)
  return html`<div class="message-head">
    <span class="speaker" title=${one?.profile.title}>${name}</span>
    ${(id === state.app.user_id || id === 'USLACKBOT') && html`<span class="app-badge">APP</span>`}
    ${one && isExternal(one) && html`<${TeamBadge} id=${one.team_id} size=${15} />`}
    <time title=${fullDate(ts)}>${clock(ts)}</time>
  </div>`
}

function Content({ channel, message }) {
  const source = { channel, messageTs: message.ts }
  return html`
    ${message.blocks?.length ? html`<${Blocks} blocks=${message.blocks} source=${source} />` : message.text && html`<div class="message-text"><${Mrkdwn} text=${message.text} />${message.edited && html`<span class="edited">(edited)</span>`}</div>`}
    ${message.attachments?.map((one) => html`<${Attachment} attachment=${one} source=${source} />`)}
    ${message.files?.length > 0 && html`<${Files} files=${message.files} />`}
    ${message.reactions?.length > 0 && html`<div class="reactions">${message.reactions.map((one) => html`<span class="reaction" title=${one.users.map(nameOfPerson).join(', ')}><${Emoji} name=${one.name} />${one.count}</span>`)}</div>`}
  `
}

function Attachment({ attachment, source }) {
  return html`<div class="attachment" style=${`border-color:${attachment.color ?? '#d4d9de'}`}>
    ${attachment.title && html`<strong>${attachment.title}</strong>`}
    ${attachment.text && html`<${Mrkdwn} text=${attachment.text} />`}
    ${attachment.blocks && html`<${Blocks} blocks=${attachment.blocks} source=${source} />`}
  </div>`
}

function ThreadLink({ message }) {
  const count = message.reply_count
  return html`<button type="button" class="thread-link" data-thread=${message.ts} onClick=${() => openThread(message.ts)}>
    <span class="thread-faces">${message.reply_users.slice(0, 4).map((id) => html`<${Avatar} id=${id} size=${22} />`)}</span>
    <span class="thread-count">${count} ${count === 1 ? 'reply' : 'replies'}</span>
    <span class="thread-last">Last reply ${ago(message.latest_reply)}</span>
  </button>`
}

/** What shows on hover: answer in a thread, copy the address. */
function Tools({ channel, message, inThread }) {
  const copy = async () => {
    await navigator.clipboard?.writeText(`${location.origin}/archives/${channel}/p${message.ts.replace('.', '')}`)
    toast('Link copied')
  }
  return html`<div class="message-tools">
    ${!inThread && html`<button type="button" title="Reply in thread" aria-label="Reply in thread" onClick=${() => openThread(message.thread_ts ?? message.ts)}><${Icon} name="reply" size=${16} /></button>`}
    <button type="button" title="Copy link" aria-label="Copy link" onClick=${copy}><${Icon} name="link" size=${16} /></button>
  </div>`
}
