/** Wiring only: config → clients → rooms; start and stop. */
import type { Job } from 'bullmq'
import { wordNames } from '../../commands/index.js'
import { prefixed } from '../../commands/prefix.js'
import { expand, jobs } from '../../jobs/index.js'
import { probeAddress } from '../../jobs/probe.js'
import type { ChangeDeps } from '../change/deps.js'
import { noteHeard } from '../change/heard.js'
import { changeByPerson } from '../change/index.js'
import { createClock } from '../clock.js'
import { type Config, ConfigError } from '../config.js'
import { readClockOffset } from '../db/clock.js'
import { openDatabase } from '../db/connection.js'
import { readName } from '../db/profile.js'
import { renderDocument, writeReport } from '../documents/index.js'
import type { Driver } from '../drivers/driver.js'
import { postgresDriver } from '../drivers/postgres.js'
import { createLog, type Log, reference } from '../log.js'
import { PROGRAM_VERSION, runApart } from '../migration/index.js'
import { loadProduct } from '../product/index.js'
import { showChannel } from '../queue/messages.js'
import { openQueues, type Queues } from '../queue/queues.js'
import { startRelay } from '../queue/relay.js'
import type { InstanceServer } from '../queue/servers.js'
import { startSweeper } from '../queue/sweep.js'
import { runAttempt, type WorkerDeps } from '../queue/worker.js'
import { createQueries } from '../read/index.js'
import { open, type SecretKeys, seal } from '../secrets.js'
import { createSlackApp } from '../slack/app.js'
import { createSlackClient } from '../slack/client.js'
import { createNames } from '../slack/names.js'
import { operationShown, show } from '../slack/render.js'
import { homeOf } from './home.js'
import { workerKeys } from './keys.js'
import { readPolicy } from './policy.js'
import { warnOfInstances, workerServers } from './servers.js'
import { openState, type State, verifyState } from './state.js'
import { watchState } from './watch.js'

export type Part = 'bot' | 'worker'

export interface StartOptions {
  parts: readonly Part[]
  /** For tests: what stands between the steps and the instances, and what is called around each attempt. */
  driver?(real: Driver): Driver
  observe?: WorkerDeps['observe']
  log?: Log
  /** The embedded server that the demo started itself, for instances. */
  embedded?: State['embedded']
  /** For tests and the demo: how often the relay looks by itself. */
  pollMs?: number
}

export interface Slipway {
  /** Where the bot listens; null without one. */
  port: number | null
  databaseUrl: string
  change: ChangeDeps
  /** A newer Slipway migrated the database: stop at once. */
  newer: Promise<Error>
  stop(): Promise<void>
}

const pollMs = 1_000
/** What runs when the process is told to stop may end within this time; then it is handed to other workers. */
const graceMs = 6_000

/**
 * Starts the parts asked for on `config`, and returns how to stop them. Without DATABASE_URL the embedded PostgreSQL is started, and stopped
 * with us. Refuses (`StateError`) a database that `slipway migrate` has not brought up to date, or that a newer Slipway has.
 */
export async function startSlipway(config: Config, options: StartOptions): Promise<Slipway> {
  const log = options.log ?? createLog({ level: config.logLevel })
  for (const warning of config.warnings) log.warn(warning)
  const slack = config.slack
  if (!slack) throw new ConfigError(['SLACK_BOT_TOKEN and SLACK_OPS_CHANNEL are needed'])
  const state = await openState(config, { info: (m) => log.info(m), warn: (m) => log.warn(m) })
  if (!config.databaseUrl) log.warn('DATABASE_URL is not set: the embedded PostgreSQL is used')
  const databaseUrl = state.url
  const onError = (error: unknown) => log.error({ err: error }, 'a connection or background task failed; it is tried again')
  const { db, close } = openDatabase(databaseUrl, 20, onError)
  const ready = async () => {
    const kind = options.parts.includes('worker') ? 'worker' : 'bot'
    await verifyState(db, { url: databaseUrl, queue: !config.redisUrl, kind }, (sentence) => log.warn(sentence))
    // A bot seals and opens nothing, and needs neither keys nor servers.
    return options.parts.includes('worker')
      ? { keys: await workerKeys(config, db, log), servers: workerServers(config, options.embedded ?? state.embedded) }
      : null
  }
  const worker = await ready().catch(async (error) => {
    await close()
    throw error
  })
  const product = loadProduct(config.productDir)
  const queues = openQueues({
    redisUrl: config.redisUrl,
    databaseUrl,
    lockMs: config.queueLockMs,
    stalledMs: config.queueStalledMs,
    onError,
  })
  const relay = startRelay({ db, queues, pollMs: options.pollMs ?? pollMs, onError })
  const change: ChangeDeps = {
    db,
    clock: createClock(config.clock === 'movable'),
    policy: readPolicy(config.policyFile),
    versions: [...product.definition.versions],
    program: PROGRAM_VERSION,
    opsChannel: slack.opsChannel,
    expand,
    nudge: relay.nudge,
  }
  const bot = options.parts.includes('bot') ? await startBot(config, change, log) : null
  // Told beside the work, and later than it: a server that does not answer holds no start up.
  if (worker) void warnOfInstances(db, worker.servers, (sentence) => log.warn(sentence)).catch(onError)
  const stopWorker = worker ? startWorker(config, { change, queues, product, ...worker, log, onError }, options) : null
  const watch = watchState(db, config.sweepMs, onError)
  return {
    newer: watch.newer,
    port: bot?.port ?? null,
    databaseUrl,
    change,
    async stop() {
      await watch.stop()
      await bot?.stop()
      await stopWorker?.()
      await relay.stop()
      await queues.close(graceMs)
      await close()
      await state.stop()
    },
  }
}

