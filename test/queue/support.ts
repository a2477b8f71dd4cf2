/** Whole workers on a queue of either backend, with the fake driver and the local workspace for Slack. */
import { randomUUID } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { type Slipway, type StartOptions, startSlipway } from '../../src/app/index.js'
import { changeByPerson } from '../../src/change/index.js'
import { readConfig } from '../../src/config.js'
import type { Driver } from '../../src/drivers/driver.js'
import type { PersonAsk } from '../../src/lifecycle/ask.js'
import { createLog } from '../../src/log.js'
import { openQueues, type Queues } from '../../src/queue/queues.js'
import { demoWorkspace, startWorkspace, type Workspace } from '../../src/workspace/index.js'
import { FloorDriver, floorFolder, product } from '../support/floor.js'
import { instanceServer, sql } from '../support/postgres.js'
import { startRedis } from '../support/redis.js'
import { stateDatabase } from '../support/state.js'

export type Backend = 'postgres' | 'redis'
export const backends: Backend[] = ['postgres', 'redis']
/** Long enough for a starved machine: a worker that cannot renew its lock in time rightly loses its step, and these tests count. */
const lockMs = 5_000

const botToken = 'xoxb-queue'

export interface Yard {
  backend: Backend
  databaseUrl: string
  workspace: Workspace
  driver: FloorDriver
  logged: string[]
  start(options?: Partial<StartOptions> & { driver?: (real: Driver) => Driver }): Promise<Slipway>
  /** Our own look at the queue. */
  queues(): Promise<Queues>
  /** Everything that the queue holds is lost. */
  emptyQueue(): Promise<void>
  /** Every connection to the queue breaks, and for `ms` there is no new one. */
  cutQueue(ms: number): Promise<void>
  ask(slipway: Slipway, userId: string, what: PersonAsk): Promise<void>
  /** Whatever a failed test left running would work in the next one. */
  stopWorkers(): Promise<void>
  stop(): Promise<void>
}

/** A database, a queue and a workspace of a test file's own. */
export async function openYard(backend: Backend): Promise<Yard> {
  const database = await stateDatabase()
  const redis = backend === 'redis' ? await startRedis() : null
  const wire = redis ? await cuttable(redis.url) : null
  const workspace = await startWorkspace({ ...demoWorkspace, port: 0, signingSecret: 'secret', botToken, limits: { rate: 'off' } })
  const { folder, remove } = floorFolder()
  const driver = new FloorDriver()
  const logged: string[] = []
  const running = new Set<Slipway>()
  const config = readConfig({
    SLACK_BOT_TOKEN: botToken,
    SLACK_SIGNING_SECRET: 'secret',
    SLACK_API_URL: workspace.apiUrl,
    SLACK_OPS_CHANNEL: 'C_OPS',
    PUBLIC_URL: 'https://slipway.example',
    DATABASE_URL: database.url,
    INSTANCES_URL: await instanceServer(),
    DATA_DIR: folder,
    PRODUCT_DIR: product.dir,
    POLICY_FILE: join(__dirname, '../../src/demo/files/policy.yaml'),
    SLIPWAY_CLOCK: 'movable',
    QUEUE_LOCK_MS: String(lockMs),
    QUEUE_STALLED_MS: String(lockMs),
    SWEEP_MS: '700',
    ...(wire ? { REDIS_URL: wire.url } : {}),
  })
  return {
    backend,
    databaseUrl: database.superuserUrl,
    workspace,
    driver,
    logged,
    async start(options = {}) {
      const log = createLog({ level: 'debug', stream: { write: (line) => logged.push(line) } })
      const slipway = await startSlipway(config, { parts: ['worker'], driver: () => driver, log, pollMs: 150, ...options })
      const whole = { ...slipway, stop: async () => (running.delete(whole) ? slipway.stop() : undefined) }
      running.add(whole)
      return whole
    },
    queues: async () => openQueues({ redisUrl: redis?.url, databaseUrl: database.url, lockMs, stalledMs: lockMs, onError: () => {} }),
    async emptyQueue() {
      if (redis) {
        const client = new Redis(redis.url)
        await client.flushall()
        client.disconnect()
      } else {
        const tables = await sql(
          database.superuserUrl,
          `select tablename from pg_tables where schemaname = 'bullmq' and tablename not like '%migration%'`,
        )
        await sql(database.superuserUrl, `truncate ${tables.map((row) => `bullmq."${row['tablename']}"`).join(', ')} cascade`)
      }
    },
    async cutQueue(ms) {
      if (wire) return wire.cut(ms)
      const until = Date.now() + ms
      while (Date.now() < until) {
        await sql(
          database.url,
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'slipway%queue%' or application_name = 'slipway-steps' or application_name = 'slipway-messages'`,
        )
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    async ask(slipway, userId, what) {
      const outcome = await changeByPerson(slipway.change, { ask: what, actor: { userId, teamId: null }, dedupe: randomUUID() })
      if (outcome.kind === 'refused') throw new Error(`${what.verb}: ${outcome.refusal.text}`)
    },
    async stopWorkers() {
      for (const slipway of [...running]) await slipway.stop()
    },
    async stop() {
      for (const slipway of [...running]) await slipway.stop()
      await workspace.stop()
      await wire?.close()
      await redis?.stop()
      await database.drop()
      remove()
    },
  }
}

/** A wire to a server that can be cut: works for a Redis that the test does not own, too. */
async function cuttable(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let broken = false
  const server = createServer((near) => {
    if (broken) return near.destroy()
    const far = connect(Number(target.port || 6379), target.hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    return near
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const own = new URL(url)
  own.hostname = '127.0.0.1'
  own.port = String((server.address() as { port: number }).port)
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: own.href,
    async cut(ms: number) {
      broken = true
      destroyAll()
      await new Promise((resolve) => setTimeout(resolve, ms))
      broken = false
    },
    async close() {
      destroyAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Looks until `look` finds something; else says what was waited for. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, ms = 100_000): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error(`waited ${ms / 1000} s for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
}
