import { z } from 'zod'
import { type Composed, compose, isEmptyObject } from '../compose'
import { isReply } from '../messages'
import type { Channel, Message } from '../types'
import type { World } from '../world'
import { type Answer, channelOfBot, flag, isAnswer, json, method, refuse, refuseChecked } from './method'

const maxUpdateText = 4000

const content = {
  text: z.string().optional(),
  markdown_text: z.string().optional(),
  blocks: json.optional(),
  attachments: json.optional(),
  metadata: json.optional(),
}

/** Where a post to a channel id, a name or a person goes. */
function destination(world: World, id: string): Channel | Answer {
  const direct = world.directory.person(id) && world.directory.direct(id)
  return direct ?? channelOfBot(world, id)
}

function threadProblem(world: World, channel: Channel, threadTs: string | undefined): string | undefined {
  if (threadTs === undefined) return undefined
  const parent = world.messages.find(channel.id, threadTs)
  if (!parent) return 'thread_not_found'
  return isReply(parent) ? 'cannot_reply_to_message' : undefined
}

/** A message by the app, not yet in any channel. */
export function byApp(world: World, composed: Composed, threadTs?: string): Message {
  const { app, home } = world.directory
  const ts = world.messages.nextTs()
  const thread = threadTs ? { thread_ts: threadTs } : {}
  return { type: 'message', ts, user: app.botUserId, bot_id: app.botId, app_id: app.appId, team: home.id, ...thread, ...composed }
}

const postMessage = method(
  't4',
  z.object({ channel: z.string(), thread_ts: z.string().optional(), reply_broadcast: flag.optional(), ...content }),
  (args, world) => {
    const channel = destination(world, args.channel)
    if (isAnswer(channel)) return channel
    const problem = threadProblem(world, channel, args.thread_ts)
    if (problem) return refuse(problem)
    const composed = compose(args)
    if (!composed.ok) return refuseChecked(composed)

    const message = byApp(world, composed.value, args.thread_ts)
    if (args.thread_ts && args.reply_broadcast) message.subtype = 'thread_broadcast'
    world.messages.add(channel.id, message)
    return { ok: true, channel: channel.id, ts: message.ts, message }
  },
)

const postEphemeral = method(
  't4',
  z.object({ channel: z.string(), user: z.string(), thread_ts: z.string().optional(), ...content }),
  (args, world) => {
    const channel = channelOfBot(world, args.channel)
    if (isAnswer(channel)) return channel
    if (!world.directory.isMember(channel, args.user)) return refuse('user_not_in_channel')
    const composed = compose(args)
    if (!composed.ok) return refuseChecked(composed)
    const { messages, directory } = world
    const thread = args.thread_ts ? { thread_ts: args.thread_ts } : {}
    const ts = messages.nextTs()
    messages.whisper({ ts, channel: channel.id, user: args.user, from: directory.app.botUserId, ...thread, ...composed.value })
    return { ok: true, message_ts: ts }
  },
)

/** The app's own message, or why it cannot be changed. */
function ownMessage(world: World, channelId: string, ts: string, denied: string): Message | Answer {
  if (!world.directory.channels.has(channelId)) return refuse('channel_not_found')
  const message = world.messages.find(channelId, ts)
  if (!message || message.subtype === 'tombstone') return refuse('message_not_found')
  return message.app_id === world.directory.app.appId ? message : refuse(denied)
}

/** Changes a message as `chat.update` does: text alone removes the blocks, metadata stays unless given. */
export function rewrite(world: World, channel: string, message: Message, composed: Composed, metadata: unknown): void {
  const { blocks: _blocks, attachments: _attachments, edited: _edited, metadata: kept, ...rest } = message
  for (const key of Object.keys(message)) delete message[key]
  const given = isEmptyObject(metadata) ? {} : { metadata: composed.metadata ?? kept }
  Object.assign(message, rest, composed, given)
  if (message.metadata === undefined) delete message.metadata
  if (!composed.blocks) message.edited = { user: world.directory.app.botUserId, ts: world.messages.nextTs() }
  world.messages.touch(channel, message)
}

const update = method('t3', z.object({ channel: z.string(), ts: z.string(), ...content }), (args, world) => {
  const message = ownMessage(world, args.channel, args.ts, 'cant_update_message')
  if (isAnswer(message)) return message
  if ((args.text?.length ?? 0) > maxUpdateText) return refuse('msg_too_long')
  const composed = compose(args)
  if (!composed.ok) return refuseChecked(composed)
  rewrite(world, args.channel, message, composed.value, args.metadata)
  return { ok: true, channel: args.channel, ts: message.ts, text: message.text, message }
})

const remove = method('t3', z.object({ channel: z.string(), ts: z.string() }), (args, world) => {
  const message = ownMessage(world, args.channel, args.ts, 'cant_delete_message')
  if (isAnswer(message)) return message
  world.messages.remove(args.channel, args.ts)
  return { ok: true, channel: args.channel, ts: args.ts }
})

const getPermalink = method('special', z.object({ channel: z.string(), message_ts: z.string() }), (args, world) => {
  const message = world.messages.find(args.channel, args.message_ts)
  if (!message) return refuse(world.directory.channels.has(args.channel) ? 'message_not_found' : 'channel_not_found')
  const thread = isReply(message) ? `?thread_ts=${message.thread_ts}&cid=${args.channel}` : ''
  const permalink = `${world.url}/archives/${args.channel}/p${message.ts.replace('.', '')}${thread}`
  return { ok: true, channel: args.channel, permalink }
})

const reaction = z.object({ channel: z.string(), timestamp: z.string(), name: z.string().min(1) })

const react = method('t3', reaction, (args, world) => {
  const message = world.messages.find(args.channel, args.timestamp)
  if (!message) return refuse('message_not_found')
  const user = world.directory.app.botUserId
  const known = message.reactions?.find((one) => one.name === args.name)
  if (known?.users.includes(user)) return refuse('already_reacted')
  if (known) Object.assign(known, { users: [...known.users, user], count: known.count + 1 })
  else message.reactions = [...(message.reactions ?? []), { name: args.name, users: [user], count: 1 }]
  world.messages.touch(args.channel, message)
  return { ok: true }
})

const unreact = method('t2', reaction, (args, world) => {
  const message = world.messages.find(args.channel, args.timestamp)
  const user = world.directory.app.botUserId
  const known = message?.reactions?.find((one) => one.name === args.name && one.users.includes(user))
  if (!message || !known) return refuse(message ? 'no_reaction' : 'message_not_found')
  Object.assign(known, { users: known.users.filter((one) => one !== user), count: known.count - 1 })
  message.reactions = message.reactions?.filter((one) => one.count > 0) ?? []
  world.messages.touch(args.channel, message)
  return { ok: true }
})

/** Messages are posted in the order in which they are accepted. */
export const chat = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
  'reactions.add': react,
  'reactions.remove': unreact,
}
