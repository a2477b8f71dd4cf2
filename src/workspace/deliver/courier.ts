import { Agent } from 'undici'
import type { JsonObject } from '../types'
import type { World } from '../world'
import { post } from './http'
import type { Parcel, Receipt } from './parcel'
import { eventEnvelope } from './payloads'
import { Sockets } from './sockets'

/** Brings the workspace's parcels to the bot: over Socket Mode where it is connected, else over HTTP. */
export class Courier {
  readonly sockets: Sockets
  private readonly agent = new Agent({ keepAliveTimeout: 4000 })
  private eventsUrl: string | undefined

  constructor(
    private readonly world: World,
    eventsUrl: string | undefined,
  ) {
    this.sockets = new Sockets(world)
    this.eventsUrl = eventsUrl
  }

  setEventsUrl(url: string | undefined): void {
    this.eventsUrl = url
  }

  /** Delivers once; what is not acknowledged in time is lost, as on Slack. */
  async deliver(parcel: Parcel, retry?: { number: number; reason: string }): Promise<Receipt> {
    const started = performance.now()
    const receipt = await this.attempt(parcel, retry)
    this.world.log.add({
      direction: 'out',
      name: parcel.name,
      status: receipt.status,
      ms: Math.round((performance.now() - started) * 10) / 10,
      ...(!receipt.ok && { error: receipt.error }),
    })
    return receipt
  }

  /** Delivers an event, again and again where it is not acknowledged. Says whether the first time was enough. */
  async announce(event: JsonObject & { type: string }): Promise<boolean> {
    const parcel: Parcel = { kind: 'events_api', name: `event ${event.type}`, payload: eventEnvelope(this.world, event) }
    const receipt = await this.deliver(parcel)
    if (!receipt.ok && !receipt.noRetry) this.retry(parcel, 1, receipt.error)
    return receipt.ok
  }

  async stop(): Promise<void> {
    this.sockets.stop()
    await this.agent.destroy()
  }

  private retry(parcel: Parcel, number: number, error: string): void {
    const pause = this.world.limits.eventRetryMs[number - 1]
    if (pause === undefined) return
    const reason = error === 'operation_timeout' ? 'http_timeout' : 'http_error'
    this.world.later(pause, async () => {
      const receipt = await this.deliver(parcel, { number, reason })
      if (!receipt.ok && !receipt.noRetry) this.retry(parcel, number + 1, receipt.error)
    })
  }

  private async attempt(parcel: Parcel, retry?: { number: number; reason: string }): Promise<Receipt> {
    if (this.sockets.connected) return this.sockets.send(parcel, retry)
    if (!this.eventsUrl) return { ok: false, status: 0, error: 'dispatch_failed', noRetry: true }
    const { signingSecret } = this.world.credentials
    return post(parcel, { url: this.eventsUrl, signingSecret, ackMs: this.world.limits.ackMs, agent: this.agent, retry })
  }
}
