import type { Operation, Step } from '../../src/lifecycle/types.js'
import { countedText } from '../../src/product/index.js'
import { operationMessage, planThread, resultThread } from '../../src/views/operation.js'
import type { Audience } from '../../src/views/view.js'
import { drawn } from './drawn.js'
import { ago, customerSlot, element, operation, request, situation, step, vendorSlot } from './scene.js'

const steps: Step[] = [
  step('Make the databases', { role: null }),
  step('Copy the configuration', { state: 'running', progress: 0.42, sentence: '5 of 12 tables', attempt: 2 }),
  step('Copy the configuration', { role: 'test', state: 'running', progress: 0.1 }),
  step('Check', { state: 'pending', progress: 0 }),
]

function message(more: Partial<Operation>, audience: Audience = 'ops', asked: 'approve' | 'postpone' | null = null, voted = false) {
  const asks = asked && request(asked, 'op-7f3a2b', { slots: [vendorSlot, customerSlot], dueAt: ago(-100) })
  if (asks && voted) asks.verdicts = [{ slot: '1', userId: 'U_ENG', verdict: 'yes', comment: null, at: ago(1) }]
  const subject = operation(more)
  const requests = asks ? [asks] : []
  return drawn(
    operationMessage({ situation: situation({ operations: [subject], requests }), operation: subject, steps, audience, requests }),
  )
}

test('planning', () => {
  expect(message({ state: 'planning' })).toMatchInlineSnapshot(`
"text: New Sandbox · acme-sandbox: Planning
# New Sandbox · acme-sandbox
:memo: *Planning* · since {2026-05-12 07:30 UTC}
Counting what will happen. The plan comes in the thread, before anyone decides.
| *Version* / \`24.2\`
| *Made from* / the base configuration
[Cancel] cancel=op-7f3a2b
~ Asked for by <@U_PM> · {2026-05-12 07:30 UTC} · plan \`ab12cd34\` · reference \`op-7f3a2b\`"
`)
})

test('R43 waiting for approvals: which are open, who may give them, until when', () => {
  expect(message({}, 'ops', 'approve')).toMatchInlineSnapshot(`
"text: New Sandbox · acme-sandbox: Waiting for approval
# New Sandbox · acme-sandbox
:hourglass_flowing_sand: *Waiting for approval*
3 elements · 28 rows carried, 31 reset
The whole plan is in the thread.
| *Version* / \`24.2\`
| *Made from* / the base configuration
*Waiting for* each of these · since {2026-05-12 04:30 UTC} · expires {2026-05-16 13:30 UTC}
•  our engineer or QA (<@U_ENG>, <@U_ENG2>, <@U_QA>)
•  Acme Clinic's lead (<@U_LEAD>)
[Approve] approve=req-1.3.ab12cd34  [Reject] reject=req-1.3.ab12cd34  [Cancel] cancel=op-7f3a2b
~ Asked for by <@U_PM> · {2026-05-12 07:30 UTC} · plan \`ab12cd34\` · reference \`op-7f3a2b\`"
`)
})

test('R30 waiting with one approval given: who gave it, and buttons for the party whose turn it is', () => {
  expect(message({}, 'ops', 'approve', true)).toMatchInlineSnapshot(`
"text: New Sandbox · acme-sandbox: Waiting for approval
# New Sandbox · acme-sandbox
:hourglass_flowing_sand: *Waiting for approval*
3 elements · 28 rows carried, 31 reset
The whole plan is in the thread.
| *Version* / \`24.2\`
| *Made from* / the base configuration
:white_check_mark: *Approved* by <@U_ENG> · {2026-05-12 08:30 UTC}
*Waiting for* Acme Clinic's lead (<@U_LEAD>) · since {2026-05-12 04:30 UTC} · expires {2026-05-16 13:30 UTC}
[Cancel] cancel=op-7f3a2b
~ Asked for by <@U_PM> · {2026-05-12 07:30 UTC} · plan \`ab12cd34\` · reference \`op-7f3a2b\`"
`)
  expect(message({}, 'customer', 'approve', true)).toMatchInlineSnapshot(`
"text: New Sandbox · acme-sandbox: Waiting for approval
# New Sandbox · acme-sandbox
:hourglass_flowing_sand: *Waiting for approval*
3 elements · 28 rows carried, 31 reset
The whole plan is in the thread.
| *Version* / \`24.2\`
| *Made from* / the base configuration
:white_check_mark: *Approved* by <@U_ENG> · {2026-05-12 08:30 UTC}
*Waiting for* your lead (<@U_LEAD>) · since {2026-05-12 04:30 UTC} · expires {2026-05-16 13:30 UTC}
[Approve] approve=req-1.3.ab12cd34  [Reject] reject=req-1.3.ab12cd34
~ Asked for by <@U_PM> · {2026-05-12 07:30 UTC}"
`)
})

