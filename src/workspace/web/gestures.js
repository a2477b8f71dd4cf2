import { control } from './api.js'
import { draftsOf, forgetDrafts } from './drafts.js'
import { changed, state } from './store.js'

const toastMs = 6000
const pendingMs = 350

/** What goes wrong, in words for a person. */
const words = {
  operation_timeout: 'Slipway did not answer in time. Please try again.',
  dispatch_failed: 'Slipway could not be reached.',
  not_allowed: 'Members of another organization cannot do this.',
  invalid_command: 'That is not a valid command.',
  no_connection: 'The workspace could not be reached.',
  invalid_response: 'We had some trouble connecting. Try again?',
  message_not_found: 'That message is no longer there.',
  view_not_found: 'That dialog is no longer open.',
}

/** Shows a short notice for some seconds. */
export function toast(text) {
  const entry = { text, id: Math.random() }
  state.toasts = [...state.toasts.slice(-2), entry]
  changed()
  setTimeout(() => {
    state.toasts = state.toasts.filter((one) => one !== entry)
    changed()
  }, toastMs)
}

const explain = (error) => words[error] ?? `Something went wrong (${error}).`

/** Does something while a control shows that it is being done. */
async function pending(key, run) {
  if (state.pending.has(key)) return { ok: false, error: 'pending' }
  state.pending.add(key)
  state.failed.delete(key)
  changed()
  const [outcome] = await Promise.all([run(), new Promise((resolve) => setTimeout(resolve, pendingMs))])
  state.pending.delete(key)
  if (!outcome.ok && !outcome.errors) {
    state.failed.set(key, explain(outcome.error))
    toast(explain(outcome.error))
  }
  changed()
  return outcome
}

export const keyOf = (source, blockId, actionId, value) =>
  [source.viewId ?? `${source.channel}/${source.messageTs}`, blockId, actionId, value ?? ''].join('/')

/** Uses an element of a message or a view; asks first where the element wants that. */
export async function act(source, block, element, chosen) {
  if (element.confirm && !(await ask(element.confirm))) return
  const key = keyOf(source, block.block_id, element.action_id, element.value)
  const action = { type: element.type, action_id: element.action_id, block_id: block.block_id, ...chosen }
  if (element.url) window.open(element.url, '_blank', 'noopener')
  await pending(key, () => control('interact', { ...source, user: state.me, action, state: draftsOf(source) }))
}

/** Asks with a confirm dialog. */
export function ask(confirm) {
  return new Promise((resolve) => {
    const answer = (yes) => {
      state.dialog = undefined
      changed()
      resolve(yes)
    }
    state.dialog = { confirm, answer }
    changed()
  })
}

export async function submitModal(view) {
  state.modalErrors = undefined
  const outcome = await pending(`submit/${view.id}`, () =>
    control('submit', { viewId: view.id, user: state.me, values: draftsOf({ viewId: view.id }) }),
  )
  if (outcome.errors) state.modalErrors = outcome.errors
  if (outcome.ok) forgetDrafts({ viewId: view.id })
  changed()
}

export const closeModal = (view, all) => pending(`close/${view.id}`, () => control('close', { viewId: view.id, user: state.me, all }))

/** Sends a slash command, given as typed. */
export function sendCommand(channel, line) {
  const [, command, text = ''] = /^(\/\S+)\s*([\s\S]*)$/.exec(line)
  return pending(`command/${channel}`, () => control('command', { channel, user: state.me, command, text }))
}

/** Says something, with names turned into mentions. */
export function sendMessage(channel, text, threadTs) {
  const thread = threadTs ? { thread_ts: threadTs } : {}
  return pending(`message/${channel}/${threadTs ?? ''}`, () =>
    control('message', { channel, user: state.me, text: mention(escaped(text)), ...thread }),
  )
}

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

function mention(text) {
  return text.replace(/(^|\s)([@#])([\w.-]+)/g, (whole, before, sign, name) => {
    const found =
      sign === '#' ? state.channels.find((one) => one.name === name) : state.people.find((one) => one.name === name.toLowerCase())
    return found ? `${before}<${sign}${found.id}>` : whole
  })
}

export function dismiss(whisper) {
  state.whispers = state.whispers.filter((one) => one !== whisper)
  changed()
}
