/** One attempt, without a queue: what a worker does with deliveries that went wrong before, and with its own end. */
import { serverUrl } from '../../src/queue/servers.js'
import { dropStrays } from '../../src/queue/sweep.js'
import { runAttempt } from '../../src/queue/worker.js'
import { type Floor, FloorDriver, floorFolder, openFloor } from '../support/floor.js'
import { moments } from '../support/journey.js'
import { stateDatabase } from '../support/state.js'

let floor: Floor
let driver: FloorDriver
let drop: () => Promise<void>
const { folder, remove } = floorFolder()

beforeEach(async () => {
  const database = await stateDatabase()
  drop = database.drop
  driver = new FloorDriver()
  floor = await openFloor({ url: database.url, driver, folder })
  await moments[0]?.arrive(floor)
})
afterEach(async () => {
  for (const { wake } of dead) wake(new Error('dead'))
  await Promise.all(dead.map(({ late }) => late))
  dead = []
  await floor.close()
  await drop()
})
afterAll(remove)

const queued = () =>
  floor.db.selectFrom('step').selectAll().where('state', 'in', ['queued', 'running', 'undoing']).executeTakeFirstOrThrow()

/** Those who died in the middle; they come round when all is over, and must not be able to write any more. */
let dead: { late: Promise<void>; wake(error: Error): void }[] = []

/** Carries the attempt out by a worker that dies in the middle. */
async function dies(step: { id: string; attempt: number }): Promise<void> {
  await new Promise<void>((died) => {
    let late = Promise.resolve()
    floor.watch((when) => {
      if (when !== 'before') return undefined
      return new Promise((_, wake) => {
        dead.push({ late, wake })
        died()
      })
    })
    late = runAttempt({ ...floor.deps, heartbeatMs: 1_000_000 }, step.id, step.attempt)
    late.catch(() => undefined)
  })
  floor.watch(() => {})
}

test.each([
  ['gives it to another worker', async () => {}],
  ['lost all it knew, each time', () => floor.db.deleteFrom('outbox').execute()],
])('a step whose workers die again and again is set aside with its name, though the queue %s', async (_, queueDoes) => {
  const plan = await queued()
  await runAttempt(floor.deps, plan.id, plan.attempt)
  const step = await queued()
  for (let death = 0; death < 10; death++) {
    await dies(step)
    await queueDoes()
  }
  await runAttempt(floor.deps, step.id, step.attempt)
  await floor.work()
  const operation = await floor.operation('create')
  expect(operation.state).toBe('undone')
  expect(operation.trouble).toMatch(new RegExp(`^“${step.title}” is set aside: 10 workers that carried it out died\\. .*\\(reference `))
})

test('a step that was handed over, or failed by itself, has killed nobody', async () => {
  const step = await queued()
  for (let time = 0; time < 12; time++) {
    const stop = new AbortController()
    floor.watch((when) => {
      if (when !== 'before') return
      stop.abort()
      throw new Error('stopped in the middle')
    })
    await runAttempt(floor.deps, step.id, step.attempt, { signal: stop.signal })
  }
  expect(await queued()).toMatchObject({ id: step.id, deaths: 0 })
  floor.watch(() => {
    throw new Error('broken')
  })
  await runAttempt(floor.deps, step.id, step.attempt)
  expect(await queued()).toMatchObject({ id: step.id, attempt: 2, deaths: 0 })
})

test('a process that stops hands its step over, without using up an attempt', async () => {
  const step = await queued()
  const stop = new AbortController()
  floor.watch((when) => {
    if (when !== 'before') return
    stop.abort()
    throw new Error('stopped in the middle')
  })
  await runAttempt(floor.deps, step.id, step.attempt, { signal: stop.signal })
  expect(await queued()).toMatchObject({ state: 'running', attempt: 1 })
  const handed = await floor.db.selectFrom('outbox').select('job_id').where('job_id', '=', `${step.id}.1`).execute()
  expect(handed).toHaveLength(2)
  floor.watch(() => {})
  await runAttempt(floor.deps, step.id, step.attempt)
  await floor.work()
  expect((await floor.operation('create')).state).toBe('done')
})

test('a result that cannot be written fails the step', async () => {
  floor.watch((when, step) => {
    // The result of a step is JSON: this cannot be.
    if (when === 'after' && step.name === 'load-content') floor.deps.tools.driver = broken
  })
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const broken = Object.create(driver, {
    inventory: {
      value: async () => ({
        ...(await FloorDriver.prototype.inventory.call(driver, {} as never).catch(() => ({}))),
        version: '24.2',
        fingerprint: circular,
        volunteers: 0,
        people: { all: 0, dummy: 0, masked: 0 },
      }),
    },
  })
  await floor.work()
  expect((await floor.operation('create')).state).toBe('undone')
})

test('the sweeper drops what came to be after it was said to be gone, and nothing that is not on record', async () => {
  await floor.work()
  const row = await floor.db.selectFrom('instance_database').selectAll().executeTakeFirstOrThrow()
  const server = serverUrl(floor.deps.servers, row.server)
  const stranger = { server, database: 'other_slipway_demo_1', role: 'other_slipway_demo_1', secret: 's', maintenanceSecret: 'm' }
  await driver.create(stranger, '24.1')
  expect(await dropStrays(floor.change, { driver, servers: floor.deps.servers })).toEqual([])
  await floor.db.updateTable('instance_database').set({ gone_at: new Date() }).execute()
  expect(await dropStrays(floor.change, { driver, servers: floor.deps.servers })).toEqual([row.database])
  expect(await driver.owned(server)).toEqual([stranger.database])
})
