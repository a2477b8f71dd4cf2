/** A process of its own that serves one of the bots that `ack` measures; told which by its parent. */
import { join } from 'node:path'
import { App } from '@slack/bolt'
import { Pool } from 'pg'
import { startSlipway } from '../app/index.js'
import { readConfig } from '../config.js'
import { createLog } from '../log.js'

export interface Order {
  which: 'slipway' | 'bolt-insert'
  databaseUrl: string
  apiUrl: string
  signingSecret: string
  folder: string
}

/** The bot as `slipway start bot` starts it, on the port 0. */
async function slipway(order: Order): Promise<number> {
  const config = readConfig({
    SLACK_BOT_TOKEN: 'xoxb-bench',
    SLACK_SIGNING_SECRET: order.signingSecret,
    SLACK_API_URL: order.apiUrl,
    SLACK_OPS_CHANNEL: 'C_OPS',
    DATABASE_URL: order.databaseUrl,
    DATA_DIR: order.folder,
    POLICY_FILE: join(__dirname, '..', 'demo', 'files', 'policy.yaml'),
    PORT: '0',
  })
  const { port } = await startSlipway(config, { parts: ['bot'], log: createLog({ level: 'fatal', stream: process.stderr }) })
  return port ?? 0
}

/** Bolt that commits one row before it acknowledges, told not to look for conversations as Slipway tells it, which makes it a quarter faster than its defaults. */
async function bolt(order: Order): Promise<number> {
  const app = new App({
    signingSecret: order.signingSecret,
    authorize: async () => ({ botToken: 'xoxb-bench', botId: 'B_BENCH', botUserId: 'U_BENCH' }),
    convoStore: false,
  })
  const pool = new Pool({ connectionString: order.databaseUrl, max: 20 })
  await pool.query('create table if not exists public.bench_ack (trigger text primary key, command text not null, at timestamptz not null)')
  app.command(/.*/, async ({ command, ack }) => {
    await pool.query('insert into public.bench_ack values ($1, $2, now())', [command.trigger_id, `${command.command} ${command.text}`])
    await ack({ response_type: 'ephemeral', text: 'Noted.' })
  })
  const server = (await app.start(0)) as unknown as { address(): { port: number } }
  return server.address().port
}

process.once('message', async (order: Order) => {
  process.send?.(await (order.which === 'slipway' ? slipway(order) : bolt(order)))
})
process.once('disconnect', () => process.exit(0))
process.once('SIGTERM', () => process.exit(0))
