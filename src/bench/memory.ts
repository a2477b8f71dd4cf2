/** What a bot, a worker and both in one take while they have nothing to do: `slipway start` as processes of their own, queue on Redis. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { migrateState } from '../app/state.js'
import { freePort } from '../demo/index.js'
import { demoWorkspace, startWorkspace } from '../workspace/index.js'
import { type Figure, figureOf } from './figure.js'
import { ended, type Ground, ownRedis, takeGround } from './ground.js'

const rounds = 3
const idleMs = 10_000
const startMs = 15_000
const secret = { signingSecret: 'bench', botToken: 'xoxb-bench' }
/** In MiB. */
const parts = [
  { words: ['bot'], name: 'bot alone', goal: 110 },
  { words: ['worker'], name: 'worker alone', goal: 110 },
  { words: [], name: 'both in one', goal: 125 },
]

/** Resident memory (VmRSS, MiB) ten seconds after the process is ready. Throws where there is no redis-server, or a process does not start. */
export async function measureMemory(tell: (line: string) => void): Promise<Figure[]> {
  const ground = await takeGround()
  const redis = await ownRedis(ground.folder)
  const workspace = await startWorkspace({ ...demoWorkspace, ...secret, port: 0, limits: { rate: 'off' } })
  try {
    if (!redis) throw new Error('measuring memory: redis-server is not on the PATH')
    const measured = parts.map((part) => ({ ...part, sizes: [] as number[] }))
    for (let round = 0; round < rounds; round += 1) {
      for (const { words, sizes } of measured) sizes.push(await idle({ ground, words, apiUrl: workspace.apiUrl, redisUrl: redis.url }))
      tell(`round ${round + 1} of ${rounds}`)
    }
    return measured.map(({ name, goal, sizes }) =>
      figureOf({ bench: 'memory', figure: `idle after 10 s, ${name}`, ours: sizes, goal, bound: 'most', unit: 'MiB', n: sizes.length }),
    )
  } finally {
    await workspace.stop()
    await redis?.stop()
    await ground.leave()
  }
}

interface Idle {
  ground: Ground
  words: readonly string[]
  apiUrl: string
  redisUrl: string
}

async function idle({ ground, words, apiUrl, redisUrl }: Idle): Promise<number> {
  const databaseUrl = await ground.database()
  await migrateState({ ownerUrl: databaseUrl, queue: false, roles: [] })
  const port = await freePort()
  const env = {
    NODE_ENV: 'production',
    SLACK_BOT_TOKEN: secret.botToken,
    SLACK_SIGNING_SECRET: secret.signingSecret,
    SLACK_API_URL: apiUrl,
    SLACK_OPS_CHANNEL: 'C_OPS',
    DATABASE_URL: databaseUrl,
    INSTANCE_SERVERS: `bench=${ground.instances}`,
    DATA_DIR: join(ground.folder, 'idle'),
    PORT: String(port),
    LOG_LEVEL: 'info',
    REDIS_URL: redisUrl,
  }
  const child = spawn(process.execPath, [join(__dirname, '..', 'cli.js'), 'start', ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    // A worker listens on no port: what it logs last when it starts is what is waited for.
    await started(child, words[0] === 'worker' ? 'the worker works' : 'the bot listens')
    await pause(idleMs)
    if (child.exitCode !== null) throw new Error('measuring memory: slipway start ended by itself')
    return mebibytes(child.pid ?? 0)
  } finally {
    await ended(child)
  }
}

function started(child: ChildProcess, sentence: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const late = setTimeout(() => reject(new Error(`measuring memory: “${sentence}” is not said after ${startMs / 1000} s`)), startMs)
    child.once('exit', (code) => reject(new Error(`measuring memory: slipway start ended with ${code}`)))
    child.stdout?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-10_000)
      if (!said.includes(sentence)) return
      clearTimeout(late)
      resolve()
    })
  })
}

/** VmRSS, or what `ps` says where there is no /proc. */
function mebibytes(pid: number): number {
  const status = `/proc/${pid}/status`
  const kibibytes = existsSync(status)
    ? /VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]
    : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })
  return Math.round(Number(kibibytes) / 1024)
}
