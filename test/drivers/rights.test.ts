/** Every check of the driver's own is broken once, by a superuser's hand, and says so; mended, it passes again (R22). */
import { Client } from 'pg'
import type { InstanceAddress } from '../../src/drivers/driver.js'
import { maintenanceOf, ownerOf } from '../../src/drivers/postgres/names.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { sql } from '../support/postgres.js'
import { address, product, version } from './contract.js'

const driver = postgresDriver({ product })
let at: InstanceAddress
let inside: string
let superuser: string
let own: OwnServer
beforeAll(async () => {
  own = await ownServer()
  superuser = own.superuser
  at = address(own.server)
  await driver.create(at, version)
  const url = new URL(superuser)
  url.pathname = `/${at.database}`
  inside = url.href
})
afterAll(async () => {
  await driver.drop(at)
  await own.stop()
})

async function failed(): Promise<Record<string, string>> {
  const results = await driver.check(at, { version })
  return Object.fromEntries(results.filter((c) => c.id.startsWith('DB-') && c.result !== 'pass').map((c) => [c.id, c.actual]))
}

async function all(statements: string): Promise<void> {
  const client = new Client({ connectionString: inside })
  await client.connect()
  try {
    for (const statement of statements.split(/;\s*/).filter(Boolean)) await client.query(statement)
  } finally {
    await client.end()
  }
}

test('an instance as it is made passes them all', async () => {
  const results = (await driver.check(at, { version })).filter((each) => each.id.startsWith('DB-'))
  expect(results).toHaveLength(18)
  expect(await failed()).toEqual({})
})

/** What is broken, in the database of the instance; `APP`, `OWNER`, `MAINT` and `DB` stand for names. What must be said; how it is mended. */
const broken: [string, string, string, RegExp, string][] = [
  [
    'DB-03',
    'a constraint that was never validated',
    'alter table sites add constraint later check (beds < 0) not valid',
    /constraint later/,
    'alter table sites drop constraint later',
  ],
  ['DB-04', 'an owner that may log in', 'alter role OWNER login', /OWNER logs in/, 'alter role OWNER nologin'],
  ['DB-04', 'an owner that creates roles', 'alter role OWNER createrole', /creates roles/, 'alter role OWNER nocreaterole'],
  [
    'DB-05',
    'a function of a superuser',
    'create function evil() returns int language sql as $$ select 1 $$',
    /function public.evil\(\) of/,
    'drop function evil()',
  ],
  [
    'DB-05',
    'a table of the application',
    'alter table sites owner to APP',
    /table public.sites of/,
    'alter table sites owner to OWNER;grant select, insert, update, delete on sites to APP;grant select, usage, update on sites_id_seq to APP',
  ],
  ['DB-05', 'a schema of the application', 'create schema evil authorization APP', /schema evil of/, 'drop schema evil'],
  [
    'DB-06',
    'a table that the application cannot change',
    'revoke update on sites from APP',
    /public.sites lacks UPDATE/,
    'grant update on sites to APP',
  ],
  ['DB-07', 'TRIGGER', 'grant trigger on sites to APP', /TRIGGER on relation public.sites/, 'revoke trigger on sites from APP'],
  ['DB-07', 'TRUNCATE', 'grant truncate on sites to APP', /TRUNCATE on/, 'revoke truncate on sites from APP'],
  [
    'DB-07',
    'a right to hand on',
    'grant select on sites to APP with grant option',
    /SELECT on relation public.sites to hand on/,
    'revoke grant option for select on sites from APP',
  ],
  [
    'DB-07',
    'CREATE on a schema',
    'grant create on schema public to APP',
    /CREATE on schema public/,
    'revoke create on schema public from APP',
  ],
  ['DB-07', 'TEMPORARY', 'grant temporary on database DB to APP', /TEMPORARY on database/, 'revoke temporary on database DB from APP'],
  [
    'DB-07',
    'a right on a column',
    'grant references (code) on sites to APP',
    /REFERENCES on column public.sites.code/,
    'revoke references (code) on sites from APP',
  ],
  [
    'DB-08',
    'CONNECT for PUBLIC',
    'grant connect on database DB to public',
    /CONNECT on database/,
    'revoke connect on database DB from public',
  ],
  [
    'DB-08',
    'a table for PUBLIC',
    'grant select on sites to public',
    /SELECT on relation public.sites/,
    'revoke select on sites from public',
  ],
  [
    'DB-08',
    'CREATE for PUBLIC',
    'grant create on schema public to public',
    /CREATE on schema/,
    'revoke create on schema public from public',
  ],
  ['DB-09', 'a right of another role', 'grant select on sites to pg_monitor', /for pg_monitor/, 'revoke select on sites from pg_monitor'],
  [
    'DB-09',
    'defaults for what is to come',
    'alter default privileges for role OWNER grant select on tables to APP',
    /defaults of/,
    'alter default privileges for role OWNER revoke select on tables from APP',
  ],
  ['DB-10', 'a superuser', 'alter role APP superuser', /APP/, 'alter role APP nosuperuser'],
  [
    'DB-05',
    'an operator of the application',
    'create operator public.=== (leftarg = text, rightarg = text, function = texteq);alter operator public.=== (text, text) owner to APP',
    /operator public.===.* of/,
    'drop operator public.=== (text, text)',
  ],
  [
    'DB-06',
    'a schema that is closed',
    'revoke usage on schema public from APP, public',
    /schema public lacks USAGE/,
    'grant usage on schema public to APP, public',
  ],
  [
    'DB-06',
    'a sequence that is closed',
    'revoke usage on sites_id_seq from APP',
    /sites_id_seq lacks USAGE/,
    'grant usage on sites_id_seq to APP',
  ],
  ['DB-10', 'a login that is shut out', 'alter role APP connection limit 0', /APP 0/, 'alter role APP connection limit 20'],
  ['DB-10', 'a login that creates roles', 'alter role MAINT createrole', /MAINT creates roles/, 'alter role MAINT nocreaterole'],
  ['DB-10', 'a login that bypasses row security', 'alter role APP bypassrls', /APP bypasses row security/, 'alter role APP nobypassrls'],
  ['DB-10', 'no limit of connections', 'alter role MAINT connection limit -1', /MAINT/, 'alter role MAINT connection limit 12'],
  ['DB-11', 'a member of the owner', 'grant OWNER to APP', /APP in OWNER/, 'revoke OWNER from APP'],
  ['DB-11', 'a role above it', 'grant pg_read_all_data to APP', /APP in pg_read_all_data/, 'revoke pg_read_all_data from APP'],
  [
    'DB-12',
    'a setting of the database',
    'alter database DB set search_path = evil',
    /search_path=evil/,
    'alter database DB reset search_path',
  ],
  ['DB-12', 'a setting of a role', 'alter role MAINT set work_mem = 64', /work_mem=64/, 'alter role MAINT reset work_mem'],
  [
    'DB-13',
    'an event trigger',
    'create function watch() returns event_trigger language plpgsql as $$ begin end $$;create event trigger watching on ddl_command_start execute function watch()',
    /watching/,
    'drop event trigger watching;drop function watch()',
  ],
  [
    'DB-14',
    'a parameter for the application',
    'grant set on parameter session_replication_role to APP',
    /SET session_replication_role for APP/,
    'revoke set on parameter session_replication_role from APP',
  ],
  [
    'DB-15',
    'another database for the application',
    'grant connect on database postgres to APP',
    /postgres/,
    'revoke connect on database postgres from APP',
  ],
  ['DB-16', 'a template', 'alter database DB is_template true', /is a template/, 'alter database DB is_template false'],
  ['DB-16', 'no limit on the database', 'alter database DB connection limit -1', /has no limit/, 'alter database DB connection limit 40'],
]

