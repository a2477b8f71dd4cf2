import { useEffect, useState } from 'preact/hooks'
import { control, listen } from './api.js'

/** Everything the page shows. Changed in place; `changed()` paints it. */
export const state = {
  ready: false,
  connected: true,
  me: '',
  place: { kind: 'channel', id: '' },
  thread: undefined,
  workspace: undefined,
  app: undefined,
  teams: [],
  people: [],
  groups: [],
  channels: [],
  commands: [],
  messages: new Map(),
  whispers: [],
  views: { stack: [] },
  read: new Map(),
  pending: new Set(),
  failed: new Map(),
  toasts: [],
  dialog: undefined,
  modalErrors: undefined,
}

const painters = new Set()
let planned = false

/** Paints the page soon, once for many changes. */
export function changed() {
  if (planned) return
  planned = true
  queueMicrotask(() => {
    planned = false
    for (const paint of painters) paint()
  })
}

/** Paints a component at every change of the state. */
export function useStore() {
  const [, paint] = useState(0)
  useEffect(() => {
    const again = () => paint((count) => count + 1)
    painters.add(again)
    return () => painters.delete(again)
  }, [])
  return state
}

export const person = (id) => state.people.find((one) => one.id === id)
export const me = () => person(state.me)
export const isExternal = (one) => one?.is_external === true
export const team = (id) => state.teams.find((one) => one.id === id)
export const channel = (id) => state.channels.find((one) => one.id === id)
export const nameOfPerson = (id) => (id === state.app?.user_id ? state.app.name : (person(id)?.real_name ?? id))
export const nameOfChannel = (id) => channel(id)?.name
export const nameOfGroup = (id) => state.groups.find((one) => one.id === id)?.handle ?? id

/** The channels that the acting person can see. */
export const myChannels = () => state.channels.filter((one) => !one.is_im && one.members.includes(state.me))

/** The app's direct channel with the acting person. */
export const myDirect = () => state.channels.find((one) => one.is_im && one.members.includes(state.me))

/** All messages of a channel, replies among them, oldest first. */
export const messagesOf = (id) => [...(state.messages.get(id)?.values() ?? [])].sort((one, other) => Number(one.ts) - Number(other.ts))

export const isReply = (message) => message.thread_ts !== undefined && message.thread_ts !== message.ts

/** What a channel shows: messages and what only the acting person sees, by time. */
export function timeline(id) {
  const said = messagesOf(id).filter((one) => !isReply(one) || one.subtype === 'thread_broadcast')
  const whispered = state.whispers.filter((one) => one.channel === id && !one.thread_ts)
  return [...said, ...whispered].sort((one, other) => Number(one.ts) - Number(other.ts))
}

export function threadOf(id, ts) {
  const said = messagesOf(id).filter((one) => one.ts === ts || one.thread_ts === ts)
  const whispered = state.whispers.filter((one) => one.channel === id && one.thread_ts === ts)
  return [...said, ...whispered].sort((one, other) => Number(one.ts) - Number(other.ts))
}

const readKey = (id) => `${state.me}/${id}`

export function unread(id) {
  const since = Number(state.read.get(readKey(id)) ?? startedAt)
  return timeline(id).filter((one) => Number(one.ts) > since && one.user !== state.me).length
}

export function markRead(id) {
  state.read.set(readKey(id), String(Date.now() / 1000))
}

const startedAt = Date.now() / 1000

/** Loads everything once, then keeps it up to date. */
export async function start() {
  const asked = new URLSearchParams(location.search)
  await loadWorkspace()
  state.me = person(asked.get('as')) ? asked.get('as') : (state.people[0]?.id ?? '')
  const [, wanted, message] = /^\/archives\/(\w+)(?:\/p(\d+))?/.exec(location.pathname) ?? []
  const first = myChannels().find((one) => one.id === wanted) ?? myChannels()[0]
  state.place = asked.has('home') ? { kind: 'home' } : { kind: 'channel', id: first?.id ?? '' }
  await Promise.all([...state.channels.map((one) => loadMessages(one.id)), loadMine()])
  if (message && wanted) showMessage(wanted, `${message.slice(0, -6)}.${message.slice(-6)}`, asked.get('thread_ts'))
  state.ready = true
  listen(hear, (connected) => {
    if (connected && !state.connected) reload()
    state.connected = connected
    changed()
  })
  settle()
}

