/** What a runtime login could do to the audit trail beside changing it: stop its anchors, make chains up. And which powers `doctor` knows. */
import { databaseFindings } from '../../src/cli/state.js'
import { readConfig } from '../../src/config.js'
import { openDatabase } from '../../src/db/connection.js'
import { readRights } from '../../src/db/ownership.js'
import { freshDatabase, sql, testServer } from '../support/postgres.js'
import { makeCustomers, makeRole, type StateDatabase, stateDatabase, withLogin } from '../support/state.js'

let database: StateDatabase
beforeEach(async () => {
  database = await stateDatabase()
})
afterEach(() => database.drop())

const refused = { code: '42501' }
const hash = `repeat('0', 64)`
const anchors = (...rows: [number: string, due: string][]) =>
  `insert into slipway.audit_anchor (number, due_at, at, entries, head, line_hash)
   values ${rows.map(([number, due]) => `(${number}, ${due}, now(), 0, ${hash}, ${hash})`).join(', ')}`
const count = async () => Number((await sql(database.url, 'select count(*) as n from slipway.audit_anchor'))[0]?.['n'])

test('R32 a bot reads the anchors and writes none', async () => {
  await expect(sql(database.botUrl, anchors(['1', 'now()']))).rejects.toMatchObject(refused)
  for (const due of ['null', "'-infinity'", "'2999-01-01'"])
    await expect(sql(database.botUrl, `update slipway.audit_anchor_due set due_at = ${due}`)).rejects.toMatchObject(refused)
  await expect(sql(database.botUrl, 'select * from slipway.audit_anchor_due for update')).rejects.toMatchObject(refused)
  expect(await sql(database.botUrl, 'select number from slipway.audit_anchor')).toEqual([])
  expect(await sql(database.botUrl, 'select due_at from slipway.audit_anchor_due')).toEqual([{ due_at: null }])
})

test("R32 a worker's anchor is the next one, and no due time of one stands in another's way", async () => {
  for (const number of ['2147483647', '0', '-1', '2', 'null'])
    await expect(sql(database.url, anchors([number, 'now()']))).rejects.toMatchObject(refused)
  await expect(sql(database.url, anchors(['1', 'now()'], ['3', 'now()']))).rejects.toMatchObject(refused)
  await sql(database.url, anchors(['1', "'2026-05-12'"], ['2', "'2026-05-12'"]))
  await sql(database.url, anchors(['3', "'2026-05-12'"]))
  await expect(sql(database.url, anchors(['3', 'now()']))).rejects.toMatchObject(refused)
  expect(await count()).toBe(3)
})

test('R32 no anchor is due at, or written at, a time that no clock shows', async () => {
  for (const due of ["'infinity'", "'-infinity'"]) {
    await expect(sql(database.url, `update slipway.audit_anchor_due set due_at = ${due}`)).rejects.toMatchObject({ code: '23514' })
    await expect(sql(database.url, anchors(['1', due]))).rejects.toMatchObject({ code: '23514' })
  }
})

test("R32 a chain is the system's or a customer's: no head is made for another, and nobody waits for one", async () => {
  await makeCustomers(database.url, 'cus_a')
  const lock = (chain: string) => `select seq, hash from slipway.lock_audit_head('${chain}')`
  for (const url of [database.url, database.botUrl]) {
    for (const chain of ['forged', '', 'cus_b', 'System']) await expect(sql(url, lock(chain))).rejects.toMatchObject(refused)
    await expect(sql(url, 'select slipway.lock_audit_head(null)')).rejects.toMatchObject(refused)
    for (const chain of ['system', 'cus_a']) expect(await sql(url, lock(chain))).toEqual([{ seq: '0', hash: '0'.repeat(64) }])
    await expect(sql(url, 'select slipway.advance_audit_head()')).rejects.toMatchObject(refused)
  }
  expect(await sql(database.url, 'select chain from slipway.audit_head order by chain')).toEqual([{ chain: 'cus_a' }, { chain: 'system' }])
})

test('R32 a chain that is there already goes on, whoever it was of', async () => {
  await sql(database.superuserUrl, `insert into slipway.audit_head values ('cus_gone', 4, ${hash})`)
  expect(await sql(database.url, "select seq from slipway.lock_audit_head('cus_gone')")).toEqual([{ seq: '4' }])
})

