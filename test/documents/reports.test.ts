import { concludeDestruction, concludeReconciliation } from '../../src/documents/index.js'
import { renderAndRead } from './read.js'
import { configuration, destruction, hash, reconciliation, restated } from './samples.js'

test('R19 a configuration report has a checksum per element and one for the whole, and every row', async () => {
  const { text } = await renderAndRead(configuration)
  for (const { title } of configuration.elements.value) expect(text).toContain(title)
  expect(text).toContain(`Everything ${hash('c')}`)
  expect(text.replace(/ /g, '')).toContain(`Devices1${hash('2')}`)
  for (const row of configuration.content.value.tables[0]?.listed ?? []) expect(text).toContain(row[2])
  expect(text).toContain('1 row, named by name')
  expect(text).toContain('site › code')
  expect(text).toContain('ECG 3 true “” Żuk X 4001 –')
})

test('R9 a reconciliation report shows balances, rejects, codes, files and test volunteers by number', async () => {
  const { text, pages } = await renderAndRead(reconciliation)
  expect(pages[0]).toContain('\nBALANCED\n')
  for (const part of ['date of birth is not a date', 'subjects_export.csv', 'not mapped', 'V-001203', 'Version 3.1', hash('4'), hash('7')])
    expect(text).toContain(part)
  expect(text.replace(/\u00a0/g, ' ')).toMatch(/volunteers 100 000 99 310 12 600 78 0/)
})

test('R9 only a run for review is called an iteration, names volunteers for the review, and waits for acceptance', async () => {
  const own = restated(reconciliation.environment, { ...reconciliation.environment.value, kind: 'PROD', name: 'acme-prod' })
  const later = { ...reconciliation, environment: own, review: restated(reconciliation.review, false) }
  const { text, pages } = await renderAndRead(later)
  expect(pages[0]).toContain('Run in acme-migration with the scripts approved as iteration 3')
  for (const said of [
    'Iteration 3 ·',
    'For the review',
    'Acceptance of the iteration',
    'V-001203',
    'needs a new iteration and a new acceptance',
  ])
    expect([said, text.includes(said)]).toEqual([said, false])
  const review = await renderAndRead(reconciliation)
  expect(review.text).toContain('Iteration 3 · acme-migration')
  expect(review.text).toContain('For the review in the Migration environment')
})

test('R26 who asked for a revision is told apart from who carried it out', async () => {
  const { text } = await renderAndRead(reconciliation)
  expect(text).toContain('Asked for by Carried out by')
})

test('R9 an installed version that nobody measured is not printed as installed', async () => {
  const { text } = await renderAndRead({ ...reconciliation, installed: { value: null, measuredBy: 'none', at: reconciliation.issuedAt } })
  expect(text).toContain('Installed version not measured')
  expect(text).toContain('Ordered version 24.2.0')
})

test('R9 a lost record, or a reject without a reason, is out of balance', async () => {
  const [volunteers, ...rest] = reconciliation.entities.value
  if (!volunteers) throw new Error('the sample has no entity')
  const lost = {
    ...reconciliation,
    entities: restated(reconciliation.entities, [{ ...volunteers, loaded: volunteers.loaded - 1 }, ...rest]),
  }
  const none = restated(reconciliation.rejects, [])
  expect(concludeReconciliation(lost).reasons).toEqual(['volunteers is out of balance by 1'])
  expect(concludeReconciliation({ ...reconciliation, rejects: none }).outcome).toBe('fail')
  expect(concludeReconciliation({ ...reconciliation, entities: restated(reconciliation.entities, []), rejects: none }).outcome).toBe('fail')
  expect((await renderAndRead(lost)).pages[0]).toContain('\nNOT BALANCED\n')
})

test('R42 a destruction record names what, when, approvals, notices, archive, and each thing that was looked for', async () => {
  const { text, pages } = await renderAndRead(destruction)
  expect(pages[0]).toContain('\nVERIFIED GONE, NOT ANNOUNCED IN TIME\n')
  for (const part of [
    'acme-preprod_single_1',
    '2025-11-22 10:13:59 UTC',
    hash('c'),
    'Ngô Thị Hoa (U_QA)',
    'CR-000040',
    'acme-preprod_single_1_maint',
    'rejects-acme-preprod-op_1.csv',
    'class not measured',
    'never posted',
    '1763712002.000100',
    'subjects.csv',
    'the second site',
    '2025-12-27 10:13:59 UTC',
    'Nobody declared backups or snapshots of the server eu-2',
  ])
    expect(text).toContain(part)
})

test('R42 what is still there, or was not looked for, is not gone', async () => {
  const { gone } = destruction
  const present = gone.roles.value.map((one, index) => (index === 2 ? { ...one, result: 'present' as const } : one))
  const left = { ...destruction, gone: { ...gone, roles: restated(gone.roles, present) } }
  expect(concludeDestruction(left).reasons).toEqual(["Slipway's own login acme-preprod_single_1_maint: still there"])
  expect(concludeDestruction({ ...destruction, gone: { ...gone, databases: restated(gone.databases, []) } }).outcome).toBe('fail')
  expect(concludeDestruction({ ...destruction, archived: restated(destruction.archived, []) }).outcome).toBe('fail')
  expect((await renderAndRead(left)).text).toMatch(
    /The destruction is not verified: Slipway's own login acme-preprod_single_1_maint:\s+still there\./,
  )
})

test('R42 what was not measured is printed so, with the reason', async () => {
  const [instance] = destruction.instances
  if (!instance) throw new Error('the sample has no instance')
  const final = { value: { notMeasured: 'no database of it stands' }, measuredBy: 'none' as const, at: instance.final.at }
  const { text } = await renderAndRead({ ...destruction, instances: [{ ...instance, final }] })
  expect(text).toContain('not measured: no database of it stands')
  expect(text).not.toContain('1 203')
})
