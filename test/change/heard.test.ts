/** Attempts in the chains (R32): whose chain, how much of them, and what a stranger can fill a trail with. */
import { noteHeard, tellUncounted } from '../../src/change/heard.js'
import { readAudit } from '../../src/db/audit.js'
import { verifyAudit } from '../../src/db/audit-verify.js'
import type { Heard } from '../../src/lifecycle/heard.js'
import { Hinge } from '../support/hinge.js'

let hinge: Hinge
let acme: string
beforeEach(async () => {
  hinge = await Hinge.open()
  await hinge.does({ verb: 'customer-add', slug: 'acme', name: 'Acme', channel: 'C_ACME', legacy: false })
  await hinge.does({ verb: 'customer-add', slug: 'beta', name: 'Beta', channel: 'C_BETA', legacy: false })
  await hinge.does({ verb: 'customer-people', slug: 'beta', action: 'add', userId: 'U_BLEAD', role: 'lead' })
  acme = (await hinge.situation()).customer?.id ?? ''
})
afterEach(() => hinge.close())

const heard = (more: Partial<Heard> = {}): Heard => ({
  userId: 'U_PM',
  teamId: 'T_VENDOR',
  channel: 'C_OPS',
  how: 'shown',
  what: '/customer show',
  typed: 'show acme',
  code: null,
  rule: null,
  ...more,
})
const note = (more: Partial<Heard> = {}) => noteHeard(hinge.deps, heard(more))
const newest = async (chain: string) => (await readAudit(hinge.db, chain, 1))[0]

test('R32 a read goes into the chain of the customer whom it names, or whose environment, or whose channel it was; else into the system’s', async () => {
  await note()
  expect(await newest(acme)).toMatchObject({ actor: 'U_PM', verb: 'shown', subject: '/customer show', after: { typed: 'show acme' } })
  await hinge.does({ verb: 'env-create', kind: 'demo', slug: 'acme', from: null, version: null })
  await note({ what: '/env show', typed: 'show acme-demo' })
  expect(await newest(acme)).toMatchObject({ subject: '/env show' })
  await note({ what: '/golive status', typed: 'status', channel: 'C_ACME' })
  expect(await newest(acme)).toMatchObject({ subject: '/golive status' })
  await note({ what: '/customer list', typed: 'list' })
  expect(await newest('system')).toMatchObject({ subject: '/customer list' })
})

test("R38 a customer's person does not get into another customer's chain by naming it", async () => {
  await note({ userId: 'U_BLEAD', teamId: 'T_BETA', how: 'refused', typed: 'show acme', channel: 'C_ACME' })
  const beta = (await hinge.situation('beta')).customer?.id ?? ''
  expect(await newest(beta)).toMatchObject({ actor: 'U_BLEAD', verb: 'refused' })
  expect(await newest(acme)).not.toMatchObject({ actor: 'U_BLEAD' })
})

test.each<[string, string, string]>([
  ['much of it', `show ${'x'.repeat(5_000)}`, `show ${'x'.repeat(194)}…`],
  ['control and bidi marks', 'show \u202eacme\u0000\n\u001b[2J', 'show acme [2J'],
  ['a mention with a name', 'people acme add <@U123|hannah.lindqvist> qa', 'people acme add <@U123> qa'],
  ['a token', 'add xoxb-12-34-abcDEF and postgres://me:secret@db/x', 'add [taken out] and postgres://[taken out]@db/x'],
  ['a password with @', 'add postgres://user:p@ss@host/x and on', 'add postgres://[taken out]@host/x and on'],
  ['a password with /', 'add postgres://user:p/ss@host/x', 'add postgres://[taken out]@host/x'],
  ['a password that ends after what is read', `add postgres://user:${'p'.repeat(4_100)}@host`, 'add postgres://[taken out]'],
  ['an address without a password', 'add https://acme.example/a and b@c', 'add https://acme.example/a and b@c'],
])('R32 what was typed is kept, bounded and readable: %s', async (_, typed, kept) => {
  await note({ how: 'not-understood', what: '/customer', typed })
  const entries = [...(await readAudit(hinge.db, 'system', 3)), ...(await readAudit(hinge.db, acme, 3))]
  expect(entries.map((e) => (e.after as { typed?: string } | null)?.typed)).toContain(kept)
})

