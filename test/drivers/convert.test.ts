/** Instances as commit 8399a5b made them: one login owns the database and everything in it. They get their three roles. */
import { Client } from 'pg'
import type { InstanceAddress } from '../../src/drivers/driver.js'
import { convertInstance } from '../../src/drivers/postgres/convert.js'
import { ownerOf } from '../../src/drivers/postgres/names.js'
import { templateLines } from '../../src/drivers/postgres/templates.js'
import { postgresDriver, schemaOf } from '../../src/drivers/postgres.js'
import { makeOldInstance } from '../support/old-instance.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { sql } from '../support/postgres.js'
import { address, product, unwatched, version } from './contract.js'
import { sample } from './sample.js'

const driver = postgresDriver({ product })
const used: InstanceAddress[] = []
let own: OwnServer
let superuser: string
let server: string
let expected: readonly string[]
beforeAll(async () => {
  own = await ownServer()
  ;({ superuser, server } = own)
  expected = await templateLines(server, schemaOf(product, version))
})
afterAll(async () => {
  for (const at of used) await driver.drop(at)
  await own.stop()
})

const within = (at: InstanceAddress, who?: [user: string, password: string]) => {
  const url = new URL(superuser)
  url.pathname = `/${at.database}`
  if (who) Object.assign(url, { username: who[0], password: who[1] })
  return url.href
}
const asTenant = (at: InstanceAddress, statement: string) => sql(within(at, [at.role, at.secret]), statement)

async function oldInstance(options?: { frozen: boolean }): Promise<InstanceAddress> {
  const at = address(server)
  used.push(at)
  await makeOldInstance(superuser, at, options)
  return at
}
const convert = (at: InstanceAddress) => convertInstance({ at, superuser, version, expected })
async function rightsOf(at: InstanceAddress) {
  return (await driver.check(at, { version }))
    .filter((each) => each.id.startsWith('DB-') && each.result !== 'pass')
    .map((each) => [each.id, each.actual])
}

test('an old instance gets its three roles, twice over, and works as a new one does', async () => {
  const at = await oldInstance()
  await asTenant(at, "insert into sites (code, name, city, country, beds) values ('AB', '', '', 'AT', 0)")
  for (const _ of ['first', 'again']) await convert(at)
  expect(await rightsOf(at)).toEqual([])
  expect(await asTenant(at, 'select code from sites')).toEqual([{ code: 'AB' }])
  await expect(asTenant(at, 'create table evil (id int)')).rejects.toMatchObject({ code: '42501' })
  await driver.load(at, sample(), unwatched())
  await driver.freeze(at)
  await driver.unfreeze(at)
  await driver.drop(at)
  expect(await sql(superuser, `select rolname from pg_roles where rolname like '${at.database}%'`)).toEqual([])
})

test('whatever its tenant left behind is taken off, and none of it runs', async () => {
  const at = await oldInstance()
  await asTenant(at, `alter database "${at.database}" set search_path = evil, public`)
  await asTenant(at, `grant connect, create, temporary on database "${at.database}" to public`)
  await asTenant(at, 'grant all on sites to public')
  await asTenant(at, 'grant create on schema public to public')
  await asTenant(at, `alter role "${at.role}" set work_mem = '64kB'`)
  await asTenant(at, `select lo_from_bytea(0, 'left')`)
  await asTenant(at, `alter database "${at.database}" is_template true`)
  await convert(at)
  expect(await rightsOf(at)).toEqual([])
})

test('a schema that is not its version is refused before anything is changed, and the tenant works on', async () => {
  const at = await oldInstance()
  await asTenant(at, 'create schema evil')
  const attack = `create function evil.current_setting(text) returns text language plpgsql as $$ begin
    execute 'alter role "${at.role}" superuser'; return null; end $$`
  await asTenant(at, attack)
  await asTenant(at, `alter database "${at.database}" set search_path = evil, pg_catalog, public`)
  await expect(convert(at)).rejects.toMatchObject({ name: 'SchemaDiffers', difference: [expect.stringContaining('evil.current_setting')] })
  expect(await sql(superuser, 'select rolsuper from pg_roles where rolname = $1', [at.role])).toEqual([{ rolsuper: false }])
  expect(await sql(superuser, 'select rolname from pg_roles where rolname = $1', [ownerOf(at.database)])).toEqual([])
  await asTenant(at, "insert into public.sites (code, name, city, country, beds) values ('AB', '', '', 'AT', 0)")
  await sql(within(at), 'drop schema evil cascade')
  await convert(at)
  expect(await rightsOf(at)).toEqual([])
})

