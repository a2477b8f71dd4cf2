/** The qualification as an operation of its own: what fails stays on record, is told, corrected or accepted, and executed again (R22, R29). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type IqData, readIq } from '../../src/documents/index.js'
import { type Qualifying, qualifying } from '../support/qualifying.js'

jest.setTimeout(120_000)

let at: Qualifying
beforeEach(async () => {
  at = await qualifying()
})
afterEach(() => at.close())

const documents = () => at.floor.db.selectFrom('document').selectAll().where('kind', '=', 'iq').orderBy('revision').execute()
const deviations = () => at.floor.db.selectFrom('deviation').selectAll().orderBy('raised_at').execute()
const open = async () =>
  (await at.floor.db.selectFrom('request').select('kind').where('state', '=', 'open').where('kind', '!=', 'postpone').execute())
    .map((r) => r.kind)
    .sort()
const told = (event: string) => at.floor.db.selectFrom('message').select(['audience', 'data']).where('subject', '=', event).execute()
const record = async (revision: number): Promise<IqData> => {
  const file = (await documents()).find((d) => d.revision === revision)?.file.replace(/\.pdf$/, '.json') ?? ''
  const data = readIq(readFileSync(join(at.folder, 'documents', file), 'utf8'))
  if (!data) throw new Error(`${file} is no IQ`)
  return data
}

test('R22 a failed check leaves an executed, failed IQ with its deviation, and nothing is undone', async () => {
  at.spoil()
  await at.execute()
  expect(await at.floor.environment('acme-preprod')).toBe('qualifying')
  const [iq, ...more] = await documents()
  expect(more).toEqual([])
  expect(iq).toMatchObject({ number: 'IQ-ACME-PREPROD', revision: 1, execution: 1, outcome: 'fail' })
  expect(await deviations()).toMatchObject([
    { number: 'DEV-ACME-PREPROD-1', document: 'IQ-ACME-PREPROD', execution: 1, check_id: 'IQ-01', critical: true, disposition: 'open' },
  ])
  const data = await record(1)
  expect(data.checks.value.find(({ id }) => id === 'IQ-01')).toMatchObject({ result: 'fail', actual: 'elsewhere' })
  expect(data.deviations.value).toMatchObject([{ number: 'DEV-ACME-PREPROD-1', check: 'IQ-01', disposition: 'open' }])
  expect(await told('qualification-failed')).toEqual([
    { audience: 'ops', data: { document: 'IQ-ACME-PREPROD', execution: 1, environment: 'acme-preprod' } },
  ])
  expect(await open()).toEqual(['accept-deviation', 'start-qualification'])
})

test('R22 what an execution no longer shows is corrected by its number, and what it shows anew is another deviation', async () => {
  at.spoil()
  await at.execute()
  at.spoil('somewhere else')
  await at.execute()
  expect(await deviations()).toMatchObject([
    { number: 'DEV-ACME-PREPROD-1', disposition: 'superseded', superseded_by: 'DEV-ACME-PREPROD-2' },
    { number: 'DEV-ACME-PREPROD-2', disposition: 'open', what: expect.stringContaining('found somewhere else') },
  ])
  await at.execute()
  expect((await deviations()).map((d) => d.disposition)).toEqual(['superseded', 'open'])
  at.mend()
  await at.execute()
  expect((await documents()).map((d) => [d.revision, d.execution, d.outcome])).toEqual([
    [1, 1, 'fail'],
    [2, 2, 'fail'],
    [3, 3, 'fail'],
    [4, 4, 'pass'],
  ])
  expect((await record(4)).deviations.value.map(({ disposition, correctedBy }) => [disposition, correctedBy])).toEqual([
    ['superseded', undefined],
    ['corrected', 'IQ-ACME-PREPROD execution 4'],
  ])
  expect(await open()).toEqual(['sign-iq'])
  await at.floor.click('U_QA', 'sign-iq')
  await at.floor.work()
  expect(await at.floor.environment('acme-preprod')).toBe('ready')
})

test('R22 an accepted deviation is in the IQ with who and why before anybody signs; who answers for the execution does not accept it', async () => {
  at.spoil()
  await at.execute()
  await expect(at.floor.click('U_ENG', 'accept-deviation', 'yes', 'fine')).rejects.toThrow('not yours to decide')
  await expect(at.floor.click('U_QA', 'accept-deviation')).rejects.toThrow('needs a reason')
  await at.floor.click('U_QA', 'accept-deviation', 'yes', 'The name is changed with the next release.')
  expect(await open()).toEqual([])
  await at.floor.work()
  expect((await documents()).map((d) => [d.execution, d.outcome])).toEqual([
    [1, 'fail'],
    [1, 'pass-with-deviations'],
  ])
  expect((await record(2)).deviations.value).toMatchObject([
    { disposition: 'accepted', by: { userId: 'U_QA' }, reason: 'The name is changed with the next release.' },
  ])
  expect((await record(2)).execution).toEqual((await record(1)).execution)
  expect(await open()).toEqual(['sign-iq'])
  await at.floor.click('U_QA', 'sign-iq')
  await at.floor.work()
  expect(await at.floor.environment('acme-preprod')).toBe('ready')
})

test('R22 a rejected deviation keeps the IQ failed until an execution no longer shows it', async () => {
  at.spoil()
  await at.execute()
  await expect(at.floor.click('U_QA', 'accept-deviation', 'no')).rejects.toThrow('needs a reason')
  await at.floor.click('U_QA', 'accept-deviation', 'no', 'It must have its name.')
  expect(await told('deviation-rejected')).toMatchObject([{ audience: 'ops', data: { reason: 'It must have its name.' } }])
  expect(await open()).toEqual(['start-qualification'])
  await at.execute()
  expect((await deviations()).map((d) => [d.disposition, d.decision])).toEqual([['open', 'rejected']])
  expect((await documents()).at(-1)?.outcome).toBe('fail')
  at.mend()
  await at.execute()
  expect(await deviations()).toMatchObject([
    { disposition: 'corrected', decision: 'rejected', disposed_by: 'U_QA', reason: 'It must have its name.' },
  ])
  expect((await documents()).at(-1)?.outcome).toBe('pass')
})

test('R29 an engineer starts the qualification, or says why not, and is asked again', async () => {
  expect(await open()).toEqual(['start-qualification'])
  await expect(at.floor.click('U_QA', 'start-qualification')).rejects.toThrow('not yours to decide')
  await expect(at.floor.click('U_ENG', 'start-qualification', 'no')).rejects.toThrow('needs a reason')
  await at.floor.click('U_ENG', 'start-qualification', 'no', 'The network is being moved.')
  expect(await told('qualification-declined')).toMatchObject([
    { audience: 'ops', data: { user: 'U_ENG', reason: 'The network is being moved.' } },
  ])
  expect([await open(), await documents()]).toEqual([['start-qualification'], []])
  await at.execute('U_ENG2')
  expect(await open()).toEqual(['sign-iq'])
})

test('R29 the execution has its own start and end by the wall clock, around its checks, and names who started it', async () => {
  const day = 86_400_000
  await at.floor.later(7 * day)
  const before = Date.now()
  await at.execute('U_ENG2')
  const { execution, checks, productTime, issuedAt } = await record(1)
  const { startedAt, finishedAt, responsible, performedBy } = execution.value
  expect([responsible.userId, performedBy.name]).toEqual(['U_ENG2', 'Slipway'])
  const executed = checks.value.filter(({ result }) => result !== 'n/a')
  const moments = [startedAt, ...executed.flatMap((check) => [check.startedAt ?? '', check.finishedAt ?? '']), finishedAt].map(Date.parse)
  expect(moments).toEqual([...moments].sort((a, b) => a - b))
  expect([before <= (moments[0] ?? 0), (moments.at(-1) ?? 0) <= Date.now(), startedAt < finishedAt]).toEqual([true, true, true])
  expect(Math.round((Date.parse(issuedAt) - Date.parse(finishedAt)) / day)).toBe(7)
  expect(Math.abs(productTime.value.aheadSeconds - (7 * day) / 1000)).toBeLessThan(5)
})

test('R22 a check that does not apply stands in the IQ with its reason, and an address only where something answers', async () => {
  await at.execute()
  const { checks, inventory } = await record(1)
  expect(checks.value.filter(({ result }) => result === 'n/a').map(({ id, actual }) => [id, actual])).toEqual([
    ['IQ-17', 'Applies only to volunteers: obfuscated. Expected here is volunteers: none.'],
    ['IQ-21', 'Applies only to volunteers: obfuscated. Expected here is volunteers: none.'],
  ])
  const address = inventory.find(({ name }) => name.startsWith('Address'))?.value
  expect(address).toMatchObject({ value: 'https://acme-preprod.example: nothing answered (stood in for)', measuredBy: 'probe' })
  const steps = await at.floor.db.selectFrom('step').select('result').where('name', '=', 'qualify').execute()
  expect(steps.at(-1)?.result).toMatchObject({ checks: checks.value.length - 2, passed: checks.value.length - 2 })
})
