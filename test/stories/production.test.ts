/**
 * What docker-compose.yml starts, without Docker: Redis, two PostgreSQL servers with the roles of their init scripts, migrate, one bot and two
 * workers as processes, each with the settings of its service and no other, and a customer's whole way on them.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readPolicy } from '../../src/app/policy.js'
import { createClock } from '../../src/clock.js'
import { readConfig } from '../../src/config.js'
import { openDatabase } from '../../src/db/connection.js'
import { freePort } from '../../src/demo/index.js'
import { playOnce } from '../../src/demo/once.js'
import { summarize } from '../../src/demo/summary.js'
import { shortcomings } from '../../src/demo/verdict.js'
import { startEmbedded } from '../../src/embedded/index.js'
import { loadProduct } from '../../src/product/index.js'
import { demoWorkspace, startWorkspace } from '../../src/workspace/index.js'
import { initStatements } from '../support/compose.js'
import { sql } from '../support/postgres.js'
import { build, environmentOf, type Part, type Running, secret, startProductionRedis, startService, until } from '../support/production.js'

const folder = mkdtempSync(join(tmpdir(), 'slipway-production-'))
const policyFile = join('src', 'demo', 'files', 'policy.yaml')
const given = {
  MIGRATE_PASSWORD: 'migrate0',
  BOT_PASSWORD: 'bot0',
  WORKER_PASSWORD: 'worker0',
  INSTANCES_PASSWORD: 'instances0',
  REDIS_PASSWORD: 'redis0',
  SECRET_KEYS: `k1:${secret()}`,
  SLACK_BOT_TOKEN: 'xoxb-production',
  SLACK_SIGNING_SECRET: secret(),
  SLACK_OPS_CHANNEL: 'C_OPS',
}
/** As their volumes are: what the worker has, the bot does not see. */
const dataDirs = { migrate: join(folder, 'migrate'), bot: join(folder, 'bot'), worker: join(folder, 'worker') }
const processes: Running[] = []
const endings: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]

afterAll(async () => {
  for (const one of processes) await one.stop('SIGKILL')
  for (const end of endings.reverse()) await end()
}, 60_000)

/** A PostgreSQL as Compose starts it, with what its init script makes. */
async function startServer(name: 'postgres' | 'instances') {
  const server = await startEmbedded({ dataDir: join(folder, name), fast: true })
  endings.push(() => server.stop())
  await sql(server.url, initStatements(name, given))
  return { url: server.url, host: new URL(server.url).host }
}

/** Everything that stands before Slipway does, and what its processes are told about it. */
async function ground() {
  const [postgres, instances] = [await startServer('postgres'), await startServer('instances')]
  const redis = await startProductionRedis(join(folder, 'redis'), given.REDIS_PASSWORD)
  endings.push(() => redis.stop())
  const workspace = await startWorkspace({
    ...demoWorkspace,
    port: 0,
    signingSecret: given.SLACK_SIGNING_SECRET,
    botToken: given.SLACK_BOT_TOKEN,
    limits: { rate: 'off' },
  })
  endings.push(() => workspace.stop())
  const port = await freePort()
  workspace.setEventsUrl(`http://127.0.0.1:${port}/slack/events`)
  const differs = {
    SLACK_API_URL: workspace.apiUrl,
    PORT: String(port),
    POLICY_FILE: join(process.cwd(), policyFile),
    SLIPWAY_CLOCK: 'movable',
    // The dead are missed sooner than in production, where half a minute will do.
    QUEUE_LOCK_MS: '2000',
    QUEUE_STALLED_MS: '1000',
    SWEEP_MS: '500',
  }
  const hosts = { 'postgres:5432': postgres.host, 'instances:5432': instances.host, 'redis:6379': new URL(redis.url).host }
  return {
    workspace,
    port,
    databaseUrl: postgres.url,
    instancesUrl: instances.url,
    env: (service: Part) => environmentOf(service, given, { hosts, differs: { ...differs, DATA_DIR: dataDirs[service] } }),
  }
}

function start(service: 'bot' | 'worker', cli: string, env: Record<string, string>): Running {
  const one = startService(service, cli, env)
  processes.push(one)
  return one
}

test('the whole way on one bot and two workers, one of which is killed; told to stop, all end in order', async () => {
  const { cli, remove } = build()
  endings.push(remove)
  const { workspace, port, databaseUrl, instancesUrl, env } = await ground()
  const migration = startService('migrate', cli, env('migrate'))
  await until('the migration', async () => migration.child.exitCode === 0, migration)
  const bot = start('bot', cli, env('bot'))
  const doomed = start('worker', cli, env('worker'))
  const steady = start('worker', cli, env('worker'))
  await until('the bot', async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, bot)

  const { db, close } = openDatabase(databaseUrl, 2, () => {})
  endings.push(close)
  const config = readConfig({ DATA_DIR: dataDirs.worker, POLICY_FILE: policyFile })
  const change = {
    db,
    clock: createClock(true),
    policy: readPolicy(policyFile),
    versions: [...loadProduct(config.productDir).definition.versions],
    program: '1.0.0',
  }
  const running = () => db.selectFrom('step').select('id').where('state', '=', 'running').execute()

  /** In the middle of a step, and started again as Compose would. */
  async function kill(): Promise<Running> {
    await until('a running step', async () => (await running()).length > 0)
    await doomed.stop('SIGKILL')
    return start('worker', cli, env('worker'))
  }
  let replaced: Promise<Running> | undefined
  const stage = {
    workspace,
    intakeDir: config.intakeDir,
    slipway: { change },
    async moveClock(ms: number) {
      await promisify(execFile)(process.execPath, [cli, 'clock', 'advance', `${ms / 1000}s`], { env: env('worker') })
    },
  }
  await playOnce(stage, (event) => {
    if (/acme is in onboarding/.test(event)) replaced = kill()
  }).catch(async (error: Error) => {
    const open = await db.selectFrom('step').selectAll().where('state', 'not in', ['done', 'undone', 'pending']).execute()
    const steps = open.map(({ name, role, state, attempt, sentence, seen_at }) =>
      JSON.stringify({ name, role, state, attempt, sentence, seen_at }),
    )
    const said = processes.map((one) => one.lines.join('').slice(-3_000))
    throw new Error([error.message, new Date().toISOString(), ...steps, ...said].join('\n'), { cause: error })
  })
  const third = await replaced
  const summary = await summarize({ slipway: { change }, documentsDir: config.documentsDir }, 'acme', {})
  expect(shortcomings(summary)).toEqual([])

  if (!third) throw new Error('no worker was killed')
  for (const { code, ms } of await Promise.all([bot, steady, third].map((one) => one.stop('SIGTERM')))) {
    expect(code).toBe(0)
    expect(ms).toBeLessThan(30_000)
  }
  expect(bot.lines.join('')).toContain('the bot listens')

  // Who did it: each login what its service is for, and none of them a superuser.
  const owners = await sql(databaseUrl, `select distinct tableowner from pg_tables where schemaname = 'slipway'`)
  expect(owners).toEqual([{ tableowner: 'slipway_migrate' }])
  const made = await sql(
    instancesUrl,
    `select count(*) > 0 as some, bool_or(r.rolsuper) as super from pg_database d join pg_roles r on r.oid = d.datdba
      where d.datname not in ('postgres', 'template0', 'template1', 'slipway')`,
  )
  expect(made).toEqual([{ some: true, super: false }])
  expect(existsSync(dataDirs.bot)).toBe(false)
}, 300_000)
