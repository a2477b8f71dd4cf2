/** Steps on both backends: lost, doubled, late and broken deliveries come to one and the same end. */

import type { Slipway } from '../../src/app/index.js'
import { claimAttempt } from '../../src/change/steps.js'
import type { Step } from '../../src/lifecycle/types.js'
import { sql } from '../support/postgres.js'
import { backends, openYard, until, type Yard } from './support.js'

jest.setTimeout(150_000)

describe.each(backends)('on %s', (backend) => {
  let yard: Yard
  let slug = ''
  let count = 0
  const worked: string[] = []
  let react: (when: 'before' | 'after', step: Step, way: 'do' | 'undo') => void | Promise<void> = () => {}
  const observe = async (when: 'before' | 'after', step: Step, way: 'do' | 'undo') => {
    if (when === 'before') worked.push(`${step.operationId} ${step.name} ${way}`)
    await react(when, step, way)
  }

  beforeAll(async () => {
    yard = await openYard(backend)
  })
  afterEach(() => yard.stopWorkers())
  afterAll(() => yard?.stop())
  beforeEach(() => {
    count += 1
    slug = `c${count}`
    worked.length = 0
    react = () => {}
  })

  /** A new customer whose Demo is asked for: one operation of five steps. */
  async function askForDemo(slipway: Slipway, name = slug): Promise<string> {
    await yard.ask(slipway, 'U_SALES', { verb: 'customer-add', slug: name, name, channel: null, legacy: false })
    await yard.ask(slipway, 'U_SALES', { verb: 'env-create', kind: 'demo', slug: name, from: null, version: null })
    const row = await slipway.change.db
      .selectFrom('operation')
      .innerJoin('environment', 'environment.id', 'operation.environment_id')
      .select('operation.id')
      .where('environment.name', '=', `${name}-demo`)
      .executeTakeFirstOrThrow()
    return row.id
  }

  const ends = (slipway: Slipway, id: string, state: string) =>
    until(`operation ${id} to be ${state}`, async () => {
      const row = await slipway.change.db.selectFrom('operation').select('state').where('id', '=', id).executeTakeFirst()
      return row?.state === state
    })
  const times = (id: string) => {
    const own = worked.filter((line) => line.startsWith(`${id} `)).map((line) => line.slice(id.length + 1))
    return Object.fromEntries([...new Set(own)].map((line) => [line, own.filter((each) => each === line).length]))
  }
  const once = { 'plan do': 1, 'create-database do': 1, 'load-content do': 1, 'adapt do': 1, 'inventory do': 1 }

  test('a relay that died between handing over and noting it: every step is carried out once', async () => {
    const idle = await yard.start({ parts: [], pollMs: 1_000_000 })
    const queues = await yard.queues()
    const { db } = idle.change
    idle.change.nudge = () => {}
    const id = await askForDemo(idle)
    const rows = await db.selectFrom('outbox').selectAll().where('queue', '=', 'steps').execute()
    for (const { name, data, job_id: jobId } of rows)
      await queues.queue('steps').add(name, data, { jobId, removeOnComplete: true, removeOnFail: true })
    await idle.stop()
    const slipway = await yard.start({ observe })
    await ends(slipway, id, 'done')
    expect(times(id)).toEqual(once)
    await queues.close(1_000)
    await slipway.stop()
  })

  test('a queue that lost everything: the sweeper hands the steps over again', async () => {
    const idle = await yard.start({ parts: [] })
    const id = await askForDemo(idle)
    await until('the outbox to be sent', async () => (await idle.change.db.selectFrom('outbox').select('id').execute()).length === 0)
    await idle.stop()
    await yard.emptyQueue()
    let emptied = false
    react = async (when, step) => {
      // And once more in the middle, under a worker's hands.
      if (emptied || when !== 'before' || step.name !== 'adapt') return
      emptied = true
      await yard.emptyQueue()
    }
    const slipway = await yard.start({ observe })
    await ends(slipway, id, 'done')
    expect(times(id)).toMatchObject({ 'plan do': 1, 'inventory do': 1 })
    await slipway.stop()
  })

  test('the queue is away for some seconds while an operation runs', async () => {
    const slipway = await yard.start({ observe })
    let cut: Promise<void> | undefined
    react = async (when, step) => {
      if (when === 'before' && step.name === 'load-content') cut ??= yard.cutQueue(2_500)
    }
    const id = await askForDemo(slipway)
    await until('the cut', async () => cut !== undefined)
    await cut
    await ends(slipway, id, 'done')
    await slipway.stop()
  })

  test('two workers side by side: every step of every operation once', async () => {
    const workers = await Promise.all([yard.start({ observe }), yard.start({ observe })])
    const [one] = workers as [Slipway, Slipway]
    const ids = await Promise.all(['a', 'b', 'c', 'd'].map((letter) => askForDemo(one, `${slug}${letter}`)))
    for (const id of ids) await ends(one, id, 'done')
    expect(ids.map(times)).toEqual(ids.map(() => once))
    await Promise.all(workers.map((worker) => worker.stop()))
  })

  test('a lost claim writes nothing, and the step is carried out by whom it was lost to', async () => {
    const slipway = await yard.start({ observe })
    let stolen: Step | undefined
    react = async (when, step) => {
      if (stolen || when !== 'after' || step.name !== 'adapt') return
      stolen = step
      await claimAttempt(slipway.change, step.id, step.attempt)
    }
    const id = await askForDemo(slipway)
    await until('the loss to be noted', async () =>
      yard.logged.some((line) => line.includes('the claim was lost') && line.includes(String(stolen?.id))),
    )
    const row = await slipway.change.db
      .selectFrom('step')
      .select(['state', 'claim', 'ended_at'])
      .where('id', '=', String(stolen?.id))
      .executeTakeFirst()
    expect(row).toEqual({ state: 'running', claim: 2, ended_at: null })
    await ends(slipway, id, 'done')
    expect(times(id)).toEqual({ ...once, 'adapt do': 2 })
    await slipway.stop()
  })

  test('a step that fails is tried again after a pause', async () => {
    const slipway = await yard.start({ observe })
    const at: number[] = []
    react = (when, step) => {
      if (when !== 'before' || step.name !== 'adapt') return
      at.push(Date.now())
      if (at.length === 1) throw new Error('not yet')
    }
    const id = await askForDemo(slipway)
    await ends(slipway, id, 'done')
    expect(at).toHaveLength(2)
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(1_900)
    await slipway.stop()
  })

  test('R40 cancelled while it runs: the step under way ends, and everything is undone', async () => {
    const slipway = await yard.start({ observe })
    let cancelled = false
    react = async (when, step) => {
      if (cancelled || when !== 'before' || step.name !== 'load-content') return
      cancelled = true
      await yard.ask(slipway, 'U_PM', { verb: 'cancel', operationId: step.operationId })
    }
    const id = await askForDemo(slipway)
    await ends(slipway, id, 'undone')
    expect(times(id)).toMatchObject({ 'load-content do': 1, 'create-database undo': 1 })
    expect(times(id)).not.toHaveProperty('adapt do')
    expect([...yard.driver.held.keys()].filter((key) => key.includes(` ${slug}_demo`))).toEqual([])
    await slipway.stop()
  })

  test('a process that stops leaves no connection, and hands over what it cannot end', async () => {
    const slipway = await yard.start({ observe })
    react = async (when, step) => {
      if (when === 'before' && step.name === 'adapt') await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
    const id = await askForDemo(slipway)
    await until('adapt', async () => times(id)['adapt do'] === 1)
    await slipway.stop()
    const left = async () => {
      return sql(
        yard.databaseUrl,
        `select application_name from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      )
    }
    expect(await left()).toEqual([])
    const next = await yard.start({ observe })
    await ends(next, id, 'done')
    expect(times(id)).toEqual(once)
    await next.stop()
  })
})
