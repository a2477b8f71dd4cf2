/** Records of IQs that are no longer what was issued, or of an earlier Slipway: not said, and told what to do (R22). */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attached } from '../../jobs/documents/iq-evidence.js'
import type { StepContext } from '../../jobs/job.js'
import { contentSha256, type IqData, readIq } from '../../src/documents/index.js'
import { renderAndRead } from '../documents/read.js'
import { sql } from '../support/postgres.js'
import { type Qualifying, qualifying } from '../support/qualifying.js'

jest.setTimeout(120_000)

let at: Qualifying
beforeEach(async () => {
  at = await qualifying()
})
afterEach(() => at.close())

const iq = () =>
  at.floor.db.selectFrom('document').selectAll().where('kind', '=', 'iq').orderBy('revision', 'desc').executeTakeFirstOrThrow()
const pathOf = (file: string) => join(at.folder, 'documents', file.replace(/\.pdf$/, '.json'))
const recorded = async (): Promise<IqData> => {
  const data = readIq(readFileSync(pathOf((await iq()).file), 'utf8'))
  if (!data) throw new Error('it is no IQ')
  return data
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const refused = async () => [...new Set(at.floor.logged.flatMap((line) => ('code' in line ? [line.code] : [])))]
const open = async () =>
  (await at.floor.db.selectFrom('request').select('kind').where('state', '=', 'open').execute()).map((r) => r.kind).sort()

test('R22 an IQ that lies on disk otherwise than it was issued is not handed out as signed', async () => {
  await at.execute()
  await at.floor.click('U_QA', 'sign-iq')
  const path = pathOf((await iq()).file)
  writeFileSync(path, readFileSync(path, 'utf8').replace('24.2', '24.1'))
  await at.floor.work()
  expect(await refused()).toEqual(['document-changed'])
  expect([await at.floor.environment('acme-preprod'), await open()]).toEqual(['qualifying', ['start-qualification']])
  await at.execute()
  await at.floor.click('U_QA', 'sign-iq')
  await at.floor.work()
  expect([await at.floor.environment('acme-preprod'), (await iq()).revision]).toEqual(['ready', 2])
})

test('R22 a signature for another content than was issued is refused', async () => {
  await at.execute()
  await at.floor.click('U_QA', 'sign-iq')
  const signer = `insert into slipway.signature select 'sig_other', customer_id, kind, subject, user_id, role, 'another content', null, at + interval '1 ms'
    from slipway.signature where kind = 'sign-iq'`
  await sql(at.ownerUrl, signer)
  await at.floor.work()
  expect(await refused()).toEqual(['signature-differs'])
  expect(await at.floor.environment('acme-preprod')).toBe('qualifying')
})

test('R22 an attachment that lies on disk with other bytes than were issued is refused', async () => {
  await at.execute()
  const { attachments } = await recorded()
  const report = await at.floor.db.selectFrom('document').selectAll().where('kind', '=', 'configuration-report').executeTakeFirstOrThrow()
  const [attachment] = attachments.value
  expect(attachment?.sha256).toBe(sha256(readFileSync(pathOf(report.file), 'utf8')))
  const issued = { effect: { ...report, do: 'add-document' }, revision: 1 } as unknown as Parameters<typeof attached>[2]
  const context = { documentsDir: join(at.folder, 'documents') } as StepContext
  await expect(attached(context, 'Report', issued)).resolves.toMatchObject({ sha256: report.sha256 })
  writeFileSync(pathOf(report.file), '{}')
  await expect(attached(context, 'Report', issued)).rejects.toMatchObject({ code: 'attachment-differs', rule: 'R22' })
})

test('R22 the evidence holds what the making recorded of this instance, and its checksum is that of the bytes', async () => {
  await sql(at.ownerUrl, `update slipway.step set result = result || '{"mark": "of this making"}' where name = 'create-database'`)
  await at.execute()
  const [making, ...more] = (await recorded()).evidence.value
  expect(more).toEqual([])
  expect(making).toMatchObject({ bytes: Buffer.byteLength(making?.content ?? ''), sha256: sha256(making?.content ?? '') })
  const { verb, times, steps } = JSON.parse(making?.content ?? '{}')
  expect([verb, times]).toEqual(['create', 'product time'])
  expect(steps.map(({ step, state }: { step: string; state: string }) => [step, state])).toEqual([
    ['create-database', 'done'],
    ['load-content', 'done'],
    ['adapt', 'done'],
    ['inventory', 'done'],
  ])
  expect(making?.content).toContain('of this making')
})

test('R33 the evidence of a making leaves out which volunteers were chosen', async () => {
  const chosen = `result || '{"testVolunteers": [{"number": "V0000017", "example": "two allergies"}]}'`
  await sql(at.ownerUrl, `update slipway.step set result = ${chosen} where name = 'load-content'`)
  await at.execute()
  expect((await recorded()).evidence.value[0]?.content).not.toContain('V0000017')
})

test('R22 the signed IQ names its own number, and when it was issued with whose signature; what was signed stays the same content', async () => {
  await at.execute()
  const unsigned = await recorded()
  await at.floor.click('U_QA', 'sign-iq')
  await at.floor.work()
  const row = await at.floor.db.selectFrom('document').selectAll().where('kind', '=', 'signed-iq').executeTakeFirstOrThrow()
  const signed = readIq(readFileSync(pathOf(row.file), 'utf8')) as IqData
  expect(unsigned.signedIssue).toBeUndefined()
  expect(signed.signedIssue?.value).toMatchObject({ number: row.number, revision: row.revision, by: expect.stringContaining('(U_QA)') })
  expect(contentSha256(signed)).toBe(contentSha256(unsigned))
  const { text, pages, attachments } = await renderAndRead(signed)
  expect(pages[0]).toContain(`${row.number} · Revision 1`)
  expect(text).toContain('Issued with its signature')
  expect(Object.keys(attachments)).toEqual(['IQ-ACME-PREPROD-r1-signed.json'])
})

test('an unsigned IQ of an earlier Slipway is not signed any more: the qualification is executed again', async () => {
  await at.execute()
  await sql(at.ownerUrl, 'update slipway.document set execution = null, outcome = null')
  await at.floor.upgraded()
  await at.floor.later(3_700_000)
  expect(await open()).toEqual(['start-qualification'])
  await at.execute()
  expect(await iq()).toMatchObject({ revision: 2, execution: 2, outcome: 'pass' })
  expect(await open()).toEqual(['sign-iq'])
})

test('R22 a record in the shape of an earlier Slipway is refused, and says what to do', async () => {
  await at.execute()
  const { file } = await iq()
  const old = JSON.stringify({ kind: 'iq', number: 'IQ-ACME-PREPROD', checks: [] })
  writeFileSync(pathOf(file), old)
  await sql(at.ownerUrl, `update slipway.document set sha256 = '${sha256(old)}' where kind = 'iq'`)
  await at.floor.upgraded()
  await at.floor.later(3_700_000)
  await at.floor.click('U_QA', 'sign-iq')
  await at.floor.work()
  expect((await at.floor.operation('endorse')).trouble).toMatch(/earlier Slipway.*Execute the qualification again\. \(R22\)/)
  expect((await at.floor.operation('endorse')).refusal).toBe('record-outdated')
  expect(await open()).toEqual(['start-qualification'])
})

test('R22 an operation that was half way at the upgrade ends well, and its qualification is started by its button', async () => {
  const old = await qualifying(
    `insert into slipway.step (id, operation_id, ordinal, stage, name, title, role)
     select 'stp_old', o.id, 99, 99, 'qualify', 'Qualify: execute the IQ checks', 'single'
     from slipway.operation o join slipway.environment e on e.id = o.environment_id where e.name = 'acme-preprod'`,
  )
  try {
    const made = await old.floor.db.selectFrom('operation').select('state').where('verb', '=', 'create').execute()
    expect(made.map(({ state }) => state)).toEqual(['done', 'done'])
    expect(await old.floor.environment('acme-preprod')).toBe('qualifying')
    await old.execute()
    const signable = await old.floor.db.selectFrom('request').select('kind').where('state', '=', 'open').execute()
    expect(signable).toEqual([{ kind: 'sign-iq' }])
  } finally {
    await old.close()
  }
})
