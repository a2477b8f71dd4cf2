import { z } from 'zod'
import type { Checked } from '../blocks/check'
import type { Tier } from '../rates'
import type { Channel, JsonObject } from '../types'
import type { World } from '../world'

export type Answer = JsonObject & { ok: boolean; error?: string }

/** One method of the Web API: its rate limit tier, its arguments, what it does. */
export interface Method {
  tier: Tier
  run(args: JsonObject, world: World): Answer
}

/** Declares a method; wrong arguments are answered as Slack answers them. */
export function method<S extends z.ZodType>(tier: Tier, args: S, run: (args: z.infer<S>, world: World) => Answer): Method {
  return {
    tier,
    run(given, world) {
      const parsed = args.safeParse(given)
      if (parsed.success) return run(parsed.data, world)
      const messages = parsed.error.issues.map((issue) => `[ERROR] ${issue.message} [json-pointer:/${issue.path.join('/')}]`)
      return { ...refuse('invalid_arguments'), response_metadata: { messages } }
    },
  }
}

export const refuse = (error: string): Answer => ({ ok: false, error })

/** A refused check as an answer, with its messages. */
export function refuseChecked(checked: Extract<Checked<unknown>, { ok: false }>): Answer {
  if (checked.messages.length === 0) return refuse(checked.error)
  const errors = checked.messages.map((message) => message.replace('[ERROR] ', ''))
  return { ok: false, error: checked.error, errors, response_metadata: { messages: checked.messages } }
}

/** A boolean, also as a form gives it. */
export const flag = z.preprocess((value) => (typeof value === 'string' ? value === 'true' || value === '1' : value), z.boolean())

/** A count, also as a form gives it. */
export const count = z.coerce.number().int()

/** JSON, also as a form gives it: in a string. What cannot be parsed stays a string, for the check that follows. */
export const json = z.preprocess((value) => {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}, z.unknown())

/** A channel that the bot can see and is in. */
export function channelOfBot(world: World, id: string): Channel | Answer {
  const channel = world.directory.channel(id)
  if (!channel) return refuse('channel_not_found')
  return world.directory.isMember(channel, world.directory.app.botUserId) ? channel : refuse('not_in_channel')
}

export const isAnswer = (value: object): value is Answer => 'ok' in value

/** A page of a list by cursor, and the cursor of the next. */
export function page<T>(items: T[], cursor: string | undefined, limit: number): { items: T[]; next: string } {
  const from = cursor ? Number(Buffer.from(cursor, 'base64url').toString()) || 0 : 0
  const next = from + limit < items.length ? Buffer.from(String(from + limit)).toString('base64url') : ''
  return { items: items.slice(from, from + limit), next }
}