test('R31 a scheduled teardown has its hour and Postpone', () => {
  const more: Partial<Operation> = { verb: 'teardown', state: 'scheduled', runAt: ago(-24), postponed: 1, requestedBy: 'system', slots: [] }
  expect(message(more, 'customer', 'postpone')).toMatchInlineSnapshot(`
"text: Teardown · acme-sandbox: Scheduled
# Teardown · acme-sandbox
:alarm_clock: *Scheduled* · {2026-05-13 09:30 UTC}
Save what you need from it before then. It can be postponed once more.
| *Main* / 1,203 dummy volunteers
| *Test* / 1,203 dummy volunteers
[Postpone 14 days] postpone=req-1.3.ab12cd34
~ Due by the lifecycle · {2026-05-12 07:30 UTC}"
`)
})

test('R42 a teardown that is done tells what was looked for; one from before that was told, where it can be read', () => {
  const told = { databases: 2, roles: 6, secrets: 4, files: 0, documents: 3, backups: 0, backupsUntil: '', undeclared: 1 }
  const done = operation({ verb: 'teardown', state: 'done', startedAt: ago(1), endedAt: ago(0) })
  const drawing = (result: Record<string, unknown>, audience: Audience = 'ops') =>
    drawn(
      operationMessage({
        situation: situation({ operations: [done] }),
        operation: done,
        steps: [step('Look for what is left', { name: 'record', role: null, result })],
        audience,
        requests: [],
      }),
    )
  expect(drawing(told, 'customer')).toContain('Looked for by name and not found: 2 databases, 6 roles and 4 sealed secrets.')
  expect(drawing(told)).toContain('what an undeclared one still holds is not known')
  expect(drawing({ number: 'DR-1' })).toContain('Its destruction record says what was looked for and not found.')
  expect(drawing({ number: 'DR-1' })).not.toMatch(/Looked for by name|gone/)
})

test('running: the bar for everybody, steps for the vendor', () => {
  expect(message({ state: 'running', startedAt: ago(0.1) })).toMatchInlineSnapshot(`
"text: New Sandbox · acme-sandbox: Running
# New Sandbox · acme-sandbox
:gear: *Running* · since {2026-05-12 09:24 UTC} · 6 min so far
▰▰▰▰▰▰▱▱▱▱▱▱▱▱▱▱  38 %
•  *Main*  Copy the configuration · 42 % · attempt 2 · _5 of 12 tables_
•  *Test*  Copy the configuration · 10 %
1 of 4 steps done
[Cancel] cancel=op-7f3a2b
~ Asked for by <@U_PM> · {2026-05-12 07:30 UTC} · plan \`ab12cd34\` · reference \`op-7f3a2b\`"
`)
  expect(message({ state: 'running', startedAt: ago(0.1) }, 'customer')).toMatchInlineSnapshot(`
"text: New Sandbox · acme-sandbox: Running
# New Sandbox · acme-sandbox
:gear: *Running* · since {2026-05-12 09:24 UTC} · 6 min so far
▰▰▰▰▰▰▱▱▱▱▱▱▱▱▱▱  38 %
~ Asked for by <@U_PM> · {2026-05-12 07:30 UTC}"
`)
})

test('being cancelled there is no Cancel any more', () => {
  expect(message({ state: 'running', startedAt: ago(0.1), cancelling: true })).not.toContain('[Cancel]')
})

