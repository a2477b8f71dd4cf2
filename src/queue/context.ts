/** What a step gets to work with: its operation as it stands, and the addresses of instances, whose names are on record before anything is created. */
import { randomBytes } from 'node:crypto'
import type { Notices, StepContext, Tools } from '../../jobs/job.js'
import { must } from '../../jobs/job.js'
import type { ChangeDeps } from '../change/deps.js'
import type { Claim } from '../change/steps.js'
import { systemChain } from '../db/audit.js'
import { extractAudit } from '../db/audit-extract.js'
import { findDryRun, keepDryRun } from '../db/dry-run.js'
import { type Allotment, allotDatabase, noteGone, readAllotments, sealDatabase } from '../db/environment.js'
import { readDatabases } from '../db/instance-database.js'
import { readMeasured } from '../db/measurement.js'
import { readNotices, readPostponements } from '../db/notice.js'
import { patiently } from '../db/patience.js'
import { readProfiles } from '../db/profile.js'
import { boundToMaintenance } from '../db/sealed.js'
import { readSteps } from '../db/step.js'
import { builderOf } from '../lifecycle/situation.js'
import type { Instance, Operation, Situation } from '../lifecycle/types.js'
import { type DatabaseTrail, noteDatabase, recordedDriver } from './databases.js'
import { type InstanceServer, serverUrl } from './servers.js'

export interface ContextSource {
  change: ChangeDeps
  tools: Tools
  /** The servers that rows name by key; new instances go to the first. */
  servers: readonly InstanceServer[]
  /** Encrypts and decrypts an instance's passwords, bound to the database's name (`boundToMaintenance` for Slipway's own). */
  seal(secret: string, boundTo: string): string
  open(sealed: string, boundTo: string): string
}

/** Gathers the context of one attempt. */
export async function stepContext(
  source: ContextSource,
  { claim, situation, progress, giveUp }: { claim: Claim; situation: Situation } & Pick<StepContext, 'progress' | 'giveUp'>,
): Promise<StepContext> {
  const { db, clock } = source.change
  const moment = await productMoment(source.change)
  const operation = must(
    situation.operations.find((o) => o.id === claim.operationId),
    'the operation',
  )
  const steps = await readSteps(db, operation.id)
  const environment =
    [...situation.environments, ...(situation.community ? [situation.community] : [])].find((e) => e.id === operation.environmentId) ?? null
  const address = (row: Allotment) => ({
    server: serverUrl(source.servers, row.server),
    database: row.database,
    role: row.login,
    secret: source.open(row.secret, row.database),
    maintenanceSecret: row.maintenance_secret ? source.open(row.maintenance_secret, boundToMaintenance(row.database)) : '',
  })
  const customerId = situation.customer?.id ?? null
  const after = { operation: operation.id, environment: environment?.name ?? '' }
  const trail = (instance: Instance): DatabaseTrail => ({ customerId, after: { ...after, instance: instance.name } })
  const standingRow = async (instance: Instance) =>
    (await readAllotments(db, instance.id)).find((row) => row.database === instance.database)
  return {
    ...source.tools,
    driver: recordedDriver(source.tools.driver, source.change, { customerId, after }),
    profiles: await readProfiles(db, customerId),
    situation,
    operation,
    environment,
    steps,
    built: await builtFor(source, situation, operation),
    progress,
    giveUp,
    role: steps.find((s) => s.id === claim.stepId)?.role ?? null,
    now: situation.now,
    moment,
    allot: async (instance) => address(await allot(source, { instance, operationId: operation.id, trail: trail(instance) })),
    standing: async (instance) => {
      const row = await standingRow(instance)
      return row ? address(row) : null
    },
    allotted: async (instance) => (await readAllotments(db, instance.id)).map(address),
    everAllotted: async (instance) =>
      (await readDatabases(db, instance.id)).map((row) => ({
        server: serverUrl(source.servers, row.server),
        database: row.database,
        role: row.login,
        secret: '',
        maintenanceSecret: '',
        serverKey: row.server,
        operationId: row.operation_id,
        kept: { application: row.application_kept, maintenance: row.maintenance_kept },
      })),
    keptDryRun: (key) => (operation.customerId ? findDryRun(db, operation.customerId, key) : Promise.resolve(null)),
    keepDryRun: async (key, tables) => {
      if (operation.customerId) await keepDryRun(db, { customerId: operation.customerId, key, tables, at: moment() })
    },
    notices: () => noticesOf(db, situation, { operation, environment }),
    gone: (at) =>
      patiently(() =>
        db.transaction().execute(async (tx) => {
          const now = await clock.now(tx)
          if (await noteGone(tx, at.database, now)) await noteDatabase(tx, 'database-gone', at.database, { customerId, after }, now)
        }),
      ),
    measured: (id) => readMeasured(db, id),
    stepsOf: (operationId) => readSteps(db, operationId),
    auditExtract: () => extractAudit(db, situation.customer?.id ?? systemChain),
  }
}

/** Product time as it goes on while a step works: the clock read once, and what passed since. Never behind the clock, by a millisecond at most before it. */
async function productMoment({ db, clock }: ChangeDeps): Promise<() => Date> {
  const read = performance.now()
  const now = await clock.now(db)
  return () => new Date(now.getTime() + Math.ceil(performance.now() - read))
}

/** Who built the environment, where it is not the operation that is carried out. */
async function builtFor({ change }: ContextSource, situation: Situation, operation: Operation): Promise<StepContext['built']> {
  const builder = builderOf(situation, operation.environmentId)
  return builder && builder.id !== operation.id ? { operation: builder, steps: await readSteps(change.db, builder.id) } : null
}

async function noticesOf(
  db: ChangeDeps['db'],
  { customer }: Situation,
  { operation, environment }: Pick<StepContext, 'operation' | 'environment'>,
): Promise<Notices> {
  const customerId = customer?.id ?? null
  const announced = await readNotices(db, { customerId, environment: environment?.name ?? '', since: operation.requestedAt })
  return {
    announced: announced.map(({ wished_at, posted_at, ...row }) => ({ ...row, wishedAt: wished_at, postedAt: posted_at })),
    postponed: await readPostponements(db, customerId, operation.id),
  }
}

interface Allotting {
  instance: Instance
  operationId: string
  trail: DatabaseTrail
}

/** In its own transaction, before the database exists: a worker that dies right after leaves a name that somebody owns (DESIGN §4). */
async function allot(source: ContextSource, ask: Allotting): Promise<Allotment> {
  const server = source.servers[0]
  if (!server) throw new Error('allotting a database: no instance server is set')
  return source.change.db.transaction().execute(async (tx) => {
    const now = await source.change.clock.now(tx)
    const named = await allotDatabase(tx, { instanceId: ask.instance.id, operationId: ask.operationId, server: server.key }, now)
    // A worker that was given up for dead comes back: its operation was undone meanwhile, and its database must not come back, too.
    if ('gone_at' in named && named.gone_at) throw new Error(`allotting ${named.database}: it is gone for good`)
    if (named.secret) return named
    const password = () => randomBytes(24).toString('base64url')
    const sealed = await sealDatabase(tx, named.database, {
      secret: source.seal(password(), named.database),
      maintenance: source.seal(password(), boundToMaintenance(named.database)),
    })
    await noteDatabase(tx, 'database-allotted', named.database, { ...ask.trail, after: { ...ask.trail.after, server: server.key } }, now)
    return sealed
  })
}
