/** What commands answer. */
import { checklist } from '../../src/lifecycle/golive.js'
import { auditShow } from '../../src/views/audit.js'
import { customerList, customerShow } from '../../src/views/customer.js'
import { environmentList, environmentShow } from '../../src/views/environment.js'
import { goliveStatus } from '../../src/views/golive.js'
import { help } from '../../src/views/help.js'
import { home, nobodysHome } from '../../src/views/home.js'
import { migrationStatus } from '../../src/views/migration.js'
import { fault, refusal, said } from '../../src/views/refusal.js'
import { drawn } from './drawn.js'
import { ago, environment, golive, iteration, now, operation, request, situation } from './scene.js'

const entries = [
  { usage: '/env create <kind> [customer]', help: 'Asks for an environment.', example: '/env create demo acme' },
  { usage: '/env list', help: 'All environments.', example: '/env list' },
  { usage: '/audit show <customer|env>', help: 'The latest entries.', example: '/audit show acme' },
]

test('R39 a refusal names what is missing, who can provide it, and the rule', () => {
  const text = 'Only a ready Demo can be cloned; `acme-demo` is building. Use /env show <env>. <@U_PM> knows &amp; <!channel> not.'
  expect(drawn(refusal({ code: 'source-not-ready', rule: 'R5', text, who: 'a PM of the vendor' }))).toMatchInlineSnapshot(`
"text: Refused: Only a ready Demo can be cloned; \`acme-demo\` is building. Use /env show &lt;env&gt;. <@U_PM> knows &amp; &lt;!channel&gt; not.
:no_entry_sign: *Refused*
Only a ready Demo can be cloned; \`acme-demo\` is building. Use /env show &lt;env&gt;. <@U_PM> knows &amp; &lt;!channel&gt; not.
~ Who can help: a PM of the vendor ~ Rule R5"
`)
})

test('R16 an environment shows who was found in it, whatever its kind may hold, and says what was never measured', () => {
  const demo = environment('demo')
  const [instance] = demo.instances
  if (!instance) throw new Error('the scene has no Demo')
  const said = (measured: typeof instance.measured) =>
    drawn(environmentShow(situation(), { ...demo, instances: [{ ...instance, measured }] }))
  const found = { version: '24.2', class: 'real' as const, volunteers: 1, at: now, operationId: 'op-1' }
  expect(said(found)).toMatch(/1 real volunteer(?![\s\S]*is installed)/)
  expect(said({ ...found, version: '24.1' })).toMatch(/Version `24.1` is installed/)
  expect(said(null)).toMatch(/volunteers not measured/)
  expect(said({ ...found, class: null, at: null, operationId: null })).toMatch(/1 volunteer, whose class was not measured/)
})

test('a fault gives a reference and no more', () => {
  expect(drawn(fault('3f9a-77<b>'))).toMatchInlineSnapshot(`
"text: This did not work, and it is not your doing. Reference \`3f9a-77b\`
:warning: *Something broke on our side*
This did not work, and it is not your doing. Please try again in a minute.
~ If it stays like this, tell the people who run Slipway: reference \`3f9a-77b\`"
`)
})

test('a plain sentence', () => {
  expect(drawn(said('<@U_LEAD> is lead of acme now.'))).toMatchInlineSnapshot(`
"text: <@U_LEAD> is lead of acme now.
<@U_LEAD> is lead of acme now."
`)
})

test('help: everything in short, one word with examples, nothing at all', () => {
  expect(drawn(help(entries, null))).toMatchInlineSnapshot(`
"text: What you can say to Slipway
# What you can say to Slipway
*/env*
\`/env create &lt;kind&gt; [customer]\`
Asks for an environment.
\`/env list\`
All environments.
*/audit*
\`/audit show &lt;customer|env&gt;\`
The latest entries.
~ Each word also takes \`help\`, with examples."
`)
  expect(drawn(help(entries.slice(0, 1), '/env'))).toMatchInlineSnapshot(`
"text: How to use /env
# /env
\`/env create &lt;kind&gt; [customer]\`
Asks for an environment.
_For example_ \`/env create demo acme\`"
`)
  expect(drawn(help([], '/golive'))).toMatchInlineSnapshot(`
"text: There is nothing that you may do with \`/golive\`.
There is nothing that you may do with \`/golive\`.
~ Who may do what is written in the policy; an admin can change it."
`)
})

