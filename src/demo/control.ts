/** Plays people on the local workspace through its control API: what they type and click, and what they see. */

interface Button {
  type: string
  action_id: string
  block_id?: string
  value?: string
}

export interface SlackMessage {
  ts: string
  thread_ts?: string
  text: string
  blocks?: { type: string; elements?: Button[]; accessory?: Button }[]
}

export interface People {
  /** Types a slash command; answers with what only the person sees. */
  says(user: string, channel: string, line: string): Promise<string>
  /** Waits until a message shows a button of that action (and text), then clicks it; answers with what only the person sees. A refusal throws. */
  clicks(user: string, channel: string, action: string, about?: RegExp): Promise<string>
  /** Waits until a message in the channel matches. */
  sees(channel: string, what: RegExp): Promise<SlackMessage>
  messages(channel: string): Promise<SlackMessage[]>
  /** What only this person saw, oldest first. */
  answers(user: string): Promise<string[]>
}

const patienceMs = 120_000
const lookMs = 60

/** `url` is the workspace's. Whoever waits too long throws, naming what was waited for. */
export function people(url: string): People {
  async function call(path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(
      `${url}/_control/${path}`,
      body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {},
    )
    const answer = (await response.json()) as Record<string, unknown>
    if (answer['ok'] === false) throw new Error(`${path}: ${String(answer['error'])}`)
    return answer
  }
  const answers = async (user: string) => ((await call(`ephemerals/${user}`))['messages'] as SlackMessage[]).map((m) => m.text)
  const messages = async (channel: string) => (await call(`messages/${channel}`))['messages'] as SlackMessage[]

  async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + patienceMs
    while (Date.now() < deadline) {
      const found = await look()
      if (found !== undefined) return found
      await new Promise((resolve) => setTimeout(resolve, lookMs))
    }
    throw new Error(`waited ${patienceMs / 1000} s for ${what}`)
  }

  return {
    messages,
    answers,
    async says(user, channel, line) {
      const [command = '', ...rest] = line.split(' ')
      const answer = await call('command', { channel, user, command, text: rest.join(' ') })
      const ack = answer['ack'] as { text?: string } | undefined
      return ack?.text ?? ''
    },
    async clicks(user, channel, action, about = /./) {
      const found = await until(`the button ${action} ${about} in ${channel}`, async () => {
        for (const message of (await messages(channel)).reverse()) {
          const button = buttonsOf(message).find((b) => b.action_id === action)
          if (button && about.test(textOf(message))) return { message, button }
        }
        return undefined
      })
      const before = (await answers(user)).length
      await call('interact', { channel, messageTs: found.message.ts, user, action: found.button })
      const answer = await until(`the answer to ${user}'s ${action}`, async () => (await answers(user))[before])
      if (answer.startsWith('Refused')) throw new Error(`${user} clicked ${action} ${about}: ${answer}`)
      return answer
    },
    sees: (channel, what) => until(`${what} in ${channel}`, async () => (await messages(channel)).find((m) => what.test(textOf(m)))),
  }
}

function buttonsOf(message: SlackMessage): Button[] {
  return (message.blocks ?? [])
    .flatMap((block) => [...(block.elements ?? []), ...(block.accessory ? [block.accessory] : [])])
    .filter((e) => e.type === 'button')
}

/** Everything that a person reads in a message. */
export function textOf(message: SlackMessage): string {
  return `${message.text}\n${JSON.stringify(message.blocks ?? [])}`
}
