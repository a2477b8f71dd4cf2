/** A fresh installation, and somebody who has the login of one instance's application and nothing else (docs/security.md). */
import { postgresDriver } from '../../src/drivers/postgres.js'
import { clinicDir, loadProduct } from '../../src/product/index.js'
import { keptKeys, open } from '../../src/secrets.js'
import { type Bot, startBot } from '../support/bot.js'
import { sql } from '../support/postgres.js'

const ops = 'C_OPS'
let bot: Bot
beforeAll(async () => {
  bot = await startBot({ backend: 'postgres' })
  await bot.says('/customer add acme').as('U_SALES')
  await bot.says('/env create demo acme').as('U_SALES')
  await bot.becomes('acme-demo', 'ready')
})
afterAll(() => bot?.stop())

/** The row of acme-demo, and its application's URL for a database of the server. */
async function tenant() {
  const row = await bot.demo.slipway.change.db.selectFrom('instance_database').selectAll().executeTakeFirstOrThrow()
  const url = (database: string) => {
    const made = new URL(bot.databaseUrl)
    const password = open(keptKeys(bot.demo.dataDir), row.secret, row.database)
    Object.assign(made, { pathname: `/${database}`, username: row.login, password })
    return made.href
  }
  return { row, url }
}
const outcome = (url: string, statement: string) =>
  sql(url, statement).then(
    () => 'done',
    (error: { code: string }) => error.code,
  )

test('the record of an instance holds a key for its server, no address and no password', async () => {
  const { row } = await tenant()
  expect(row.server).toBe('default')
  expect(JSON.stringify(row)).not.toMatch(/postgres(ql)?:\/\//)
})

test("no database, role or comment of the server carries a customer's name", async () => {
  const seen = await sql(
    bot.databaseUrl,
    `select datname::text as name from pg_database union all select rolname from pg_roles union all select description from pg_shdescription`,
  )
  expect(seen.map(({ name }) => String(name)).filter((name) => /acme|demo/.test(name))).toEqual([])
})

test('its login reaches neither the bot nor the maintenance databases, so no lock there stops anybody', async () => {
  const { url } = await tenant()
  const lock = `select pg_advisory_lock(hashtext('slipway migrations'))`
  for (const database of ['slipway', 'postgres', 'template1'])
    expect([database, await outcome(url(database), lock)]).toEqual([database, '42501'])
})

test('what it leaves for the next visit does not run: a copy and a dry run later it is what it was', async () => {
  const { row, url } = await tenant()
  const attack = [
    'create schema evil',
    `create function public.current_setting(text) returns text language sql as $$ select null $$`,
    `alter database "${row.database}" set search_path = public, pg_catalog`,
    `alter table audit_events disable trigger user`,
    `grant connect on database "${row.database}" to public`,
    `alter database "${row.database}" is_template true`,
  ]
  const outcomes: string[] = []
  for (const statement of attack) outcomes.push(await outcome(url(row.database), statement))
  // What is no right to hand on is a warning, and nothing is granted; the checks below say so.
  expect(outcomes.filter((each) => each !== '42501')).toEqual(['done'])
  await bot.says('/customer sign acme --sandbox demo').as('U_SALES')
  await bot.clicks('approve', /acme-sandbox/).as('U_ENG')
  await bot.becomes('acme-sandbox', 'ready')
  expect(await sql(bot.databaseUrl, `select rolname from pg_roles where rolsuper and rolname <> current_user`)).toEqual([])
  expect(bot.logged.filter((line) => /"level":50/.test(line))).toEqual([])
})

test('every check of the rights passes on every instance, and the login of the server is no superuser', async () => {
  const driver = postgresDriver({ product: loadProduct(clinicDir) })
  const rows = await bot.demo.slipway.change.db.selectFrom('instance_database').selectAll().where('gone_at', 'is', null).execute()
  const keys = keptKeys(bot.demo.dataDir)
  for (const row of rows) {
    const at = {
      server: bot.instancesUrl,
      database: row.database,
      role: row.login,
      secret: open(keys, row.secret, row.database),
      maintenanceSecret: open(keys, row.maintenance_secret ?? '', `${row.database} maintenance`),
    }
    const rights = (await driver.check(at, { version: '24.2' })).filter(({ id }) => id.startsWith('DB-'))
    expect(rights.filter(({ result }) => result !== 'pass')).toEqual([])
  }
  expect(rows).toHaveLength(3)
  expect(await sql(bot.instancesUrl, 'select rolsuper from pg_roles where rolname = current_user')).toEqual([{ rolsuper: false }])
})

test('on a server that lets everybody in nothing is made for a customer, and people are told what closes it', async () => {
  await sql(bot.databaseUrl, 'create database open_door')
  await bot.says('/customer add hazel').as('U_SALES')
  await bot.says('/env create demo hazel').as('U_SALES')
  expect(await bot.sees(ops, /hazel-demo[\s\S]*every login may connect to open_door/)).toMatch(/R30/)
  await sql(bot.databaseUrl, 'drop database open_door')
})
