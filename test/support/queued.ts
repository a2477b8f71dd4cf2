/** Writes down everything that passes through the queue, on either backend; jobs are removed as soon as they ran. */
import { Redis } from 'ioredis'
import { Client } from 'pg'
import type { Bot } from './bot.js'

export interface Queued {
  /** The data of every job, as JSON. */
  data(): Promise<string[]>
  /** All that the queue was given, jobs, their results and failures included. */
  everything(): Promise<string>
  stop(): Promise<void>
}

/** Begins at once, and ends with `stop`. */
export function watchQueue(bot: Bot): Promise<Queued> {
  return bot.redisUrl ? onRedis(bot.redisUrl) : onPostgres(bot.databaseUrl)
}

async function onRedis(url: string): Promise<Queued> {
  const client = new Redis(url)
  const monitor = await client.monitor()
  const data: string[] = []
  const everything: string[] = []
  monitor.on('monitor', (_time: string, args: string[], source: string) => {
    everything.push(args.join(' '))
    // What scripts do among themselves repeats what the client gave them.
    if (source !== 'lua') data.push(...args.filter((arg) => /^\{".*\}$/s.test(arg)))
  })
  return {
    data: async () => data,
    everything: async () => everything.join('\n'),
    async stop() {
      monitor.disconnect()
      client.disconnect()
    },
  }
}

async function onPostgres(url: string): Promise<Queued> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {}) // the server is stopped at the end of the story
  await client.connect()
  await client.query(`create table bullmq.story_seen (job jsonb not null);
    create function bullmq.story_note() returns trigger language plpgsql as $$
      begin insert into bullmq.story_seen values (to_jsonb(new)); return new; end $$;
    create trigger story_note after insert or update on bullmq.job for each row execute function bullmq.story_note()`)
  const seen = async (what: string) =>
    (await client.query<{ seen: string }>(`select (${what})::text as seen from bullmq.story_seen`)).rows.map((row) => row.seen)
  return {
    data: () => seen(`job -> 'data'`),
    everything: async () => (await seen('job')).join('\n'),
    stop: () => client.end(),
  }
}
