/**
 * Keeps a Socket Mode connection. The SDK's own reconnection is deaf for five seconds at each of Slack's refreshes, and where
 * Slack cannot be reached it ends in an unhandled rejection, that is, in the end of the process; hence this one.
 */
import type { SocketModeReceiver } from '@slack/bolt'
import type { Log } from '../log.js'
import { pause } from './running.js'

type Client = SocketModeReceiver['client']

export interface Connection {
  /** Connects once; rejects where that does not work, for then a setting is wrong. */
  start(): Promise<void>
  connected(): boolean
  stop(): Promise<void>
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 20_000
/** Slack says hello at once; a connection without it is of no use. */
const HELLO_MS = 15_000
const GOODBYE_MS = 2_000

/** The client must have been made with `autoReconnectEnabled: false`. */
export function keepConnected(client: Client, log: Log): Connection {
  const state = { connected: false, connecting: false, wanted: false }
  client.on('connected', () => {
    state.connected = true
  })
  client.on('disconnected', () => {
    state.connected = false
    if (state.wanted && !state.connecting) void reconnect()
  })

  async function reconnect(): Promise<void> {
    state.connecting = true
    for (let wait = FIRST_WAIT_MS; state.wanted && !state.connected; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      await pause(wait)
      // Whatever went wrong, the next attempt may go right; the process stays alive and not ready meanwhile.
      await connect(client).catch((cause: unknown) => log.warn({ err: cause }, 'connecting to Slack by Socket Mode again'))
    }
    state.connecting = false
  }

  return {
    async start() {
      state.connecting = true
      await connect(client)
      Object.assign(state, { connecting: false, wanted: true })
    },
    connected: () => state.connected,
    async stop() {
      state.wanted = false
      await Promise.race([client.disconnect(), pause(GOODBYE_MS)])
    },
  }
}

async function connect(client: Client): Promise<void> {
  const began = client.start().then(() => true)
  if (await Promise.race([began, pause(HELLO_MS)])) return
  began.catch(() => undefined)
  await Promise.race([client.disconnect(), pause(GOODBYE_MS)])
  throw new Error('connecting to Slack by Socket Mode: no hello came')
}
