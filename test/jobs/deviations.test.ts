/** What becomes of a deviation: no execution that did not see the check pass closes it, and what QA decided stays told (R22, R30). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type IqData, readIq } from '../../src/documents/index.js'
import type { CheckResult } from '../../src/product/index.js'
import { type Qualifying, qualifying } from '../support/qualifying.js'

jest.setTimeout(120_000)

let at: Qualifying
beforeEach(async () => {
  at = await qualifying()
})
afterEach(() => at.close())

const documents = () => at.floor.db.selectFrom('document').selectAll().where('kind', '=', 'iq').orderBy('revision').execute()
const deviations = () => at.floor.db.selectFrom('deviation').selectAll().orderBy('number').execute()
const dispositions = async () => (await deviations()).map((d) => [d.check_id, d.disposition])
const outcome = async () => (await documents()).at(-1)?.outcome
const open = async () =>
  (await at.floor.db.selectFrom('request').select('kind').where('state', '=', 'open').where('kind', '!=', 'postpone').execute())
    .map((r) => r.kind)
    .sort()
const listed = async (): Promise<IqData['deviations']['value']> => {
  const file = (await documents()).at(-1)?.file.replace(/\.pdf$/, '.json') ?? ''
  return readIq(readFileSync(join(at.folder, 'documents', file), 'utf8'))?.deviations.value ?? []
}

/** From now on these checks cannot be executed, for this reason. */
function block(reason: string | null, ...ids: string[]): void {
  const blocked = (check: CheckResult): CheckResult =>
    reason !== null && ids.includes(check.id)
      ? { ...check, result: 'blocked', actual: `(not executed: ${reason})`, evidence: `not executed: ${reason}` }
      : check
  at.driver.check = async (...asked) => (await Object.getPrototypeOf(at.driver).check.apply(at.driver, asked)).map(blocked)
}

test('R22 a rejected deviation does not vanish because its check can no longer be executed', async () => {
  at.spoil()
  await at.execute()
  await at.floor.click('U_QA', 'accept-deviation', 'no', 'It must have its name.')
  block('permission denied for table settings', 'IQ-01')
  await at.execute()
  expect(await dispositions()).toEqual([
    ['IQ-01', 'rejected'],
    ['IQ-01', 'open'],
  ])
  await at.floor.click('U_QA', 'accept-deviation', 'yes', 'Looked at by hand.')
  await at.floor.work()
  expect([await outcome(), await open()]).toEqual(['fail', ['start-qualification']])
  block(null)
  at.mend()
  await at.execute()
  expect([await dispositions(), await outcome()]).toEqual([
    [
      ['IQ-01', 'corrected'],
      ['IQ-01', 'corrected'],
    ],
    'pass',
  ])
})

test('R22 a check that fails with another value corrects nothing: the earlier deviation is superseded by the new one', async () => {
  at.spoil()
  await at.execute()
  at.spoil('somewhere else')
  await at.execute()
  expect(await deviations()).toMatchObject([
    { disposition: 'superseded', corrected_by: null, superseded_by: 'DEV-ACME-PREPROD-2' },
    { disposition: 'open' },
  ])
  expect(await listed()).toMatchObject([{ disposition: 'superseded', supersededBy: 'DEV-ACME-PREPROD-2' }, { disposition: 'open' }])
})

test('R30 what is judged is the whole difference, also where the text shows only its beginning', async () => {
  at.spoil(`${'long '.repeat(80)}one`)
  await at.execute()
  at.spoil(`${'long '.repeat(80)}two`)
  await at.execute()
  const [one, two, ...more] = await deviations()
  expect([one?.what === two?.what, one?.found_sha256 === two?.found_sha256, more]).toEqual([true, false, []])
  expect(await dispositions()).toEqual([
    ['IQ-01', 'superseded'],
    ['IQ-01', 'open'],
  ])
})

test('R22 why a check could not be executed stands in its deviation, and another reason is another deviation', async () => {
  block('permission denied for table settings', 'IQ-01')
  await at.execute()
  block('relation settings does not exist', 'IQ-01')
  await at.execute()
  expect((await deviations()).map((d) => [d.disposition, d.what])).toEqual([
    ['superseded', expect.stringContaining('permission denied for table settings')],
    ['open', expect.stringContaining('relation settings does not exist')],
  ])
})

