/** Hinge, worker and jobs without queue and Slack: steps are carried out one by one, in this process, on a real Slipway database. */
import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expand, jobs } from '../../jobs/index.js'
import type { ChangeDeps } from '../../src/change/deps.js'
import { changeByPerson } from '../../src/change/index.js'
import { createClock } from '../../src/clock.js'
import { advanceClockOffset } from '../../src/db/clock.js'
import { openDatabase } from '../../src/db/connection.js'
import { writeLegacyDump } from '../../src/demo/dump.js'
import { renderDocument, writeReport } from '../../src/documents/index.js'
import type { Driver, InstanceAddress } from '../../src/drivers/driver.js'
import type { PersonAsk } from '../../src/lifecycle/ask.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import { requestKinds } from '../../src/lifecycle/request-kinds.js'
import type { RequestKind, Step } from '../../src/lifecycle/types.js'
import { PROGRAM_VERSION, runApart } from '../../src/migration/index.js'
import { clinicDir, content, loadProduct, type Product } from '../../src/product/index.js'
import { begin, lookAtDue } from '../../src/queue/sweep.js'
import { runAttempt, type WorkerDeps } from '../../src/queue/worker.js'
import { keptKeys, open, seal } from '../../src/secrets.js'
import { FakeDriver } from './fake-driver.js'
import { recordOnly, reportRecordOnly, runHere } from './stand-ins.js'

export const day = 86_400_000
export const clinic: Product = loadProduct(clinicDir)
export const product: Product = loadProduct(smallClinic())

