import { randomUUID } from 'node:crypto'
import type { JsonObject, Message } from '../types'
import { no, type Outcome, present, type Stage, undelivered } from './outcome'

/** A person opens the app's Home. */
export async function openHome({ world, courier }: Stage, ask: { user: string }): Promise<Outcome> {
  const person = world.directory.person(ask.user)
  if (!person) return no(404, 'user_not_found')
  const direct = world.directory.direct(person.id)
  if (!direct) return no(403, 'not_allowed')
  const view = world.views.home(person.id)
  const event = {
    type: 'app_home_opened',
    user: person.id,
    channel: direct.id,
    tab: 'home',
    event_ts: world.messages.nextTs(),
    ...(view && { view: structuredClone(view) as JsonObject }),
  }
  const acknowledged = await courier.announce(event)
  return acknowledged ? { ok: true } : undelivered('dispatch_failed')
}

/** A person writes in a channel, a thread, or to the app. The bot hears of it without being waited for. */
export async function write(
  { world, courier }: Stage,
  ask: { channel: string; user: string; text: string; thread_ts?: string | undefined },
): Promise<Outcome> {
  const here = present(world, ask.user, ask.channel)
  if ('ok' in here) return here
  const { person, channel } = here
  if (ask.thread_ts && !world.messages.find(channel.id, ask.thread_ts)) return no(404, 'thread_not_found')
  const message: Message = {
    type: 'message',
    client_msg_id: randomUUID(),
    ts: world.messages.nextTs(),
    user: person.id,
    team: person.teamId,
    text: ask.text,
    ...(ask.thread_ts && { thread_ts: ask.thread_ts }),
  }
  world.messages.add(channel.id, message)
  if (world.directory.isMember(channel, world.directory.app.botUserId)) {
    const channelType = world.directory.isDirect(channel) ? 'im' : channel.private ? 'group' : 'channel'
    const event = { ...message, channel: channel.id, event_ts: message.ts, channel_type: channelType, user_team: person.teamId }
    void courier.announce(event)
  }
  return { ok: true, ts: message.ts }
}