test.each([
  [
    "a function among the system's own, by which a superuser of once lets the tenant in again",
    `set allow_system_table_mods = on; create function pg_catalog.later() returns void language sql security definer as 'select 1'`,
    /pg_catalog\.later/,
    'drop function pg_catalog.later()',
  ],
  [
    'a right on the system',
    'grant execute on function pg_read_file(text) to public',
    /rights on .*pg_read_file/,
    'revoke execute on function pg_read_file(text) from public',
  ],
  [
    'an event trigger',
    `create function public.watch() returns event_trigger language plpgsql as 'begin end'; create event trigger watching on ddl_command_start execute function public.watch()`,
    /watch/,
    'drop event trigger watching; drop function public.watch()',
  ],
])('%s is for a person to decide about', async (_, leaving, said, removing) => {
  const at = await oldInstance()
  await sql(within(at), leaving)
  await expect(convert(at)).rejects.toThrow(said)
  await sql(within(at), removing)
  await convert(at)
  expect(await rightsOf(at)).toEqual([])
})

test('whoever was let in by a grant is put out, memberships and attributes are taken off', async () => {
  const [at, other] = [await oldInstance(), await oldInstance()]
  await asTenant(at, `grant connect on database "${at.database}" to public`)
  await sql(superuser, `grant "${at.role}" to "${other.role}"`)
  await sql(superuser, `alter role "${at.role}" superuser`)
  const session = new Client({ connectionString: within(at, [other.role, other.secret]) })
  const ended = new Promise((resolve) => session.on('error', resolve))
  await session.connect()
  await convert(at)
  await ended
  expect(await rightsOf(at)).toEqual([])
  await convert(other)
})

test.each([
  ['a rule that swallows audit entries', 'create rule hush as on insert to audit_events do instead nothing'],
  ['row security that hides rows', 'alter table volunteers enable row level security'],
  ['statistics', 'create statistics extra on name, city from sites'],
  ['a publication', 'create publication leak for table volunteers'],
  ['foreign keys that are switched off', 'alter table sites disable trigger all'],
  ['a table with options of its own', 'alter table sites set (autovacuum_enabled = off)'],
])('%s is no part of the release: it is found, and the tenant works on', async (_, leaving) => {
  const at = await oldInstance()
  await sql(within(at), leaving)
  await expect(convert(at)).rejects.toMatchObject({ name: 'SchemaDiffers' })
  await asTenant(at, 'select 1')
  await sql(superuser, `drop database "${at.database}" with (force)`)
  await sql(superuser, `drop role "${at.role}"`)
  used.splice(used.indexOf(at), 1)
})

test('R15 one that was frozen stays so', async () => {
  const at = await oldInstance({ frozen: true })
  await convert(at)
  expect(await driver.presence(at)).toBe('frozen')
  const attempt = asTenant(at, `set default_transaction_read_only = off; begin read write; update sites set beds = 1`)
  await expect(attempt).rejects.toMatchObject({ code: '42501' })
  await driver.unfreeze(at)
  expect(await rightsOf(at)).toEqual([])
})

test('until then nothing is done with it, and the word says what to run', async () => {
  const at = { ...(await oldInstance()), maintenanceSecret: '' }
  const refused = { code: 'not-converted', message: expect.stringContaining('slipway migrate instances') }
  await expect(driver.inventory(at)).rejects.toMatchObject(refused)
  await expect(driver.drop(at)).rejects.toMatchObject(refused)
  await convert({ ...at, maintenanceSecret: 'x' })
})
