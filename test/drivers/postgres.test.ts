import { inspect } from 'node:util'
import { Client } from 'pg'
import type { InstanceAddress } from '../../src/drivers/driver.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { copyPlan } from '../../src/product/index.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { sql } from '../support/postgres.js'
import { address, driverContract, product, unwatched, version } from './contract.js'
import { each, sample } from './sample.js'

const driver = postgresDriver({ product })
const used: InstanceAddress[] = []
const closing: (() => Promise<unknown>)[] = []
let own: OwnServer
let server: string
/** The same server, as its superuser. */
let superuser: string

driverContract('the PostgreSQL driver', async () => {
  return {
    driver,
    server,
    async stranger(name) {
      const { close } = await strangerDatabase(name)
      closing.push(close)
    },
  }
})

beforeAll(async () => {
  own = await ownServer()
  ;({ server, superuser } = own)
})
afterAll(async () => {
  for (const at of used) await driver.drop(at)
  for (const close of closing) await close()
  await own.stop()
})

async function created(load = true): Promise<InstanceAddress> {
  const at = address(server)
  used.push(at)
  await driver.create(at, version)
  if (load) await driver.load(at, sample(), unwatched())
  return at
}

/** The database of `at`, as the role of `who`. */
function url(at: InstanceAddress, who: Pick<InstanceAddress, 'role' | 'secret'> = at): string {
  const made = new URL(at.server)
  Object.assign(made, { pathname: `/${at.database}`, username: who.role, password: who.secret })
  return made.href
}

function admin(at: InstanceAddress): string {
  const made = new URL(superuser)
  made.pathname = `/${at.database}`
  return made.href
}

async function strangerDatabase(name: string) {
  await sql(superuser, `create database "${name}" allow_connections false`)
  return { close: async () => sql(superuser, `drop database "${name}"`) }
}

const everything = copyPlan(product, version, 'full', { migration: false })

test('an application reads and writes rows of its own instance, and nobody else can connect', async () => {
  const [mine, other] = [await created(false), await created(false)]
  await sql(url(mine), "insert into sites (code, name, city, country, beds) values ('AB', '', '', 'AT', 0); update sites set beds = 1")
  await sql(url(mine), 'delete from sites')
  await expect(sql(url(mine, other), 'select 1')).rejects.toMatchObject({ code: '42501' })
  await expect(sql(url(mine, { ...mine, secret: 'guessed' }), 'select 1')).rejects.toMatchObject({ code: '28P01' })
})

test('R15 the role of a frozen instance cannot write, whatever it sets, and its sessions are ended', async () => {
  const at = await created()
  const session = new Client({ connectionString: url(at) })
  const ended = new Promise((resolve) => session.on('error', resolve))
  await session.connect()
  await session.query(`begin; update sites set beds = 1`)
  await driver.freeze(at)
  await ended
  const attempts = [
    `update sites set beds = 2`,
    `create table mine (id int)`,
    `alter table sites owner to "${at.role}"`,
    `alter table sites disable trigger user`,
    `drop table item_data`,
    `truncate item_data`,
    `create or replace function audit_is_immutable() returns trigger language plpgsql as 'begin return null; end'`,
    `alter database "${at.database}" reset default_transaction_read_only`,
    `select nextval('sites_id_seq')`,
  ]
  for (const attempt of attempts) {
    await expect(sql(url(at), `set default_transaction_read_only = off; begin read write; ${attempt}`)).rejects.toMatchObject({
      code: '42501',
    })
  }
  expect(await sql(url(at), 'select beds from sites order by id')).toEqual([{ beds: 40 }, { beds: 0 }])
  await driver.unfreeze(at)
  await sql(url(at), `update sites set beds = 3; select nextval('sites_id_seq')`)
})