test('done', () => {
  expect(message({ state: 'done', startedAt: ago(0.1), endedAt: ago(0.05) }, 'customer')).toMatchInlineSnapshot(`
"text: New Sandbox · acme-sandbox: Done
# New Sandbox · acme-sandbox
:white_check_mark: *Done* · {2026-05-12 09:27 UTC} · took 3 min
Ready to use.
| *Version* / \`24.2\`
| *Made from* / the base configuration
| *Main* / 1,203 dummy volunteers
| *Test* / 1,203 dummy volunteers
~ Asked for by <@U_PM> · {2026-05-12 07:30 UTC}"
`)
})

test('undone, and stuck with Resume; the customer gets a reference only (R38)', () => {
  const trouble = 'Copying users met a full disk (reference x1y2).'
  expect(message({ state: 'undone', startedAt: ago(0.1), endedAt: ago(0.05), trouble })).toMatchInlineSnapshot(`
"text: New Sandbox · acme-sandbox: Undone
# New Sandbox · acme-sandbox
:leftwards_arrow_with_hook: *Undone* · {2026-05-12 09:27 UTC} · took 3 min
It did not work out, and everything is as it was before.
*Trouble*  Copying users met a full disk (reference x1y2).
•  *Main*  Copy the configuration · 42 % · attempt 2 · _5 of 12 tables_
•  *Test*  Copy the configuration · 10 %
~ Asked for by <@U_PM> · {2026-05-12 07:30 UTC} · plan \`ab12cd34\` · reference \`op-7f3a2b\`"
`)
  expect(message({ state: 'stuck', startedAt: ago(0.1), trouble })).toMatchInlineSnapshot(`
"text: New Sandbox · acme-sandbox: Stuck
# New Sandbox · acme-sandbox
:warning: *Stuck* · since {2026-05-12 09:24 UTC} · 6 min so far
It can neither go on nor be undone without people.
*Trouble*  Copying users met a full disk (reference x1y2).
•  *Main*  Copy the configuration · 42 % · attempt 2 · _5 of 12 tables_
•  *Test*  Copy the configuration · 10 %
*What to do*  Remove the obstacle, then Resume: it goes on where it stopped.
[Resume] resume=op-7f3a2b
~ Asked for by <@U_PM> · {2026-05-12 07:30 UTC} · plan \`ab12cd34\` · reference \`op-7f3a2b\`"
`)
  expect(message({ state: 'stuck', startedAt: ago(0.1), trouble }, 'customer')).toMatchInlineSnapshot(`
"text: New Sandbox · acme-sandbox: Delayed
# New Sandbox · acme-sandbox
:hourglass_flowing_sand: *Delayed* · since {2026-05-12 09:24 UTC} · 6 min so far
It takes longer than planned.
We are looking into it (reference \`op-7f3a2b\`).
~ Asked for by <@U_PM> · {2026-05-12 07:30 UTC}"
`)
})

test.each(['undoing', 'rejected', 'expired', 'cancelled'] as const)('%s', (state) => {
  expect(message({ state, endedAt: ago(0.05) })).toMatchSnapshot()
})

test('R34 the plan as a contract', () => {
  expect(drawn(planThread({ operation: operation(), audience: 'customer' }))).toMatchInlineSnapshot(`
"text: The plan: 3 elements · 28 rows carried, 31 reset
*The plan*
3 elements · 28 rows carried, 31 reset
*Main*
Roles: 12 rows
Sites: 4 rows
Users (reset): 31 rows
*Test*
Roles: 12 rows
~ Nothing else will be done. Plan \`ab12cd34\`"
`)
})

