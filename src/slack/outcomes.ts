/** What an error of Slack's Web API means for the sender: wait, look whether it happened, give up, or do without. */
import { SlackError, WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'

export type Later = { kind: 'later'; retryAfterMs: number }
/** `mendable`: people can mend it (membership, token), so the same message may succeed then; `advice` tells them how. */
export type Never = { kind: 'never'; error: string; advice: string | null; mendable: boolean }
export type Trouble =
  | Later
  | Never
  /** It may have happened or not. */
  | { kind: 'unknown' }
  /** The message or thread is not there any more, or can no longer be changed. */
  | { kind: 'gone'; error: string }
  /** This server or token does not have the method. */
  | { kind: 'lacking'; error: string; advice: string }

const SOON = 5_000
const LATER = 30_000
const MUCH_LATER = 120_000

type Row = 'unknown' | 'gone' | 'lacking' | number | string

/** A number: wait so many milliseconds. A sentence: people can mend it, and this is how. An error not listed is final. */
const ROWS: Record<string, Row> = {
  ratelimited: LATER,
  rate_limited: LATER,
  message_limit_exceeded: MUCH_LATER,
  service_unavailable: LATER,
  team_added_to_org: MUCH_LATER,
  accesslimited: MUCH_LATER,
  // Slack says of these that a part of the work may have been done.
  internal_error: 'unknown',
  fatal_error: 'unknown',
  request_timeout: 'unknown',
  message_not_found: 'gone',
  thread_not_found: 'gone',
  cant_update_message: 'gone',
  edit_window_closed: 'gone',
  is_inactive: 'gone',
  unknown_method: 'lacking',
  method_deprecated: 'lacking',
  missing_scope: 'lacking',
  not_allowed_token_type: 'lacking',
  method_not_supported_for_channel_type: 'lacking',
  feature_not_enabled: 'lacking',
  not_in_channel: 'Invite the bot to the channel.',
  channel_not_found: 'Invite the bot to the channel; if the channel was shared anew, set its new id.',
  is_archived: 'Unarchive the channel, or set another one.',
  restricted_action: 'A workspace admin must let the bot post in the channel.',
  restricted_action_read_only_channel: 'A workspace admin must let the bot post in the channel.',
  restricted_action_thread_only_channel: 'A workspace admin must let the bot post in the channel.',
  restricted_action_non_threadable_channel: 'A workspace admin must allow threads in the channel.',
  messages_tab_disabled: "Switch the Messages tab on in the app's settings (App Home).",
  not_authed: 'Set SLACK_BOT_TOKEN.',
  invalid_auth: 'SLACK_BOT_TOKEN is not valid for this workspace; install the app again and set the new token.',
  token_revoked: 'The app was removed from the workspace; install it again and set the new token.',
  token_expired: 'Set a SLACK_BOT_TOKEN that does not expire.',
  account_inactive: 'The app was removed from the workspace; install it again and set the new token.',
  ekm_access_denied: "A workspace admin must give the app access to the workspace's keys.",
  org_login_required: 'The workspace is being moved to another organisation; install the app again afterwards.',
}

/** Nothing was sent: no connection was made. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

/** Classifies whatever a Web API call threw. What cannot be told apart counts as unknown: looking again is safe, posting twice is not. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof WebAPIRateLimitedError) return { kind: 'later', retryAfterMs: Math.max(1, error.retryAfter) * 1000 }
  if (error instanceof WebAPIPlatformError) return platformTrouble(error)
  if (error instanceof WebAPIHTTPError)
    return error.statusCode >= 500 || error.statusCode === 408 ? { kind: 'unknown' } : { kind: 'later', retryAfterMs: MUCH_LATER }
  if (error instanceof WebAPIRequestError)
    return NOT_SENT.has(codeOf(error.original)) ? { kind: 'later', retryAfterMs: SOON } : { kind: 'unknown' }
  if (error instanceof SlackError) return { kind: 'never', error: error.code, advice: null, mendable: false }
  if (error instanceof Error && error.message.startsWith('Retry header')) return { kind: 'later', retryAfterMs: LATER }
  return { kind: 'unknown' }
}

function platformTrouble({ data }: WebAPIPlatformError): Trouble {
  const { error } = data
  // Not Slack's answer but, say, a proxy's page.
  if (!/^[a-z0-9_]{1,80}$/.test(error)) return { kind: 'unknown' }
  const row = Object.hasOwn(ROWS, error) ? ROWS[error] : undefined
  if (row === undefined) return { kind: 'never', error, advice: null, mendable: false }
  if (typeof row === 'number') return { kind: 'later', retryAfterMs: row }
  if (row === 'unknown') return { kind: 'unknown' }
  if (row === 'gone') return { kind: 'gone', error }
  if (row === 'lacking') return { kind: 'lacking', error, advice: lackingAdvice(error, (data as { needed?: unknown }).needed) }
  return { kind: 'never', error, advice: row, mendable: true }
}

function lackingAdvice(error: string, needed: unknown): string {
  if (error !== 'missing_scope') return 'This server or token does not offer the method.'
  return `Give the app the scope ${typeof needed === 'string' ? needed : 'that it asks for'} and install it again (slipway manifest lists all).`
}

/** The network's code, which hides behind fetch's own error. */
function codeOf(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code) return code
  }
  return ''
}