test('a source in use is streamed, and every value arrives as it was', async () => {
  const [source, target] = [await created(), await created(false)]
  const session = new Client({ connectionString: url(source) })
  await session.connect()
  await driver.copy(source, target, everything, unwatched())
  await session.end()
  const content = 'select t::text from (select * from sites union all select * from sites where archived) t'
  expect(await sql(url(target), content)).toEqual(await sql(url(source), content))
  await sql(
    url(target),
    `insert into volunteers (volunteer_number, status, first_name, last_name, birth_date, sex, registered_on)
    values ('V-next', 'active', 'a', 'b', '2000-01-01', 'male', '2024-01-01')`,
  )
  expect(await sql(url(target), `select id from volunteers order by id desc limit 1`)).toEqual([{ id: '41' }])
})

test('a source that changes meanwhile is copied as it was at one moment', async () => {
  const [source, target] = [await created(), await created(false)]
  let going = true
  const changing = (async () => {
    const session = new Client({ connectionString: url(source) })
    await session.connect()
    for (let at = 0; going; at++) {
      await session.query(`with one as (insert into volunteers (volunteer_number, status, first_name, last_name, birth_date, sex, registered_on)
        values ('DUMMY-BUSY-${at}', 'active', 'a', 'b', '2000-01-01', 'male', '2024-01-01') returning id)
        insert into volunteer_contacts (volunteer_id, kind, email) select id, 'email', 'x@dummy.example' from one`)
    }
    await session.end()
  })()
  const counts = await driver.copy(source, target, everything, unwatched())
  going = false
  await changing
  const [row] = await sql(
    url(target),
    `select (select count(*) from volunteers where volunteer_number like 'DUMMY-BUSY%')::int as people,
    (select count(*) from volunteer_contacts)::int as contacts`,
  )
  expect(row?.['people']).toBe(row?.['contacts'])
  const counted = counts.find(({ element }) => element === 'volunteers')?.rows
  expect(counted).toBe(40 + 2 * Number(row?.['people']))
})

test('a copy that is killed in the middle is made whole by the next', async () => {
  const [source, target] = [await created(), await created(false)]
  await sql(url(source), `insert into medications (name) select 'medication ' || n from generate_series(1, 150000) n`)
  const session = new Client({ connectionString: url(source) })
  session.on('error', () => undefined)
  await session.connect()
  const killer = new Client({ connectionString: superuser })
  await killer.connect()
  const copying = driver.copy(source, target, everything, unwatched()).catch((error: Error) => error)
  let killed = 0
  while (killed === 0) {
    const { rowCount } = await killer.query(
      `select pg_terminate_backend(a.pid) from pg_stat_activity a where a.datname = $1 and a.state = 'active' and a.query like 'copy public."medications"%'`,
      [target.database],
    )
    killed = rowCount ?? 0
  }
  expect(await copying).toMatchObject({ message: expect.stringMatching(/^copying into /), cause: expect.anything() })
  await killer.end()
  await driver.copy(source, target, everything, unwatched())
  await session.end()
  const { mustMatch, fingerprint } = await driver.inventory(source)
  expect(await driver.inventory(target)).toMatchObject({ mustMatch, fingerprint })
})

test('a source whose schema is not its version is refused with the difference', async () => {
  const [source, target] = [await created(), await created(false)]
  await sql(admin(source), 'alter table sites add column helipad boolean; drop index items_group')
  const refused = {
    name: 'SchemaDiffers',
    difference: ['+ column public.sites.helipad: boolean', expect.stringMatching(/^- index public.items_group: /)],
  }
  await expect(driver.dryRun(source, everything)).rejects.toMatchObject(refused)
  await expect(driver.copy(source, target, everything, unwatched())).rejects.toMatchObject(refused)
  expect(await driver.presence(target)).toBe('open')
})

