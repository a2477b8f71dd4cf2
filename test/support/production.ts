/** The production shape on this machine: what docker-compose.yml starts, started by hand as processes of their own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from '../../src/demo/index.js'
import { compose, environmentFrom, interpolated } from './compose.js'

export type Part = 'migrate' | 'bot' | 'worker'

/** Builds into a folder of its own, so that nobody's `dist` changes under their feet. */
export function build(): { cli: string; remove(): void } {
  const folder = resolve('var', `test-build-${process.pid}`)
  execFileSync('node_modules/.bin/tsc', ['-p', '.tsconfig.build.json', '--outDir', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  execFileSync(process.execPath, ['.build.mjs', folder])
  return { cli: join(folder, 'src', 'cli.js'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The service's environment as Compose would set it from `given`, the hosts of its network replaced, with what differs outside of containers. */
export function environmentOf(
  service: Part,
  given: Record<string, string>,
  { hosts, differs }: { hosts: Record<string, string>; differs: Record<string, string> },
): Record<string, string> {
  const moved = Object.entries(environmentFrom(service, given)).map(([key, value]) => [
    key,
    Object.entries(hosts).reduce(
      (text, [host, here]) => text.replaceAll(`@${host}/`, `@${here}/`).replace(new RegExp(`@${host}$`), `@${here}`),
      value,
    ),
  ])
  return { NODE_ENV: 'production', ...Object.fromEntries(moved), ...differs }
}

export interface Running {
  child: ChildProcess
  /** What it logged. */
  lines: string[]
  /** Asks it to end; tells how it did. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<{ code: number | null; ms: number }>
}

/** Starts a service by its own command. */
export function startService(service: Part, cli: string, env: Record<string, string>): Running {
  return running(spawn(process.execPath, [cli, ...compose.services[service].command], { env, cwd: '/' }))
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

/** Redis as Compose starts it, with `password`; its folder and port apart. `arguments` is what `ps` shows of it. */
export async function startProductionRedis(
  folder: string,
  password: string,
): Promise<{ url: string; arguments(): string; stop(): Promise<unknown> }> {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const { command } = compose.services.redis
  const [program = '', ...settings] = command.map((word) => interpolated(word, {}))
  const env = { PATH: process.env['PATH'] ?? '', ...environmentFrom('redis', { REDIS_PASSWORD: password }) }
  const server = running(spawn(program, [...settings, '--port', String(port), '--bind', '127.0.0.1', '--dir', folder], { env }))
  const url = `redis://:${password}@127.0.0.1:${port}`
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null })
  client.on('error', () => {}) // it is not up yet
  await until('Redis', async () => (await client.ping()) === 'PONG', server)
  client.disconnect()
  const shown = () => execFileSync('ps', ['-o', 'args=', '-p', String(server.child.pid)], { encoding: 'utf8' })
  return { url, arguments: shown, stop: () => server.stop('SIGTERM') }
}

export const secret = () => randomBytes(32).toString('base64')
