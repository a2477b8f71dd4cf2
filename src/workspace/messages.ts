import type { Changes } from './changes'
import { timestamps } from './ids'
import type { Ephemeral, Message } from './types'

/** Every channel's messages, oldest first, replies among them, and what only one person sees. */
export class Messages {
  private readonly channels = new Map<string, Map<string, Message>>()
  private ephemeral: Ephemeral[] = []
  readonly nextTs = timestamps()

  constructor(private readonly changes: Changes) {}

  of(channel: string): Message[] {
    return [...this.book(channel).values()]
  }

  find(channel: string, ts: string): Message | undefined {
    return this.book(channel).get(ts)
  }

  /** Top-level messages and replies that were sent to the channel as well. */
  timeline(channel: string): Message[] {
    return this.of(channel).filter((one) => !isReply(one) || one.subtype === 'thread_broadcast')
  }

  /** A parent and its replies. */
  thread(channel: string, ts: string): Message[] {
    return this.of(channel).filter((one) => one.ts === ts || one.thread_ts === ts)
  }

  add(channel: string, message: Message): Message {
    this.book(channel).set(message.ts, message)
    if (isReply(message)) this.countReply(channel, message)
    this.changes.announce({ kind: 'message', channel, message })
    return message
  }

  /** Says that a message changed in place. */
  touch(channel: string, message: Message): void {
    this.changes.announce({ kind: 'message', channel, message })
  }

  remove(channel: string, ts: string): boolean {
    const message = this.find(channel, ts)
    if (!message) return false
    if (message.reply_count) {
      Object.assign(message, { subtype: 'tombstone', text: 'This message was deleted.', blocks: undefined, files: undefined })
      this.touch(channel, message)
      return true
    }
    this.book(channel).delete(ts)
    this.changes.announce({ kind: 'deleted', channel, ts })
    if (message.thread_ts) this.recount(channel, message.thread_ts)
    return true
  }

  whisper(message: Ephemeral): Ephemeral {
    this.ephemeral = [...this.ephemeral.filter((one) => one.ts !== message.ts), message].slice(-2000)
    this.changes.announce({ kind: 'ephemeral', message })
    return message
  }

  unwhisper(ts: string): void {
    const gone = this.ephemeral.find((one) => one.ts === ts)
    if (!gone) return
    this.ephemeral = this.ephemeral.filter((one) => one !== gone)
    this.changes.announce({ kind: 'ephemeral-gone', user: gone.user, channel: gone.channel, ts })
  }

  whispersTo(user: string): Ephemeral[] {
    return this.ephemeral.filter((one) => one.user === user)
  }

  whisperAt(user: string, ts: string): Ephemeral | undefined {
    return this.ephemeral.find((one) => one.user === user && one.ts === ts)
  }

  clear(): void {
    this.channels.clear()
    this.ephemeral = []
  }

  private book(channel: string): Map<string, Message> {
    const known = this.channels.get(channel) ?? new Map<string, Message>()
    this.channels.set(channel, known)
    return known
  }

  private countReply(channel: string, reply: Message): void {
    const parent = this.find(channel, reply.thread_ts ?? '')
    if (!parent) return
    parent.thread_ts = parent.ts
    parent.reply_count = (parent.reply_count ?? 0) + 1
    parent.reply_users = [...new Set([...(parent.reply_users ?? []), reply.user])]
    parent.latest_reply = reply.ts
    this.touch(channel, parent)
  }

  private recount(channel: string, parentTs: string): void {
    const [parent, ...replies] = this.thread(channel, parentTs)
    if (!parent) return
    parent.reply_count = replies.length
    parent.reply_users = [...new Set(replies.map((one) => one.user))]
    parent.latest_reply = replies.at(-1)?.ts ?? parent.ts
    this.touch(channel, parent)
  }
}

/** A reply has a thread that is not its own. */
export function isReply(message: Message): boolean {
  return message.thread_ts !== undefined && message.thread_ts !== message.ts
}
