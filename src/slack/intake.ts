/** How Slack's payloads come in: signed HTTP requests, or a WebSocket that we open. Health and other pages are served in either case. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt'
import type { Log } from '../log.js'
import { boltLog } from './bolt-log.js'
import { keepConnected } from './socket.js'

export const ENDPOINT = '/slack/events'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface IntakeOptions {
  port: number
  signingSecret?: string | undefined
  /** Set: Socket Mode. */
  appToken?: string | undefined
  apiUrl?: string | undefined
  ready: () => Promise<boolean>
  /** What else is served on the port: metrics, the signing page. */
  pages?: Handler | undefined
  log: Log
}

export interface Intake {
  receiver: Receiver
  start(): Promise<{ port: number }>
  /** Takes nothing new any more, waits for `drained`, then ends the connections. */
  stop(drained: () => Promise<unknown>): Promise<void>
}

/** Builds the intake that the settings ask for; Socket Mode where there is an app token. */
export function createIntake(options: IntakeOptions): Intake {
  return options.appToken ? socketIntake(options, options.appToken) : httpIntake(options)
}

function httpIntake(options: IntakeOptions): Intake {
  const logger = boltLog(options.log)
  const receiver = new HTTPReceiver({ signingSecret: options.signingSecret ?? '', endpoints: ENDPOINT, logger })
  const server = createServer(pages(options, () => true, receiver.requestListener))
  return {
    receiver,
    start: () => listen(server, options.port),
    async stop(drained) {
      const closed = close(server)
      await drained()
      server.closeAllConnections()
      await closed
    },
  }
}

function socketIntake(options: IntakeOptions, appToken: string): Intake {
  const logger = boltLog(options.log)
  // An object of its own: the client writes into it.
  const clientOptions = { ...(options.apiUrl ? { slackApiUrl: options.apiUrl } : {}), retryConfig: { retries: 0 }, timeout: 10_000, logger }
  const receiver = new SocketModeReceiver({ appToken, logger, autoReconnectEnabled: false, installerOptions: { clientOptions } })
  const connection = keepConnected(receiver.client, options.log)
  const server = createServer(pages(options, connection.connected))
  return {
    receiver,
    async start() {
      const at = await listen(server, options.port)
      try {
        await connection.start()
      } catch (cause) {
        // Not started is not started: nothing stays behind.
        server.close()
        throw cause
      }
      return at
    },
    async stop(drained) {
      // Acknowledgements go through the socket, so it closes last; what still comes is answered.
      await drained()
      await connection.stop()
      const closed = close(server)
      server.closeAllConnections()
      await closed
    },
  }
}

function pages({ ready, pages: others, log }: IntakeOptions, connected: () => boolean, events?: Handler): Handler {
  const say = (response: ServerResponse, status: number, text: string) => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
  }
  const answerReady = async (response: ServerResponse) => {
    const yes =
      connected() &&
      (await ready().catch((cause: unknown) => {
        // Not being able to tell is not being ready.
        log.warn({ err: cause }, 'asking whether this process is ready')
        return false
      }))
    say(response, yes ? 200 : 503, yes ? 'ready' : 'not ready')
  }
  return (request, response) => {
    const [path] = (request.url ?? '/').split('?')
    if (path === ENDPOINT && request.method === 'POST' && events) return events(request, response)
    if (path === '/healthz') return say(response, 200, 'ok')
    if (path === '/readyz') return void answerReady(response)
    if (others) return others(request, response)
    say(response, 404, 'not found')
  }
}

function listen(server: Server, port: number): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, () => resolve({ port: (server.address() as AddressInfo).port }))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
