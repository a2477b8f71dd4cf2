/** What a destruction record tells of the decision, the notices, what is kept and what may still hold it (R31, R42). */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeLegacyDump } from '../../src/demo/dump.js'
import { toldLate } from '../../src/documents/index.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import { type MessageDeps, showChannel } from '../../src/queue/messages.js'
import { operationShown, show } from '../../src/slack/render.js'
import { recordOf, tornDown } from '../support/endings.js'
import { day, type Floor, FloorDriver, floorFolder, openFloor } from '../support/floor.js'
import { type StateDatabase, stateDatabase } from '../support/state.js'

jest.setTimeout(120_000)

const { folder, remove } = floorFolder()
let state: StateDatabase
let floor: Floor
let slug = ''
let count = 0

beforeAll(async () => {
  state = await stateDatabase()
  floor = await openFloor({ url: state.url, driver: new FloorDriver(), folder })
})
afterAll(async () => {
  await floor?.close()
  await state?.drop()
  remove()
})
/** A customer of its own for every test, with a Sandbox. */
beforeEach(async () => {
  count += 1
  slug = `c${count}`
  posted.clear()
  floor.change.policy = policyWith({})
  await floor.ask('U_SALES', { verb: 'customer-add', slug, name: slug, channel: `C_${count}`, legacy: true })
  await floor.ask('U_PM', { verb: 'customer-people', slug, action: 'add', userId: `U_L${count}`, role: 'lead' })
  await floor.ask('U_SALES', { verb: 'customer-sign', slug, sandbox: 'base' })
  await floor.work()
  await floor.click('U_ENG', 'approve')
  await floor.work()
})

function policyWith(more: object) {
  const people = { U_SALES: ['sales'], U_PM: ['pm'], U_ENG: ['engineer'], U_QA: ['qa'] }
  return policyOf(policySchema.parse({ version: '7', people, ...more }))
}
const documents = () => join(folder, 'documents', slug)
const record = (kind: string) => {
  const found = recordOf(documents(), `${slug}-${kind}`)
  if (!found) throw new Error(`no destruction record of ${slug}-${kind}`)
  return found
}

/** Slack, which takes what goes to these channels and knows no other. */
const posted = new Map<string, string>()
const messages = (): MessageDeps => ({
  change: floor.change,
  gapMs: 0,
  rendering: { show, operationShown },
  prefixed: (view) => view,
  log: { warn: () => {} },
  posting: {
    post: async ({ channel }) =>
      posted.has(channel) ? { kind: 'posted', ts: posted.get(channel) ?? '' } : { kind: 'never', error: 'channel_not_found' },
    find: async () => ({ kind: 'absent' }),
    update: async () => ({ kind: 'posted' }),
    pin: async () => ({ kind: 'posted' }),
  },
})
async function shown(): Promise<void> {
  for (const channel of ['C_OPS', `C_${count}`]) await showChannel(messages(), channel, new AbortController().signal)
}

test('R31 a notice that was never posted, or after its hour, is not called announced in time', async () => {
  posted.set('C_OPS', '1790000000.000100')
  let postedAt = new Date(0)
  await tornDown(floor, `${slug}-sandbox`, async () => {
    await floor.later(3_600_000)
    postedAt = await floor.change.clock.now(floor.db)
    await shown()
  })
  const { notices, requested } = record('sandbox')
  const [vendor, customer] = ['vendor', 'customer'].map((audience) => notices.value.find((one) => one.audience === audience))
  expect(customer).toMatchObject({ posted: null, due: expect.any(String), trouble: 'Slack: channel_not_found', late: true })
  expect([vendor?.late, toldLate(record('sandbox'))]).toEqual([false, ['the customer was never told']])
  expect(vendor?.posted?.ts).toBe('1790000000.000100')
  expect(vendor?.posted?.at).not.toBe(requested.value.at)
  expect(Math.abs(Date.parse(vendor?.posted?.at ?? '') - postedAt.getTime())).toBeLessThan(60_000)
})

test('R31 a customer without a channel is told as not announced to', async () => {
  await floor.db.updateTable('customer').set({ channel: null }).where('slug', '=', slug).execute()
  await tornDown(floor, `${slug}-sandbox`)
  expect(record('sandbox').notices.value.find(({ audience }) => audience === 'customer')).toEqual({
    audience: 'customer',
    said: 'nothing',
    until: null,
    due: null,
    posted: null,
    trouble: 'the customer has no channel',
    late: false,
  })
})

