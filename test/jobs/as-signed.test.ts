/** R37 on a real server: configuration is changed in VAL, Pre-PROD and PROD Main at the worst moments, and what was signed is what counts. */

import { frameOf } from '../../src/change/deps.js'
import { customerIdOfSlug } from '../../src/db/customer.js'
import { readSituation } from '../../src/db/situation.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { checklist } from '../../src/lifecycle/golive.js'
import type { RequestKind } from '../../src/lifecycle/types.js'
import { requestMessage } from '../../src/views/request.js'
import { clinic, day, type Floor, floorFolder, openFloor } from '../support/floor.js'
import { straight as moments } from '../support/journey.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { inDatabase, sql } from '../support/postgres.js'
import { recordOnly } from '../support/stand-ins.js'
import { type StateDatabase, stateDatabase } from '../support/state.js'

jest.setTimeout(300_000)

const { folder, remove } = floorFolder()
let own: OwnServer
let state: StateDatabase
let floor: Floor

/** As far as VAL, its IQs not signed yet. */
beforeAll(async () => {
  own = await ownServer()
  state = await stateDatabase()
  const driver = postgresDriver({ product: clinic })
  floor = await openFloor({ url: state.url, driver, folder, instancesUrl: own.server, real: true })
  floor.deps.tools.renderDocument = recordOnly
  for (const moment of moments.slice(0, 1 + moments.findIndex(({ name }) => name === 'qualify VAL'))) {
    await moment.arrive(floor)
    await floor.work()
  }
})
afterAll(async () => {
  await floor?.close()
  await state?.drop()
  await own?.stop()
  remove()
})

/** Somebody configures inside the product. */
async function configure(instance: string, statement: string): Promise<void> {
  const { database } = await floor.db.selectFrom('instance').select('database').where('name', '=', instance).executeTakeFirstOrThrow()
  await sql(inDatabase(own.superuser, String(database)), statement)
}
const opened = (code: string) =>
  `insert into public.sites (code, name, city, country, beds) values ('${code}', '${code} Wing', 'Rivermouth', 'GB', 3)`
const closed = (code: string) => `delete from public.sites where code = '${code}'`

async function situation() {
  return readSituation(floor.db, (await customerIdOfSlug(floor.db, 'acme')) ?? null, await frameOf(floor.change, floor.db))
}
const asked = async () => (await situation()).requests.filter((r) => r.state === 'open').map((r) => r.kind)

/** The newest message of a kind of request. */
async function message(kind: RequestKind, which: 'open' | 'granted' = 'open', audience: 'ops' | 'customer' = 'customer'): Promise<string> {
  const s = await situation()
  const request = s.requests.filter((r) => r.kind === kind && r.state === which).at(-1)
  return request ? JSON.stringify(requestMessage({ situation: s, request, audience }).blocks) : `nothing asks for ${kind}`
}

/** Asks for a promotion, and gives it as it stands once its plan is made. */
async function promotion(): Promise<{ state: string; trouble: string | null }> {
  await floor.ask('U_ENG', { verb: 'env-promote', environment: 'acme-preprod' })
  await floor.work()
  return floor.operation('promote')
}
const prodMain = async () => `${(await situation()).environments.at(-1)?.name}-main`
const preprod = () => floor.environment('acme-preprod')

test('a VAL that was configured after its IQ is shown to the signer as such, by element', async () => {
  await configure('acme-val-1-main', opened('EAST'))
  await floor.click('U_QA', 'sign-iq')
  await floor.click('U_QA', 'sign-iq')
  await floor.work()
  expect(await message('validation-complete')).toMatch(/changed since its IQ.*Sites/)
})

test('R37 configured between the request and the click: the click counts for nothing, and is asked for again with the difference', async () => {
  await configure('acme-val-1-main', opened('WEST'))
  await floor.click('U_CQA', 'validation-complete')
  expect(await asked()).not.toContain('evidence-exported')
  await floor.work()
  expect(await asked()).toContain('validation-complete')
  expect(await asked()).not.toContain('evidence-exported')
  expect(await message('validation-complete')).toMatch(/Sites.*\+1/)
  expect(await message('validation-complete', 'granted')).toMatch(/counts for nothing/)
})

test('R37 configured after the click, before VAL was measured once more: the same', async () => {
  await floor.click('U_CQA', 'validation-complete')
  await configure('acme-val-1-main', closed('WEST'))
  await floor.work()
  expect(await asked()).toContain('validation-complete')
  expect(await message('validation-complete')).toMatch(/Sites.*-1/)
})

test('a measuring that fails is made again after some minutes, and the click counts then', async () => {
  await floor.click('U_CQA', 'validation-complete')
  floor.watch((when, step, way) => {
    if (when === 'before' && way === 'do' && step.name === 'measure') throw new Error('the server is away')
  })
  for (let i = 0; i < 12; i += 1) await floor.work()
  expect(await message('validation-complete', 'granted')).toMatch(/once more/)
  expect(await asked()).not.toContain('evidence-exported')
  floor.watch(() => {})
  await floor.later(11 * 60_000)
  await floor.work()
  expect(await asked()).toContain('evidence-exported')
})

test('R37 Pre-PROD is compared with VAL as it was signed, before anything is frozen or copied', async () => {
  await floor.click('U_CQA', 'evidence-exported')
  const date = new Date((await floor.change.clock.now(floor.db)).getTime() + 7 * day).toISOString().slice(0, 10)
  await floor.ask('U_PM', { verb: 'golive-start', slug: 'acme', date })
  await floor.click('U_LEAD', 'confirm-files')
  await floor.work()
  const ended = await promotion()
  expect([ended.state, ended.trouble]).toEqual(['undone', expect.stringMatching(/acme-val-1.*Sites.*R37/)])
  expect(await preprod()).toBe('ready')
})

