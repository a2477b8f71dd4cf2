import { randomUUID } from 'node:crypto'
import type { WebSocket } from 'ws'
import type { World } from '../world'
import type { Parcel, Receipt } from './parcel'

const maxConnections = 10
const pingMs = 5000

interface Waiting {
  socket: WebSocket
  settle: (receipt: Receipt) => void
  /** Sends the envelope again where its connection has ended. */
  resend: () => void
}

/** The app's Socket Mode connections. Each parcel goes to any one of them. */
export class Sockets {
  private open: WebSocket[] = []
  private readonly waiting = new Map<string, Waiting>()
  private turn = 0

  constructor(private readonly world: World) {}

  get connected(): boolean {
    return this.open.length > 0
  }

  /** Takes a connection in and greets it. */
  accept(socket: WebSocket): void {
    if (this.open.length >= maxConnections) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }))
      socket.close()
      return
    }
    this.open.push(socket)
    const pings = setInterval(() => socket.ping(), pingMs)
    socket.on('message', (data) => this.hear(String(data)))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      clearInterval(pings)
      this.open = this.open.filter((one) => one !== socket)
      for (const waiting of [...this.waiting.values()]) if (waiting.socket === socket) waiting.resend()
    })
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.open.length,
        debug_info: { host: 'workspace', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: this.world.directory.app.appId },
      }),
    )
  }

  /** Asks every connection to go, as Slack does now and then; `drop` ends them without a word. */
  disconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled' | 'drop'): void {
    for (const socket of this.open) {
      if (reason === 'drop') socket.terminate()
      else socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'workspace' } }))
    }
  }

  /** Sends a parcel and waits for its ack; a connection that ends meanwhile passes it on to another. */
  send(parcel: Parcel, retry?: { number: number; reason: string }): Promise<Receipt> {
    const id = randomUUID()
    const envelope = JSON.stringify({
      envelope_id: id,
      type: parcel.kind,
      payload: parcel.payload,
      accepts_response_payload: parcel.kind !== 'events_api',
      ...(retry && { retry_attempt: retry.number, retry_reason: retry.reason }),
    })
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ ok: false, status: 0, error: 'operation_timeout' }), this.world.limits.ackMs)
      const settle = (receipt: Receipt) => {
        clearTimeout(timer)
        this.waiting.delete(id)
        resolve(receipt)
      }
      const sendOnce = () => {
        const socket = this.next()
        if (!socket) return settle({ ok: false, status: 0, error: 'dispatch_failed' })
        this.waiting.set(id, { socket, settle, resend: sendOnce })
        socket.send(envelope)
      }
      sendOnce()
    })
  }

  stop(): void {
    for (const socket of this.open) socket.terminate()
  }

  private next(): WebSocket | undefined {
    this.turn += 1
    return this.open[this.turn % Math.max(1, this.open.length)]
  }

  private hear(text: string): void {
    const message = parse(text)
    const id = message?.['envelope_id']
    if (typeof id !== 'string') return
    this.waiting.get(id)?.settle({ ok: true, status: 200, body: message?.['payload'] })
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text)
  } catch {
    // Only acks in JSON are understood; Slack ignores the rest as well.
    return undefined
  }
}