async function reload() {
  await loadWorkspace()
  await Promise.all([...state.channels.map((one) => loadMessages(one.id)), loadMine()])
  changed()
}

async function loadWorkspace() {
  const { workspace, apps, teams, users, userGroups, channels, commands } = await control('state')
  Object.assign(state, { workspace, app: apps[0], teams, people: users, groups: userGroups, channels, commands })
}

async function loadMessages(id) {
  const { messages } = await control(`messages/${id}?all=1`)
  state.messages.set(id, new Map(messages.map((one) => [one.ts, one])))
}

/** What only the acting person sees. */
export async function loadMine() {
  const [whispers, views] = await Promise.all([control(`ephemerals/${state.me}`), control(`views/${state.me}`)])
  state.whispers = whispers.messages
  state.views = { home: views.home, stack: views.stack }
}

const heard = {
  message({ channel: id, message }) {
    if (!state.messages.has(id)) state.messages.set(id, new Map())
    state.messages.get(id).set(message.ts, message)
  },
  deleted: ({ channel: id, ts }) => state.messages.get(id)?.delete(ts),
  ephemeral({ message }) {
    if (message.user !== state.me) return
    state.whispers = [...state.whispers.filter((one) => one.ts !== message.ts), message]
  },
  'ephemeral-gone'({ ts }) {
    state.whispers = state.whispers.filter((one) => one.ts !== ts)
  },
  async views({ user }) {
    if (user !== state.me) return
    const views = await control(`views/${user}`)
    if (user !== state.me) return
    state.views = { home: views.home, stack: views.stack }
    state.modalErrors = undefined
  },
  commands: ({ commands }) => Object.assign(state, { commands }),
  channel: loadWorkspace,
  reset: reload,
}

async function hear(change) {
  await heard[change.kind]?.(change)
  if (state.place.kind === 'channel' && document.hasFocus()) markRead(state.place.id)
  changed()
}

/** Notes the place in the address, so that it can be shared and reloaded. */
function settle() {
  if (state.place.kind === 'channel') markRead(state.place.id)
  const path = state.place.kind === 'channel' ? `/archives/${state.place.id}` : '/'
  const home = state.place.kind === 'channel' ? '' : '&home'
  history.replaceState(null, '', `${path}?as=${state.me}${home}`)
  changed()
}

export function openChannel(id) {
  if (!myChannels().some((one) => one.id === id)) return
  Object.assign(state, { place: { kind: 'channel', id }, thread: undefined })
  settle()
}

export function openThread(ts) {
  state.thread = ts
  changed()
}

/** Opens a channel at one message, its thread too where it is a reply. */
export function showMessage(id, ts, threadTs) {
  if (state.place.id !== id) openChannel(id)
  state.thread = threadTs ?? state.thread
  state.shown = ts
  changed()
}

export async function openHome() {
  Object.assign(state, { place: { kind: 'home' }, thread: undefined })
  settle()
  if (!isExternal(me())) await control('open-home', { user: state.me })
}

/** Goes on as someone else. */
export async function actAs(id) {
  Object.assign(state, { me: id, thread: undefined, modalErrors: undefined })
  await loadMine()
  const stays = state.place.kind === 'home' || myChannels().some((one) => one.id === state.place.id)
  if (!stays) state.place = { kind: 'channel', id: myChannels()[0]?.id ?? '' }
  settle()
  if (state.place.kind === 'home') openHome()
}
