import { z } from 'zod'
import { newId } from '../ids'
import type { Bookmark } from '../types'
import type { World } from '../world'
import { channelOfBot, isAnswer, method, refuse } from './method'

const maxPins = 100
const maxBookmarks = 100

const pin = z.object({ channel: z.string(), timestamp: z.string() })

const add = method('t2', pin, (args, world) => {
  const channel = channelOfBot(world, args.channel)
  if (isAnswer(channel)) return channel
  const message = world.messages.find(channel.id, args.timestamp)
  if (!message) return refuse('message_not_found')
  const pins = world.pins.get(channel.id) ?? []
  if (pins.some((one) => one.ts === args.timestamp)) return refuse('already_pinned')
  if (pins.length >= maxPins) return refuse('too_many_pins')
  world.pins.set(channel.id, [...pins, { ts: args.timestamp, user: world.directory.app.botUserId, at: Math.floor(Date.now() / 1000) }])
  message.pinned_to = [channel.id]
  world.messages.touch(channel.id, message)
  world.changes.announce({ kind: 'channel', channel: channel.id })
  return { ok: true }
})

const remove = method('t2', pin, (args, world) => {
  const pins = world.pins.get(args.channel) ?? []
  if (!pins.some((one) => one.ts === args.timestamp)) return refuse('no_pin')
  world.pins.set(
    args.channel,
    pins.filter((one) => one.ts !== args.timestamp),
  )
  const message = world.messages.find(args.channel, args.timestamp)
  if (message) {
    delete message.pinned_to
    world.messages.touch(args.channel, message)
  }
  world.changes.announce({ kind: 'channel', channel: args.channel })
  return { ok: true }
})

const list = method('t2', z.object({ channel: z.string() }), (args, world) => {
  const channel = channelOfBot(world, args.channel)
  if (isAnswer(channel)) return channel
  const items = (world.pins.get(channel.id) ?? []).flatMap((one) => {
    const message = world.messages.find(channel.id, one.ts)
    return message ? [{ type: 'message', channel: channel.id, message, created: one.at, created_by: one.user }] : []
  })
  return { ok: true, items }
})

const now = () => Math.floor(Date.now() / 1000)

const text = { title: z.string().min(1).max(255), link: z.string().max(3000), emoji: z.string() }

const addBookmark = method(
  't2',
  z.object({ channel_id: z.string(), type: z.string(), title: text.title, link: text.link.optional(), emoji: text.emoji.optional() }),
  (args, world) => {
    const channel = channelOfBot(world, args.channel_id)
    if (isAnswer(channel)) return channel
    if (args.type !== 'link') return refuse('invalid_bookmark_type')
    if (!args.link || !/^https?:/.test(args.link)) return refuse('invalid_link')
    const known = world.bookmarks.get(channel.id) ?? []
    if (known.length >= maxBookmarks) return refuse('too_many_bookmarks')
    const { title, link, type, emoji = '' } = args
    const bookmark = { id: newId('Bk'), channel_id: channel.id, title, link, emoji, type, date_created: now(), date_updated: 0 }
    world.bookmarks.set(channel.id, [...known, bookmark])
    world.changes.announce({ kind: 'channel', channel: channel.id })
    return { ok: true, bookmark }
  },
)

const which = { channel_id: z.string(), bookmark_id: z.string() }

function findBookmark(world: World, args: { channel_id: string; bookmark_id: string }): Bookmark | undefined {
  return world.bookmarks.get(args.channel_id)?.find((one) => one.id === args.bookmark_id)
}

const editBookmark = method(
  't2',
  z.object({ ...which, title: text.title.optional(), link: text.link.optional(), emoji: text.emoji.optional() }),
  (args, world) => {
    const bookmark = findBookmark(world, args)
    if (!bookmark) return refuse('not_found')
    const { title = bookmark.title, link = bookmark.link, emoji = bookmark.emoji } = args
    Object.assign(bookmark, { title, link, emoji, date_updated: now() })
    world.changes.announce({ kind: 'channel', channel: args.channel_id })
    return { ok: true, bookmark }
  },
)

const removeBookmark = method('t2', z.object(which), (args, world) => {
  const bookmark = findBookmark(world, args)
  if (!bookmark) return refuse('not_found')
  world.bookmarks.set(args.channel_id, world.bookmarks.get(args.channel_id)?.filter((one) => one !== bookmark) ?? [])
  world.changes.announce({ kind: 'channel', channel: args.channel_id })
  return { ok: true }
})

const listBookmarks = method('t3', z.object({ channel_id: z.string() }), (args, world) => {
  const channel = channelOfBot(world, args.channel_id)
  return isAnswer(channel) ? channel : { ok: true, bookmarks: world.bookmarks.get(channel.id) ?? [] }
})

/** What a channel keeps at its top. */
export const pins = {
  'pins.add': add,
  'pins.remove': remove,
  'pins.list': list,
  'bookmarks.add': addBookmark,
  'bookmarks.edit': editBookmark,
  'bookmarks.remove': removeBookmark,
  'bookmarks.list': listBookmarks,
}