test.each(broken)('%s finds %s', async (id, _, breaking, said, mending) => {
  const names: Record<string, string> = {
    APP: at.role,
    OWNER: ownerOf(at.database),
    MAINT: maintenanceOf(at.database),
    DB: at.database,
  }
  const named = (text: string) => text.replace(/\b(APP|OWNER|MAINT|DB)\b/g, (word) => names[word] ?? word)
  await all(named(breaking))
  try {
    expect((await failed())[id]).toMatch(new RegExp(named(said.source)))
  } finally {
    await all(named(mending))
  }
  expect(await failed()).toEqual({})
})

test('DB-01 and DB-02 judge the engine: what they compare is not a constant', async () => {
  const results = await driver.check(at, { version })
  expect(results.find(({ id }) => id === 'DB-01')).toMatchObject({ expected: 'supported', actual: 'supported' })
  expect(results.find(({ id }) => id === 'DB-02')).toMatchObject({ expected: 'UTF8', actual: 'UTF8' })
  const other = address(at.server)
  // Not UTF-8, as an instance never is that Slipway made: made by hand, with the roles of one that it did.
  await driver.create(other, version)
  await sql(superuser, `drop database "${other.database}" with (force)`)
  await sql(
    superuser,
    `create database "${other.database}" owner "${ownerOf(other.database)}" template template0 encoding 'SQL_ASCII' locale_provider 'libc' locale 'C'`,
  )
  await sql(superuser, `comment on database "${other.database}" is 'slipway:${other.role}'`)
  await sql(superuser, `grant connect on database "${other.database}" to "${other.role}"`)
  await sql(superuser, `revoke connect, temporary on database "${other.database}" from public`)
  const found = await driver.check(other, { version })
  expect(found.find(({ id }) => id === 'DB-02')).toMatchObject({ result: 'fail', actual: 'SQL_ASCII' })
  await driver.drop(other)
})