test('R31 who postponed it, when and until when is told', async () => {
  let at = ''
  await tornDown(floor, `${slug}-sandbox`, async () => {
    await floor.click(`U_L${count}`, 'postpone')
    await floor.later(day)
    at = (await floor.change.clock.now(floor.db)).toISOString()
    await floor.click('U_PM', 'postpone')
    await floor.later(40 * day)
  })
  const { postponements, notices } = record('sandbox')
  expect(postponements.value.map(({ by }) => by.userId)).toEqual([`U_L${count}`, 'U_PM'])
  const [first, second] = postponements.value.map(({ until }) => Date.parse(until))
  expect((second ?? 0) - (first ?? 0)).toBe(14 * day)
  expect(Math.abs(Date.parse(postponements.value[1]?.at ?? '') - Date.parse(at))).toBeLessThan(60_000)
  expect(notices.value.filter(({ audience }) => audience === 'vendor').map(({ until }) => until)).toHaveLength(3)
})

test('R31 what nobody postponed has no postponement, and an approval is who gave it', async () => {
  await tornDown(floor, `${slug}-sandbox`)
  const { postponements, approvals, requested, reason } = record('sandbox')
  expect([postponements.value, approvals.value.map(({ userId }) => userId)]).toEqual([[], ['U_ENG']])
  expect([requested.value.by.userId, reason.value]).toEqual(['U_PM', { text: 'not needed any more', rule: 'R29' }])
})

test("R42 the lifecycle's own teardown names its rule and reason, and nobody as who approved", async () => {
  await migrated()
  await floor.later(2 * day)
  await floor.work()
  const { approvals, requested, reason, grounds } = record('migration')
  expect(grounds.value.map(({ what, by }) => [what, by.userId])).toEqual([['Migration scripts approved', `U_L${count}`]])
  expect([approvals.value, requested.value.by.party]).toEqual([[], 'system'])
  expect(reason.value).toEqual({ text: 'the migration scripts are approved', rule: 'R9' })
})

test('R26 R42 the documents that are kept are named, and only those on record', async () => {
  const stray = join(documents(), `CR-${slug.toUpperCase()}-SANDBOX-MAIN-r1-00000000.json`)
  mkdirSync(documents(), { recursive: true })
  const begun = join(documents(), `CR-${slug.toUpperCase()}-SANDBOX-TEST-r1.content.0badcafe.part`)
  const others = join(documents(), `CR-${slug.toUpperCase()}-SANDBOX-2-TEST-r1-00000000.json`)
  await tornDown(floor, `${slug}-sandbox`, async () => {
    for (const file of [stray, begun, others]) writeFileSync(file, '{}')
  })
  const { kept, archived, gone, aside } = record('sandbox')
  const names = ['MAIN', 'TEST'].map((role) => `CR-${slug.toUpperCase()}-SANDBOX-${role} r1`)
  // The final reports are listed once, as archived.
  expect([kept.value, archived.value.flatMap(({ number }) => (number?.startsWith('CR-') ? [number] : [])).sort()]).toEqual([[], names])
  expect(gone.files.value.map(({ name, result }) => [name, result])).toEqual([[begun.split('/').at(-1), 'gone']])
  expect(aside.value.map(({ name }) => name)).toEqual([stray.split('/').at(-1)])
  expect([stray, begun, others].map((file) => existsSync(file))).toEqual([false, false, true])
  expect(readdirSync(documents()).filter((name) => /^CR-.*-(MAIN|TEST)-r1-/.test(name))).toHaveLength(5)
})

test('R42 backups are told as they were declared, and where nobody declared them, that nobody did', async () => {
  const undeclared = `${slug}-sandbox`
  await tornDown(floor, undeclared)
  expect(record('sandbox').backups.value).toEqual({ policy: '7', declared: [], undeclared: ['default', 'slipway'] })
  await floor.ask('U_PM', { verb: 'env-create', kind: 'sandbox', slug, from: null, version: null })
  await floor.work()
  await floor.click('U_ENG', 'approve')
  await floor.work()
  const backup = { what: 'base backups and WAL', where: 'the second site', keptDays: 35 }
  floor.change.policy = policyWith({ backups: { default: [backup], other: [backup] } })
  await tornDown(floor, `${slug}-sandbox-2`)
  const { backups, destroyedAt } = record('sandbox-2')
  const until = new Date(Date.parse(destroyedAt.value) + 35 * day).toISOString()
  expect(backups.value).toEqual({ policy: '7', declared: [{ server: 'default', ...backup, until }], undeclared: ['slipway'] })
})

