import type { Kind } from '../../src/lifecycle/kinds.js'
import type { Document } from '../../src/lifecycle/types.js'
import { type AnnouncementEvent, announcement, announcementEvents, isAnnouncement } from '../../src/views/announcement.js'
import type { Audience } from '../../src/views/view.js'
import { drawn } from './drawn.js'
import { ago, environment, iq, operation, situation } from './scene.js'

const data = {
  user: 'U_LEAD',
  role: 'coordinator',
  until: ago(-24).toISOString(),
  date: '2026-06-12',
  number: 2,
  days: 365,
  step: 'G1',
  document: 'IQ-0003',
  execution: 1,
  deviation: 'DEV-ACME-VAL-1-1',
}
const record: Document = { ...iq, id: 'doc-2', number: 'DR-0001', kind: 'destruction-record', environmentId: 'env-sandbox' }

function message(event: AnnouncementEvent, audience: Audience, kind: Kind = 'sandbox', more: Record<string, string | number> = data) {
  const scene = situation({ documents: [iq, record], operations: [operation({ state: 'stuck' })] })
  return drawn(announcement({ event, data: more, audience, situation: scene, environment: environment(kind) }))
}

test.each(
  announcementEvents.flatMap(
    (event) =>
      [
        [event, 'ops'],
        [event, 'customer'],
      ] as [AnnouncementEvent, Audience][],
  ),
)('%s for %s', (event, audience) => {
  expect(message(event, audience)).toMatchSnapshot()
})

test('R7 the hand-over of Migration warns what is lost and where a change belongs instead', () => {
  expect(message('environment-ready', 'customer', 'migration')).toMatchInlineSnapshot(`
"text: Your Migration acme-migration is ready. Review and formal acceptance testing of the migration output.
:white_check_mark: *Your Migration \`acme-migration\` is ready*
Review and formal acceptance testing of the migration output.
:warning: *Careful*: What you change here is lost at the next iteration: changes to migration-owned lists belong in the Migration Specification, all others in Pre-PROD.
| *Version* / \`24.2\`
| *Made from* / the base configuration
| *Volunteers* / 1,203 real volunteers
~ Ephemeral: torn down, with notice, once its purpose is fulfilled."
`)
})

test('R22 the hand-over of a controlled environment names its IQ', () => {
  expect(message('environment-ready', 'ops', 'val')).toContain('Qualified: `IQ-0003`')
})

test('R22 a qualification that did not pass is told by its deviations, what was expected and what was found', () => {
  const text = message('qualification-failed', 'ops', 'val')
  expect(text).toContain('`IQ-0003`, execution 1: not passed')
  expect(text).toContain('•  `DEV-ACME-VAL-1-1` IQ-08 Built-in roles: expected 9, found 8')
})

test.each(announcementEvents)('%s is told without data, environment and customer too', (event) => {
  for (const audience of ['ops', 'customer'] as const)
    drawn(announcement({ event, data: {}, audience, situation: situation({ customer: null, community: null }) }))
})

test('only known events are told', () => {
  expect(isAnnouncement('frozen')).toBe(true)
  expect(isAnnouncement('toString')).toBe(false)
})

describe('R42 the end of an environment', () => {
  const told = {
    databases: 2,
    roles: 6,
    secrets: 4,
    files: 1,
    documents: 3,
    backups: 1,
    backupsUntil: ago(-24).toISOString(),
    undeclared: 0,
  }

  test('is told with what was looked for and not found, what is kept, and until when a backup holds it', () => {
    expect(
      message('environment-destroyed', 'customer', 'migration', { ...told, dump: 'keep', dumpFiles: 4, dumpThere: 4 }),
    ).toMatchInlineSnapshot(`
"text: acme-migration is destroyed. Looked for by name and not found: 2 databases, 6 roles, 4 sealed secrets and 1 file.
:wastebasket: *\`acme-migration\` is destroyed*
Looked for by name and not found: 2 databases, 6 roles, 4 sealed secrets and 1 file.
3 documents about it are kept as records.
The legacy dump is kept in the intake folder: 4 of 4 registered files.
Declared backups may hold it until {2026-05-13 09:30 UTC}.
~ It stood for 2 days"
`)
  })

  test('never says of the dump or of backups what is not so', () => {
    const gone = message('environment-destroyed', 'ops', 'val', { ...told, dump: 'destroy', dumpFiles: 4, dumpThere: 0 })
    expect(gone).toContain('Of the legacy dump nothing was found under its name in the intake folder (4 files registered).')
    const unseen = message('environment-destroyed', 'ops', 'val', { ...told, dump: 'keep', dumpFiles: 4, dumpThere: 0, dumpUnknown: 4 })
    expect(unseen).toContain('The legacy dump was not looked for: its intake folder is not there.')
    const unknown = message('environment-promoted', 'ops', 'preprod', { ...told, files: 0, backups: 0, backupsUntil: '', undeclared: 1 })
    expect(unknown).toContain('Looked for by name and not found: 2 databases, 6 roles and 4 sealed secrets.')
    expect(unknown).toContain('what an undeclared one still holds is not known')
    expect(unknown).not.toMatch(/legacy dump|may hold it until/)
  })

  test('R31 that was not announced in time is told to the vendor', () => {
    const said = (audience: 'ops' | 'customer', late: number) => message('environment-destroyed', audience, 'val', { ...told, late })
    expect([said('ops', 1), said('ops', 0), said('customer', 1)].map((each) => each.includes('not announced in time'))).toEqual([
      true,
      false,
      false,
    ])
  })

  test('with the dump is announced with the dump', () => {
    const scene = (legacyDump: string) =>
      situation({ operations: [operation({ verb: 'teardown', plan: { job: 'teardown', data: { legacyDump }, steps: [], elements: [] } })] })
    const said = (legacyDump: string) =>
      drawn(
        announcement({
          event: 'teardown-scheduled',
          data,
          audience: 'customer',
          situation: scene(legacyDump),
          environment: environment('sandbox'),
        }),
      )
    expect(said('destroy')).toContain('the *legacy dump* in the intake folder is destroyed')
    expect(said('keep')).not.toContain('dump')
  })
})
