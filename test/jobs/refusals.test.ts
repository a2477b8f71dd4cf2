/** What a job refuses for good, each by breaking the very thing: files, documents, signatures, scripts, and PROD Main while it is made. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Floor, FloorDriver, floorFolder, openFloor } from '../support/floor.js'
import { type Moment, straight as moments } from '../support/journey.js'
import { sql } from '../support/postgres.js'
import { type StateDatabase, stateDatabase } from '../support/state.js'

jest.setTimeout(180_000)

const { folder, remove } = floorFolder()
let state: StateDatabase
let driver: FloorDriver
let floor: Floor

beforeAll(async () => {
  state = await stateDatabase()
  driver = new FloorDriver()
  floor = await openFloor({ url: state.url, driver, folder })
  for (const name of ['provision a Demo', 'clone a Sandbox', 'provision Pre-PROD', 'qualify Pre-PROD']) await reach(name)
})
afterAll(async () => {
  await floor?.close()
  await state?.drop()
  remove()
})

const moment = (name: string) => moments.find((m) => m.name === name) as Moment
async function reach(name: string): Promise<void> {
  await moment(name).arrive(floor)
  await floor.work()
}
/** How the newest operation of a verb ended, and the trouble as people read it. */
async function end(verb: string) {
  const { state: how, trouble } = await floor.operation(verb)
  return `${how}: ${trouble}`
}
const hour = 3_600_000

test('R22 an IQ whose record was changed in the folder is not handed out as signed, until it is as it was', async () => {
  await floor.click('U_QA', 'sign-iq')
  const { file } = await floor.db.selectFrom('document').select('file').where('kind', '=', 'iq').executeTakeFirstOrThrow()
  const path = join(folder, 'documents', file.replace(/\.pdf$/, '.json'))
  const issued = readFileSync(path, 'utf8')
  writeFileSync(path, issued.replace('"Acme"', '"Acma"'))
  expect(readFileSync(path, 'utf8')).not.toBe(issued)
  await floor.work()
  expect(await end('endorse')).toMatch(/undone: .*IQ-ACME-PREPROD is not as it was issued.*R22/)
  expect(await floor.environment('acme-preprod')).toBe('qualifying')
  writeFileSync(path, issued)
})

test('R22 a signature for another content is issued on no IQ', async () => {
  const [{ id, hash } = {}] = await sql(state.ownerUrl, `select id, hash from slipway.signature where kind = 'sign-iq'`)
  await sql(state.ownerUrl, `update slipway.signature set hash = 'other' where id = $1`, [id])
  await floor.later(hour)
  await floor.work()
  expect(await end('endorse')).toMatch(/undone: The signature on IQ-ACME-PREPROD is for another content.*R22/)
  await sql(state.ownerUrl, `update slipway.signature set hash = $2 where id = $1`, [id, hash])
  await floor.later(hour)
  await floor.work()
  expect(await floor.environment('acme-preprod')).toBe('ready')
})

test('R33 an empty intake folder registers nothing', async () => {
  mkdirSync(join(folder, 'intake', 'acme'), { recursive: true })
  await floor.ask('U_ENG', { verb: 'migration-register', slug: 'acme' })
  await floor.work()
  expect(await end('register')).toMatch(/undone: The intake folder is empty.*R33/)
})

test('R9 an iteration does not load other files than those it was started with', async () => {
  await reach('register files')
  await floor.ask('U_ENG', { verb: 'migration-run', slug: 'acme' })
  rmSync(join(folder, 'intake', 'acme'), { recursive: true })
  await floor.dump(2, 41)
  await floor.ask('U_ENG', { verb: 'migration-register', slug: 'acme' })
  const iteration = await floor.operation('migrate')
  let registered = false
  floor.watch((when, step) => {
    if (when === 'after' && step.name === 'read-files') registered = true
    if (when === 'before' && step.operationId === iteration.id && !registered) throw new Error('its turn comes after the files')
  })
  await floor.work()
  floor.watch(() => {})
  expect(registered).toBe(true)
  expect(await end('migrate')).toMatch(/Files were registered anew.*R9/)
  await floor.ask('U_ENG', { verb: 'migration-run', slug: 'acme' })
  await floor.work()
  expect((await floor.operation('migrate')).state).toBe('done')
})

test('R37 VAL is not made with other scripts than those that were approved', async () => {
  await moment('merge into VAL').arrive(floor)
  await sql(state.ownerUrl, `update slipway.iteration set program = '0.9.0' where state = 'approved'`)
  await floor.work()
  expect(await end('create')).toMatch(/undone: The migration is not the one that was approved as iteration \d.*R37/)
  const program = floor.change.program
  await sql(state.ownerUrl, `update slipway.iteration set program = $1 where state = 'approved'`, [program])
  await floor.click('U_LEAD', 'ask-val')
  await floor.work()
  await floor.click('U_ENG', 'approve')
  await floor.click('U_QA', 'approve')
  await floor.work()
  expect((await floor.operation('create')).state).toBe('done')
})

test('R37 PROD Main that is not what VAL validated is not left standing, and what differs is named', async () => {
  for (const name of ['qualify VAL', 'measure VAL after the click', 'extract the configuration']) await reach(name)
  await moment('promote into PROD').arrive(floor)
  floor.watch((when, step, way) => {
    if (when !== 'after' || way !== 'do' || step.name !== 'adapt' || step.role !== 'main') return
    const made = [...driver.held.values()].at(-1)
    made?.tables.set('sites', [...(made.tables.get('sites') ?? []), { ...made.tables.get('sites')?.[0], id: '991', code: 'NIGHT' }])
  })
  await floor.work()
  floor.watch(() => {})
  expect(await end('promote')).toMatch(
    /undone: PROD Main is not what was validated in acme-val-\d: Sites \(\d+ rows, \d+ there: \+1\).*R37/,
  )
  expect(await floor.environment('acme-preprod')).toBe('ready')
})