test('R32 a stranger fills no trail: twenty an hour are kept, the rest is counted in one entry', async () => {
  for (let i = 0; i < 60; i += 1) await note({ userId: 'U_NOBODY', teamId: 'T_X', how: 'refused', typed: 'show acme' })
  const kept = (await readAudit(hinge.db, 'system', 500)).filter((e) => e.actor === 'U_NOBODY')
  expect(kept).toHaveLength(20)
  expect((await readAudit(hinge.db, acme, 500)).filter((e) => e.actor === 'U_NOBODY')).toEqual([])
  await tellUncounted(hinge.deps)
  expect((await newest('system'))?.verb).not.toBe('more-attempts')
  await hinge.later(2 * 3_600_000)
  await tellUncounted(hinge.deps)
  await tellUncounted(hinge.deps)
  const told = (await readAudit(hinge.db, 'system', 50)).filter((e) => e.verb === 'more-attempts')
  expect(told).toMatchObject([{ actor: 'system', subject: 'U_NOBODY', after: { notKept: 40, kept: 20 } }])
  expect(await verifyAudit(hinge.db)).toMatchObject({ broken: null })
})

test("R38 what a stranger, or another customer's person, asks about a customer is refused, and not written into that customer's chain", async () => {
  const ask = { verb: 'customer-lose', slug: 'acme', reason: 'I was here' } as const
  for (const userId of ['U_NOBODY', 'U_BLEAD']) expect(await hinge.says(ask, userId)).toMatchObject({ kind: 'refused' })
  expect((await readAudit(hinge.db, acme, 500)).filter((e) => e.why === ask.reason)).toEqual([])
  expect(await newest('system')).toMatchObject({ actor: 'U_NOBODY', verb: 'customer-lose', after: { refused: 'not-entitled' } })
  const beta = (await hinge.situation('beta')).customer?.id ?? ''
  expect(await newest(beta)).toMatchObject({ actor: 'U_BLEAD', verb: 'customer-lose' })
})

test.each([
  ['its slug', 'show acme beta'],
  ['an environment of it, there or not', 'show acme-demo and (beta-prod)'],
  ['its name', 'show acme like we did for Beta.'],
])(
  "R38 a vendor's words that name another customer by %s stay out of a customer's chain, and are whole in the system's",
  async (_, typed) => {
    await note({ typed })
    expect(await newest(acme)).toMatchObject({ actor: 'U_PM', verb: 'shown', subject: '/customer show' })
    expect(JSON.stringify(await newest(acme))).not.toMatch(/beta/i)
    const beta = (await hinge.situation('beta')).customer?.id ?? ''
    expect(JSON.stringify(await newest(beta))).not.toMatch(/"typed":"show acme/)
    expect(await newest('system')).toMatchObject({ actor: 'U_PM', after: { typed } })
  },
)

test("R32 a stranger's clicks that the hinge refuses are bounded the same", async () => {
  await hinge.does({ verb: 'env-create', kind: 'demo', slug: 'acme', from: null, version: null })
  await hinge.work()
  const click = { verb: 'click', requestId: 'req_none', version: 1, hash: '0123abcd', action: 'approve', comment: null } as const
  for (let i = 0; i < 30; i += 1) await hinge.says(click, 'U_NOBODY')
  expect((await readAudit(hinge.db, 'system', 500)).filter((e) => e.actor === 'U_NOBODY')).toHaveLength(20)
})

test('R32 many who look at once leave no gap', async () => {
  await Promise.all(Array.from({ length: 30 }, (_, i) => note({ userId: i % 2 ? 'U_PM' : 'U_ENG' })))
  expect((await readAudit(hinge.db, acme, 500)).filter((e) => e.verb === 'shown')).toHaveLength(30)
  expect(await verifyAudit(hinge.db)).toMatchObject({ broken: null })
})
