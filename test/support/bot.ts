/** The real thing for stories: local workspace, bot, worker, PostgreSQL and driver; people speak, click and look through the workspace. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openState } from '../../src/app/state.js'
import { moveClock } from '../../src/demo/clock.js'
import { type Demo, startDemo } from '../../src/demo/index.js'
import { startEmbedded } from '../../src/embedded/index.js'
import { createLog } from '../../src/log.js'
import { type Clicking, type Shown, textOf, workspaceControl } from './people.js'
import { startRedis } from './redis.js'

export type Backend = 'postgres' | 'redis'
export const backends: Backend[] = ['postgres', 'redis']
/**
 * For stories of what people say, may do and read: none of it is the queue's. That both backends carry a story is shown by the whole way,
 * trouble and slack-outage, and what each does with jobs by test/queue.
 */
export const oneBackend: Backend[] = ['postgres']

export interface Bot {
  demo: Demo
  /** Every line that was logged. */
  logged: string[]
  redisUrl: string | null
  /** The superuser's, for looking at what the product does not show. */
  databaseUrl: string
  /** As the login that administers instances. */
  instancesUrl: string
  /** Types a slash command; answers with what the person is told. */
  says(line: string, channel?: string): { as(user: string): Promise<string> }
  /** Waits for a message with that button, clicks it; answers with what the person is told. */
  clicks(action: string, about?: RegExp, channel?: string): { as(user: string): Promise<string> }
  /** The button as it stands now in a message, to be clicked later or by somebody else. */
  button(action: string, about: RegExp, channel?: string): Promise<Clicking>
  /** Clicks a button that was seen before; its value may be forged. */
  presses(button: Clicking, value?: string): { as(user: string): Promise<string> }
  /** Waits for a message, in the channel or a thread of it; answers with its text. */
  sees(channel: string, what: RegExp): Promise<string>
  /** Everything that was ever posted in a channel and still stands. */
  reads(channel: string): Promise<Shown[]>
  /** Waits until an environment is in the state. */
  becomes(environment: string, state: string): Promise<void>
  stateOf(environment: string): Promise<string | undefined>
  /** Moves the clock: `25h`, `8d`. */
  later(duration: string): Promise<void>
  /** Whatever the control API of the workspace offers. */
  control(path: string, body?: unknown): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Starts the product on a PostgreSQL of its own: instances are named after customers, and on a server that several
 * bots share the sandbox of one `acme` would be that of the other.
 */
export async function startBot({ backend, scope }: { backend: Backend; scope?: string }): Promise<Bot> {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-story-'))
  const [server, redis] = await Promise.all([
    startEmbedded({ dataDir, fast: true, ...(scope ? { scope } : {}) }),
    backend === 'redis' ? startRedis() : Promise.resolve(null),
  ])
  const logged: string[] = []
  const log = createLog({ level: 'debug', stream: { write: (line) => logged.push(line) } })
  const { url } = await openState({ databaseUrl: undefined, dataDir })
  const urls = { databaseUrl: url, instancesUrl: server.instancesUrl, ...(redis ? { redisUrl: redis.url } : {}) }
  const demo = await startDemo({ dataDir, port: 0, log, ...urls })
  const people = workspaceControl(demo.workspace.url)
  const { db } = demo.slipway.change
  const stateOf = async (name: string) =>
    (await db.selectFrom('environment').select('state').where('name', '=', name).executeTakeFirst())?.state
  return {
    ...people,
    demo,
    logged,
    databaseUrl: server.url,
    instancesUrl: server.instancesUrl,
    redisUrl: redis?.url ?? null,
    stateOf,
    async sees(channel, what) {
      const found = await eventually(`${what} in ${channel}`, async () =>
        (await people.reads(channel)).map(textOf).find((text) => what.test(text)),
      )
      return found
    },
    async becomes(environment, state) {
      await eventually(
        `${environment} to be ${state}`,
        async () => (await stateOf(environment)) === state || undefined,
        async () => `it is ${await stateOf(environment)}; ${logged.filter((line) => /"level":50/.test(line)).slice(-1)}`,
      )
    },
    async later(duration) {
      const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? []
      await moveClock(demo, Number(count) * (units[unit] ?? Number.NaN))
    },
    async stop() {
      await demo.stop()
      await redis?.stop()
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Looks again and again until `look` finds something. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, besides?: () => Promise<string>): Promise<T> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`waited 30 s for ${what}${besides ? `: ${await besides()}` : ''}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
