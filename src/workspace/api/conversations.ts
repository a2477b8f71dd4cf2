import { z } from 'zod'
import type { Channel, JsonObject, Message } from '../types'
import type { World } from '../world'
import { channelOfBot, count, flag, isAnswer, method, page, refuse } from './method'

const listLimit = count.min(1).max(999).default(100)
const paged = { cursor: z.string().optional(), limit: listLimit }

/** A channel as `conversations.info` gives it. */
export function conversation(world: World, channel: Channel): JsonObject {
  const { directory } = world
  const direct = directory.isDirect(channel)
  const shared = directory.isShared(channel)
  const person = channel.members.find((member) => member !== directory.app.botUserId)
  return {
    id: channel.id,
    ...(direct ? { user: person } : { name: channel.name, name_normalized: channel.name }),
    is_channel: !direct,
    is_group: false,
    is_im: direct,
    is_mpim: false,
    is_private: channel.private ?? false,
    is_archived: false,
    is_general: false,
    is_member: directory.isMember(channel, directory.app.botUserId),
    is_shared: shared,
    is_ext_shared: shared,
    is_org_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    context_team_id: directory.home.id,
    creator: directory.people[0]?.id ?? '',
    created: 1_700_000_000,
    conversation_host_id: directory.home.id,
    shared_team_ids: channel.teams,
    connected_team_ids: channel.teams.filter((team) => team !== directory.home.id),
    num_members: channel.members.length,
    topic: { value: channel.topic ?? '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  }
}

/** A message as history gives it: without its metadata's payload unless asked for. */
function shown(message: Message, withMetadata: boolean | undefined): JsonObject {
  if (!message.metadata || withMetadata) return message
  return { ...message, metadata: { event_type: message.metadata.event_type } }
}

const range = {
  channel: z.string(),
  oldest: z.string().optional(),
  latest: z.string().optional(),
  inclusive: flag.optional(),
  include_all_metadata: flag.optional(),
  ...paged,
}

function within(messages: Message[], args: { oldest?: string | undefined; latest?: string | undefined; inclusive?: boolean | undefined }) {
  const after = (ts: string, limit: number) => (args.inclusive ? Number(ts) >= limit : Number(ts) > limit)
  const before = (ts: string, limit: number) => (args.inclusive ? Number(ts) <= limit : Number(ts) < limit)
  return messages.filter(({ ts }) => (!args.oldest || after(ts, Number(args.oldest))) && (!args.latest || before(ts, Number(args.latest))))
}

const history = method('t3', z.object(range), (args, world) => {
  const channel = channelOfBot(world, args.channel)
  if (isAnswer(channel)) return channel
  const found = within(world.messages.timeline(channel.id), args).reverse()
  const { items, next } = page(found, args.cursor, args.limit)
  const messages = items.map((message) => shown(message, args.include_all_metadata))
  return { ok: true, messages, has_more: next !== '', pin_count: world.pins.get(channel.id)?.length ?? 0, ...nextCursor(next) }
})

const replies = method('t3', z.object({ ...range, ts: z.string() }), (args, world) => {
  const channel = channelOfBot(world, args.channel)
  if (isAnswer(channel)) return channel
  const asked = world.messages.find(channel.id, args.ts)
  if (!asked) return refuse('thread_not_found')
  const [parent, ...rest] = world.messages.thread(channel.id, asked.thread_ts ?? asked.ts)
  const { items, next } = page([...(parent ? [parent] : []), ...within(rest, args)], args.cursor, args.limit)
  return { ok: true, messages: items.map((one) => shown(one, args.include_all_metadata)), has_more: next !== '', ...nextCursor(next) }
})

const nextCursor = (next: string) => ({ response_metadata: { next_cursor: next } })

const info = method('t3', z.object({ channel: z.string() }), (args, world) => {
  const channel = world.directory.channels.get(args.channel)
  return channel ? { ok: true, channel: conversation(world, channel) } : refuse('channel_not_found')
})

const members = method('t4', z.object({ channel: z.string(), ...paged }), (args, world) => {
  const channel = world.directory.channels.get(args.channel)
  if (!channel) return refuse('channel_not_found')
  const { items, next } = page(channel.members, args.cursor, args.limit)
  return { ok: true, members: items, ...nextCursor(next) }
})

const list = method(
  't2',
  z.object({ types: z.string().default('public_channel'), exclude_archived: flag.optional(), ...paged }),
  (args, world) => {
    const types = args.types.split(',').map((type) => type.trim())
    const kind = (channel: Channel) => (world.directory.isDirect(channel) ? 'im' : channel.private ? 'private_channel' : 'public_channel')
    const found = [...world.directory.channels.values()].filter((channel) => types.includes(kind(channel)))
    const { items, next } = page(found, args.cursor, args.limit)
    return { ok: true, channels: items.map((channel) => conversation(world, channel)), ...nextCursor(next) }
  },
)

const open = method(
  't3',
  z.object({ users: z.string().optional(), channel: z.string().optional(), return_im: flag.optional() }),
  (args, world) => {
    const [user, ...others] = args.users?.split(',') ?? []
    if (others.length > 0) return refuse('method_not_supported_for_channel_type')
    const channel = args.channel ? world.directory.channels.get(args.channel) : world.directory.direct(user ?? '')
    if (!channel) return refuse(args.channel ? 'channel_not_found' : 'user_not_found')
    return { ok: true, channel: args.return_im ? conversation(world, channel) : { id: channel.id } }
  },
)

const join = method('t3', z.object({ channel: z.string() }), (args, world) => {
  const channel = world.directory.channels.get(args.channel)
  if (!channel) return refuse('channel_not_found')
  if (channel.private) return refuse('method_not_supported_for_channel_type')
  const { botUserId } = world.directory.app
  if (!world.directory.isMember(channel, botUserId)) channel.members.push(botUserId)
  return { ok: true, channel: conversation(world, channel) }
})

/** The channels and what was said in them. */
export const conversations = {
  'conversations.info': info,
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.members': members,
  'conversations.list': list,
  'conversations.open': open,
  'conversations.join': join,
}