async function startBot(config: Config, change: ChangeDeps, log: Log): Promise<{ port: number; stop(): Promise<void> }> {
  const slack = config.slack
  if (!slack || slack.mode === 'posting') throw new ConfigError(['SLACK_SIGNING_SECRET or SLACK_APP_TOKEN is missing: a bot needs one'])
  const queries = createQueries(change)
  const names = createNames({
    client: createSlackClient({ token: slack.botToken, apiUrl: config.slackApiUrl, log }),
    remembered: (userId) => readName(change.db, userId),
    isSomebody: async (userId) => (await queries.actor(userId)).party !== 'stranger',
  })
  const app = createSlackApp({
    config: {
      botToken: slack.botToken,
      apiUrl: config.slackApiUrl,
      responseOrigins: config.responseOrigins,
      port: config.port,
      commandPrefix: config.commandPrefix,
      opsChannel: slack.opsChannel,
      ...(slack.mode === 'http' ? { signingSecret: slack.signingSecret } : { appToken: slack.appToken }),
    },
    async change({ actor: { handle, ...actor }, ...call }) {
      const name = await names.of({ userId: actor.userId, handle })
      return changeByPerson(change, { ...call, actor: { ...actor, name } })
    },
    hear: (heard) => noteHeard(change, heard),
    queries,
    log,
    ready: async () => (await readClockOffset(change.db)) >= 0,
    home: (userId) => homeOf(change, queries, userId),
  })
  const { port } = await app.start()
  log.info({ port }, 'the bot listens')
  return { port, stop: () => app.stop() }
}

interface WorkerParts {
  change: ChangeDeps
  queues: Queues
  product: ReturnType<typeof loadProduct>
  servers: readonly InstanceServer[]
  keys: SecretKeys
  log: Log
  onError(error: unknown): void
}

function startWorker(config: Config, parts: WorkerParts, options: StartOptions): () => Promise<void> {
  const { change, queues, log } = parts
  const deps = workerDeps(config, parts, options)
  const posting = createSlackClient({ token: config.slack?.botToken ?? '', apiUrl: config.slackApiUrl, log })
  // Slack takes about one post a second and channel (slack-facts §2); other servers say for themselves when it is too much.
  const gapMs = /(^|\.)slack(-gov)?\.com$/.test(new URL(config.slackApiUrl).hostname) ? 1_100 : 0
  const messages = {
    change,
    posting,
    rendering: { show, operationShown },
    gapMs,
    prefixed: <V>(view: V) => prefixed(view, config.commandPrefix, wordNames),
    log,
  }
  const attempt = (job: Job, signal: AbortSignal) => runAttempt(deps, String(job.data['stepId']), Number(job.data['attempt']), { signal })
  queues.worker('steps', attempt, config.workerConcurrency)
  queues.worker('messages', (job, signal) => showChannel(messages, String(job.data['channel']), signal), 4)
  const sweeper = startSweeper(change, {
    driver: deps.tools.driver,
    servers: parts.servers,
    documentsDir: config.documentsDir,
    everyMs: config.sweepMs,
    silentMs: config.queueLockMs * 2,
    onError: parts.onError,
  })
  log.info({ concurrency: config.workerConcurrency }, 'the worker works')
  return () => sweeper.stop()
}

function workerDeps(config: Config, { change, product, servers, keys, log }: WorkerParts, options: StartOptions): WorkerDeps {
  const driver = postgresDriver({ product, log })
  return {
    change,
    jobs,
    log,
    reference,
    heartbeatMs: Math.max(250, Math.floor(config.queueLockMs / 4)),
    ...(options.observe ? { observe: options.observe } : {}),
    servers,
    seal: (secret, boundTo) => seal(keys, secret, boundTo),
    open: (sealed, boundTo) => open(keys, sealed, boundTo),
    tools: {
      driver: options.driver?.(driver) ?? driver,
      product,
      runApart,
      renderDocument,
      writeReport,
      intakeDir: config.intakeDir,
      documentsDir: config.documentsDir,
      urlOf: (instance) => `${config.publicUrl}/instances/${instance}`,
      probe: (url, instance) => probeAddress(url, instance),
    },
  }
}
