/** The HTTP server that faces the internet: bounded in connections, in header bytes and in patience. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What answers a request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Slack sends a handful at a time, and a balancer in front keeps some dozens open. */
const MOST_CONNECTIONS = 256

/** In milliseconds. */
export const TIMES = {
  /** Until the headers are there. */
  headersTimeout: 5_000,
  /** Until the whole request is there. */
  requestTimeout: 10_000,
  /** Node looks for the two above only so often; by default every 30 s. */
  connectionsCheckingInterval: 1_000,
}
/** A connection on which nothing moves, for instance because an answer is not fetched. */
const SILENT_MS = 30_000
const HEADER_BYTES = 8_192
/** Connections that the kernel holds until we take them. Past these, newcomers are tried again only a second later. */
const BACKLOG = 4_096

export interface BoundedServer {
  /** Rejects where the port is taken. */
  listen(port: number): Promise<{ port: number }>
  /** A request turned out to be genuine: until it is answered, its connection is not ended for another one's sake. */
  keep(response: ServerResponse): void
  /** Takes nothing new, waits for `drained`, then ends the connections. */
  close(drained?: () => Promise<unknown>): Promise<void>
}

/**
 * Makes the server; not yet listening. With more than 256 connections the one that has been there longest without a genuine request is
 * ended, and not the newcomer turned away: else whoever holds them all would keep everybody out. One on which nothing moves for `silentMs`
 * (30 s) is ended, too.
 */
export function boundedServer(handler: Handler, times = TIMES, silentMs = SILENT_MS): BoundedServer {
  const server = createServer({ ...times, maxHeaderSize: HEADER_BYTES }, handler)
  server.setTimeout(silentMs)
  const unproven = bounded(server)
  return {
    listen: (port) => listen(server, port),
    keep(response) {
      const { socket } = response
      if (!socket) return
      unproven.delete(socket)
      response.once('close', () => {
        if (!socket.destroyed) unproven.add(socket)
      })
    },
    async close(drained) {
      const closed = new Promise((resolve) => server.close(resolve))
      await drained?.()
      server.closeAllConnections()
      await closed
    },
  }
}

/** The connections, oldest first, that no genuine request came on. */
function bounded(server: Server): Set<Socket> {
  const unproven = new Set<Socket>()
  let open = 0
  server.on('connection', (socket: Socket) => {
    open += 1
    unproven.add(socket)
    socket.once('close', () => {
      open -= 1
      unproven.delete(socket)
    })
    const [oldest] = unproven
    if (open <= MOST_CONNECTIONS || !oldest) return
    // At once: its `close` comes later, and the next newcomer must not choose it again.
    unproven.delete(oldest)
    oldest.destroy()
  })
  return unproven
}

function listen(server: Server, port: number): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, backlog: BACKLOG }, () => resolve({ port: (server.address() as AddressInfo).port }))
  })
}
