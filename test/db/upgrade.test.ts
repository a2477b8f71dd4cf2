/** The upgrade as an operator meets it: processes of another release, and logins that nobody named again. */

import { migrateState, verifyState } from '../../src/app/state.js'
import { watchState } from '../../src/app/watch.js'
import { type Db, openDatabase } from '../../src/db/connection.js'
import { missingRights } from '../../src/db/grants.js'
import { migrateDatabase } from '../../src/db/migrate.js'
import { sql, testServer } from '../support/postgres.js'
import { makeRole, type StateDatabase, stateDatabase } from '../support/state.js'

let database: StateDatabase
let db: Db
let close: () => Promise<void>
beforeEach(async () => {
  database = await stateDatabase()
  ;({ db, close } = openDatabase(database.url, 2, () => undefined))
})
afterEach(async () => {
  await close()
  await database.drop()
})

const verify = (kind: 'bot' | 'worker' = 'worker', url = database.url) => verifyState(db, { url, queue: true, kind }, () => undefined)
const migratedByANewer = () => sql(database.superuserUrl, `insert into slipway.migration (name) values ('9999-later.sql')`)

test('a process refuses a database that a newer Slipway migrated, and names the file and what to do', async () => {
  await verify()
  await migratedByANewer()
  await expect(verify()).rejects.toThrow(/^A newer Slipway migrated this database \(9999-later\.sql .*docs\/upgrading\.md/)
})

test('migrate of an older Slipway changes nothing there', async () => {
  await migratedByANewer()
  const owner = openDatabase(database.ownerUrl, 1, () => undefined)
  await expect(migrateDatabase(owner.db)).rejects.toThrow(/newer Slipway/)
  await owner.close()
})

test('a process that runs sees that a newer Slipway migrated, and is told to stop', async () => {
  const watch = watchState(db, 20, () => undefined)
  await new Promise((resolve) => setTimeout(resolve, 100))
  await migratedByANewer()
  expect((await watch.newer).message).toMatch(/9999-later\.sql/)
  await watch.stop()
})

test('a database that does not answer for a moment is no newer one', async () => {
  const errors: unknown[] = []
  const gone = openDatabase(database.url.replace(/\/[^/]*$/, '/not_there'), 1, () => undefined)
  const watch = watchState(gone.db, 10, (error) => errors.push(error))
  await new Promise((resolve) => setTimeout(resolve, 150))
  await watch.stop()
  await gone.close()
  expect(errors.length).toBeGreaterThan(1)
  expect(await Promise.race([watch.newer, 'not told'])).toBe('not told')
})

test('a login without rights on a table that is new is refused at the start, with the tables and what to run', async () => {
  await sql(database.superuserUrl, 'revoke all on slipway.measurement, slipway.profile from slipway_test_runtime')
  await expect(verify()).rejects.toThrow(
    /slipway_test_runtime lacks in the schema slipway: .*insert on measurement.*--worker-role slipway_test_runtime/,
  )
})

test('what a bot does not need is not asked of it', async () => {
  const bot = openDatabase(database.botUrl, 1, () => undefined)
  expect(await missingRights(bot.db, 'bot')).toEqual([])
  expect((await missingRights(bot.db, 'worker')).join()).toContain('secret_key')
  await sql(database.superuserUrl, 'revoke all on slipway.measurement, slipway.instance_database from slipway_test_bot')
  expect((await missingRights(bot.db, 'bot')).map((each) => each.replace(/^\w+ on /, ''))).toEqual(
    expect.arrayContaining(['measurement', 'instance_database']),
  )
  await bot.close()
})

test('migrate without flags gives the logins that worked with the tables before their rights on the new ones, and nobody more', async () => {
  await sql(database.superuserUrl, 'revoke all on slipway.measurement from slipway_test_runtime, slipway_test_bot')
  await makeRole(await testServer(), 'slipway_test_stranger')
  await sql(
    database.superuserUrl,
    'grant usage on schema slipway to slipway_test_stranger; grant select on slipway.customer to slipway_test_stranger',
  )
  const { kept } = await migrateState({ ownerUrl: database.ownerUrl, queue: true, roles: [] })
  expect(kept).toEqual([
    { name: 'slipway_test_bot', kind: 'bot' },
    { name: 'slipway_test_runtime', kind: 'worker' },
  ])
  await verify()
  const bot = openDatabase(database.botUrl, 1, () => undefined)
  expect(await missingRights(bot.db, 'bot')).toEqual([])
  await bot.close()
  await expect(sql(database.botUrl, 'select secret from slipway.instance_database')).rejects.toMatchObject({ code: '42501' })
  const granted = `select has_table_privilege('slipway_test_stranger', 'slipway.measurement', 'select') as may`
  expect(await sql(database.superuserUrl, granted)).toEqual([{ may: false }])
})
