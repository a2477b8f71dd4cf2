/** How Slack's payloads come in: signed HTTP requests, or a WebSocket that we open. Health and other pages are served in either case. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt'
import type { Log } from '../log.js'
import { holdsObject, mediaType, type NotAdmitted, readSigned, refusedByHead } from './admission.js'
import { boltLog } from './bolt-log.js'
import { boundedServer, type Handler, type TIMES } from './server.js'
import { keepConnected } from './socket.js'

export const ENDPOINT = '/slack/events'

export interface IntakeOptions {
  port: number
  signingSecret?: string | undefined
  /** Set: Socket Mode. */
  appToken?: string | undefined
  apiUrl?: string | undefined
  ready: () => Promise<boolean>
  /** What else is served on the port: metrics, the signing page. */
  pages?: Handler | undefined
  /** How long requests are waited for; `TIMES` where absent. */
  times?: typeof TIMES | undefined
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
  const { signingSecret = '', log } = options
  const receiver = new HTTPReceiver({ signingSecret, endpoints: ENDPOINT, logger: boltLog(log) })
  const server = boundedServer(
    pages(
      options,
      () => true,
      (request, response) => void take(request, response),
    ),
    options.times,
  )

  /** Bolt gets a request once it is known to be Slack's, with its body read: `rawBody` is where it looks first. */
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusedByHead(request.method, request.headers, Date.now())
    const body = refused ?? (await readSigned(request, signingSecret))
    if (!Buffer.isBuffer(body)) return turnAway(response, body, log)
    server.keep(response)
    const type = mediaType(request.headers)
    if (!holdsObject(body, type)) return turnAway(response, { status: 400, why: 'signed, but no payload of Slack' }, log)
    request.headers['content-type'] = type
    receiver.requestListener(Object.assign(request, { rawBody: body }), response)
  }

  return { receiver, start: () => server.listen(options.port), stop: (drained) => server.close(drained) }
}

/** What was not read is not read: the connection ends with the answer. */
function turnAway(response: ServerResponse, { status, why }: NotAdmitted, log: Log): void {
  log.debug({ status }, `a request to ${ENDPOINT} is turned away: ${why}`)
  response.writeHead(status, { connection: 'close', ...(status === 405 ? { allow: 'POST' } : {}) }).end()
}

function socketIntake(options: IntakeOptions, appToken: string): Intake {
  const logger = boltLog(options.log)
  // An object of its own: the client writes into it.
  const clientOptions = { ...(options.apiUrl ? { slackApiUrl: options.apiUrl } : {}), retryConfig: { retries: 0 }, timeout: 10_000, logger }
  const receiver = new SocketModeReceiver({ appToken, logger, autoReconnectEnabled: false, installerOptions: { clientOptions } })
  const connection = keepConnected(receiver.client, options.log)
  const server = boundedServer(pages(options, connection.connected), options.times)
  return {
    receiver,
    async start() {
      const at = await server.listen(options.port)
      try {
        await connection.start()
      } catch (cause) {
        // Not started is not started: nothing stays behind.
        await server.close()
        throw cause
      }
      return at
    },
    async stop(drained) {
      // Acknowledgements go through the socket, so it closes last; what still comes is answered.
      await drained()
      await connection.stop()
      await server.close()
    },
  }
}

function pages({ ready, pages: others, log }: IntakeOptions, connected: () => boolean, events?: Handler): Handler {
  const say = (response: ServerResponse, status: number, text: string) => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
  }
  // One at a time for all who ask: anybody may, and each costs a connection to the database.
  let asking: Promise<boolean> | null = null
  const isReady = () => {
    asking ??= ready()
      .catch((cause: unknown) => {
        // Not being able to tell is not being ready.
        log.warn({ err: cause }, 'asking whether this process is ready')
        return false
      })
      .finally(() => {
        asking = null
      })
    return asking
  }
  const answerReady = async (response: ServerResponse) => {
    const yes = connected() && (await isReady())
    say(response, yes ? 200 : 503, yes ? 'ready' : 'not ready')
  }
  return (request, response) => {
    const [path] = (request.url ?? '/').split('?')
    if (path === ENDPOINT && events) return events(request, response)
    if (path === '/healthz') return say(response, 200, 'ok')
    if (path === '/readyz') return void answerReady(response)
    if (others) return others(request, response)
    say(response, 404, 'not found')
  }
}
