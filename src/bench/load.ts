/** Slash commands as Slack sends them: signed, form-encoded, over kept-alive connections, the next one as soon as the last is answered. */
import { createHmac } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { Pool } from 'undici'
import { median } from './report.js'

/** What one connection asks next. */
export type Asking = (connection: number) => { command: string; text: string }

export interface Answered {
  command: string
  text: string
  /** The payload's own key. */
  trigger: string
  said: string
}

/** What was sent and never answered: Slack would send it again. */
export type Unanswered = Omit<Answered, 'said'>

export interface Load {
  perSecond: number
  /** In milliseconds. */
  p50: number
  answers: Answered[]
  unanswered: Unanswered[]
}

export interface To {
  port: number
  secret: string
}

export interface Amount {
  connections: number
  ms: number
  /** The bot is killed meanwhile: a connection that gets no answer stops, and that is no fault. */
  mayBreak?: boolean
}

let sent = 0

/**
 * Keeps `connections` busy for `ms`, with one command each at least. An answer that is not 200 ends the run: a figure with failures in it
 * says nothing.
 */
export async function load(to: To, asking: Asking, { connections, ms, mayBreak = false }: Amount): Promise<Load> {
  const pool = poolTo(to, connections)
  const times: number[] = []
  const answers: Answered[] = []
  const unanswered: Unanswered[] = []
  const started = performance.now()
  const client = async (connection: number) => {
    do {
      const payload = { ...asking(connection), trigger: `bench.${process.pid}.${sent++}` }
      const at = performance.now()
      try {
        const said = await post(pool, to.secret, payload)
        times.push(performance.now() - at)
        answers.push({ ...payload, said })
      } catch (error) {
        // Only what the network says: an answer that is not 200 is a fault also then.
        if (!mayBreak || error instanceof WrongAnswer) throw error
        unanswered.push(payload)
        return
      }
    } while (performance.now() - started < ms)
  }
  await Promise.all(Array.from({ length: connections }, (_, connection) => client(connection)))
  const seconds = (performance.now() - started) / 1000
  await pool.destroy()
  return { perSecond: times.length / seconds, p50: median(times), answers, unanswered }
}

/** Delivers payloads once more, each under its own key, as Slack does with what was not answered. */
export async function deliverAgain(to: To, payloads: readonly Unanswered[]): Promise<Answered[]> {
  const pool = poolTo(to, 16)
  const answers = await Promise.all(payloads.map(async (payload) => ({ ...payload, said: await post(pool, to.secret, payload) })))
  await pool.destroy()
  return answers
}

const poolTo = ({ port }: To, connections: number) => new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 })

class WrongAnswer extends Error {}

async function post(pool: Pool, secret: string, { command, text, trigger }: Unanswered) {
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
  if (statusCode !== 200) throw new WrongAnswer(`loading: ${statusCode} to ${command} ${text}: ${said}`)
  return said
}