/** The clinic with few volunteers: the fake driver checks no foreign keys, so that any few will do. */
function smallClinic(): string {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-clinic-'))
  cpSync(clinicDir, dir, { recursive: true })
  const long = /^(dummy|base\/(dictionary_terms|lab_test|conditions|items|code_list_items|medications|panel_tests))/
  const files = readdirSync(dir, { recursive: true }).map(String)
  for (const file of files.filter((name) => name.endsWith('.csv') && long.test(name))) {
    const lines = readFileSync(join(dir, file), 'utf8').split('\n')
    writeFileSync(join(dir, file), `${lines.slice(0, 20).join('\n')}\n`)
  }
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const people = {
  U_SALES: ['sales'],
  U_PM: ['pm'],
  U_ENG: ['engineer'],
  U_ENG2: ['engineer'],
  U_QA: ['qa'],
  U_ADMIN: ['admin'],
} as const

/** Called around the work of every attempt; what it throws, the step throws. */
export type Observe = (when: 'before' | 'after', step: Step, way: 'do' | 'undo') => void

export type Floor = Awaited<ReturnType<typeof openFloor>>

interface Options {
  url: string
  driver: Driver
  folder: string
  slug?: string
  /** Where instances are made; the test server when absent. */
  instancesUrl?: string
  /** The whole clinic for a real driver, the program apart, whole documents, and secrets kept as a worker with this folder keeps them. */
  real?: boolean
}

/** A folder for intake and documents. */
export function floorFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-floor-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

let certified: Promise<void> | undefined

/** Opens the floor on a state (`stateDatabase`); `close` leaves the database as it is. */
export async function openFloor({ url, driver, folder, slug = 'acme', instancesUrl, real = false }: Options) {
  const keys = real ? keptKeys(folder) : null
  certified ??= certify()
  await certified
  const { db, close } = openDatabase(url, 8, () => {})
  const change: ChangeDeps = {
    db,
    clock: createClock(true),
    policy: policyOf(policySchema.parse({ people })),
    versions: [...product.definition.versions],
    program: PROGRAM_VERSION,
    opsChannel: 'C_OPS',
    expand,
    nudge: () => {},
  }
  const logged: object[] = []
  const log = { info: () => {}, warn: (fields: object) => logged.push(fields), error: (fields: object) => logged.push(fields) }
  let observe: Observe = () => {}
  const intakeDir = join(folder, 'intake')
  const deps: WorkerDeps = {
    change,
    log,
    jobs,
    reference: () => 'ref-1',
    heartbeatMs: 1_000,
    observe: (when, step, way) => observe(when, step, way),
    servers: [{ key: 'default', url: instancesUrl ?? process.env['SLIPWAY_TEST_INSTANCES'] ?? process.env['TEST_INSTANCES_URL'] ?? '' }],
    seal: (secret, boundTo) => (keys ? seal(keys, secret, boundTo) : secret),
    open: (sealed, boundTo) => (keys ? open(keys, sealed, boundTo) : sealed),
    tools: {
      driver,
      product: real ? clinic : product,
      runApart: real ? runApart : runHere,
      renderDocument: real ? renderDocument : recordOnly,
      writeReport: real ? writeReport : reportRecordOnly,
      intakeDir,
      documentsDir: join(folder, 'documents'),
      urlOf: (instance) => `https://${instance}.example`,
      probe: async (url) => ({ from: url.includes('acme-val') ? 'instance' : 'nobody', said: 'stood in for' }),
    },
  }

  async function ask(userId: string, what: PersonAsk) {
    const outcome = await changeByPerson(change, { ask: what, actor: { userId, teamId: null }, dedupe: randomUUID() })
    if (outcome.kind === 'refused') throw new Error(`${what.verb}: ${outcome.refusal.text} (${outcome.refusal.rule})`)
  }

  /** Everything that waits for a worker is carried out, until nothing does. */
  async function work(): Promise<void> {
    for (;;) {
      const steps = await db
        .selectFrom('step')
        .select(['id', 'attempt'])
        .where('state', 'in', ['queued', 'undoing'])
        .orderBy('ordinal')
        .execute()
      if (steps.length === 0) return
      for (const step of steps) await runAttempt(deps, step.id, step.attempt)
    }
  }

  return {
    db,
    change,
    deps,
    logged,
    slug,
    ask,
    work,
    /** What calls itself by one name in the fake driver's instances calls itself by another. */
    renamed(name: string, other: string) {
      if (!(driver instanceof FakeDriver)) throw new Error('only a fake is renamed')
      for (const held of driver.held.values()) if (held.identity.startsWith(`${name} |`)) held.identity = held.identity.replace(name, other)
    },
    watch(watcher: Observe) {
      observe = watcher
    },
    async click(userId: string, kind: RequestKind, verdict: 'yes' | 'no' = 'yes', comment: string | null = null, subject?: string) {
      const open = await db
        .selectFrom('request')
        .selectAll()
        .where('kind', '=', kind)
        .where('state', '=', 'open')
        .orderBy('opened_at')
        .execute()
      const request = open.find((r) => subject === undefined || r.subject === subject)
      const action = requestKinds[kind].actions.find((a) => a.verdict === verdict)?.action
      if (!request || !action) throw new Error(`nothing asks for ${kind}`)
      await ask(userId, {
        verb: 'click',
        requestId: request.id,
        version: request.version,
        hash: request.hash.slice(0, 8),
        action,
        comment,
      })
    },
    /** The clock moves, and what is due comes about. */
    async later(ms: number) {
      await advanceClockOffset(db, ms)
      expect(await lookAtDue(change)).toEqual([])
    },
    /** A worker of this release starts where one of an earlier release worked; seen by the next `later`. */
    async upgraded() {
      await db.updateTable('system_place').set({ basis: 'what an earlier release decided by' }).execute()
      await begin(change)
    },
    dump: (specificationVersion: 1 | 2, volunteers = 40) =>
      writeLegacyDump(join(intakeDir, slug), { volunteers, seed: 7, specificationVersion }),
    operation: (verb: string) =>
      db
        .selectFrom('operation')
        .selectAll()
        .where('verb', '=', verb as never)
        // What is to be measured again after a failure is not what failed.
        .where((e) => e.or([e('state', '!=', 'scheduled'), e('verb', '!=', 'measure')]))
        .orderBy('requested_at', 'desc')
        .executeTakeFirstOrThrow(),
    environment: async (name: string) =>
      (await db.selectFrom('environment').select('state').where('name', '=', name).executeTakeFirst())?.state,
    close,
  }
}

/** The fake driver, on the floor's small clinic. */
export class FloorDriver extends FakeDriver {
  constructor(before?: (method: keyof Driver, at?: InstanceAddress) => void) {
    super({ product, ...(before ? { before } : {}) })
  }
}

/** The small clinic is no release, so its certificate is written here: what its own base content comes to. */
async function certify(): Promise<void> {
  const driver = new FakeDriver({ product })
  const lines: string[] = []
  for (const version of product.definition.versions) {
    const at = { server: 'certificate', database: version, role: '', secret: '', maintenanceSecret: '' }
    await driver.create(at, version)
    await driver.load(at, all(content(product, version, ['base'])), { report: () => {}, signal: new AbortController().signal })
    lines.push(`"${version}": { configuration: ${(await driver.inventory(at)).mustMatch} }`)
  }
  writeFileSync(join(product.dir, 'releases.yaml'), `${lines.join('\n')}\n`)
}

async function* all<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}
