/** What somebody may try who has nothing but one instance's login (docs/security.md, C1 and H2). At commit 8399a5b those on
 * ownership, settings, templates, other databases, grants and the pinned path succeeded; what only a superuser may do was refused then, too. */
import { Client } from 'pg'
import type { InstanceAddress } from '../../src/drivers/driver.js'
import { connected } from '../../src/drivers/postgres/connection.js'
import { maintenanceOf, ownerOf } from '../../src/drivers/postgres/names.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { copyPlan } from '../../src/product/index.js'
import { sql } from '../support/postgres.js'
import { address, product, unwatched, version } from './contract.js'
import { sample } from './sample.js'

export interface Ground {
  /** As the administrator who is no superuser. */
  server: string
  superuser: string
}

const driver = postgresDriver({ product })
const everything = copyPlan(product, version, 'full', { migration: false })
const denied = '42501'

/** The database of `at` as its application, or as another login. */
function loginUrl(at: InstanceAddress, database = at.database, user = at.role, password = at.secret): string {
  const made = new URL(at.server)
  Object.assign(made, { pathname: `/${database}`, username: user, password })
  return made.href
}

/** Tries each statement in a session of its own; tells the code of each refusal, or `done`. */
async function outcomes(url: string, statements: string[]): Promise<string[]> {
  const all: string[] = []
  for (const statement of statements) {
    all.push(
      await sql(url, statement).then(
        () => 'done',
        (error: { code: string }) => error.code,
      ),
    )
  }
  return all
}

