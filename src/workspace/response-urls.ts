import { newSecret } from './ids'

/** What a response address belongs to: who acted, where, and on which message. */
export interface ResponseSource {
  user: string
  channel: string
  ts?: string | undefined
  ephemeral?: boolean | undefined
  thread_ts?: string | undefined
}

const lifeMs = 30 * 60_000
const maxUses = 5

/** Response addresses: thirty minutes and five uses each. */
export class ResponseUrls {
  private readonly sources = new Map<string, ResponseSource & { expires: number; uses: number }>()

  constructor(private readonly url: () => string) {}

  issue(source: ResponseSource): string {
    const secret = newSecret(24)
    this.sources.set(secret, { ...source, expires: Date.now() + lifeMs, uses: 0 })
    return `${this.url()}/response/${secret}`
  }

  use(secret: string): ResponseSource | { error: 'expired_url' | 'used_url' } {
    const source = this.sources.get(secret)
    if (!source || Date.now() > source.expires) return { error: 'expired_url' }
    if (source.uses >= maxUses) return { error: 'used_url' }
    source.uses += 1
    return source
  }

  clear(): void {
    this.sources.clear()
  }
}
