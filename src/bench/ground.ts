/** What a bench stands on: a PostgreSQL that commits durably, a database of its own, and a Redis where there is one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { readConfig } from '../config.js'
import { freePort } from '../demo/index.js'
import { startEmbedded } from '../embedded/index.js'

export interface Ground {
  /** Makes a fresh database, on the server of DATABASE_URL or on an embedded server of its own. */
  database(): Promise<string>
  /** Where instances are made: a server of its own, as the administrators reach it. */
  instances: string
  /** A folder of its own. */
  folder: string
  versions: Record<string, string>
  /** So that no run pays for the pages of the one before. */
  checkpoint(): Promise<void>
  leave(): Promise<void>
}

/** What one run of a bench stands on; `leave` drops what was made and ends what was started. */
export async function takeGround(): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  chmodSync(folder, 0o755) // the server's own user must pass
  const given = readConfig().databaseUrl
  const server = given ? null : await startEmbedded({ dataDir: folder })
  const admin = new Client({ connectionString: given ?? server?.url })
  await admin.connect()
  const made: string[] = []
  const clear = async () => {
    for (const name of made) await admin.query(`drop database if exists ${name} with (force)`)
    await admin.end()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  let leaving: Promise<void> | undefined
  const leave = () => {
    leaving ??= clear()
    return leaving
  }
  // The server outlives the process that started it, also one that is interrupted.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void leave().finally(() => process.exit(130)))
  const { rows } = await admin.query(`select current_setting('server_version') as version, current_setting('fsync') as fsync`)
  return {
    async database() {
      const name = `slipway_bench_${randomBytes(4).toString('hex')}`
      await admin.query(`create database ${name}`)
      await admin.query(`revoke connect, temporary on database ${name} from public`)
      made.push(name)
      const url = new URL(given ?? server?.url ?? '')
      url.pathname = `/${name}`
      return url.href
    },
    instances: server?.instancesUrl ?? given ?? '',
    folder,
    versions: { postgresql: `${rows[0].version}${given ? '' : ' (embedded)'}, fsync ${rows[0].fsync}` },
    async checkpoint() {
      // A login of somebody's own server may not ask for it; the figures are a little noisier then.
      await admin.query('checkpoint').catch(() => {})
    },
    leave,
  }
}

export interface OwnRedis {
  url: string
  version: string
  stop(): Promise<void>
}

/** A redis-server from the PATH, kept as docker-compose.yml keeps it: append-only file, fsync every second. Null where there is none. */
export async function ownRedis(folder: string): Promise<OwnRedis | null> {
  const port = await freePort()
  const settings = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction', '--save', '']
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...settings], { stdio: 'ignore' })
  const started = await new Promise<boolean>((resolve) => {
    server.once('spawn', () => resolve(true))
    server.once('error', () => resolve(false)) // not on the PATH
  })
  if (!started) return null
  const url = `redis://127.0.0.1:${port}`
  const version = await answered(url)
  return { url, version, stop: () => ended(server) }
}

async function answered(url: string): Promise<string> {
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null })
  client.on('error', () => {}) // it is not up yet
  try {
    const info = await Promise.race([client.info('server'), pause(10_000, '', { ref: false })])
    return /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown'
  } finally {
    client.disconnect()
  }
}

/** Asks a process to end and waits until it has. */
export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

/** What a child says first; rejects where it ends without a word. */
export async function firstWord<T>(child: ChildProcess): Promise<[T]> {
  const stopped = new AbortController()
  const ends = once(child, 'exit', { signal: stopped.signal }).then(([code]) => {
    throw new Error(`measuring: a process of the bench ended with ${code} before it was ready`)
  })
  try {
    return (await Promise.race([once(child, 'message'), ends])) as [T]
  } finally {
    stopped.abort()
    ends.catch(() => undefined) // nobody waits for its end any more
  }
}
