/** The production shape on this machine: what docker-compose.yml starts, started by hand as processes of their own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { parse } from 'yaml'
import { freePort } from '../../src/demo/index.js'
import { startRedis } from './redis.js'

interface Service {
  command: string[]
  environment: Record<string, string>
}

const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Record<'redis' | 'migrate' | 'bot' | 'worker', Service>
}

/** Builds into a folder of its own, so that nobody's `dist` changes under their feet. */
export function build(): { cli: string; remove(): void } {
  const folder = resolve('var', `test-build-${process.pid}`)
  execFileSync('node_modules/.bin/tsc', ['-p', '.tsconfig.build.json', '--outDir', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  execFileSync(process.execPath, ['.build.mjs', folder])
  return { cli: join(folder, 'src', 'cli.js'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The service's environment as Compose would set it from `given`, with what differs outside of containers. */
export function environmentOf(service: 'migrate' | 'bot' | 'worker', given: Record<string, string>, differs: Record<string, string>) {
  const value = (raw: string) =>
    raw.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
      if (kind === '?' && !given[name]) throw new Error(`Compose: ${name}: ${rest}`)
      return given[name] ?? (kind === '-' ? rest : '')
    })
  const set = Object.entries(services[service].environment).map(([key, raw]) => [key, value(raw)])
  return { NODE_ENV: 'production', ...Object.fromEntries(set), ...differs } as Record<string, string>
}

export interface Running {
  child: ChildProcess
  /** What it logged. */
  lines: string[]
  /** Asks it to end; tells how it did. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<{ code: number | null; ms: number }>
}

/** Starts a service by its own command. */
export function startService(service: 'migrate' | 'bot' | 'worker', cli: string, env: Record<string, string>): Running {
  return running(spawn(process.execPath, [cli, ...services[service].command], { env, cwd: '/' }))
}

function running(child: ChildProcess): Running {
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => lines.push(String(chunk)))
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  return {
    child,
    lines,
    async stop(signal) {
      const from = Date.now()
      child.kill(signal)
      return { code: await ended, ms: Date.now() - from }
    },
  }
}

/** Waits until `look` says so; a process that ended meanwhile is told with its last words. */
export async function until(what: string, look: () => Promise<boolean>, process?: Running): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await look().catch(() => false))) {
    const ended = process && process.child.exitCode !== null
    if (ended || Date.now() > deadline) throw new Error(`waiting for ${what}: ${process?.lines.slice(-3).join('')}`)
    await pause(100)
  }
}

/** Redis as Compose starts it, its folder and port apart; where only a REDIS_URL is given, that one. */
export async function startProductionRedis(folder: string): Promise<{ url: string; stop(): Promise<unknown> }> {
  if (process.env['REDIS_URL']) return startRedis()
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const [program = '', ...settings] = services.redis.command
  const server = running(spawn(program, [...settings, '--port', String(port), '--bind', '127.0.0.1', '--dir', folder]))
  const url = `redis://127.0.0.1:${port}`
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null })
  client.on('error', () => {}) // it is not up yet
  await until('Redis', async () => (await client.ping()) === 'PONG', server)
  client.disconnect()
  return { url, stop: () => server.stop('SIGTERM') }
}

export const secret = () => randomBytes(32).toString('base64')
