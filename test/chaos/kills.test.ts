/** Workers are killed before, after and during the work of every step; the operation comes to its end all the same, and no database is left over. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrateState } from '../../src/app/state.js'
import type { Driver } from '../../src/drivers/driver.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { type EmbeddedServer, startEmbedded } from '../../src/embedded/index.js'
import { until } from '../queue/support.js'
import { clinic, type Floor, openFloor } from '../support/floor.js'
import { type Moment, straight as moments } from '../support/journey.js'
import { closedDatabase, sql } from '../support/postgres.js'
import { startRedis } from '../support/redis.js'

jest.setTimeout(300_000)

const dataDir = mkdtempSync(join(tmpdir(), 'slipway-chaos-'))
const folder = join(dataDir, 'worker')
const root = join(__dirname, '../..')
let server: EmbeddedServer
let driver: Driver
let floor: Floor
let state: string
let redisUrl = ''
const workers = new Set<ChildProcess>()
const said: string[] = []

beforeAll(async () => {
  server = await startEmbedded({ dataDir, fast: true })
  mkdirSync(folder)
  await closedDatabase(server.url, { name: 'chaos' })
  state = withDatabase('chaos')
  await migrateState({ ownerUrl: state, queue: true, roles: [] })
  driver = postgresDriver({ product: clinic })
  await reopen()
})
afterAll(async () => {
  await floor?.close()
  await server?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

function withDatabase(name: string): string {
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return url.href
}

async function reopen(): Promise<void> {
  floor = await openFloor({ url: state, driver, folder, instancesUrl: server.instancesUrl, real: true })
}

/** Two workers at any time, until the operation has ended; whoever dies is replaced. */
async function workedOff(
  verb: string,
  { points = [], failing = '', during }: { points?: string[]; failing?: string; during?: () => Promise<void> },
) {
  const marks = mkdtempSync(join(dataDir, 'marks-'))
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: state,
    INSTANCES_URL: server.instancesUrl,
    DATA_DIR: folder,
    SLACK_BOT_TOKEN: 'xoxb-chaos',
    SLACK_SIGNING_SECRET: 'secret',
    SLACK_OPS_CHANNEL: 'C_OPS',
    SLACK_API_URL: 'http://127.0.0.1:9/api/',
    POLICY_FILE: join(root, 'src/demo/files/policy.yaml'),
    SLIPWAY_CLOCK: 'movable',
    QUEUE_LOCK_MS: '2000',
    QUEUE_STALLED_MS: '500',
    SWEEP_MS: '1000',
    CHAOS_FOLDER: marks,
    CHAOS_POINTS: points.join(','),
    CHAOS_FAIL: failing,
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
  }
  let over = false
  const hire = () => {
    const worker = spawn(process.execPath, ['-r', join(root, 'test/support/register.cjs'), join(root, 'test/chaos/worker.ts')], {
      cwd: root,
      env,
    })
    workers.add(worker)
    worker.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()))
    worker.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
    worker.once('exit', () => {
      workers.delete(worker)
      if (!over) hire()
    })
  }
  hire()
  hire()
  try {
    const id = (await floor.operation(verb)).id
    await during?.()
    const ended = await until(
      `the ${verb} to end`,
      async () => {
        const row = await floor.db.selectFrom('operation').select(['state', 'trouble']).where('id', '=', id).executeTakeFirst()
        return row && !['planning', 'running', 'undoing'].includes(row.state) ? row : undefined
      },
      240_000,
    ).catch((error) => {
      throw new Error(
        `${error.message}; marks missing: ${points.filter((point) => !hit(marks, point)).join(', ')}; ${said.join('').slice(-3_000)}`,
      )
    })
    expect(points.filter((point) => !hit(marks, point))).toEqual([])
    await until('the sweeper to have dropped what is left over', async () => (await difference()).length === 0, 15_000).catch(async () => {
      expect(await difference()).toEqual([])
    })
    return ended
  } finally {
    over = true
    for (const worker of workers) worker.kill('SIGKILL')
    await until('the workers to be gone', async () => workers.size === 0)
  }
}

const hit = (marks: string, point: string) => existsSync(join(marks, point.replaceAll(' ', '.')))