test('R22 a rejected deviation that an execution finds again is judged anew by QA, and the trail keeps the earlier word', async () => {
  at.spoil()
  await at.execute()
  await at.floor.click('U_QA', 'accept-deviation', 'no', 'It must have its name.')
  expect(await open()).toEqual(['start-qualification'])
  await at.execute()
  expect([await dispositions(), await open()]).toEqual([[['IQ-01', 'open']], ['accept-deviation', 'start-qualification']])
  expect(await listed()).toMatchObject([{ disposition: 'open', decision: 'rejected', reason: 'It must have its name.' }])
  await at.floor.click('U_QA', 'accept-deviation', 'yes', 'It was a slip of the hand.')
  await at.floor.work()
  expect(await outcome()).toBe('pass-with-deviations')
  const trail = await at.floor.db
    .selectFrom('audit_entry')
    .select('after')
    .where('subject', '=', 'DEV-ACME-PREPROD-1')
    .orderBy('seq')
    .execute()
  expect(trail.map(({ after }) => after)).toMatchObject([
    { disposition: 'open' },
    { disposition: 'rejected', reason: 'It must have its name.' },
    { disposition: 'open', foundAgainBy: 'IQ-ACME-PREPROD execution 2' },
    { disposition: 'accepted', reason: 'It was a slip of the hand.' },
  ])
})

test("R22 the correction of an accepted deviation leaves QA's decision on record, and the IQ tells both", async () => {
  at.spoil()
  block('permission denied for table settings', 'IQ-02')
  await at.execute()
  const first = (await deviations()).find(({ check_id }) => check_id === 'IQ-01')
  await at.floor.click('U_QA', 'accept-deviation', 'yes', 'It is named again.', first?.id)
  at.mend()
  await at.execute()
  const correction = { disposition: 'corrected', corrected_by: 'IQ-ACME-PREPROD execution 2', corrected_at: expect.any(Date) }
  expect((await deviations()).find(({ check_id }) => check_id === 'IQ-01')).toMatchObject({
    ...correction,
    ...{ decision: 'accepted', disposed_by: 'U_QA', reason: 'It is named again.' },
  })
  expect((await listed()).find(({ check }) => check === 'IQ-01')).toMatchObject({
    ...{ disposition: 'corrected', decision: 'accepted', by: { userId: 'U_QA' }, reason: 'It is named again.' },
    ...{ correctedBy: 'IQ-ACME-PREPROD execution 2', correctedAt: expect.any(String) },
  })
})

const fault = new Error('the connection dropped')

test('R22 a passing fault is met by another attempt, not by a deviation', async () => {
  let faults = 2
  const { writeReport } = at.floor.deps.tools
  at.floor.deps.tools.writeReport = async (...asked) => (faults-- > 0 ? Promise.reject(fault) : writeReport(...asked))
  let dropped = 1
  at.driver.inventory = async (...asked) =>
    dropped-- > 0 ? Promise.reject(fault) : Object.getPrototypeOf(at.driver).inventory.apply(at.driver, asked)
  await at.execute()
  expect([await deviations(), await outcome()]).toEqual([[], 'pass'])
})

test('R22 an inventory or a report that no attempt could make fails the IQ by a deviation, with the reference of its cause in the log', async () => {
  at.driver.inventory = () => Promise.reject(fault)
  at.floor.deps.tools.writeReport = () => Promise.reject(new Error('no space left'))
  await at.execute()
  expect((await deviations()).map((d) => [d.check_id, d.what]).sort()).toEqual([
    ['configuration-report', 'The configuration report could not be made (reference ref-1).'],
    ['inventory', 'What is installed could not be read (reference ref-1).'],
  ])
  expect(await outcome()).toBe('fail')
  expect(at.floor.logged).toContainEqual(expect.objectContaining({ reference: 'ref-1', err: fault, step: 'qualify' }))
  at.floor.deps.tools.writeReport = () => Promise.reject(new Error('out of memory'))
  await at.execute()
  expect((await dispositions()).sort()).toEqual([
    ['configuration-report', 'open'],
    ['configuration-report', 'superseded'],
    ['inventory', 'open'],
  ])
})
