/** Each check of the product's protocol in a real instance that is broken for it: it passed before, fails then, and passes once it is mended (R22). */
import { join } from 'node:path'
import type { InstanceAddress } from '../../src/drivers/driver.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { copyPlan } from '../../src/product/index.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { sql } from '../support/postgres.js'
import { address, product, unwatched, version } from './contract.js'
import { sample } from './sample.js'

const driver = postgresDriver({ product })
const identity = { name: 'acme-val-1', url: 'https://val.acme.example', customer: 'acme', environment: 'val', role: 'main' } as const
const used: InstanceAddress[] = []
let own: OwnServer
let dummies: InstanceAddress
let masked: InstanceAddress
let empty: InstanceAddress

async function made(): Promise<InstanceAddress> {
  const at = address(own.server)
  used.push(at)
  await driver.create(at, version)
  return at
}

beforeAll(async () => {
  own = await ownServer()
  dummies = await made()
  await driver.load(dummies, sample(), unwatched())
  masked = await made()
  const mask = { level: 'pseudonymised', k: 5 } as const
  await driver.copy(dummies, masked, copyPlan(product, version, 'full', { migration: false, mask }), unwatched())
  empty = await made()
  await driver.copy(dummies, empty, copyPlan(product, version, 'merge', { migration: false }), unwatched())
  for (const at of [dummies, masked, empty]) {
    await driver.adapt(at, identity)
    // Eight more of the nine roles that the product ships with.
    await sql(inside(at), `insert into public.roles (name, built_in) select 'role ' || n, true from generate_series(1, 8) n`)
  }
}, 120_000)
afterAll(async () => {
  for (const at of used) await driver.drop(at)
  await own?.stop()
})

function inside({ database }: InstanceAddress): string {
  const url = new URL(own.superuser)
  url.pathname = join('/', database)
  return url.href
}

/** What an instance of dummies, of masked people and of nobody has to be; the baseline is what it was before it is broken. */
async function expected(at: InstanceAddress): Promise<Record<string, string>> {
  const { name, url, customer, environment, role } = identity
  const { mustMatch } = await driver.inventory(at)
  const [volunteers, people] = at === dummies ? ['dummy', '40'] : at === masked ? ['obfuscated', '40'] : ['none', '0']
  return { version, identity: [name, url, customer, environment, role].join(' | '), mustMatch, volunteers, people }
}

const withoutGuard = (trigger: string) => `alter table public.audit_events ${trigger} trigger all`

/** Check, instance, what breaks it, what mends it. */
const broken: [id: string, at: () => InstanceAddress, broken: string, mended: string][] = [
  ['IQ-01', () => dummies, `update public.instance set name = 'x'`, `update public.instance set name = '${identity.name}'`],
  [
    'IQ-03',
    () => dummies,
    `insert into public.schema_migrations (file) values ('foreign.sql')`,
    `delete from public.schema_migrations where file = 'foreign.sql'`,
  ],
  ['IQ-04', () => dummies, `create index odd on public.sites (beds)`, `drop index public.odd`],
  [
    'IQ-08',
    () => dummies,
    `update public.roles set built_in = false where name = 'role 1'`,
    `update public.roles set built_in = true where name = 'role 1'`,
  ],
  ['IQ-09', () => dummies, `update public.sites set beds = beds + 1`, `update public.sites set beds = beds - 1`],
  [
    'IQ-12',
    () => dummies,
    `update public.general_settings set value = 'https://x' where key = 'sso.url'`,
    `update public.general_settings set value = null where key = 'sso.url'`,
  ],
  ['IQ-13', () => dummies, `update public.users set password_hash = 'x'`, `update public.users set password_hash = null`],
  ['IQ-14', () => dummies, withoutGuard('disable'), withoutGuard('enable')],
  ['IQ-15', () => dummies, withoutGuard('disable'), withoutGuard('enable')],
  [
    'IQ-16',
    () => dummies,
    `update public.volunteers set volunteer_number = 'V-1' where id = 1`,
    `update public.volunteers set volunteer_number = 'DUMMY-0' where id = 1`,
  ],
  ['IQ-17', () => masked, `update public.volunteers set notes = 'calls himself Max'`, `update public.volunteers set notes = null`],
  [
    'IQ-18',
    () => empty,
    `insert into public.volunteers (volunteer_number, status, first_name, last_name, birth_date, sex, registered_on) values ('DUMMY-1', 'active', 'a', 'b', '2000-01-01', 'male', '2024-01-01')`,
    `delete from public.volunteers`,
  ],
  [
    'IQ-19',
    () => dummies,
    `update public.studies set is_master_library = false`,
    `update public.studies set is_master_library = true where code = 'LIB'`,
  ],
  [
    'IQ-20',
    () => empty,
    `insert into public.volunteers (volunteer_number, status, first_name, last_name, birth_date, sex, registered_on) values ('DUMMY-1', 'active', 'a', 'b', '2000-01-01', 'male', '2024-01-01')`,
    `delete from public.volunteers`,
  ],
  [
    'IQ-21',
    () => masked,
    `update public.volunteers set volunteer_number = 'V' || volunteer_number where id = (select min(id) from public.volunteers)`,
    `update public.volunteers set volunteer_number = substr(volunteer_number, 2) where volunteer_number like 'VM%'`,
  ],
  [
    'IQ-22',
    () => dummies,
    `update public.volunteers set volunteer_number = 'V-1' where id = 1`,
    `update public.volunteers set volunteer_number = 'DUMMY-0' where id = 1`,
  ],
]

test.each(broken)('R22 %s fails where what it looks at is broken, and only passes while it is whole', async (id, at, breaks, mends) => {
  const given = await expected(at())
  const result = async () => (await driver.check(at(), given)).find((check) => check.id === id)?.result
  expect(await result()).toBe('pass')
  await sql(inside(at()), breaks)
  expect(await result()).toBe('fail')
  await sql(inside(at()), mends)
  expect(await result()).toBe('pass')
})

test('R22 IQ-02 fails where another version is installed than was ordered, and every check of the protocol is broken here once', async () => {
  const results = await driver.check(dummies, { ...(await expected(dummies)), version: '24.2' })
  expect(results.find(({ id }) => id === 'IQ-02')).toMatchObject({ result: 'fail', actual: version })
  expect([...broken.map(([id]) => id), 'IQ-02'].sort()).toEqual(product.checks.map(({ id }) => id).sort())
})
