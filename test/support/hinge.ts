/** The hinge on a real PostgreSQL, with workers in this process whose steps do nothing but report: state, audit and outbox are what is looked at. */
import { randomUUID } from 'node:crypto'
import { type ChangeDeps, frameOf } from '../../src/change/deps.js'
import { changeByPerson } from '../../src/change/index.js'
import { claimAttempt, reportOutcome, type StepOutcome } from '../../src/change/steps.js'
import { createClock } from '../../src/clock.js'
import { advanceClockOffset } from '../../src/db/clock.js'
import { type Db, openDatabase } from '../../src/db/connection.js'
import { customerIdOfSlug } from '../../src/db/customer.js'
import { readSituation } from '../../src/db/situation.js'
import type { Outcome, PersonAsk } from '../../src/lifecycle/ask.js'
import type { Effect } from '../../src/lifecycle/decision.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import { environmentById } from '../../src/lifecycle/situation.js'
import type { BoundKind, Environment, Instance, Operation, Plan, Request, RequestKind, Situation } from '../../src/lifecycle/types.js'
import { lookAtDue } from '../../src/queue/sweep.js'
import { stateDatabase } from './state.js'

const people = {
  U_SALES: ['sales'],
  U_PM: ['pm'],
  U_PM2: ['pm'],
  U_ENG: ['engineer'],
  U_ENG2: ['engineer'],
  U_QA: ['qa'],
  U_QA2: ['qa'],
  U_ADMIN: ['admin'],
}
export const policy = policyOf(policySchema.parse({ people }))
export const opsChannel = 'C_OPS'

/** The dry run, then one step for every instance side by side. */
function expand(_: Plan['job'], roles: Plan['steps'][number]['role'][]): Plan['steps'] {
  const work = (roles.length > 0 ? roles : [null]).map((role) => ({ name: 'work', title: 'Work', role, stage: 1 }))
  return [{ name: 'plan', title: 'Plan', role: null, stage: 0 }, ...work]
}

/** How an attempt ends; the default is well. */
export type Ends = (about: { operation: Operation; name: string; way: 'do' | 'undo' }) => 'done' | 'failed'

export class Hinge {
  private constructor(
    /** With the login of a worker. */
    readonly deps: ChangeDeps,
    /** With that of a bot, for what people ask. */
    private readonly botDb: Db,
    readonly url: string,
    /** Of the owner of the tables, for what the product may not do itself. */
    readonly ownerUrl: string,
    readonly close: () => Promise<void>,
    /** Ends the connections and leaves the database, as a template for others. */
    readonly keep: () => Promise<{ name: string; drop(): Promise<void> }>,
  ) {}

  /** On an empty database, or on a copy of one that was kept; waiting for locks as long as the product does, or `lockTimeoutMs`. */
  static async open(template?: string, lockTimeoutMs?: number): Promise<Hinge> {
    const database = await stateDatabase(template)
    const { db, close: closeWorker } = openDatabase(database.url, 8, () => undefined, lockTimeoutMs)
    const bot = openDatabase(database.botUrl, 8, () => undefined, lockTimeoutMs)
    const close = async () => {
      await bot.close()
      await closeWorker()
    }
    const deps: ChangeDeps = {
      db,
      clock: createClock(true),
      policy,
      versions: ['24.1', '24.2'],
      program: '1.0.0',
      opsChannel,
      expand,
      nudge: () => undefined,
    }
    const keep = async () => {
      await close()
      return database
    }
    return new Hinge(deps, bot.db, database.url, database.ownerUrl, async () => (await keep()).drop(), keep)
  }

  get db(): Db {
    return this.deps.db
  }

  private payloads = 0
  private readonly series = randomUUID()
  says(ask: PersonAsk, userId = 'U_PM', dedupe = `${this.series}-${++this.payloads}`): Promise<Outcome> {
    return changeByPerson({ ...this.deps, db: this.botDb }, { ask, actor: { userId, teamId: null }, dedupe })
  }

  /** As `says`, and it must be agreed to. */
  async does(ask: PersonAsk, userId?: string): Promise<void> {
    const outcome = await this.says(ask, userId)
    if (outcome.kind === 'refused') throw new Error(`${ask.verb}: ${outcome.refusal.rule} ${outcome.refusal.code} ${outcome.refusal.text}`)
  }

  async situation(slug: string | null = 'acme'): Promise<Situation> {
    const id = slug === null ? null : await customerIdOfSlug(this.db, slug)
    return readSituation(this.db, id, await frameOf(this.deps, this.db))
  }

  /** The open request of a kind; about an environment, if several are open. */
  async asked(kind: RequestKind, about?: string, slug: string | null = 'acme'): Promise<Request> {
    const s = await this.situation(slug)
    const names = (r: Request) => {
      const operation = s.operations.find((o) => o.id === r.subject)
      const document = s.documents.find((d) => d.id === r.subject)
      return [environmentById(s, operation?.environmentId ?? document?.environmentId ?? r.subject)?.name, document?.number]
    }
    const found = s.requests.find((r) => r.kind === kind && r.state === 'open' && (!about || names(r).includes(about)))
    if (!found)
      throw new Error(
        `finding an open request ${kind} ${about ?? ''}: there is ${s.requests.map((r) => `${r.kind} ${r.state}`).join(', ')}`,
      )
    return found
  }

