/** The Slack app against the local workspace, with a `change` that writes down what reaches it. */
import { createHmac } from 'node:crypto'
import type { Outcome } from '../../src/lifecycle/ask.js'
import type { Heard } from '../../src/lifecycle/heard.js'
import { createLog } from '../../src/log.js'
import { type ChangeCall, createSlackApp, type SlackAppDeps } from '../../src/slack/app.js'
import { said } from '../../src/views/refusal.js'
import type { Workspace } from '../../src/workspace/index.js'
import { queries, vendor } from '../commands/support.js'

const signingSecret = 'a-signing-secret'
export const botToken = 'xoxb-test'
const appToken = 'xapp-test'

export const agreed = { kind: 'agreed', say: 'Agreed.', repeated: false, slug: null } as const satisfies Outcome

/** Collects what is logged, one object a line. */
export function memoryLog() {
  const lines: string[] = []
  return { lines, log: createLog({ level: 'debug', stream: { write: (line) => lines.push(line) } }) }
}

export interface Bot {
  url: string
  calls: ChangeCall[]
  /** What the trail was told of what changed nothing. */
  heard: Heard[]
  logged: string[]
  /** What `change` does from now on. */
  onChange(answer: (call: ChangeCall) => Promise<Outcome>): void
  /** What the trail does from now on. */
  onHeard(write: () => Promise<void>): void
  stop(): Promise<void>
}

/** Starts the app on HTTP or Socket Mode; everybody is a vendor's person with every role. */
export async function startApp(workspace: Workspace, mode: 'http' | 'socket', given: Partial<SlackAppDeps> = {}): Promise<Bot> {
  const calls: ChangeCall[] = []
  const heard: Heard[] = []
  let write = async () => {}
  const { lines, log } = memoryLog()
  let answer: (call: ChangeCall) => Promise<Outcome> = async () => agreed
  const app = createSlackApp({
    config: {
      botToken,
      ...(mode === 'http' ? { signingSecret } : { appToken }),
      apiUrl: workspace.apiUrl,
      port: 0,
      commandPrefix: '',
      opsChannel: 'C_OPS',
    },
    async change(call) {
      calls.push(call)
      return answer(call)
    },
    async hear(what) {
      heard.push(what)
      await write()
    },
    queries: { ...queries, actor: async () => vendor('pm', 'sales', 'engineer', 'qa', 'admin') },
    log,
    ready: async () => true,
    home: async (userId) => (userId === 'U_PM' ? said('What waits for you: nothing.') : null),
    patienceMs: 150,
    drainMs: 2_000,
    ...given,
  })
  const { port } = await app.start()
  const url = `http://127.0.0.1:${port}`
  if (mode === 'http') workspace.setEventsUrl(`${url}/slack/events`)
  return {
    url,
    calls,
    heard,
    logged: lines,
    onChange(next) {
      answer = next
    },
    onHeard(next) {
      write = next
    },
    stop: () => app.stop(),
  }
}

/** Posts a payload as Slack signs it. */
export function postSigned(bot: Bot, body: string, secret = signingSecret): Promise<Response> {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature,
  }
  return fetch(`${bot.url}/slack/events`, { method: 'POST', headers, body })
}
