/** What a teardown may not throw away, and what its record rests on (R14, R26, R31, R42). */
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StepContext } from '../../jobs/job.js'
import { leftFiles } from '../../jobs/leftovers.js'
import { concludeDestruction } from '../../src/documents/index.js'
import { endGrounds } from '../../src/lifecycle/endings.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import type { Environment, Situation } from '../../src/lifecycle/types.js'
import { recordOf, tornDown } from '../support/endings.js'
import { day, type Floor, FloorDriver, floorFolder, openFloor } from '../support/floor.js'
import { type StateDatabase, stateDatabase } from '../support/state.js'

jest.setTimeout(120_000)

const { folder, remove } = floorFolder()
const driver = new FloorDriver()
let state: StateDatabase
let floor: Floor

beforeAll(async () => {
  state = await stateDatabase()
  floor = await openFloor({ url: state.url, driver, folder })
  floor.change.policy = policyOf(policySchema.parse({ version: '7', people: { U_SALES: ['sales'], U_PM: ['pm'], U_ENG: ['engineer'] } }))
  await floor.ask('U_SALES', { verb: 'customer-add', slug: 'acme', name: 'Acme', channel: 'C_A', legacy: true })
})
afterAll(async () => {
  await floor?.close()
  await state?.drop()
  remove()
})

const documents = join(folder, 'documents/acme')
async function demo(): Promise<string> {
  await floor.ask('U_SALES', { verb: 'env-create', kind: 'demo', slug: 'acme', from: null, version: null })
  await floor.work()
  const { name } = await floor.db.selectFrom('environment').select('name').orderBy('created_at', 'desc').executeTakeFirstOrThrow()
  return name
}

test('R26 R42 after the register was restored, what it does not name is moved aside, not destroyed', async () => {
  const name = await demo()
  const files = [
    'IQ-%-r1-signed-0a1b2c3d.json',
    'IQ-%-r1-signed-0a1b2c3d.pdf',
    'CR-%-r3-items-0a1b2c3d.ndjson',
    'CR-%-r3-0a1b2c3d.json',
  ].map((file) => file.replace('%', name.toUpperCase()))
  await tornDown(floor, name, async () => {
    mkdirSync(documents, { recursive: true })
    for (const file of files) writeFileSync(join(documents, file), '{}')
  })
  const record = recordOf(documents, name)
  expect(record?.aside.value.map((file) => file.name).sort()).toEqual([...files].sort())
  expect(record?.gone.files.value).toEqual([])
  expect(files.map((file) => [existsSync(join(documents, file)), existsSync(join(documents, 'not-recorded', file))])).toEqual(
    files.map(() => [false, true]),
  )
  expect(record && concludeDestruction(record).outcome).toBe('pass')
})

test('R26 the rows beside a report on record stay where they are, and those of a report that was never recorded do not', async () => {
  const root = mkdtempSync(join(folder, 'rows-'))
  const put = (name: string, text: string) => writeFileSync(join(root, 'acme', name), text)
  mkdirSync(join(root, 'acme'))
  const record = (rows: string) => JSON.stringify({ content: { value: { tables: [{ file: { name: rows, sha256: '0' } }] } } })
  put('CR-ACME-VAL-1-MAIN-r1-11111111.json', record('CR-ACME-VAL-1-MAIN-r1-items-22222222.ndjson'))
  put('CR-ACME-VAL-1-MAIN-r1-items-22222222.ndjson', '')
  put('CR-ACME-VAL-1-MAIN-r2-items-33333333.ndjson', '')
  const document = { file: 'acme/CR-ACME-VAL-1-MAIN-r1-11111111.pdf' }
  const context = { documentsDir: root, situation: { customer: { slug: 'acme' }, documents: [document] } } as unknown as StepContext
  const val = { name: 'acme-val-1', instances: [{ name: 'acme-val-1-main' }] } as unknown as Environment
  const left = async () => (await leftFiles(context, val)).map(({ name }) => name)
  expect(await left()).toEqual(['CR-ACME-VAL-1-MAIN-r2-items-33333333.ndjson'])
  put('CR-ACME-VAL-1-MAIN-r1-11111111.json', '{')
  expect(await left()).toEqual(['CR-ACME-VAL-1-MAIN-r2-items-33333333.ndjson'])
})

test('R42 a role that the server never lets go is named to people once it was tried often enough', async () => {
  const name = await demo()
  const remnants = jest.spyOn(driver, 'remnants').mockResolvedValue([{ part: 'owner', name: 'x_owner', present: true }])
  await tornDown(floor, name)
  await floor.later(day)
  await floor.work()
  const { id, state: stands, trouble } = await floor.operation('teardown')
  expect([stands, trouble]).toEqual(['stuck', expect.stringContaining('owner x_owner. Remove it, then Resume.')])
  remnants.mockRestore()
  await floor.ask('U_ENG', { verb: 'resume', operationId: id })
  await floor.work()
  expect(await floor.environment(name)).toBe('destroyed')
})

test('R31 a teardown waits for its notice to be posted, for as long as the notice again, and then says that it was not', async () => {
  const name = await demo()
  const hours = 3_600_000
  await floor.ask('U_PM', { verb: 'env-destroy', environment: name, reason: 'not needed' })
  await floor.work()
  await floor.click('U_ENG', 'approve')
  await floor.later(30 * hours)
  await floor.work()
  expect(await floor.environment(name)).toBe('ready')
  await floor.later(20 * hours)
  await floor.work()
  expect(await floor.environment(name)).toBe('destroyed')
  expect(recordOf(documents, name)?.notices.value.map(({ late }) => late)).toEqual([true])
})

test('R14 the record of a VAL names who signed it complete and who confirmed the evidence, and when', () => {
  const val = { id: 'env_val' } as Environment
  const at = new Date('2026-03-02T09:00:00Z')
  const signature = (kind: string, userId: string) => ({ id: kind, kind, subject: val.id, userId, at, awaits: false })
  const situation = {
    signatures: [signature('validation-complete', 'U_QA'), signature('evidence-exported', 'U_LEAD')],
    iterations: [],
    measurements: [],
  } as unknown as Situation
  expect(endGrounds(situation, val, 'R14').map(({ what, signature: { userId } }) => [what, userId])).toEqual([
    ['Validation signed complete', 'U_QA'],
    ['Evidence exported and findings closed', 'U_LEAD'],
  ])
  expect(endGrounds({ ...situation, signatures: [] }, val, 'R14')).toEqual([])
})