  press(request: Request, action: string, userId: string): Promise<Outcome> {
    const { id: requestId, version, hash } = request
    return this.says({ verb: 'click', requestId, version, hash: hash.slice(0, 8), action, comment: null }, userId)
  }

  async clicks(kind: RequestKind, action: string, userId: string, about?: string): Promise<void> {
    const outcome = await this.press(await this.asked(kind, about), action, userId)
    if (outcome.kind === 'refused') throw new Error(`${action}: ${outcome.refusal.code} ${outcome.refusal.text}`)
  }

  /** Carries out what the outbox asks for, until nothing is left. */
  async work(ends: Ends = () => 'done'): Promise<void> {
    for (;;) {
      const rows = await this.db.deleteFrom('outbox').where('queue', '=', 'steps').returning('data').execute()
      if (rows.length === 0) return
      for (const { data } of rows) await this.attempt(String(data['stepId']), Number(data['attempt']), ends)
    }
  }

  private async attempt(stepId: string, attempt: number, ends: Ends): Promise<void> {
    const claimed = await claimAttempt(this.deps, stepId, attempt)
    if (!claimed) return
    const { claim, situation } = claimed
    const operation = situation.operations.find((o) => o.id === claim.operationId)
    const step = await this.db.selectFrom('step').selectAll().where('id', '=', stepId).executeTakeFirstOrThrow()
    if (!operation) throw new Error('carrying out a step: its operation is gone')
    const well = ends({ operation, name: step.name, way: claim.way }) === 'done'
    const effects = well && claim.way === 'do' && step.name === 'work' ? effectsOf(situation, operation, step.role) : []
    const outcome: StepOutcome = well
      ? { kind: 'done', result: {}, effects }
      : { kind: 'failed', trouble: 'It broke (reference X).', retryInMs: null }
    await reportOutcome(this.deps, claim, outcome)
  }

  /** Time passes; the sweeper looks at what is due. */
  async later(ms: number): Promise<void> {
    await advanceClockOffset(this.db, ms)
    await this.sweeps()
  }

  async sweeps(): Promise<void> {
    expect(await lookAtDue(this.deps)).toEqual([])
  }
}

let documents = 0

/** What the real jobs leave behind: an inventory, an IQ where one is due, an iteration, files. */
function effectsOf(s: Situation, operation: Operation, role: string | null): Effect[] {
  const environment = environmentById(s, operation.environmentId)
  const instance = environment?.instances.find((i) => i.role === role)
  const issue = (kind: 'iq' | 'signed-iq', number: string): Effect => ({
    do: 'add-document',
    number,
    kind: kind as 'iq',
    environmentId: environment?.id ?? null,
    instanceId: instance?.id ?? null,
    operationId: operation.id,
    file: `${number}.pdf`,
    sha256: `sha-${++documents}`,
  })
  switch (operation.verb as string) {
    case 'create':
    case 'promote':
      return environment && instance
        ? [
            { do: 'set-instance', id: instance.id, mustMatch: 'must', everything: 'all' },
            ...(operation.verb === 'promote'
              ? [{ do: 'set-environment', name: String(operation.plan.data['source']), state: 'frozen' } as Effect]
              : []),
          ]
        : []
    case 'qualify':
      return instance ? [{ ...issue('iq', `IQ-${instance.name.toUpperCase()}`), execution: 1, outcome: 'pass' } as Effect] : []
    case 'measure':
    case 'extract':
      return environment && instance && role !== 'test' ? [measured(operation, environment, instance)] : []
    case 'endorse':
      return instance ? [issue('signed-iq', `IQ-${instance.name.toUpperCase()}-SIGNED`)] : []
    case 'register':
      return [{ do: 'set-files', files: [{ name: 'dump.csv', bytes: 10, sha256: 'aa' }] }]
    case 'migrate':
      return [
        {
          do: 'add-iteration',
          iteration: {
            number: Number(operation.plan.data['iteration']),
            state: 'review',
            specification: 'spec',
            program: '1',
            version: environment?.version ?? '',
            filesHash: String(operation.plan.data['filesHash']),
            resultHash: 'result',
            balanced: true,
            report: null,
          },
        },
      ]
    default:
      return []
  }
}

function measured({ id: operationId, plan: { data } }: Operation, environment: Environment, instance: Instance): Effect {
  const signatureId = data['signature'] ? String(data['signature']) : null
  const found = { version: environment.version, fingerprint: 'f', everything: 'all', mustMatch: 'must', volunteers: 3, elements: [] }
  const compared = environment.kind === 'prod' ? [{ with: 'val' as const, differences: [] }] : []
  const about = { environmentId: environment.id, instanceId: instance.id, operationId, signatureId, compared, document: null }
  return { do: 'add-measurement', measurement: { ...about, ...found, purpose: (data['for'] ?? 'extract') as BoundKind } }
}
