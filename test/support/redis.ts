/** A Redis of a test's own: REDIS_URL where one is given, else a redis-server from the PATH, in memory only, on a free port. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../../src/demo/index.js'

const startingMayTakeMs = 10_000

/** Starts it, or empties and takes the one of REDIS_URL. */
export async function startRedis(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['REDIS_URL']
  if (given) {
    await answers(given, true)
    return { url: given, stop: async () => {} }
  }
  const folder = mkdtempSync(join(tmpdir(), 'slipway-redis-'))
  const port = await freePort()
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction']
  const server = spawn('redis-server', [...settings, '--dir', folder], { stdio: 'ignore' })
  const url = `redis://127.0.0.1:${port}`
  await answers(url, false)
  return {
    url,
    async stop() {
      await ended(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(url: string, empty: boolean): Promise<void> {
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null })
  client.on('error', () => {}) // it is not up yet; the deadline decides
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`waiting for Redis at ${url}: it does not answer`)), startingMayTakeMs)
    timer.unref()
  })
  try {
    await Promise.race([empty ? client.flushdb() : client.ping(), late])
  } finally {
    client.disconnect()
  }
}

function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    server.once('exit', () => resolve())
    server.kill('SIGTERM')
  })
}
