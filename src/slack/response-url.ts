/** Answers to one person by the `response_url` of what they did: for half an hour, five times. */
import type { View } from '../views/view.js'

const TIMEOUT_MS = 5_000
const SLACK_HOST = /^(?:[a-z0-9-]+\.)*slack(?:-gov)?\.com$/

/** Where else a `response_url` may lead: the server of SLACK_API_URL, and the origins that the settings name. */
export interface Answerable {
  apiUrl?: string | undefined
  responseOrigins?: readonly string[] | undefined
}

const LONGEST = 2_048

/** Whether a `response_url` is Slack's own: https at Slack, or an origin that the settings name. Any other address is not called. */
export function isSlacks(responseUrl: string, { apiUrl, responseOrigins = [] }: Answerable): boolean {
  if (responseUrl.length > LONGEST || !URL.canParse(responseUrl)) return false
  const url = new URL(responseUrl)
  if (url.username || url.password) return false
  if (url.protocol === 'https:' && url.port === '' && SLACK_HOST.test(url.hostname)) return true
  const named = [...(apiUrl === undefined ? [] : [apiUrl]), ...responseOrigins]
  return named.some((each) => URL.canParse(each) && originOf(new URL(each)) === originOf(url))
}

/** This machine goes by several names. */
function originOf({ protocol, hostname, host }: URL): string {
  return `${protocol}//${hostname === 'localhost' || hostname === '[::1]' ? host.replace(hostname, '127.0.0.1') : host}`
}

/** Shows a view to the person who acted, and to nobody else; where they acted in a thread, there. */
export async function respond(
  { responseUrl, threadTs }: { responseUrl: string; threadTs?: string | undefined },
  view: View,
  answerable: Answerable,
): Promise<void> {
  if (!isSlacks(responseUrl, answerable)) throw new Error("answering by response_url: the address is not Slack's")
  const response = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...(threadTs ? { thread_ts: threadTs } : {}), ...view }),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  // What it says is of no use, and however long it is, it is not read.
  await response.body?.cancel()
  if (!response.ok) throw new Error(`answering by response_url: status ${response.status}`)
}
