import { z } from 'zod'
import { byApp, rewrite } from './api/chat'
import { type Composed, compose } from './compose'
import type { ResponseSource } from './response-urls'
import type { World } from './world'

const shape = z.looseObject({
  text: z.string().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  replace_original: z.union([z.boolean(), z.stringbool()]).default(false),
  delete_original: z.union([z.boolean(), z.stringbool()]).default(false),
  thread_ts: z.string().optional(),
})

/** What a command's ack or a response address is given, turned into a message. Returns an error as Slack words it. */
export function respond(world: World, source: ResponseSource, body: unknown): string | undefined {
  const parsed = shape.safeParse(body)
  if (!parsed.success) return 'invalid_payload'
  const said = parsed.data
  if (said.delete_original) return removeOriginal(world, source)
  const composed = compose(said)
  if (!composed.ok) return composed.error
  if (said.replace_original && replaceOriginal(world, source, composed.value, said['metadata'])) return undefined

  const thread = said.thread_ts ?? (said.response_type === 'ephemeral' ? source.thread_ts : undefined)
  if (said.response_type === 'in_channel') world.messages.add(source.channel, byApp(world, composed.value, thread))
  else whisper(world, source, composed.value, thread)
  return undefined
}

/** Shows something to one person only, as said by the app. */
function whisper(world: World, source: { user: string; channel: string }, content: Composed, threadTs?: string): void {
  const { messages, directory } = world
  const thread = threadTs ? { thread_ts: threadTs } : {}
  const from = directory.app.botUserId
  messages.whisper({ ts: messages.nextTs(), channel: source.channel, user: source.user, from, ...thread, ...content })
}

/** An error in Slackbot's words, shown to one person only. */
export function slackbotSays(world: World, source: { user: string; channel: string }, text: string): void {
  const { messages } = world
  messages.whisper({ ts: messages.nextTs(), channel: source.channel, user: source.user, from: 'USLACKBOT', text })
}

function replaceOriginal(world: World, source: ResponseSource, content: Composed, metadata: unknown): boolean {
  if (!source.ts) return false
  if (source.ephemeral) {
    const old = world.messages.whisperAt(source.user, source.ts)
    const thread = source.thread_ts ? { thread_ts: source.thread_ts } : {}
    const from = world.directory.app.botUserId
    world.messages.whisper({ ts: old?.ts ?? source.ts, channel: source.channel, user: source.user, from, ...thread, ...content })
    return true
  }
  const message = world.messages.find(source.channel, source.ts)
  if (!message) return false
  rewrite(world, source.channel, message, content, metadata)
  return true
}

function removeOriginal(world: World, source: ResponseSource): string | undefined {
  if (!source.ts) return 'no_original'
  if (source.ephemeral) world.messages.unwhisper(source.ts)
  else world.messages.remove(source.channel, source.ts)
  return undefined
}
