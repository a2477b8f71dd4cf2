/** The servers of docker-compose.yml as they are configured there, for real: who gets in, and what those may do. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { startEmbedded } from '../src/embedded/index.js'
import { initStatements } from './support/compose.js'
import { sql } from './support/postgres.js'
import { startProductionRedis } from './support/production.js'

const folder = mkdtempSync(join(tmpdir(), 'slipway-compose-'))
const passwords = { MIGRATE_PASSWORD: "migrate'0", BOT_PASSWORD: 'bot0', WORKER_PASSWORD: 'worker0', INSTANCES_PASSWORD: 'instances0' }
const endings: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
const urls = { postgres: '', instances: '' }

beforeAll(async () => {
  for (const name of ['postgres', 'instances'] as const) {
    const dataDir = join(folder, name)
    const server = await startEmbedded({ dataDir, fast: true })
    const home = realpathSync(join(dataDir, 'postgres'))
    endings.push(async () => {
      await server.stop()
      rmSync(home, { recursive: true, force: true })
    })
    await sql(server.url, `${initStatements(name, passwords)}; create role stranger login password 'stranger0'`)
    urls[name] = server.url
  }
}, 120_000)
afterAll(async () => {
  for (const end of endings.reverse()) await end()
})

/** The address of a login on one of the servers. */
function as(server: 'postgres' | 'instances', user: string, password: string, database: string): string {
  const url = new URL(urls[server])
  Object.assign(url, { username: user, password: encodeURIComponent(password), pathname: `/${database}` })
  return url.href
}
const denied = { code: '42501' }

test("Slipway's own database: bot and worker get in and own nothing; whoever else has a login there does not get in anywhere", async () => {
  for (const [user, password] of [
    ['slipway_bot', 'bot0'],
    ['slipway_worker', 'worker0'],
  ] as const) {
    const own = as('postgres', user, password, 'slipway')
    expect(await sql(own, 'select current_user as user')).toEqual([{ user }])
    for (const attack of [
      'create schema mine',
      'create table public.mine ()',
      'create temporary table mine ()',
      'create role mine',
      'create database mine',
    ])
      await expect(sql(own, attack)).rejects.toMatchObject(denied)
  }
  for (const database of ['slipway', 'postgres', 'template1'])
    await expect(sql(as('postgres', 'stranger', 'stranger0', database), 'select 1')).rejects.toMatchObject(denied)
  expect(await sql(as('postgres', 'slipway_migrate', "migrate'0", 'slipway'), 'create schema slipway')).toEqual([])
})

test('no login of ours is a superuser, or may become one', async () => {
  for (const url of Object.values(urls)) {
    const rows = await sql(
      url,
      `select r.rolname from pg_roles r where r.rolname ~ '^slipway_' and (r.rolsuper or r.rolreplication or r.rolbypassrls
         or pg_has_role(r.oid, 'pg_execute_server_program', 'member') or pg_has_role(r.oid, 'pg_write_server_files', 'member')
         or exists (select from pg_roles s where s.rolsuper and pg_has_role(r.oid, s.oid, 'member')))`,
    )
    expect(rows).toEqual([])
  }
})

test('the login of instances makes an owner and a database, works there as that owner, lends a login the loading of data and takes it back', async () => {
  const admin = as('instances', 'slipway_instances', 'instances0', 'postgres')
  await sql(admin, 'create role x_owner nologin')
  await sql(admin, `create role x_slipway login password 'x0' in role x_owner`)
  await sql(admin, 'create database x owner x_owner')
  await sql(admin, 'revoke connect, temporary on database x from public')
  await sql(admin, 'grant connect on database x to x_slipway')
  await sql(admin, 'grant set on parameter session_replication_role to x_slipway')
  const own = as('instances', 'x_slipway', 'x0', 'x')
  await sql(own, 'set session_replication_role = replica; set role x_owner; create table t ()')
  expect(await sql(own, `select tableowner from pg_tables where tablename = 't'`)).toEqual([{ tableowner: 'x_owner' }])
  await expect(sql(as('instances', 'stranger', 'stranger0', 'x'), 'select 1')).rejects.toMatchObject(denied)
  for (const database of ['postgres', 'template1'])
    await expect(sql(as('instances', 'stranger', 'stranger0', database), 'select 1')).rejects.toMatchObject(denied)
  await sql(admin, 'drop database x with (force)')
  await sql(admin, 'revoke set on parameter session_replication_role from x_slipway')
  await sql(admin, 'drop role x_slipway, x_owner')
  for (const attack of [
    'alter role slipway_instances superuser',
    `copy (select 1) to program 'true'`,
    'grant pg_execute_server_program to slipway_instances',
  ])
    await expect(sql(admin, attack)).rejects.toMatchObject(denied)
})

test('Redis carries out nothing for who gives no password or a wrong one, and its password is not to be seen in ps', async () => {
  const redis = await startProductionRedis(join(folder, 'redis'), 'redis0')
  endings.push(() => redis.stop())
  const ask = async (url: string) => {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, enableReadyCheck: false, protocol: 2 })
    client.on('error', () => {}) // what it answers is looked at
    await client.connect()
    return client.ping().finally(() => client.disconnect())
  }
  expect(await ask(redis.url)).toBe('PONG')
  const nobody = new URL(redis.url)
  nobody.password = ''
  await expect(ask(nobody.href)).rejects.toThrow('NOAUTH')
  expect(redis.arguments()).toContain('redis-server')
  expect(redis.arguments()).not.toContain('redis0')
})