test('R34 planned against actual, in the words of what was counted; migrated elements as every other', () => {
  const part = (table: string, unit: string, rows: number, configuration = true) => ({ table, unit, rows, configuration })
  const roles = element('Roles', 54, { parts: [part('roles', 'roles', 9), part('permissions', 'permissions', 45)] })
  const people = [part('volunteers', 'volunteers', 1203, false), part('volunteer_contacts', 'contacts', 2000, false)]
  const volunteers = element('Volunteers', 3203, { disposition: 'migrated', parts: people })
  const settings = [part('system_settings', 'settings', 18), part('system_settings', 'not compared', 1, false)]
  const elements = [
    roles,
    element('Settings', 19, { parts: settings }),
    element('Labs', 2, { parts: [part('labs', 'labs', 2)] }),
    volunteers,
  ]
  const subject = operation({ plan: { ...operation().plan, elements } })
  const counted = (of: typeof roles, at = 0, less = 0) => ({
    element: of.element,
    disposition: of.disposition,
    planned: of.rows,
    actual: of.rows - less,
    parts: of.parts?.map(({ rows, ...each }, place) => ({ ...each, planned: rows, actual: place === at ? rows - less : rows })),
  })
  const copy = step('Copy', { result: { counts: [counted(roles)] } })
  const program = step('Run', { result: { counts: [counted(volunteers, 1, 3)], entities: [{ entity: 'volunteers', loaded: 7 }] } })
  expect(drawn(planThread({ operation: subject, audience: 'ops' }))).toMatchInlineSnapshot(`
"text: The plan: 4 elements · 75 rows carried, 3,203 migrated
*The plan*
4 elements · 75 rows carried, 3,203 migrated
Roles: 9 roles, 45 permissions
Settings: 18 settings, 1 not compared
Labs: 2 labs
Volunteers (migrated): 1,203 volunteers, 2,000 contacts
_In the configuration report: 3 elements, 74 rows_
~ An approval is for exactly this. Plan \`ab12cd34\`"
`)
  expect(drawn(resultThread({ operation: subject, steps: [copy, program], audience: 'ops' }))).toMatchInlineSnapshot(`
"text: Planned and actual: 1 of 2 counts differs from the plan.
*Planned and actual*
:warning: 1 of 2 counts differs from the plan.
✓  Roles: 9 roles, 45 permissions
–  Settings: not counted, planned 18 settings, 1 not compared
–  Labs: not counted, planned 2 labs
≠  Volunteers (migrated): 1,203 volunteers, 1,997 contacts, planned 1,203 volunteers, 2,000 contacts
~ Plan \`ab12cd34\`"
`)
})

test('R34 of a plan without a dry run of the migration program nothing is said about what that brings', () => {
  const elements = [element('Roles', 12), element('Volunteers', 0, { disposition: 'migrated' })]
  const subject = operation({ plan: { ...operation().plan, elements } })
  const program = step('Run', { result: { entities: [{ entity: 'volunteers', loaded: 1203 }] } })
  const copy = step('Copy', { result: { counts: [{ element: 'roles', disposition: 'carried', planned: 12, actual: 12 }] } })
  const shown = drawn(resultThread({ operation: subject, steps: [copy, program], audience: 'ops' }))
  expect(shown).toContain('As planned: 1 of 1 counts agree.')
  expect(shown).toContain('–  Volunteers (migrated): see the migration report')
  expect(drawn(planThread({ operation: subject, audience: 'ops' }))).toContain('Volunteers (migrated): counted by the migration program')
})

test('R34 of rows that are dropped nothing is counted: they are told as the plan has them, and agree with nothing', () => {
  const lines = [element('Roles', 12), element('Volunteers', 80, { disposition: 'dropped' })]
  const subject = operation({ plan: { ...operation().plan, elements: lines } })
  const counted = (title: string, disposition: string, actual: number) => ({ element: title, disposition, planned: actual, actual })
  const copy = step('Copy', { result: { counts: [counted('roles', 'carried', 12), counted('volunteers', 'dropped', 80)] } })
  const shown = drawn(resultThread({ operation: subject, steps: [copy], audience: 'ops' }))
  expect(shown).toContain('As planned: 1 of 1 counts agree.')
  expect(shown).toContain('–  Volunteers (dropped): 80 rows, not written')
})

test('one row is told in the singular, whatever its unit is', () => {
  const parts = (['studies', 'tests of panels', 'boxes', 'not compared'] as const).map((unit) => ({ unit, rows: 1 }))
  expect(countedText(parts)).toBe('1 study, 1 test of panels, 1 box, 1 not compared')
})

test('what the product ships is told in sum', () => {
  const loaded = step('Load', { result: { rows: 1203 } })
  expect(drawn(resultThread({ operation: operation(), steps: [loaded], audience: 'ops' }))).toContain('1,203 rows loaded.')
})

test('a step that reports something else is passed over', () => {
  const odd = [{ counts: 'x' }, { counts: [null, 7, { element: 'roles', actual: '12' }] }, null].map((result) => step('Odd', { result }))
  expect(drawn(resultThread({ operation: operation(), steps: odd, audience: 'ops' }))).toContain('Nothing was counted.')
})
