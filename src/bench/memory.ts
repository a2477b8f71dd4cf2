/** What a bot with a worker takes while it has nothing to do: `slipway start` as a process of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../demo/index.js'
import { demoWorkspace, startWorkspace } from '../workspace/index.js'
import { ended, type Ground } from './ground.js'
import type { Result } from './report.js'

const idleMs = 10_000
const startMs = 15_000

export async function measureMemory(ground: Ground, redisUrl: string | null): Promise<Result[]> {
  const secret = { signingSecret: 'bench', botToken: 'xoxb-bench' }
  const workspace = await startWorkspace({ ...demoWorkspace, ...secret, port: 0, limits: { rate: 'off' } })
  const queues = [{ name: 'PostgreSQL', redis: {} }, ...(redisUrl ? [{ name: 'Redis', redis: { REDIS_URL: redisUrl } }] : [])]
  try {
    return await Promise.all(
      queues.map(async ({ name, redis }) => {
        const port = await freePort()
        const child = start({
          NODE_ENV: 'production',
          SLACK_BOT_TOKEN: secret.botToken,
          SLACK_SIGNING_SECRET: secret.signingSecret,
          SLACK_API_URL: workspace.apiUrl,
          SLACK_OPS_CHANNEL: 'C_OPS',
          DATABASE_URL: await ground.database(),
          DATA_DIR: join(ground.folder, `idle-${name}`),
          PORT: String(port),
          LOG_LEVEL: 'error',
          ...redis,
        })
        const figures = await resident(child, port).finally(() => ended(child))
        return { name: `slipway start, idle, queue on ${name}`, ...figures }
      }),
    )
  } finally {
    await workspace.stop()
  }
}

function start(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [join(__dirname, '..', 'cli.js'), 'start'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

async function resident(child: ChildProcess, port: number): Promise<{ 'MiB at start': number; 'MiB after 10 s': number }> {
  const deadline = Date.now() + startMs
  while (!(await ready(port))) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error('measuring memory: slipway start did not get ready')
    await pause(50)
  }
  const atStart = mebibytes(child.pid ?? 0)
  await pause(idleMs)
  return { 'MiB at start': atStart, 'MiB after 10 s': mebibytes(child.pid ?? 0) }
}

async function ready(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    (answer) => answer.ok,
    () => false, // it does not listen yet
  )
}

function mebibytes(pid: number): number {
  const status = `/proc/${pid}/status`
  const kibibytes = existsSync(status)
    ? /VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]
    : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })
  return Math.round(Number(kibibytes) / 1024)
}
