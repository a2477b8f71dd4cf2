import type { AddressInfo } from 'node:net'
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt'
import { WebClient } from '@slack/web-api'
import { demoWorkspace, startWorkspace, type Workspace, type WorkspaceOptions } from '../../src/workspace'

const signingSecret = 'a-signing-secret'
const botToken = 'xoxb-test'
const appToken = 'xapp-test'

/** A workspace on a free port with the demo's people, without rate limits unless asked for. */
export function openWorkspace(options: Partial<WorkspaceOptions> = {}): Promise<Workspace> {
  const limits = { rate: 'off' as const, eventRetryMs: [], ...options.limits }
  return startWorkspace({ port: 0, signingSecret, botToken, appToken, ...demoWorkspace, ...options, limits })
}

/** A client as a careful bot uses it: no retries of its own. */
export function client(workspace: Workspace, token = botToken): WebClient {
  const retryConfig = { retries: 0 }
  return new WebClient(token, { slackApiUrl: workspace.apiUrl, retryConfig, rejectRateLimitedCalls: true, logLevel: LogLevel.ERROR })
}

/** A real Bolt app on HTTP or Socket Mode, started; `prepare` adds its listeners. Returns the way to stop it. */
export async function startBot(
  workspace: Workspace,
  mode: 'http' | 'socket',
  prepare: (app: App) => void,
): Promise<() => Promise<unknown>> {
  const clientOptions = { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 } }
  const shared = { token: botToken, clientOptions, deferInitialization: true, convoStore: false as const, logLevel: LogLevel.ERROR }
  if (mode === 'socket') {
    const receiver = new SocketModeReceiver({ appToken, installerOptions: { clientOptions }, logLevel: LogLevel.ERROR })
    const app = new App({ ...shared, receiver })
    await app.init()
    prepare(app)
    await app.start()
    return () => receiver.client.disconnect()
  }
  const receiver = new HTTPReceiver({ signingSecret, unhandledRequestHandler: () => {}, logLevel: LogLevel.ERROR })
  const app = new App({ ...shared, receiver })
  await app.init()
  prepare(app)
  const server = await app.start(0)
  workspace.setEventsUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`)
  return () => app.stop()
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: the control API's answers differ by route, and tests look into them freely
  body: any
}

/** Calls the control API. */
export async function control(workspace: Workspace, path: string, body?: object): Promise<Answer> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`${workspace.url}/_control/${path}`, body ? post : {})
  return { status: response.status, body: await response.json() }
}

/** Waits until something is there. */
export async function eventually<T>(look: () => Promise<T | undefined | false>, ms = 2000): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`Nothing came within ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
