/** `slipway demo`: the product on the local workspace, everything embedded; with `--once` the whole way of one customer is played. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { words } from '../../commands/index.js'
import { type Slipway, startSlipway } from '../app/index.js'
import { openState, type State } from '../app/state.js'
import { readConfig } from '../config.js'
import { startEmbedded } from '../embedded/index.js'
import { createLog, type Log } from '../log.js'
import { demoWorkspace, startWorkspace, type Workspace } from '../workspace/index.js'
import { moveClock } from './clock.js'
import { resetDemo } from './reset.js'

export interface Demo {
  slipway: Slipway
  dataDir: string
  workspace: Workspace
  intakeDir: string
  documentsDir: string
  /** Moves the clock forward and carries out what is due then. */
  moveClock(ms: number): Promise<void>
  stop(): Promise<void>
}

export interface DemoOptions {
  dataDir: string
  /** 0: a free port. */
  port: number
  log?: Log
  /** Redis for the queue; without, the queue is on PostgreSQL. */
  redisUrl?: string
  databaseUrl?: string
  /** Where instances are made, with `databaseUrl`: the URL of a login that is no superuser. */
  instancesUrl?: string
  /** Begin with nothing, whatever an earlier run left. */
  fresh?: boolean
}

/** Starts workspace and product in this process. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  mkdirSync(options.dataDir, { recursive: true })
  const signingSecret = randomBytes(16).toString('hex')
  const botToken = `xoxb-${randomBytes(12).toString('hex')}`
  const workspace = await startWorkspace({
    ...demoWorkspace,
    port: options.port,
    signingSecret,
    botToken,
    limits: { rate: 'off' },
    commands: commandHints(),
  })
  const state = await stateOf(options)
  const config = readConfig({
    SLACK_BOT_TOKEN: botToken,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: workspace.apiUrl,
    SLACK_OPS_CHANNEL: 'C_OPS',
    PORT: String(await freePort()),
    PUBLIC_URL: workspace.url,
    DATA_DIR: options.dataDir,
    POLICY_FILE: join(__dirname, 'files', 'policy.yaml'),
    SLIPWAY_CLOCK: 'movable',
    LOG_LEVEL: 'warn',
    ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
    DATABASE_URL: state.url,
    INSTANCES_URL: options.instancesUrl,
    SWEEP_MS: '1000',
  })
  const slipway = await startSlipway(config, {
    parts: ['bot', 'worker'],
    embedded: state.embedded,
    log: options.log ?? createLog({ level: 'warn', stream: process.stderr }),
    pollMs: 200,
  })
  workspace.setEventsUrl(`http://127.0.0.1:${slipway.port}/slack/events`)
  return {
    slipway,
    workspace,
    dataDir: config.dataDir,
    intakeDir: config.intakeDir,
    documentsDir: config.documentsDir,
    moveClock: (ms) => moveClock({ slipway }, ms),
    async stop() {
      await slipway.stop()
      await workspace.stop()
      await state.stop()
    },
  }
}

/** The state that is given, or the embedded server's, begun anew where that is asked for. */
async function stateOf({ databaseUrl, dataDir, fresh }: DemoOptions): Promise<State> {
  if (!databaseUrl && fresh) await resetDemo((await startEmbedded({ dataDir })).url, dataDir)
  return openState({ databaseUrl, dataDir })
}

function commandHints(): { command: string; description: string; usage_hint: string }[] {
  return Object.entries(words).map(([word, description]) => ({ command: `/${word}`, description, usage_hint: 'help' }))
}

/** A port of loopback that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
