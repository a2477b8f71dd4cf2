/** BullMQ's queues on Redis, or on PostgreSQL where there is no Redis. Beside schema.ts nothing else in the project names a backend. */
import { createPostgresBackend, type Job, Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { QueueName } from '../db/outbox.js'
import { openPool } from '../db/pool.js'

export interface QueueSettings {
  /** Unset: the queue is kept in PostgreSQL. */
  redisUrl: string | undefined
  databaseUrl: string
  /** Milliseconds a worker's lock on a job lasts, and how often jobs of dead workers are looked for. */
  lockMs: number
  stalledMs: number
  onError(error: Error): void
}

/** `signal` says that this process stops, or that the queue gave the job to somebody else: work that can stop early does. */
type Processor = (job: Job, signal: AbortSignal) => Promise<void>

export interface Queues {
  queue(name: QueueName): Queue
  /** A worker that takes `concurrency` jobs at a time. Stalled jobs come back without limit: the step row alone decides retries. */
  worker(name: QueueName, processor: Processor, concurrency: number): Worker
  /** Takes nothing new and waits `graceMs` for what runs; then tells it to stop and waits a little more. Leaves no connection open. */
  close(graceMs: number): Promise<void>
}

const prefix = 'slipway'
/** BullMQ fails a job that stalled more often than this; ours may stall as often as workers die. */
const unlimited = 1_000_000
/** What was told to stop gets this long, and so does a queue that may not answer any more. */
const haltMs = 3_000

/** The queues' names, as BullMQ has them. */
export const queueNames = (['steps', 'messages'] satisfies QueueName[]).map(fullName)

function fullName(name: QueueName): string {
  return `slipway-${name}`
}

/**
 * In milliseconds. BullMQ's functions wait for one another's locks as a matter of course, hence more than for our own tables; what fails here
 * is done again by BullMQ, by the relay or by the sweeper. No session of the queue idles in a transaction but one of a process that hangs.
 */
const limits = '-c lock_timeout=10000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=20000'

/** Opens the connection. On PostgreSQL BullMQ's own schema must be there (`migrateQueue`). */
export function openQueues(settings: QueueSettings): Queues {
  return settings.redisUrl ? onRedis(settings, settings.redisUrl) : onPostgres(settings)
}

function onRedis(settings: QueueSettings, url: string): Queues {
  // Producers fail fast, so that a lost Redis never holds up anything: the outbox row waits, the relay comes again.
  const producer = new Redis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(200 * 2 ** times, 10_000),
  })
  const consumer = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: (times) => Math.min(200 * 2 ** times, 10_000) })
  producer.on('error', settings.onError)
  consumer.on('error', settings.onError)
  return gather(settings, {
    makeQueue: (name) => new Queue(name, { connection: producer, prefix }),
    makeWorker: (name, processor, options) => new Worker(name, processor, { ...options, connection: consumer, prefix }),
    close: async () => {
      producer.disconnect()
      consumer.disconnect()
    },
  })
}

function onPostgres(settings: QueueSettings): Queues {
  // Ours, not BullMQ's: one pool for all, and we know when its connections are closed. Every worker keeps one of them to listen.
  const options = `-c search_path=bullmq ${limits}`
  const config = { connectionString: settings.databaseUrl, max: 16, keepAlive: true, application_name: 'slipway queue', options }
  const { pool, close } = openPool(config, settings.onError)
  return gather(settings, {
    makeQueue: (name) => new Queue(name, { connection: pool as never }, createPostgresBackend) as unknown as Queue,
    makeWorker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection: pool as never }, createPostgresBackend) as unknown as Worker,
    close,
  })
}

interface Makers {
  makeQueue(name: string): Queue
  makeWorker(
    name: string,
    processor: (job: Job, token?: string, signal?: AbortSignal) => Promise<void>,
    options: { concurrency: number; lockDuration: number; stalledInterval: number; maxStalledCount: number; drainDelay: number },
  ): Worker
  close(): Promise<void>
}

function gather({ lockMs, stalledMs, onError }: QueueSettings, makers: Makers): Queues {
  const queues = new Map<QueueName, Queue>()
  const workers: Worker[] = []
  const halt = new AbortController()
  return {
    queue(name) {
      const known = queues.get(name)
      if (known) return known
      const queue = makers.makeQueue(fullName(name))
      queue.on('error', onError)
      queues.set(name, queue)
      return queue
    },
    worker(name, processor, concurrency) {
      const worker = makers.makeWorker(fullName(name), (job, _token, signal) => processor(job, eitherOf(halt.signal, signal)), {
        concurrency,
        lockDuration: lockMs,
        stalledInterval: stalledMs,
        maxStalledCount: unlimited,
        drainDelay: 5,
      })
      worker.on('error', onError)
      worker.on('failed', (job, cause) => onError(new Error(`carrying out job ${job?.id} of ${name}`, { cause })))
      workers.push(worker)
      return worker
    },
    async close(graceMs) {
      // Never by force: a worker's loop that is not waited for opens its LISTEN connection again after its pool was closed.
      const ended = Promise.all(workers.map((worker) => worker.close()))
      if (!(await within(ended, graceMs))) {
        halt.abort(new Error('this process stops'))
        await within(ended, haltMs)
      }
      await within(Promise.all([...queues.values()].map((queue) => queue.close())), haltMs)
      await makers.close()
    },
  }
}

function eitherOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one
}

/** Whether `work` ended in time; what fails while it is closed has ended, too. */
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false)
  })
  const done = work.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([done, late])
  } finally {
    clearTimeout(timer)
  }
}
