/** Slipway's engine as bot and worker run it: ask → operation → outbox → relay → queue → claim → step → report, and the messages that come of it. */
import { sql } from 'kysely'
import { expand, jobs } from '../../jobs/index.js'
import type { Job, StepDefinition } from '../../jobs/job.js'
import { migrateState } from '../app/state.js'
import type { ChangeDeps } from '../change/deps.js'
import { changeByPerson } from '../change/index.js'
import { createClock } from '../clock.js'
import { readConfig } from '../config.js'
import { type Db, openDatabase } from '../db/connection.js'
import { insertCustomer, updateCustomer } from '../db/write.js'
import { postgresDriver } from '../drivers/postgres.js'
import { policyOf, policySchema } from '../lifecycle/policy.js'
import { createLog, reference } from '../log.js'
import { loadProduct, type Product } from '../product/index.js'
import { type Posting, showChannel } from '../queue/messages.js'
import { openQueues } from '../queue/queues.js'
import { startRelay } from '../queue/relay.js'
import { runAttempt, type WorkerDeps } from '../queue/worker.js'
import { operationShown, show } from '../slack/render.js'
import type { Chains } from './engine.js'

const names = ['one', 'two', 'three', 'four', 'five']
/** Each chain is about a customer of its own, as chains side by side are: one customer's changes wait for one another. */
const customers = 800
const patienceMs = 30_000
const log = createLog({ level: 'warn', stream: process.stderr })

export interface Killable {
  /** Goes on with what a process that was killed left in this database. */
  heir: boolean
  /** How soon the queue takes a dead worker's job back. */
  lockMs: number
  /** Told the payload's key of each chain that was agreed to. */
  agreed?(key: string): void
}

/** Starts bot and worker without Slack on `databaseUrl`; for a kill every beginning of a step is noted in `bench_run`. */
export async function slipwayChains(name: string, databaseUrl: string, redisUrl: string | null, killable?: Killable): Promise<Chains> {
  const onError = (error: unknown) => log.error({ err: error }, name)
  if (!killable?.heir) await migrateState({ ownerUrl: databaseUrl, queue: redisUrl === null, roles: [] })
  const { db, close } = openDatabase(databaseUrl, 20, onError)
  if (!killable?.heir) await addCustomers(db)
  if (killable) await sql`create table if not exists public.bench_run (step text not null)`.execute(db)
  const lockMs = killable?.lockMs ?? 30_000
  const queues = openQueues({ redisUrl: redisUrl ?? undefined, databaseUrl, lockMs, stalledMs: lockMs, onError })
  const relay = startRelay({ db, queues, pollMs: 1_000, onError })
  const product = loadProduct(readConfig({}).productDir)
  const change = changing(db, product, relay.nudge)
  /** The last step's id → whose chain it is. */
  const last = new Map<string, string>()
  const waiting = new Map<string, () => void>()
  const deps = workerDeps(change, product, {
    ...jobs,
    register: fiveSteps(last, killable ? (step) => sql`insert into public.bench_run values (${step})`.execute(db) : null),
  })
  queues.worker(
    'steps',
    async ({ data }, signal) => {
      await runAttempt(deps, String(data['stepId']), Number(data['attempt']), { signal })
      waiting.get(last.get(String(data['stepId'])) ?? '')?.()
    },
    20,
  )
  const messages = {
    change,
    posting: silentSlack(),
    rendering: { show, operationShown },
    gapMs: 1_100,
    prefixed: <V>(view: V) => view,
    log,
  }
  queues.worker('messages', ({ data }, signal) => showChannel(messages, String(data['channel']), signal), 4)
  let started = 0
  return {
    name,
    concurrency: 20,
    async chain() {
      const slug = `c-${started++ % customers}`
      const done = finished(slug, waiting)
      const ask = { verb: 'migration-register', slug } as const
      const dedupe = `chain.${started}`
      const outcome = await changeByPerson(change, { ask, actor: { userId: 'U_ENG', teamId: null }, dedupe })
      if (outcome.kind === 'refused') throw new Error(`starting a chain: ${outcome.refusal.text}`)
      killable?.agreed?.(dedupe)
      await done
    },
    async close() {
      await relay.stop()
      await queues.close(2_000)
      await allDone(db, started)
      await close()
    },
  }
}