test('R43 a customer: stage, people, what waits for whom, environments', () => {
  const waiting = operation()
  const requests = [request('approve', waiting.id, { slots: waiting.slots }), request('review-iteration', 'it-2')]
  expect(drawn(customerShow(situation({ operations: [waiting], requests })))).toMatchSnapshot()
  expect(drawn(customerShow(situation({ customer: null })))).toContain('shared by all')
})

test('all customers', () => {
  const { customer } = situation()
  const customers = customer ? [{ ...customer, id: 'cus-2', slug: 'beta', name: 'Beta & Co', state: 'lost' as const }, customer] : []
  expect(drawn(customerList(customers))).toMatchInlineSnapshot(`
"text: 2 customers
# Customers
:construction: *Acme Clinic*  \`acme\` · Onboarding since {2026-04-25 17:30 UTC}
:no_entry_sign: *Beta &amp; Co*  \`beta\` · Lost since {2026-04-25 17:30 UTC}
~ 2 customers"
`)
  expect(drawn(customerList([]))).toContain('no customer yet')
})

test('all environments, the past ones by name', () => {
  const rows = [
    { ...environment('sandbox'), customer: 'acme' },
    { ...environment('preprod', 'qualifying'), customer: 'acme' },
    { ...environment('community'), customer: null },
    { ...environment('demo', 'destroyed'), customer: 'acme' },
  ]
  expect(drawn(environmentList(rows))).toMatchInlineSnapshot(`
"text: 4 environments
# Environments
*acme*
:white_check_mark: *Ready* · \`acme-sandbox\` · version \`24.2\` · since {2026-05-10 07:30 UTC}
:mag: *Being qualified* · \`acme-preprod\` · version \`24.2\` · since {2026-05-10 07:30 UTC}
*All customers*
:white_check_mark: *Ready* · \`community\` · version \`24.2\` · since {2026-05-10 07:30 UTC}
~ Of the past: \`acme-demo\` destroyed"
`)
  expect(drawn(environmentList([]))).toContain('no environment yet')
})

test('one environment', () => {
  const scene = situation({ operations: [operation({ environmentId: 'env-val', verb: 'teardown', state: 'scheduled', runAt: ago(-20) })] })
  expect(drawn(environmentShow(scene, environment('val')))).toMatchSnapshot()
  expect(drawn(environmentShow(scene, environment('demo')))).toMatchSnapshot()
})

test('migration', () => {
  const before = { ...iteration, id: 'it-1', number: 1, state: 'rejected' as const, at: ago(60) }
  const scene = situation({ iterations: [before, iteration], requests: [request('review-iteration', 'it-2')] })
  expect(drawn(migrationStatus(scene))).toMatchSnapshot()
  expect(drawn(migrationStatus(situation({ iterations: [], files: [] })))).toMatchSnapshot()
})

test('R28 going live: before it is started, and its checklist without buttons', () => {
  expect(drawn(goliveStatus(situation()))).toMatchInlineSnapshot(`
"text: No go-live is open for Acme Clinic.
:hourglass_flowing_sand: *Not started*
Both parties agree on a date; the checklist of six steps opens with it.
~ A PM starts it: \`/golive start acme --date 2026-09-01\`"
`)
  const scene = situation({ golive, requests: [request('confirm-files', golive.id)] })
  expect(drawn(goliveStatus(scene, checklist(scene)))).toMatchSnapshot()
})

