/** Slash commands as Slack sends them: signed, form-encoded, over kept-alive connections, the next one as soon as the last is answered. */
import { createHmac } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { Pool } from 'undici'
import { median, percentile } from './report.js'

/** What one connection asks next. */
export type Asking = (connection: number) => { command: string; text: string }

export interface Answered {
  /** The payload's own key. */
  trigger: string
  text: string
  said: string
}

export interface Load {
  perSecond: number
  p50: number
  p99: number
  answers: Answered[]
}

let sent = 0

/** Keeps `connections` busy for `ms`, with one command each at least. An answer that is not 200 ends the run: a figure with failures in it says nothing. */
export async function load(to: { port: number; secret: string }, asking: Asking, { connections, ms }: { connections: number; ms: number }) {
  const pool = new Pool(`http://127.0.0.1:${to.port}`, { connections, pipelining: 1 })
  const times: number[] = []
  const answers: Answered[] = []
  const started = performance.now()
  const client = async (connection: number) => {
    do {
      const { command, text } = asking(connection)
      const trigger = `bench.${process.pid}.${sent++}`
      const at = performance.now()
      const said = await post(pool, to.secret, { command, text, trigger })
      times.push(performance.now() - at)
      answers.push({ trigger, text, said })
    } while (performance.now() - started < ms)
  }
  await Promise.all(Array.from({ length: connections }, (_, connection) => client(connection)))
  const seconds = (performance.now() - started) / 1000
  await pool.close()
  return { perSecond: times.length / seconds, p50: median(times), p99: percentile(times, 0.99), answers } satisfies Load
}

async function post(pool: Pool, secret: string, { command, text, trigger }: { command: string; text: string; trigger: string }) {
  const body = new URLSearchParams({
    token: 'unused',
    team_id: 'T_VENDOR',
    team_domain: 'harbour-clinical',
    channel_id: 'C_OPS',
    channel_name: 'ops',
    user_id: 'U_PM',
    user_name: 'jonas',
    command,
    text,
    api_app_id: 'A_BENCH',
    is_enterprise_install: 'false',
    response_url: 'http://127.0.0.1:9/unused',
    trigger_id: trigger,
  }).toString()
  const timestamp = String(Math.floor(Date.now() / 1000))
  const { statusCode, body: answer } = await pool.request({
    method: 'POST',
    path: '/slack/events',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
    },
  })
  const said = await answer.text()
  if (statusCode !== 200) throw new Error(`loading: ${statusCode} to ${command} ${text}: ${said}`)
  return said
}
