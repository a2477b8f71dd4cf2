/** What Slipway's engine is held against: five commits and nothing else, and BullMQ where each job commits a row and adds the next job. */
import { createPostgresBackend, type Job, Queue, runMigrations, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { Client, Pool } from 'pg'
import type { Chains } from './engine.js'

const steps = 5

async function rows(databaseUrl: string, max: number) {
  const pool = new Pool({ connectionString: databaseUrl, max })
  await pool.query('create table if not exists bench_step (chain text, step int, at timestamptz not null, primary key (chain, step))')
  const commit = (chain: string, step: number) => pool.query('insert into bench_step values ($1, $2, now())', [chain, step])
  return { pool, commit }
}

let started = 0

/** The floor: sixteen clients, each committing five rows one after another. */
export async function bareCommits(name: string, databaseUrl: string): Promise<Chains> {
  const { pool, commit } = await rows(databaseUrl, 16)
  return {
    name,
    concurrency: 16,
    async chain() {
      const id = `floor.${started++}`
      for (let step = 1; step <= steps; step += 1) await commit(id, step)
    },
    close: () => pool.end(),
  }
}

/** BullMQ as it comes: a worker dying between the commit and the next job loses the chain, which Slipway's outbox rules out. */
export async function bareBull(name: string, databaseUrl: string, redisUrl: string | null): Promise<Chains> {
  const { pool, commit } = await rows(databaseUrl, 20)
  const waiting = new Map<string, () => void>()
  const { queue, worker, release } = await bull(databaseUrl, redisUrl, async (job) => {
    const { chain, step } = job.data as { chain: string; step: number }
    await commit(chain, step)
    if (step < steps) await queue.add('step', { chain, step: step + 1 })
    else waiting.get(chain)?.()
  })
  worker.on('error', () => {}) // a connection that is closed at the end
  await worker.waitUntilReady()
  return {
    name,
    concurrency: 20,
    async chain() {
      const id = `${name}.${started++}`
      const done = new Promise<void>((resolve) => waiting.set(id, resolve))
      await queue.add('step', { chain: id, step: 1 })
      await done
      waiting.delete(id)
    },
    async close() {
      await worker.close()
      await queue.close()
      await release()
      await pool.end()
    },
  }
}

async function bull(databaseUrl: string, redisUrl: string | null, work: (job: Job) => Promise<void>) {
  if (redisUrl) {
    const connections = [new Redis(redisUrl, { maxRetriesPerRequest: null }), new Redis(redisUrl, { maxRetriesPerRequest: null })] as const
    return {
      queue: new Queue('bench', { connection: connections[0] }),
      worker: new Worker('bench', work, { connection: connections[1], concurrency: 20 }),
      release: async () => {
        for (const connection of connections) connection.disconnect()
      },
    }
  }
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await runMigrations(client)
  await client.end()
  const connection = { connectionString: databaseUrl }
  return {
    queue: new Queue('bench', { connection }, createPostgresBackend) as unknown as Queue,
    worker: new Worker('bench', work, { connection, concurrency: 20 }, createPostgresBackend) as unknown as Worker,
    release: async () => {},
  }
}
