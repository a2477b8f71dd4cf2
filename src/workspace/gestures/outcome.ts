import type { Courier } from '../deliver/courier'
import type { Channel, JsonObject, Person } from '../types'
import type { World } from '../world'

/** Where people act: the state, and the way to the bot. */
export interface Stage {
  world: World
  courier: Courier
}

export type Outcome = (JsonObject & { ok: true }) | { ok: false; status: number; error: string; errors?: Record<string, string> }

export const no = (status: number, error: string): Extract<Outcome, { ok: false }> => ({ ok: false, status, error })

/** What the bot failed to do, as an answer to the person. */
export const undelivered = (error: string) => no(error === 'operation_timeout' ? 408 : 424, error)

/** A person in a channel that they belong to. */
export function present(
  world: World,
  user: string,
  channelId: string,
): { person: Person; channel: Channel } | Extract<Outcome, { ok: false }> {
  const person = world.directory.person(user)
  if (!person) return no(404, 'user_not_found')
  const channel = world.directory.channel(channelId)
  if (!channel) return no(404, 'channel_not_found')
  return world.directory.isMember(channel, user) ? { person, channel } : no(403, 'not_in_channel')
}
