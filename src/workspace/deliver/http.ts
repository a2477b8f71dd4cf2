import { createHmac } from 'node:crypto'
import { type Agent, request } from 'undici'
import type { Parcel, Receipt } from './parcel'

/** Slack's signature of a body: version 0, HMAC-SHA256. */
function sign(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
}

/** Posts a parcel to the bot, signed, and waits for its ack. */
export async function post(
  parcel: Parcel,
  to: { url: string; signingSecret: string; ackMs: number; agent: Agent; retry?: { number: number; reason: string } | undefined },
): Promise<Receipt> {
  const { body, type } = encode(parcel)
  const timestamp = String(Math.floor(Date.now() / 1000))
  const headers: Record<string, string> = {
    'content-type': type,
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(to.signingSecret, timestamp, body),
    ...(to.retry && { 'x-slack-retry-num': String(to.retry.number), 'x-slack-retry-reason': to.retry.reason }),
  }
  const signal = AbortSignal.timeout(to.ackMs)
  try {
    const answer = await request(to.url, { method: 'POST', body, headers, dispatcher: to.agent, signal })
    const text = await answer.body.text()
    const noRetry = answer.headers['x-slack-no-retry'] === '1'
    if (answer.statusCode < 200 || answer.statusCode > 299) {
      return { ok: false, status: answer.statusCode, error: 'dispatch_failed', noRetry }
    }
    return { ok: true, status: answer.statusCode, body: parse(text, String(answer.headers['content-type'] ?? '')) }
  } catch {
    // Whatever undici reports, Slack knows two cases: no answer in time, or no connection.
    return { ok: false, status: 0, error: signal.aborted ? 'operation_timeout' : 'dispatch_failed' }
  }
}

function encode(parcel: Parcel): { body: string; type: string } {
  const formType = 'application/x-www-form-urlencoded'
  if (parcel.kind === 'events_api') return { body: JSON.stringify(parcel.payload), type: 'application/json' }
  if (parcel.kind === 'interactive') {
    return { body: new URLSearchParams({ payload: JSON.stringify(parcel.payload) }).toString(), type: formType }
  }
  const fields = Object.entries(parcel.payload).map(([name, value]): [string, string] => [name, String(value)])
  return { body: new URLSearchParams(fields).toString(), type: formType }
}

function parse(text: string, type: string): unknown {
  if (!type.includes('json')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