test('R28 what is promoted is what G2 reported: another Pre-PROD stops the promotion, and G2 is made anew', async () => {
  await configure('acme-preprod', opened('EAST'))
  const reports = async () => (await situation()).documents.filter((d) => d.number === 'CR-ACME-PREPROD').length
  const before = await reports()
  await floor.work()
  const ended = await promotion()
  expect([ended.state, ended.trouble]).toEqual(['undone', expect.stringMatching(/G2.*Sites.*R28/)])
  await floor.work()
  expect(await reports()).toBe(before + 1)
  expect(checklist(await situation())[1]?.state).toBe('done')
})

test('R37 configured after the approvals: the frozen Pre-PROD is compared once more, and thawed', async () => {
  await promotion()
  await configure('acme-preprod', opened('SOUTH'))
  await floor.click('U_QA', 'approve')
  await floor.click('U_LEAD', 'approve')
  await floor.work()
  const ended = await floor.operation('promote')
  expect([ended.state, ended.trouble]).toEqual(['undone', expect.stringMatching(/acme-val-1.*Sites.*R37/)])
  expect(await preprod()).toBe('ready')
  await configure('acme-preprod', closed('SOUTH'))
})

test('R37 PROD Main that was configured before its review was measured again: G4 counts for nothing', async () => {
  await floor.work()
  // G2 was made anew while SOUTH was there still.
  expect((await promotion()).trouble).toMatch(/G2.*Sites.*R28/)
  await floor.work()
  await promotion()
  await floor.click('U_QA', 'approve')
  await floor.click('U_LEAD', 'approve')
  await floor.work()
  expect((await floor.operation('promote')).state).toBe('done')
  await floor.click('U_ENG', 'start-qualification')
  await floor.work()
  await configure(await prodMain(), opened('NIGHT'))
  await floor.click('U_ENG2', 'sign-g4')
  await floor.work()
  expect(checklist(await situation())[3]?.state).toBe('open')
  expect(await asked()).toContain('sign-g4')
  expect(await message('sign-g4', 'open', 'ops')).toMatch(/counts for nothing.*Sites.*is not what was validated.*Sites/)
})

test('R37 G5 is not done while PROD Main, as it was measured for G4, is not what VAL validated, and says what differs', async () => {
  await floor.click('U_ENG2', 'sign-g4')
  for (const _ of [0, 1]) await floor.click('U_QA', 'sign-iq')
  await floor.work()
  const [, , , g4, g5, g6] = checklist(await situation())
  expect([g4?.state, g5?.state, g6?.state]).toEqual(['done', 'open', 'blocked'])
  expect(g5?.waitsFor).toMatch(/acme-val-1.*Sites \(\d+ rows, \d+ there: \+1\).*R37/)
  expect(await asked()).toContain('sign-g4')
  expect(await asked()).not.toContain('sign-g6')
  await configure(await prodMain(), closed('NIGHT'))
  // Mended: it is measured anew within the hour, and one click is enough.
  await floor.later(61 * 60_000)
  await floor.work()
  expect(await message('sign-g4', 'open', 'ops')).not.toMatch(/is not what was validated/)
  await floor.click('U_ENG2', 'sign-g4')
  await floor.work()
  expect(checklist(await situation())[4]?.state).toBe('done')
})

test('R37 an entry typed into a migrated list of PROD Main: G5 is not done, and names the list', async () => {
  await configure(await prodMain(), "insert into public.medications (name) values ('Typed in by hand')")
  for (const _ of [0, 1]) {
    await floor.click('U_LEAD', 'sign-g6').catch(() => undefined)
    await floor.work()
  }
  expect(checklist(await situation())[4]?.waitsFor).toMatch(/lists of PROD Main are not as the migration loaded them: Medications/)
  await configure(await prodMain(), "delete from public.medications where name = 'Typed in by hand'")
  for (const _ of [0, 1]) {
    await floor.click('U_ENG2', 'sign-g4')
    await floor.work()
  }
  expect(checklist(await situation())[4]?.state).toBe('done')
})

test('R37 configured after G5: G6 counts for nothing, and PROD Main goes back to its review', async () => {
  await configure(await prodMain(), opened('LATE'))
  await floor.click('U_LEAD', 'sign-g6')
  await floor.work()
  expect((await situation()).customer?.state).toBe('onboarding')
  expect(checklist(await situation())[4]).toMatchObject({ state: 'open', waitsFor: expect.stringMatching(/Sites/) })
  expect(await asked()).not.toContain('sign-g6')
  await configure(await prodMain(), closed('LATE'))
  for (const _ of [0, 1]) {
    await floor.click('U_ENG2', 'sign-g4')
    await floor.work()
  }
  await floor.click('U_LEAD', 'sign-g6')
  await floor.work()
  expect((await situation()).customer?.state).toBe('live')
})

test('R37 a click that counted stays one when its environment is gone', async () => {
  const counts = await message('sign-g4', 'granted', 'ops')
  expect(counts).not.toMatch(/counts for nothing/)
  await floor.db.updateTable('environment').set({ state: 'destroyed' }).where('kind', '=', 'prod').execute()
  expect(await message('sign-g4', 'granted', 'ops')).not.toMatch(/counts for nothing/)
})