/** A login of this test's own: what it is given must not reach the logins of other files. */
const login = `slipway_test_mighty_${process.pid}`
const given: [power: string, give: string, take: string, named: string][] = [
  ...['audit_head', 'audit_entry', 'audit_anchor'].flatMap((table) =>
    ['update', 'delete', 'truncate', 'trigger'].map((right): [string, string, string, string] => [
      `${right} on ${table}`,
      `grant ${right} on slipway.${table} to ${login}`,
      '',
      `${right} on slipway.${table}`,
    ]),
  ),
  ['insert on audit_head', `grant insert on slipway.audit_head to ${login}`, '', 'insert on slipway.audit_head'],
  ['one column', `grant update (actor) on slipway.audit_entry to ${login}`, '', 'update on slipway.audit_entry'],
  ['what everybody has', 'grant delete on slipway.audit_entry to public', '', 'delete on slipway.audit_entry'],
  [
    'switching triggers off',
    `grant set on parameter session_replication_role to ${login}`,
    `revoke set on parameter session_replication_role from ${login}`,
    'set on session_replication_role',
  ],
  ['making roles', `alter role ${login} createrole`, `alter role ${login} nocreaterole`, 'createrole'],
  [
    'writing everything',
    `grant pg_write_all_data to ${login}`,
    `revoke pg_write_all_data from ${login}`,
    'membership of pg_write_all_data',
  ],
  [
    "the server's programs",
    `grant pg_execute_server_program to ${login}`,
    `revoke pg_execute_server_program from ${login}`,
    'membership of pg_execute_server_program',
  ],
  [
    'becoming the owner, without inheriting',
    `grant slipway_test_owner to ${login} with inherit false, set true`,
    `revoke slipway_test_owner from ${login}`,
    'slipway_test_owner',
  ],
]
afterAll(async () => {
  await sql(await testServer(), `drop role if exists ${login}`)
})

test.each(given)('a login with a power over the audit trail is not said to have none: %s', async (_, give, take, named) => {
  await makeRole(await testServer(), login)
  await sql(database.superuserUrl, `grant connect on database "${database.name}" to ${login}`)
  await sql(database.superuserUrl, `grant usage on schema slipway to ${login}`)
  const url = withLogin(database.url, login)
  const { db, close } = openDatabase(url, 1, () => undefined)
  try {
    expect((await readRights(db)).trail).toEqual([])
    await sql(database.superuserUrl, give)
    expect((await readRights(db)).trail.join('; ')).toContain(named)
    await sql(database.superuserUrl, `grant select on all tables in schema slipway to ${login}`)
    const found = (await databaseFindings(readConfig({ DATABASE_URL: url }), 'worker')).find(({ what }) => what.includes('audit trail'))
    expect(found).toMatchObject({ what: expect.stringContaining('cannot change the audit trail'), ok: false })
    expect(found?.advice).toContain(named)
  } finally {
    await close()
    if (take) await sql(database.superuserUrl, take)
    await sql(database.superuserUrl, `drop owned by ${login}`)
  }
})

test('a login whose tables are not there yet is read, too', async () => {
  const empty = await freshDatabase()
  const { db, close } = openDatabase(withLogin(empty.url, 'slipway_test_runtime'), 1, () => undefined)
  await sql(empty.url, `grant connect on database "${empty.name}" to slipway_test_runtime`)
  expect((await readRights(db)).trail).toEqual([])
  await close()
  await empty.drop()
})

test('what only worker steps write, a bot does not: it reads measurements, and records what people decided on a deviation', async () => {
  for (const table of ['measurement', 'deviation', 'dry_run'])
    await expect(sql(database.botUrl, `insert into slipway.${table} select * from slipway.${table}`)).rejects.toMatchObject(refused)
  await expect(sql(database.botUrl, 'update slipway.measurement set version = version')).rejects.toMatchObject(refused)
  await sql(database.botUrl, 'update slipway.deviation set disposition = disposition where false')
})

test("a bot says who is to be looked at, and neither takes that back nor writes the installation's mark", async () => {
  await sql(database.botUrl, `insert into slipway.due_anew (place, due_at) values ('system', now())`)
  await expect(sql(database.botUrl, 'delete from slipway.due_anew')).rejects.toMatchObject(refused)
  await expect(sql(database.botUrl, `update slipway.installation set mark = 'other'`)).rejects.toMatchObject(refused)
})