async function addCustomers(db: Db): Promise<void> {
  const now = new Date()
  await db.transaction().execute(async (tx) => {
    for (let i = 0; i < customers; i += 1) {
      const id = await insertCustomer(tx, { slug: `c-${i}`, name: `Customer ${i}`, channel: null, legacy: true }, 'bench', now)
      await updateCustomer(tx, id, { state: 'onboarding' }, now)
    }
  })
}

function changing(db: Db, product: Product, nudge: () => void): ChangeDeps {
  const steps = names.map((name, i) => ({ name, title: `Step ${name}`, role: null, stage: i + 1 }))
  return {
    db,
    clock: createClock(false),
    policy: policyOf(policySchema.parse({ people: { U_ENG: ['engineer'] } })),
    versions: [...product.definition.versions],
    program: 'bench',
    opsChannel: 'C_OPS',
    // Without the dry run, so that five steps are five jobs.
    expand: (job, roles, data) => (job === 'register' ? steps : expand(job, roles, data)),
    nudge,
  }
}

function fiveSteps(last: Map<string, string>, note: ((stepId: string) => Promise<unknown>) | null): Job {
  const steps = names.map(
    (name): StepDefinition => ({
      name,
      title: `Step ${name}`,
      for: 'once',
      async do(context) {
        const own = context.steps.find((step) => step.name === name)
        if (own) await note?.(own.id)
        if (name === names.at(-1) && own) last.set(own.id, context.situation.customer?.slug ?? '')
        return { result: { name } }
      },
    }),
  )
  return { name: 'register', retry: { attempts: 3, backoffMs: 100 }, plan: async () => [], steps }
}

function workerDeps(change: ChangeDeps, product: Product, table: WorkerDeps['jobs']): WorkerDeps {
  const unused = (what: string) => () => {
    throw new Error(`the bench's steps need no ${what}`)
  }
  return {
    change,
    jobs: table,
    log,
    reference,
    heartbeatMs: 7_500,
    servers: [],
    seal: unused('secrets'),
    open: unused('secrets'),
    tools: {
      driver: postgresDriver({ product, log }),
      product,
      runApart: unused('the migration program'),
      renderDocument: unused('documents'),
      writeReport: unused('documents'),
      intakeDir: '',
      documentsDir: '',
      urlOf: unused('address'),
      probe: unused('answer'),
    },
  }
}

/** Slack, without Slack: what is measured is the engine. */
function silentSlack(): Posting {
  let ts = 0
  return {
    post: async () => ({ kind: 'posted', ts: String(ts++) }),
    find: async () => ({ kind: 'absent' }),
    update: async () => ({ kind: 'posted' }),
    pin: async () => ({ kind: 'pinned' }),
  }
}

function finished(slug: string, waiting: Map<string, () => void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`waited ${patienceMs / 1000} s for the chain of ${slug}`)), patienceMs)
    waiting.set(slug, () => {
      clearTimeout(timer)
      waiting.delete(slug)
      resolve()
    })
  })
}

/** A chain counts only when its operation is done, and every step was carried out once. */
async function allDone(db: Db, chains: number): Promise<void> {
  const done = await db.selectFrom('operation').select('id').where('state', '=', 'done').execute()
  const once = await db.selectFrom('step').select('id').where('state', '=', 'done').where('attempt', '=', 1).execute()
  if (done.length !== chains || once.length !== chains * names.length)
    throw new Error(`measuring: of ${chains} chains ${done.length} are done, with ${once.length} steps`)
}
