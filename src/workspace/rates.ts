import type { Rate } from './types'

/** Calls per minute of Slack's tiers; `special` stands for methods whose limit is not published. */
const perMinute = { t1: 10, t2: 20, t3: 50, t4: 100, special: 600 } as const
export type Tier = keyof typeof perMinute

const postsPerMinute = 300
const postBurst = 5
const minute = 60_000

/** Slack's rate limits: a one-minute window per method; posts also about one a second per channel, with a small burst. */
export class Rates {
  private readonly windows = new Map<string, number[]>()
  private readonly buckets = new Map<string, { tokens: number; at: number }>()

  constructor(private rate: Rate) {}

  adjust(rate: Rate): void {
    this.rate = rate
    this.clear()
  }

  clear(): void {
    this.windows.clear()
    this.buckets.clear()
  }

  /** Counts a call. Returns the seconds to wait where it is one too many. */
  take(method: string, tier: Tier, channel: string | undefined): number | undefined {
    if (this.rate === 'off') return undefined
    const factor = this.rate === 'slack' ? 1 : this.rate
    const now = Date.now()
    if (method !== 'chat.postMessage') return this.window(method, perMinute[tier] * factor, now)
    return this.bucket(channel ?? '', factor, now) ?? this.window(method, postsPerMinute * factor, now)
  }

  private window(method: string, limit: number, now: number): number | undefined {
    const recent = (this.windows.get(method) ?? []).filter((at) => at > now - minute)
    this.windows.set(method, recent)
    if (recent.length >= limit) return seconds((recent[0] ?? now) + minute - now)
    recent.push(now)
    return undefined
  }

  private bucket(channel: string, factor: number, now: number): number | undefined {
    const known = this.buckets.get(channel) ?? { tokens: postBurst * factor, at: now }
    const tokens = Math.min(postBurst * factor, known.tokens + ((now - known.at) / 1000) * factor)
    this.buckets.set(channel, { tokens: tokens < 1 ? tokens : tokens - 1, at: now })
    return tokens < 1 ? seconds(((1 - tokens) / factor) * 1000) : undefined
  }
}

const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000))
