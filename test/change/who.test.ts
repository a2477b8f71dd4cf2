/** Who it was at the click: name and roles as they were then, kept with the click and never rewritten. */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { changeByPerson } from '../../src/change/index.js'
import { readProfiles } from '../../src/db/profile.js'
import type { PersonAsk } from '../../src/lifecycle/ask.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import { printedName } from '../../src/lifecycle/profile.js'
import { Hinge } from '../support/hinge.js'

let hinge: Hinge
beforeEach(async () => {
  hinge = await Hinge.open()
})
afterEach(() => hinge.close())

const at = new Date('2026-05-12T09:30:00Z')
const asks = async (ask: PersonAsk, userId: string, name: string | null, policy = hinge.deps.policy) => {
  const known = name === null ? null : { name, from: 'slack' as const, at }
  const outcome = await changeByPerson(
    { ...hinge.deps, policy },
    { ask, actor: { userId, teamId: 'T_VENDOR', name: known }, dedupe: randomUUID() },
  )
  if (outcome.kind === 'refused') throw new Error(outcome.refusal.text)
}
const add: PersonAsk = { verb: 'customer-add', slug: 'acme', name: 'Acme', channel: null, legacy: false }
const demo: PersonAsk = { verb: 'env-create', kind: 'demo', slug: 'acme', from: null, version: null }

test('R32 the entry of an ask and the operation say name, party and roles as they were, whatever the policy and Slack say later', async () => {
  await asks(add, 'U_PM', 'Jonas Weber')
  await asks(demo, 'U_PM', 'Jonas Weber')
  const { customer, operations } = await hinge.situation()
  const who = (await readProfiles(hinge.db, customer?.id ?? null)).get(operations[0]?.profileId ?? '')
  expect(who).toMatchObject({ userId: 'U_PM', teamId: 'T_VENDOR', name: 'Jonas Weber', nameFrom: 'slack', party: 'vendor', roles: ['pm'] })
  const entries = await hinge.db.selectFrom('audit_entry').select(['verb', 'after']).where('actor', '=', 'U_PM').execute()
  expect(entries.find((e) => e.verb === 'env-create')?.after).toMatchObject({ by: { name: 'Jonas Weber', party: 'vendor', roles: ['pm'] } })
  // Later somebody else by name and role, under the same id: a row of its own, and the old one stands.
  const renamed = policyOf(policySchema.parse({ people: { U_PM: ['qa', 'pm'] } }))
  await asks({ verb: 'env-freeze', slug: 'acme', reason: 'audit' }, 'U_PM', 'QA Lead', renamed)
  const after = (await readProfiles(hinge.db, customer?.id ?? null)).get(operations[0]?.profileId ?? '')
  expect(after).toEqual(who)
  const frozen = await hinge.db.selectFrom('freeze').innerJoin('profile', 'profile.id', 'freeze.profile_id').selectAll('profile').execute()
  expect(frozen).toMatchObject([{ user_id: 'U_PM', name: 'QA Lead', roles: ['qa', 'pm'] }])
})

test('a name that Slack did not tell in time is not there, and a later one is not written into the record', async () => {
  await asks(add, 'U_PM', null)
  await asks(demo, 'U_PM', null)
  await asks({ verb: 'env-freeze', slug: 'acme', reason: 'audit' }, 'U_PM', 'Jonas Weber')
  const { customer, operations } = await hinge.situation()
  const who = (await readProfiles(hinge.db, customer?.id ?? null)).get(operations[0]?.profileId ?? '')
  expect(who).toMatchObject({ userId: 'U_PM', name: null, nameFrom: null, roles: ['pm'] })
})

test('what follows by itself is nobody’s: the system has no profile', async () => {
  await asks(add, 'U_PM', 'Jonas Weber')
  await asks({ verb: 'customer-sign', slug: 'acme', sandbox: 'base' } as PersonAsk, 'U_PM', 'Jonas Weber')
  const rows = await hinge.db.selectFrom('operation').select(['requested_by', 'profile_id']).execute()
  for (const row of rows) expect(row.profile_id === null).toBe(row.requested_by === 'system')
})

test.each(["update profile set name = 'x'", 'delete from profile', 'truncate profile cascade'])(
  'who it was is never changed: %s',
  async (statement) => {
    await asks(add, 'U_PM', 'Jonas Weber')
    await asks(demo, 'U_PM', 'Jonas Weber')
    await expect(sql.raw(statement).execute(hinge.db)).rejects.toMatchObject({ code: '42501' })
  },
)

test.each<[string, string, string | null]>([
  ['control characters', 'Hannah\u0000\u001b[31m\r\nLindqvist', 'Hannah[31m Lindqvist'],
  ['bidi marks', '\u202eAQ\u202c \u2066Lead\u2069\u200f', 'AQ Lead'],
  ['what nobody sees', 'Q\u200bA\u00ad\ufeff', 'QA'],
  ['10,000 characters', 'x'.repeat(10_000), `${'x'.repeat(79)}…`],
  ["somebody else's id in brackets", 'Hannah (U_QA), vendor, qa', 'Hannah [U_QA], vendor, qa'],
  ['half a character', 'Mei \ud800Tanaka', 'Mei Tanaka'],
  ['nothing but space', ' \u2003\t ', null],
  ['an ordinary name', "Zoë O'Neill-Šimůnek 李", "Zoë O'Neill-Šimůnek 李"],
])('a printed name with %s', (_, raw, printed) => {
  expect(printedName(raw)).toBe(printed)
})

test('a hostile name is printed harmless wherever it comes from', async () => {
  await asks(add, 'U_PM', '\u202eQA (U_QA)\u0000')
  await asks(demo, 'U_PM', `\u202eQA (U_QA)\u0000${'z'.repeat(10_000)}`)
  const rows = await hinge.db.selectFrom('profile').select('name').execute()
  for (const { name } of rows) {
    expect(name).toMatch(/^QA \[U_QA\]/)
    expect([...(name ?? '')].length).toBeLessThanOrEqual(80)
  }
})
