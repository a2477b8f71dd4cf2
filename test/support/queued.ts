/** Writes down everything that passes through the queue, on either backend; jobs are removed as soon as they ran. */
import { connect } from 'node:net'
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

/** Redis's own MONITOR, read from a bare connection: every command as the server got it. */
async function onRedis(url: string): Promise<Queued> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port) || 6379, hostname)
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
  })
  socket.on('error', () => {}) // the server is stopped at the end of the story
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const watching = new Promise<void>((resolve) => socket.once('data', () => resolve()))
  socket.write('MONITOR\r\n')
  await watching
  // What scripts do among themselves repeats what the client gave them.
  const given = () => text.split('\r\n').filter((line) => !/^\+\S+ \[\d+ lua\]/.test(line))
  return {
    data: async () =>
      given()
        .flatMap(argumentsOf)
        .filter((arg) => /^\{".*\}$/s.test(arg)),
    everything: async () => text.split('\r\n').flatMap(argumentsOf).join('\n'),
    stop: async () => void socket.destroy(),
  }
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' }

/** The arguments of a line of MONITOR, which quotes each and writes bytes beyond ASCII as `\\xhh`. */
function argumentsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, quoted = '']) => {
    const bytes = quoted.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, letter: string) =>
      hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (escapes[letter] ?? letter),
    )
    return Buffer.from(bytes, 'latin1').toString('utf8')
  })
}

async function onPostgres(url: string): Promise<Queued> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {}) // the server is stopped at the end of the story
  await client.connect()
  await client.query(`create table bullmq.story_seen (job jsonb not null);
    create function bullmq.story_note() returns trigger language plpgsql security definer as $$
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
