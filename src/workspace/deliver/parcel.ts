import type { JsonObject } from '../types'

/** Something for the bot: its kind as Socket Mode names it. */
export interface Parcel {
  kind: 'slash_commands' | 'interactive' | 'events_api'
  /** For the log. */
  name: string
  payload: JsonObject
}

export type Receipt =
  | { ok: true; status: number; body: unknown }
  | { ok: false; status: number; error: 'operation_timeout' | 'dispatch_failed'; noRetry?: boolean }
