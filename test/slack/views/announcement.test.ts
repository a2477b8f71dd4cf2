import type { Kind } from '../../../src/lifecycle/kinds.js'
import type { Document } from '../../../src/lifecycle/types.js'
import { type AnnouncementEvent, announcement, announcementEvents, isAnnouncement } from '../../../src/slack/views/announcement.js'
import type { Audience } from '../../../src/slack/views/view.js'
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
