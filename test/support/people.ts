/** What people do and see in the local workspace, through its control API. */
import { eventually } from './bot.js'

/** A message as somebody sees it. */
export interface Shown {
  ts: string
  thread_ts?: string
  text?: string
  user?: string
  blocks?: Record<string, unknown>[]
  files?: { name?: string; title?: string }[]
}

interface Button {
  type: string
  action_id: string
  block_id?: string
  value?: string
}

/** A button in a message. */
export interface Clicking {
  channel: string
  messageTs: string
  action: Button
}

/** `url` is the workspace's. */
export function workspaceControl(url: string) {
  async function call(path: string, body?: unknown): Promise<Record<string, unknown>> {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const look = () => fetch(`${url}/_control/${path}`, body === undefined ? {} : post)
    // A connection that the workspace closed for its idleness just now: looking again is harmless, acting again would not be.
    const answer = await (body === undefined ? look().catch(look) : look())
    return (await answer.json()) as Record<string, unknown>
  }
  const reads = async (channel: string) => (await call(`messages/${channel}?all=1`))['messages'] as Shown[]
  const whispers = async (user: string) => (await call(`ephemerals/${user}`))['messages'] as Shown[]

  /** Does something and answers with what only this person is told because of it. */
  async function told(user: string, act: () => Promise<Record<string, unknown>>): Promise<string> {
    const known = new Set((await whispers(user)).map((one) => one.ts))
    const done = await act()
    // Slack gives up on an acknowledgement after three seconds; what the bot did nevertheless is not known here.
    if (done['error'] === 'operation_timeout') throw new Error(`the bot did not acknowledge what ${user} did within 3 s`)
    if (done['ok'] !== true) return `not delivered: ${String(done['error'])}`
    return eventually(`an answer to ${user}`, async () => {
      const fresh = (await whispers(user)).filter((one) => !known.has(one.ts) && one.text !== 'Working…')
      return fresh.length > 0 ? fresh.map(textOf).join('\n') : undefined
    })
  }

  async function button(action: string, about: RegExp, channel = 'C_OPS'): Promise<Clicking> {
    return eventually(`the button ${action} ${about} in ${channel}`, async () => {
      for (const message of (await reads(channel)).reverse()) {
        const found = buttonsOf(message).find((one) => one.action_id === action)
        if (found && about.test(textOf(message))) return { channel, messageTs: message.ts, action: found }
      }
      return undefined
    })
  }

  const presses = ({ channel, messageTs, action }: Clicking, value?: string) => ({
    as: (user: string) =>
      told(user, () => call('interact', { channel, messageTs, user, action: value === undefined ? action : { ...action, value } })),
  })

  return {
    control: call,
    reads,
    button,
    presses,
    says: (line: string, channel = 'C_OPS') => ({
      as(user: string) {
        const [command = '', ...rest] = line.split(' ')
        return told(user, () => call('command', { channel, user, command, text: rest.join(' ') }))
      },
    }),
    clicks: (action: string, about: RegExp = /./, channel?: string) => ({
      as: async (user: string) => presses(await button(action, about, channel ?? homeOf(user))).as(user),
    }),
  }
}

/** Where a person looks first. */
function homeOf(user: string): string {
  if (user === 'U_BLEAD') return 'C_BETA'
  return ['U_LEAD', 'U_OWNER', 'U_CQA', 'U_MEMBER'].includes(user) ? 'C_ACME' : 'C_OPS'
}

function buttonsOf(message: Shown): Button[] {
  const elements = (message.blocks ?? []).flatMap((block) => [
    ...((block['elements'] as Button[] | undefined) ?? []),
    ...(block['accessory'] ? [block['accessory'] as Button] : []),
  ])
  return elements.filter((element) => element.type === 'button')
}

/** What a person reads in a message, block by block, buttons included. */
export function textOf(message: Shown): string {
  const texts = (message.blocks ?? []).flatMap(written)
  const text = (texts.length > 0 ? texts : [message.text ?? '']).join('\n')
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

function written(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(written)
  if (typeof value !== 'object' || value === null) return []
  const { type, text } = value as { type?: string; text?: unknown }
  if (typeof text === 'string' && (type === 'mrkdwn' || type === 'plain_text' || type === 'text')) return [text]
  if (type === 'button') return [`[${String((text as { text?: string } | undefined)?.text)}]`]
  return Object.entries(value).flatMap(([key, part]) => (key === 'confirm' ? [] : written(part)))
}