test('R32 the audit trail', () => {
  const trail = [
    { seq: 12, at: now, actor: 'U_PM', verb: 'env-create', subject: 'acme-sandbox', why: null },
    { seq: 11, at: ago(1), actor: 'system', verb: 'announce', subject: '<!here>', why: 'asked\nfor' },
  ]
  expect(drawn(auditShow(trail, 'Audit trail of acme'))).toMatchInlineSnapshot(`
"text: Audit trail of acme: 2 entries
# Audit trail of acme
\`12\`  2026-05-12 09:30:00 · <@U_PM> · *env-create* acme-sandbox
\`11\`  2026-05-12 08:30:00 · Slipway · *announce* &lt;!here&gt; · asked for
~ Append-only; every entry carries the hash of the one before. Times in UTC."
`)
  const by = { name: 'Jonas Weber', nameFrom: 'slack', team: 'T_VENDOR', party: 'vendor', roles: ['pm'] }
  const told = [
    {
      seq: 4,
      at: now,
      actor: 'U_PM',
      verb: 'env-create',
      subject: 'acme-val-1',
      why: null,
      after: { ask: {}, by, refused: 'frozen', rule: 'R40' },
    },
    { seq: 3, at: now, actor: 'U_X', verb: 'not-understood', subject: '/env', why: null, after: { typed: 'crate <!here>' } },
    {
      seq: 2,
      at: now,
      actor: 'system',
      verb: 'message-edited',
      subject: 'op.1',
      why: null,
      before: {},
      after: { channel: 'C_OPS', ts: '1.2' },
    },
    { seq: 1, at: now, actor: 'system', verb: 'more-attempts', subject: 'U_X', why: null, after: { hour: '09:00', kept: 20, notKept: 40 } },
  ]
  expect(drawn(auditShow(told, 'In words'))).toMatchInlineSnapshot(`
"text: In words: 4 entries
# In words
\`4\`  2026-05-12 09:30:00 · <@U_PM> (Jonas Weber, vendor, pm) · *env-create* acme-val-1 · env-create, refused: frozen (R40)
\`3\`  2026-05-12 09:30:00 · <@U_X> · *not-understood* /env · typed what is not understood: “crate &lt;!here&gt;”
\`2\`  2026-05-12 09:30:00 · Slipway · *message-edited* op.1 · message edited in C_OPS (1.2)
\`1\`  2026-05-12 09:30:00 · Slipway · *more-attempts* U_X · 40 more attempts in the hour from 09:00, beyond the 20 on record
~ Append-only; every entry carries the hash of the one before. Times in UTC."
`)
  expect(drawn(auditShow([]))).toContain('There is no entry yet.')
})

test('Home: what waits for me, what runs, what is overdue, what stands', () => {
  const facts = {
    waiting: [{ request: request('approve', 'op-7f3a2b', { dueAt: ago(-90) }), title: 'New VAL: acme-val-1', where: 'C_OPS' }],
    environments: [{ ...environment('sandbox'), customer: 'acme' }],
    running: [{ operation: operation({ state: 'running', startedAt: ago(1) }), name: 'acme-sandbox' }],
    overdue: ['`acme-migration` stands longer than it should'],
    now,
  }
  expect(drawn(home(facts), 'home')).toMatchInlineSnapshot(`
"text: 1 thing waiting for you
# Waiting for you
:point_right: *New VAL: acme-val-1* · <#C_OPS> · for 5 h · expires {2026-05-16 03:30 UTC}
# Overdue
:warning: \`acme-migration\` stands longer than it should
# Running
:gear: *Running* · \`acme-sandbox\` · since {2026-05-12 08:30 UTC}
# Environments
*acme*
:white_check_mark: *Ready* · \`acme-sandbox\` · version \`24.2\` · since {2026-05-10 07:30 UTC}
~ As of {2026-05-12 09:30 UTC} · \`/env help\` shows what you can say"
`)
  const empty = { ...facts, waiting: [], environments: [], running: [], overdue: [] }
  expect(drawn(home(empty), 'home')).toContain('Nothing. Enjoy the quiet.')
  expect(drawn(nobodysHome(), 'home')).toContain('people of the vendor')
})
