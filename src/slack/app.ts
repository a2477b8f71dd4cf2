/** The Slack app: payloads come in, commands and clicks are carried out, people are answered. Faults of a person's doing end here. */
import { App } from '@slack/bolt'
import { WebClient } from '@slack/web-api'
import type { Queries } from '../../commands/command.js'
import type { Outcome, PersonAsk } from '../lifecycle/ask.js'
import type { Heard } from '../lifecycle/heard.js'
import type { Log } from '../log.js'
import type { View } from '../views/view.js'
import { boltLog } from './bolt-log.js'
import { createSlackClient } from './client.js'
import { createIntake, type IntakeOptions } from './intake.js'
import { type Installed, listen } from './listeners.js'
import { createRunning } from './running.js'
import type { Handler } from './server.js'

interface SlackAppConfig {
  botToken: string
  signingSecret?: string | undefined
  /** Set: Socket Mode. */
  appToken?: string | undefined
  apiUrl?: string | undefined
  responseOrigins?: readonly string[] | undefined
  port: number
  commandPrefix: string
  opsChannel: string
}

/** Who did it, as Slack says: what they may do is looked up by `change`. `teamId` is the person's own, not the app's; `handle` the user name that came with the payload. */
export interface ChangeCall {
  ask: PersonAsk
  actor: { userId: string; teamId: string | null; handle: string | null }
  /** The same for every delivery of the same payload. */
  dedupe: string
}

export interface SlackAppDeps {
  config: SlackAppConfig
  change(call: ChangeCall): Promise<Outcome>
  /** What changed nothing is told to the trail, after the answer (R32). */
  hear(heard: Heard): Promise<void>
  queries: Queries
  log: Log
  /** Whether this process can work: its database answers, and so on. */
  ready(): Promise<boolean>
  /** A person's Home, or null where there is none for them. */
  home(userId: string): Promise<View | null>
  /** What else is served on the port: metrics, the signing page. */
  pages?: Handler | undefined
  /** How long an answer may take before "Working…" is shown in its place. */
  patienceMs?: number | undefined
  /** How long a stop waits for what still runs. */
  drainMs?: number | undefined
  /** How long a request may take to come in. */
  times?: IntakeOptions['times']
}

export interface SlackApp {
  start(): Promise<{ port: number }>
  /** Fails readiness, takes nothing new, waits for what runs (up to `drainMs`), ends. */
  stop(): Promise<void>
}

const DRAIN_MS = 25_000

/** Puts the app together; nothing is called or listened to before `start`. */
export function createSlackApp(deps: SlackAppDeps): SlackApp {
  const { config, log } = deps
  const running = createRunning()
  let stopping = false
  const intake = createIntake({
    ...config,
    log,
    pages: deps.pages,
    times: deps.times,
    ready: async () => !stopping && (await deps.ready()),
  })
  const clientOptions = {
    ...(config.apiUrl ? { slackApiUrl: config.apiUrl } : {}),
    retryConfig: { retries: 3, minTimeout: 300, maxTimeout: 2_000 },
    timeout: 10_000,
  }
  const installation: { installed?: Installed } = {}
  const app = new App({
    receiver: intake.receiver,
    authorize: async () => authorization(config.botToken, installation),
    convoStore: false,
    deferInitialization: true,
    logger: boltLog(log),
    clientOptions: { ...clientOptions, rejectRateLimitedCalls: true },
  })
  app.use(({ next }) => running.track(next()))
  app.error(async (error) => log.error({ err: error }, 'answering Slack'))
  const client = createSlackClient({ token: config.botToken, apiUrl: config.apiUrl, log })
  return {
    async start() {
      installation.installed = await whoAmI(new WebClient(config.botToken, { ...clientOptions, logger: boltLog(log) }))
      listen(app, { ...deps, client, installed: installation.installed })
      await app.init()
      const at = await intake.start()
      log.info({ ...at, team: installation.installed.teamId, mode: config.appToken ? 'socket' : 'http' }, 'Slack app started')
      return at
    },
    async stop() {
      stopping = true
      await intake.stop(async () => {
        if (!(await running.drained(deps.drainMs ?? DRAIN_MS))) log.warn('stopping although some answers to Slack are not finished')
      })
    },
  }
}

function authorization(botToken: string, { installed }: { installed?: Installed }) {
  return {
    botToken,
    ...(installed?.botId ? { botId: installed.botId } : {}),
    ...(installed?.botUserId ? { botUserId: installed.botUserId } : {}),
  }
}

async function whoAmI(web: WebClient): Promise<Installed> {
  const told = await web.auth.test()
  return {
    teamId: told.team_id ?? '',
    enterpriseId: told.enterprise_id ?? null,
    botId: told.bot_id ?? null,
    botUserId: told.user_id ?? null,
  }
}