test('rows that break a foreign key, or do not fit, are refused as a whole, and no message tells a value', async () => {
  const at = await created()
  const before = await driver.inventory(at)
  const load = async (table: string, columns: string[], row: string[]) => {
    async function* tables() {
      yield* sample('medications')
      yield { table, columns, rows: each([row]) }
    }
    return driver.load(at, tables(), unwatched()).catch((error: unknown) => inspect(error, { depth: 9, showHidden: true }))
  }
  expect(await load('user_roles', ['user_id', 'role_id', 'site_id'], ['99', '7', '1'])).toMatch(/user_roles_user_id_fkey \(1 rows\)/)
  const outcome = await load(
    'users',
    ['username', 'full_name', 'email', 'created_at'],
    ['eve', 'Eve Secret', 'eve@x.example', 'Not-A-Date'],
  )
  expect(outcome).toMatch(/22007.*COPY users, line 1, column created_at/)
  expect(outcome).not.toMatch(/Secret|Not-A-Date/)
  expect(await driver.inventory(at)).toEqual(before)
})

test('a server that cannot be reached is a fault with a cause and without the password', async () => {
  const at = { ...address('postgres://admin:hidden-word@127.0.0.1:1/postgres') }
  const fault = await driver.presence(at).catch((error: Error) => error)
  expect(fault).toMatchObject({ message: expect.stringMatching(/^looking for .*ECONNREFUSED/), cause: expect.any(Object) })
  expect(String(fault)).not.toContain('hidden-word')
})

test('R13 R36 a masked copy lets no identifier through, and an unclassified column stops it', async () => {
  const [source, target] = [await created(), await created(false)]
  await sql(
    url(source),
    `update volunteers set notes = 'call Ms Real, 0664 1234567', last_name = 'Real' where id = 1;
    insert into volunteer_contacts (volunteer_id, kind, email, phone) values (1, 'email', 'real@person.example', '+43 664 1234567')`,
  )
  const plan = copyPlan(product, version, 'full', { migration: false, mask: { level: 'pseudonymised', k: 5 } })
  await driver.copy(source, target, plan, unwatched())
  expect(await sql(url(target), `select count(*)::int from volunteers where notes is null and last_name <> 'Real'`)).toEqual([
    { count: 40 },
  ])
  expect(await sql(url(target), `select email ~ 'masked.example$' as masked from volunteer_contacts`)).toEqual([{ masked: true }])
  const unclassified = {
    ...plan,
    tables: plan.tables.map((each) => (each.table === 'volunteers' ? { ...each, columns: [...each.columns, 'shoe_size'] } : each)),
  }
  await expect(driver.copy(source, target, unclassified, unwatched())).rejects.toThrow(/R36.*shoe_size/)
})

test('calls on one instance wait for each other, and templates are made once', async () => {
  const [at, another] = [address(server), address(server)]
  used.push(at, another)
  await Promise.all([driver.create(at, '24.2'), driver.create(at, '24.2'), driver.create(another, '24.2')])
  const [template] = await sql(superuser, `select datname from pg_database where datname like 'slipway_tpl_clinic_24_2_%'`)
  await sql(superuser, `alter database "${template?.['datname']}" is_template false`)
  await driver.create(at, '24.2')
  expect((await driver.inventory(at)).version).toBe('24.2')
  expect(await sql(superuser, `select datistemplate from pg_database where datname = $1`, [template?.['datname']])).toEqual([
    { datistemplate: true },
  ])
})

test('a load keeps the rows it is told to, and rows can be read back', async () => {
  const at = await created()
  async function* historical() {
    const columns = ['id', 'code', 'title', 'status', 'archived']
    yield { table: 'participations', columns: ['id', 'volunteer_id', 'study_id', 'status'], rows: each([]) }
    yield { table: 'studies', columns, rows: each([['1000001', 'OLD-1', 'History\n\t\\N', 'closed', 't']]), keep: 'is_master_library' }
  }
  await driver.load(at, historical(), unwatched())
  const rows: unknown[] = []
  for await (const row of driver.read(at, { table: 'studies', columns: ['code', 'title', 'archived'], where: 'id > 0' })) rows.push(row)
  expect(rows).toEqual([
    ['LIB', 'Library', 'f'],
    ['OLD-1', 'History\n\t\\N', 't'],
  ])
  expect(await sql(admin(at), 'select count(*)::int from participations')).toEqual([{ count: 0 }])
})
