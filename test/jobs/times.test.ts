/** Times in records are those of the measuring, not of the step's start, and an issue comes after all that it states. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentSha256, type IqData } from '../../src/documents/index.js'
import { recordOf, tornDown } from '../support/endings.js'
import { type Qualifying, qualifying } from '../support/qualifying.js'

jest.setTimeout(120_000)

let at: Qualifying
/** When each call of the driver began and ended: product time. */
let calls: { method: string; began: number; ended: number }[]
beforeEach(async () => {
  at = await qualifying()
  calls = []
  for (const method of ['check', 'freeze', 'remnants', 'load', 'inventory', 'dryRun'] as const) slowed(method)
})
afterEach(() => at.close())

const pause = () => new Promise((resolve) => setTimeout(resolve, 25))
const now = async () => (await at.floor.change.clock.now(at.floor.db)).getTime()

/** Both before and after the work itself something passes, as on a server. */
function slowed(method: 'check' | 'freeze' | 'remnants' | 'load' | 'inventory' | 'dryRun'): void {
  const plain = at.driver[method].bind(at.driver) as (...given: unknown[]) => Promise<unknown>
  const slow = async (...given: unknown[]) => {
    const began = await now()
    await pause()
    const answer = await plain(...given)
    await pause()
    calls.push({ method, began, ended: await now() })
    return answer
  }
  Object.assign(at.driver, { [method]: slow })
}
const endOf = (method: string) => Math.max(...calls.filter((call) => call.method === method).map(({ ended }) => ended))

const documents = () => join(at.folder, 'documents', 'acme')
const iq = (signed: boolean): IqData => {
  const name = readdirSync(documents()).find(
    (each) => each.startsWith('IQ-') && each.endsWith('.json') && each.includes('signed') === signed,
  )
  return JSON.parse(readFileSync(join(documents(), name ?? ''), 'utf8'))
}
const stepOf = (name: string, stage: 'first' | 'any') =>
  at.floor.db
    .selectFrom('step')
    .innerJoin('operation', 'operation.id', 'step.operation_id')
    .innerJoin('environment', 'environment.id', 'operation.environment_id')
    .select(['step.started_at', 'step.ended_at'])
    .where('environment.name', '=', 'acme-preprod')
    .where('operation.verb', '=', 'create')
    .where((e) => (stage === 'first' ? e('step.stage', '=', 0) : e('step.name', '=', name)))
    .executeTakeFirstOrThrow()

test('an IQ is issued after its execution, and dates what it states by when that was measured', async () => {
  await at.execute()
  const { issuedAt, execution, checks, counts, references, inventory } = iq(false)
  expect(Date.parse(issuedAt)).toBeGreaterThanOrEqual(Date.parse(execution.value.finishedAt))
  expect(Date.parse(checks.at)).toBeGreaterThanOrEqual(endOf('check'))
  const version = inventory.find(({ name }) => name === 'Version')
  expect(Date.parse(version?.value.at ?? '')).toBeGreaterThanOrEqual(endOf('check'))
  const planned = await stepOf('', 'first')
  const plan = references.find(({ reference }) => reference.measuredBy === 'plan')
  expect(plan?.reference.at).toBe(planned.ended_at?.toISOString())
  expect(Date.parse(counts?.at ?? '')).toBeGreaterThanOrEqual(endOf('dryRun'))
})

test('an IQ with signatures is issued after the last of them, and its content keeps its own date', async () => {
  await at.execute()
  await at.floor.later(3 * 86_400_000)
  await at.floor.click('U_QA', 'sign-iq')
  await at.floor.work()
  const [unsigned, signed] = [iq(false), iq(true)]
  expect([signed.issuedAt, contentSha256(signed)]).toEqual([unsigned.issuedAt, contentSha256(unsigned)])
  const times = signed.signatures.value.map((signature) => Date.parse(signature.at))
  expect(times).toHaveLength(1)
  expect(Date.parse(signed.signedIssue?.value.at ?? '')).toBeGreaterThanOrEqual(Math.max(...times))
  expect(signed.signedClocks?.value.at).toBe(signed.signedIssue?.value.at)
  expect([unsigned.productTime.value.aheadSeconds < 5, (signed.signedClocks?.value.aheadSeconds ?? 0) > 3 * 86_395]).toEqual([true, true])
})

test('R42 what an instance held at its end is dated after it was frozen, what is gone after it was looked for, and the archive after its last entry', async () => {
  await tornDown(at.floor, 'acme-sandbox')
  const record = recordOf(documents(), 'acme-sandbox')
  const frozen = calls.find(({ method }) => method === 'freeze')?.ended ?? Number.NaN
  const times = { final: record?.instances[0]?.final.at, gone: record?.gone.databases.at, issued: record?.issuedAt }
  expect(Date.parse(times.final ?? '')).toBeGreaterThanOrEqual(frozen)
  expect(Date.parse(times.gone ?? '')).toBeGreaterThanOrEqual(endOf('remnants'))
  expect(Date.parse(times.issued ?? '')).toBeGreaterThanOrEqual(Date.parse(times.gone ?? ''))
  expect(record?.destroyedAt.measuredBy).toBe('product-clock')
  expect((record?.productTime.value.aheadSeconds ?? 0) > 86_400).toBe(true)
  const { takenAt, entries } = JSON.parse(readFileSync(join(documents(), 'AX-ACME-SANDBOX.json'), 'utf8'))
  expect(Date.parse(takenAt)).toBeGreaterThanOrEqual(Date.parse(entries.at(-1).at))
})