/** Declares the attacks for one server. */
export function walls(name: string, start: () => Promise<Ground>): void {
  describe(`on ${name} an instance's login`, () => {
    let ground: Ground
    const used: InstanceAddress[] = []
    beforeAll(async () => {
      ground = await start()
    })
    afterAll(async () => {
      for (const at of used) await driver.drop(at)
    })
    async function created(): Promise<InstanceAddress> {
      const at = address(ground.server)
      used.push(at)
      await driver.create(at, version)
      await driver.load(at, sample(), unwatched())
      return at
    }
    const inside = (at: InstanceAddress) => {
      const made = new URL(ground.superuser)
      made.pathname = `/${at.database}`
      return made.href
    }

    test('makes nothing that Slipway could run later: no schema, function, trigger, table or setting of the database', async () => {
      const at = await created()
      const attempts = [
        'create schema evil',
        'create function public.current_setting(text) returns text language sql as $$ select null $$',
        'create table public.pg_class (oid int)',
        'create temporary table t (id int)',
        'create function pg_temp.f() returns int language sql as $$ select 1 $$',
        'create trigger evil after insert on sites for each row execute function audit_is_immutable()',
        'create operator public.= (leftarg = text, rightarg = text, function = texteq)',
        `alter database "${at.database}" set search_path = evil, pg_catalog`,
        `alter role "${ownerOf(at.database)}" set search_path = evil`,
        `alter role "${maintenanceOf(at.database)}" set search_path = evil`,
        `set session_replication_role = replica`,
        `copy (select 1) to program 'true'`,
        `copy sites to '/tmp/slipway-walls'`,
        'create extension dblink',
        `create event trigger evil on ddl_command_end execute function audit_is_immutable()`,
      ]
      expect(await outcomes(loginUrl(at), attempts)).toEqual(attempts.map(() => denied))
      // What a tenant may set, it sets for itself.
      await sql(loginUrl(at), `alter role "${at.role}" set search_path = evil, public`)
      await driver.dryRun(at, everything)
      expect((await driver.check(at, { version })).filter((c) => c.id.startsWith('DB-') && c.result !== 'pass').map((c) => c.id)).toEqual([
        'DB-12',
      ])
      await sql(loginUrl(at), `alter role "${at.role}" reset all`)
    })

    test("cannot become another role, nor switch the product's audit triggers off for a moment", async () => {
      const at = await created()
      const attempts = [
        'alter table audit_events disable trigger user',
        'drop trigger audit_events_immutable on audit_events',
        'truncate audit_events',
        'alter table audit_events owner to current_user',
        `set role "${ownerOf(at.database)}"`,
        `set role "${maintenanceOf(at.database)}"`,
        `grant "${ownerOf(at.database)}" to "${at.role}"`,
        `set session authorization "${ownerOf(at.database)}"`,
        `alter role "${at.role}" superuser`,
        `alter role "${at.role}" createrole`,
        'create role evil',
        'create database evil',
      ]
      expect(await outcomes(loginUrl(at), attempts)).toEqual(attempts.map(() => denied))
    })

    test('cannot let others in, hand its rights on, or make its database undroppable', async () => {
      const [at, other] = [await created(), await created()]
      const attempts = [
        `alter database "${at.database}" is_template true`,
        `alter database "${at.database}" allow_connections false`,
        `alter database "${at.database}" connection limit 1000`,
        `alter database "${at.database}" rename to evil`,
        `alter database "${at.database}" owner to "${at.role}"`,
        `drop database "${at.database}"`,
      ]
      expect(await outcomes(loginUrl(at), attempts)).toEqual(attempts.map(() => denied))
      // A grant of what one may not hand on is a warning, or a refusal; either way nothing is granted.
      await outcomes(loginUrl(at), [`grant connect on database "${at.database}" to public`, 'grant all on sites to public'])
      expect(await outcomes(loginUrl(other, at.database), ['select 1'])).toEqual([denied])
      const rights = (await driver.check(at, { version })).filter((each) => each.id.startsWith('DB-'))
      expect(rights.filter((each) => each.result !== 'pass')).toEqual([])
      await driver.drop(at)
      expect(await driver.presence(at)).toBe('absent')
    })

    test('reaches no other database of the server, and is counted', async () => {
      const at = await created()
      for (const database of ['postgres', 'template1']) {
        expect(await outcomes(loginUrl(at, database), [`select pg_advisory_lock(hashtext('slipway'), 1)`])).toEqual([denied])
      }
      const templates = await sql(ground.superuser, `select datname from pg_database where datname like 'slipway_tpl_%'`)
      for (const { datname } of templates) expect(await outcomes(loginUrl(at, String(datname)), ['select 1'])).toEqual([denied])
      const sessions = Array.from({ length: 24 }, () => new Client({ connectionString: loginUrl(at) }))
      const opened = await Promise.allSettled(sessions.map((session) => session.connect()))
      expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
      await Promise.all(sessions.map((session) => session.end().catch(() => undefined)))
    })

    test('cannot make a check fail or pass by changing its own password and settings', async () => {
      const at = await created()
      await sql(loginUrl(at), `alter role "${at.role}" password 'mine-alone'`)
      const results = await driver.check(at, { version })
      const unasked = /no expectation given|nobody said what is expected/
      expect(results.filter((each) => each.result === 'blocked' && !unasked.test(`${each.expected} ${each.actual}`))).toEqual([])
      expect(results.find((each) => each.id === 'IQ-14')).toMatchObject({ result: 'pass' })
    })

    test('holds nobody up for long by a lock on its own tables', async () => {
      expect(await connected(ground.server, (client) => client.query('show lock_timeout'))).toMatchObject({
        rows: [{ lock_timeout: '10s' }],
      })
      const at = await created()
      const hurried = new URL(at.server)
      hurried.searchParams.set('options', '-c lock_timeout=1s -c search_path=evil')
      const session = new Client({ connectionString: loginUrl(at) })
      session.on('error', () => undefined) // the drop ends it
      await session.connect()
      await session.query('begin; lock table sites in access exclusive mode')
      const from = Date.now()
      await expect(driver.dryRun({ ...at, server: hurried.href }, everything)).rejects.toThrow(/lock timeout/)
      expect(Date.now() - from).toBeLessThan(9_000)
      await driver.drop(at)
      await session.end().catch(() => undefined)
    })

    test('leaves nothing of its own in a copy: neither rights, nor large objects, nor defaults', async () => {
      const [source, target] = [await created(), await created()]
      await sql(loginUrl(source), `select lo_from_bytea(0, 'evil')`)
      await sql(loginUrl(source), `alter default privileges grant all on tables to public`)
      await driver.copy(source, target, everything, unwatched())
      const rights = (await driver.check(target, { version })).filter((each) => each.id.startsWith('DB-'))
      expect(rights.filter((each) => each.result !== 'pass').map(({ id, actual }) => [id, actual])).toEqual([])
      expect(await sql(inside(target), 'select count(*)::int from pg_largeobject_metadata')).toEqual([{ count: 0 }])
      const found = (await driver.check(source, { version })).filter((each) => each.id.startsWith('DB-') && each.result !== 'pass')
      expect(found.map(({ id }) => id)).toEqual(['DB-05', 'DB-07', 'DB-08', 'DB-09'])
    })

    test('is not in the copy that the server makes as a whole', async () => {
      const [source, target] = [await created(), await created()]
      const told: string[] = []
      await driver.copy(source, target, everything, { ...unwatched(), report: (_, sentence) => told.push(sentence) })
      expect(told).toContain('copied as a whole')
      const named = `select count(*)::int from pg_shdepend d join pg_roles r on r.oid = d.refobjid join pg_database b on b.oid = d.dbid
        where b.datname = current_database() and r.rolname = any ($1)`
      expect(await sql(inside(target), named, [[source.role, ownerOf(source.database), maintenanceOf(source.database)]])).toEqual([
        { count: 0 },
      ])
      expect(await outcomes(loginUrl(source, target.database), ['select 1'])).toEqual([denied])
      await driver.drop(source)
    })

    test("gains nothing from a trigger that gives up its role: Slipway's session inside is a member of this one owner only", async () => {
      const at = await created()
      // As if a tenant had found a way to have its code run by Slipway.
      await sql(
        inside(at),
        `create function public.evil() returns trigger language plpgsql as $$ begin
           reset role; reset session authorization;
           execute 'alter role "${at.role}" superuser'; return new; end $$;
         alter function public.evil() owner to "${ownerOf(at.database)}";
         create trigger evil before update on instance for each row execute function public.evil()`,
      )
      const identity = { name: 'n', url: 'u', customer: 'c', environment: 'e', role: 'single' } as const
      await expect(driver.adapt(at, identity)).rejects.toThrow(/permission denied|must have/)
      expect(await sql(ground.superuser, 'select rolsuper from pg_roles where rolname = $1', [at.role])).toEqual([{ rolsuper: false }])
    })

    test('is refused on a server that lets everybody in, with the statement that closes it', async () => {
      await sql(ground.superuser, 'create database open_door')
      try {
        const at = address(ground.server)
        used.push(at)
        await expect(driver.create(at, version)).rejects.toMatchObject({
          name: 'DriverRefused',
          code: 'server-open',
          message: expect.stringContaining('revoke connect, temporary on database "open_door" from public'),
        })
        expect(await driver.presence(at)).toBe('absent')
      } finally {
        await sql(ground.superuser, 'drop database open_door')
      }
    })

    test('of Slipway for one instance, stolen, lets nobody in for long: the door is closed again before the next instance is made', async () => {
      const [at, next] = [await created(), address(ground.server)]
      used.push(next)
      const stolen = loginUrl(at, at.database, maintenanceOf(at.database), at.maintenanceSecret)
      await sql(stolen, `grant connect on database "${at.database}" to public`)
      await driver.create(next, version)
      expect(await outcomes(loginUrl(next, at.database), ['select 1'])).toEqual([denied])
    })

    test('and everything of it go with a drop, but while a superuser looks the drop is refused with a word', async () => {
      const at = await created()
      const looking = new Client({ connectionString: inside(at) })
      await looking.connect()
      await expect(driver.drop(at)).rejects.toMatchObject({
        code: 'superuser-connected',
        message: expect.stringContaining('Close that session'),
      })
      await looking.end()
      await driver.drop(at)
      expect(await sql(ground.superuser, `select rolname from pg_roles where rolname like '${at.database}%'`)).toEqual([])
    })
  })
}