/** Databases that stand and should not, or should and do not. */
async function difference(): Promise<string[]> {
  const rows = await floor.db.selectFrom('instance_database').select('database').where('gone_at', 'is', null).execute()
  const wanted = new Set(rows.map((row) => row.database))
  const there = new Set(await driver.owned(server.instancesUrl))
  return [...[...wanted].filter((name) => !there.has(name)), ...[...there].filter((name) => !wanted.has(name))]
}

/** Before and after the work of every step, and in the middle of some. */
function everyPoint({ steps }: Moment, ...further: string[]): string[] {
  const own = steps.filter((step) => step.stage > 0).map((step) => `${step.name} ${step.role ?? 'once'} do`)
  return [...own.flatMap((step) => [`before ${step}`, `after ${step}`]), ...further]
}

const moment = (name: string) => moments.find((each) => each.name === name) as Moment

/** Walks to a moment, undisturbed. */
async function walkTo(name: string): Promise<void> {
  for (const each of moments.slice(reached, moments.indexOf(moment(name)) + 1)) {
    if (each.name !== moments[reached]?.name || reached > 0) await floor.work()
    await each.arrive(floor)
    reached += 1
  }
}
let reached = 0

/** Tries something, and afterwards everything is as before. */
async function tried(run: () => Promise<void>): Promise<void> {
  await floor.close()
  await closedDatabase(server.url, { name: 'chaos_kept', template: 'chaos' })
  await reopen()
  const before = await driver.owned(server.instancesUrl)
  try {
    await run()
  } finally {
    await floor.close()
    await sql(server.url, 'drop database chaos with (force)')
    await sql(server.url, 'alter database chaos_kept rename to chaos')
    for (const database of (await driver.owned(server.instancesUrl)).filter((name) => !before.includes(name)))
      await driver.drop({ server: server.instancesUrl, database, role: `${database}_app`, secret: '', maintenanceSecret: '' })
    await reopen()
  }
}

test('a clone: killed at every step, and in the middle of creating and copying', async () => {
  await walkTo('clone a Sandbox')
  await tried(async () => {
    const points = everyPoint(moment('clone a Sandbox'), 'during create', 'during copy')
    expect(await workedOff('create', { points })).toEqual({ state: 'done', trouble: null })
  })
})

test('a clone that fails: killed in its undo', async () => {
  await tried(async () => {
    const undo = ['create-database main', 'create-database test', 'copy main'].flatMap((step) => [
      `before ${step} undo`,
      `after ${step} undo`,
    ])
    const points = [...undo, 'during drop']
    expect(await workedOff('create', { points, failing: 'adapt test' })).toMatchObject({
      state: 'undone',
      trouble: expect.stringContaining('broken'),
    })
    const made = await floor.db
      .selectFrom('instance_database as d')
      .innerJoin('instance as i', 'i.id', 'd.instance_id')
      .select('d.database')
      .where('i.name', 'like', '%sandbox%')
      .execute()
    const standing = new Set(await driver.owned(server.instancesUrl))
    expect(made).toHaveLength(2)
    expect(made.filter(({ database }) => standing.has(database))).toEqual([])
  })
})

test('a clone on Redis: killed here and there', async () => {
  const redis = await startRedis()
  redisUrl = redis.url
  try {
    await tried(async () => {
      const points = ['after create-database main do', 'during copy', 'before adapt test do', 'after inventory main do']
      expect(await workedOff('create', { points })).toEqual({ state: 'done', trouble: null })
    })
  } finally {
    redisUrl = ''
    await redis.stop()
  }
})

test('a clone while the database server goes away and comes back', async () => {
  await tried(async () => {
    const during = async () => {
      await until(
        'the copy to begin',
        async () =>
          (await floor.db.selectFrom('step').select('id').where('name', '=', 'copy').where('state', '=', 'running').execute()).length > 0,
      )
      await floor.close()
      await server.stop()
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      server = await startEmbedded({ dataDir, fast: true })
      await reopen()
    }
    expect(await workedOff('create', { during })).toEqual({ state: 'done', trouble: null })
  })
})

test('a promotion with volunteers: killed at every step', async () => {
  await walkTo('promote into PROD')
  const points = everyPoint(moment('promote into PROD'), 'during freeze', 'during load')
  expect(await workedOff('promote', { points })).toEqual({ state: 'done', trouble: null })
  expect(await floor.environment('acme-prod')).toBe('qualifying')
})