test('R42 a teardown that was begun by a version that measured nothing says so', async () => {
  floor.watch(async (when, step) => {
    if (when === 'before' && step.name === 'archive-audit')
      await floor.db
        .updateTable('step')
        .set({ result: '{}' })
        .where('name', '=', 'archive')
        .where('operation_id', '=', step.operationId)
        .execute()
  })
  await tornDown(floor, `${slug}-sandbox`)
  floor.watch(() => {})
  expect(record('sandbox').instances.map(({ final }) => [final.measuredBy, final.value])).toEqual(
    Array(2).fill(['none', { notMeasured: 'it was archived by an earlier version of Slipway, which did not measure it' }]),
  )
})

test('R42 what Slipway itself did with it is told from the operations on record', async () => {
  await tornDown(floor, `${slug}-sandbox`)
  expect(record('sandbox').ownBackups.value).toEqual([
    { operation: 'create (done)', backup: false },
    { operation: 'teardown (this one)', backup: false },
  ])
})

/** Files handed over, an iteration run, and its scripts approved after `meanwhile`, so that Migration's end is due. */
async function migrated(meanwhile = async () => {}): Promise<void> {
  await writeLegacyDump(intake(), { volunteers: 20, seed: 7, specificationVersion: 2 })
  await floor.ask('U_ENG', { verb: 'migration-register', slug })
  await floor.work()
  await floor.ask('U_ENG', { verb: 'migration-run', slug })
  await floor.work()
  await floor.click(`U_L${count}`, 'review-iteration')
  await meanwhile()
  await floor.click(`U_L${count}`, 'approve-scripts')
  await floor.work()
}
const intake = () => join(folder, 'intake', slug)
const handedOver = () => readdirSync(intake()).sort()
const destroying = () => policyWith({ legacyDump: 'destroy-after-golive' })

test('R33 R42 the legacy dump is kept by default, and destroyed only where policy says so and it was announced', async () => {
  await migrated()
  const files = handedOver()
  // Changed after the notice: what was announced is what happens, under the version that it was announced with.
  floor.change.policy = policyWith({ legacyDump: 'destroy-after-golive', version: '8' })
  await floor.later(2 * day)
  await floor.work()
  expect(record('migration').legacyDump?.value.policy).toBe('keep')
  expect(record('migration').legacyDump?.value.files.map(({ name, found }) => [name, found])).toEqual(files.map((name) => [name, 'there']))
  expect(record('migration').legacyDump?.value.version).toBe('7')
  expect(handedOver()).toEqual(files)
})

test('R33 R42 before the go-live the legacy dump is kept, whatever policy says', async () => {
  floor.change.policy = destroying()
  await migrated()
  const files = handedOver()
  await floor.later(2 * day)
  await floor.work()
  expect([record('migration').legacyDump?.value.policy, handedOver()]).toEqual(['keep', files])
})

test('R33 R42 a legacy dump that is to be destroyed goes file by file as it was registered, and nothing else', async () => {
  floor.change.policy = destroying()
  await migrated(async () => {
    await floor.db.updateTable('customer').set({ state: 'live' }).where('slug', '=', slug).execute()
  })
  const [first = '', ...rest] = handedOver()
  const bytes = readFileSync(join(intake(), first))
  writeFileSync(join(intake(), first), 'exchanged')
  writeFileSync(join(intake(), 'notes.txt'), 'nobody registered this')
  await floor.later(2 * day)
  await floor.work()
  const stuck = await floor.db.selectFrom('operation').selectAll().where('state', '=', 'stuck').executeTakeFirstOrThrow()
  expect(stuck.trouble).toContain(`\`${first}\` is not the file that was registered`)
  expect(handedOver()).toContain(first)
  writeFileSync(join(intake(), first), bytes)
  await floor.ask('U_ENG', { verb: 'resume', operationId: stuck.id })
  await floor.work()
  expect(handedOver()).toEqual(['notes.txt'])
  const { policy, files } = record('migration').legacyDump?.value ?? {}
  expect([policy, files?.map(({ name, found }) => [name, found])]).toEqual(['destroy', [first, ...rest].map((name) => [name, 'removed'])])
})
