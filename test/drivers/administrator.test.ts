/** What `slipway doctor` finds about the login of an instance server, each made so on a real server, and mended by the statements that it prints. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instanceFindings } from '../../src/cli/doctor-instances.js'
import { readServers } from '../../src/db/instance-database.js'
import { administratorStatements, examineServer } from '../../src/drivers/postgres/administrator.js'
import { withoutPrepared } from '../../src/drivers/postgres/server.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { type EmbeddedServer, startEmbedded } from '../../src/embedded/index.js'
import { clinicDir, loadProduct } from '../../src/product/index.js'
import { startOldPostgres } from '../support/old-postgres.js'
import { sql } from '../support/postgres.js'

let server: EmbeddedServer
const dataDir = mkdtempSync(join(tmpdir(), 'slipway-administrator-'))
beforeAll(async () => {
  chmodSync(dataDir, 0o755)
  server = await startEmbedded({ dataDir, fast: true })
})
afterAll(async () => {
  await server?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const found = async (url = server.instancesUrl, botUrl?: string) => (await examineServer(url, botUrl)).map(({ code }) => code)

/** Runs the statements that a finding prints, as the superuser does. */
async function mend(code: string): Promise<void> {
  const finding = (await examineServer(server.instancesUrl, undefined)).find((each) => each.code === code)
  for (const statement of finding?.mend.split('; ') ?? []) await sql(server.url, statement)
}

test('the embedded server is as it should be', async () => {
  expect(await found()).toEqual([])
})

test.each([
  ['no-statistics', 'revoke pg_read_all_stats from slipway_administrator'],
  ['no-parameter', 'revoke set on parameter session_replication_role from slipway_administrator'],
  ['no-parameter', 'revoke grant option for set on parameter session_replication_role from slipway_administrator'],
  ['no-createdb', 'alter role slipway_administrator nocreatedb'],
  ['no-createrole', 'alter role slipway_administrator nocreaterole'],
  ['open', 'grant connect on database postgres to public'],
  ['open', 'grant connect on database template1 to public'],
])('%s: after %s, and what is printed mends it', async (code, breaking) => {
  await sql(server.url, breaking)
  expect(await found()).toEqual([code])
  await mend(code)
  expect(await found()).toEqual([])
})

test('a superuser is said to be one, and the statements for a login of its own make one that is as it should be', async () => {
  expect(await found(server.url)).toContain('superuser')
  for (const statement of administratorStatements('fresh_login')) await sql(server.url, statement)
  await sql(server.url, `alter role fresh_login password 'a-password'`)
  const url = new URL(server.url)
  Object.assign(url, { username: 'fresh_login', password: 'a-password', pathname: '/postgres' })
  expect(await found(url.href)).toEqual([])
})

test('what another login made is told, with the grants that hand it over', async () => {
  await sql(server.url, 'create role made_by_hand nologin')
  await sql(server.url, `comment on role made_by_hand is 'slipway:made_by_hand'`)
  expect(await found()).toEqual(['not-administered'])
  await mend('not-administered')
  expect(await found()).toEqual([])
  await sql(server.url, 'drop role made_by_hand')
})

test("that instances stand on the bot's own server is told; another server, and one that is away, are not taken for it", async () => {
  expect(await found(server.instancesUrl, server.url)).toEqual(['shared'])
  expect(await found(server.instancesUrl, process.env['SLIPWAY_TEST_SERVER'])).toEqual([])
  expect(await found(server.instancesUrl, 'postgres://127.0.0.1:1/x')).toEqual([])
  expect(await found('postgres://who:hidden@127.0.0.1:1/x')).toEqual(['unreachable'])
  expect(JSON.stringify(await examineServer('postgres://who:hidden@127.0.0.1:1/x', undefined))).not.toContain('hidden')
})

test('a server that lets a transaction outlive its session, and with it a freeze, is told and refused', async () => {
  const again = async (statement: string) => {
    await sql(server.url, statement)
    await server.stop()
    server = await startEmbedded({ dataDir, fast: true })
  }
  await again('alter system set max_prepared_transactions = 10')
  expect(await found()).toEqual(['prepared'])
  const at = { server: server.instancesUrl, database: 'x', role: 'x_app', secret: 's', maintenanceSecret: 'm' }
  const making = postgresDriver({ product: loadProduct(clinicDir) }).create(at, '24.1')
  await expect(making).rejects.toMatchObject({ code: 'server-open', rule: 'R15', message: expect.stringContaining(withoutPrepared) })
  await again(withoutPrepared)
  expect(await found()).toEqual([])
})

test('PostgreSQL 15 is told to be too old, by the doctor and before anything is made', async () => {
  const old = await startOldPostgres(150_018, '15.18')
  try {
    expect(await found(old.url)).toEqual(['too-old'])
    const at = { server: old.url, database: 'x', role: 'x_app', secret: 's', maintenanceSecret: 'm' }
    const making = postgresDriver({ product: loadProduct(clinicDir) }).create(at, '24.1')
    await expect(making).rejects.toMatchObject({ code: 'server-too-old', message: expect.stringContaining('PostgreSQL 15.18') })
  } finally {
    await old.stop()
  }
})

test('doctor names a server that records know and no setting does, and an address that still stands in a record', async () => {
  const records = (...keys: string[]) => (async (use: unknown) => (use === readServers ? keys : [])) as never
  const settings = { instanceServers: [{ key: 'eu', url: server.instancesUrl }], databaseUrl: 'postgres://127.0.0.1:1/x' }
  const said = async (...keys: string[]) => (await instanceFindings(settings, records(...keys))).map(({ what, ok }) => [what, ok])
  expect(await said('eu')).toEqual([
    ['instance server eu', true],
    ['the log of instance server eu', true],
  ])
  expect(await said('us')).toContainEqual(['instance server us: instances stand there, and no setting names it', false])
  expect(await said('postgres://a:secret@b/c')).toContainEqual([expect.stringContaining('an address with its password'), false])
  expect(JSON.stringify(await said('postgres://a:secret@b/c'))).not.toContain('secret')
  const old = (async (use: unknown) => (use === readServers ? ['eu'] : [{ instance: 'acme-demo' }])) as never
  expect((await instanceFindings(settings, old)).map(({ what }) => what)).toContain('1 instance is not converted: acme-demo')
})
