/** `slipway migrate instances`: what stands on record is converted, checked anew, and the record says what was measured. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrateInstances } from '../../src/cli/convert.js'
import { readConfig } from '../../src/config.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { clinicDir, loadProduct } from '../../src/product/index.js'
import { open, parseKeys, seal } from '../../src/secrets.js'
import { makeOldInstance } from '../support/old-instance.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { sql } from '../support/postgres.js'
import { type StateDatabase, stateDatabase } from '../support/state.js'

const keys = `k1:${Buffer.alloc(32, 1).toString('base64')}`
const folder = mkdtempSync(join(tmpdir(), 'slipway-convert-'))
let own: OwnServer
let state: StateDatabase
beforeAll(async () => {
  ;[own, state] = await Promise.all([ownServer(), stateDatabase()])
  const run = (text: string, values: unknown[] = []) => sql(state.superuserUrl, text, values)
  await run(
    `insert into slipway.customer (id, slug, name, state, legacy, policy_version, since, created_at) values ('cus', 'acme', 'Acme', 'prospect', false, 'v', now(), now())`,
  )
  await run(`insert into slipway.environment values ('env', 'cus', 'demo', 'acme-demo', 1, 'ready', 'base', '24.1', now(), now(), now())`)
  for (const name of ['good', 'strange', 'gone']) {
    const at = { server: own.server, database: `old_${name}`, role: `old_${name}`, secret: 'word', maintenanceSecret: '' }
    if (name !== 'gone') await makeOldInstance(own.superuser, at)
    await run(`insert into slipway.instance (id, environment_id, role, name, version) values ($1, 'env', $2, $3, '24.1')`, [
      name,
      { good: 'main', strange: 'test', gone: 'single' }[name],
      `acme-demo-${name}`,
    ])
    await run(
      `insert into slipway.instance_database (database, instance_id, operation_id, login, secret, server, recorded_at) values ($1, $2, $1, $1, $3, 'default', now())`,
      [at.database, name, seal(parseKeys(keys), 'word', at.database)],
    )
  }
  await run('update slipway.clock set offset_ms = $1', [ahead])
  const strange = new URL(own.superuser)
  strange.pathname = '/old_strange'
  await sql(strange.href, 'create table public.unknown_to_the_release (id int)')
})
afterAll(async () => {
  await own?.stop()
  await state?.drop()
  rmSync(folder, { recursive: true, force: true })
})

const ahead = 40 * 86_400_000
const settings = () => ({
  SLIPWAY_CLOCK: 'movable',
  DATABASE_URL: state.url,
  INSTANCES_URL: own.server,
  SECRET_KEYS: keys,
  DATA_DIR: folder,
})
async function convert(further: Record<string, string> = { INSTANCES_SUPERUSER_URL: own.superuser }) {
  const said: string[] = []
  const code = await migrateInstances(readConfig({ ...settings(), ...further }), '', (line) => said.push(line))
  return { code, said: said.sort() }
}

test('without a superuser it says which setting is missing', async () => {
  await expect(convert({})).rejects.toThrow(/INSTANCES_SUPERUSER_URL is missing/)
  await expect(convert({ INSTANCES_SUPERUSER_URL: own.server })).rejects.toThrow(/slipway_administrator is no superuser/)
  await expect(convert({ INSTANCES_SUPERUSER_URL: state.superuserUrl })).rejects.toThrow(/another server than default/)
  await expect(convert({ INSTANCES_SUPERUSER_URL: 'postgres://x:hidden@127.0.0.1:1/x' })).rejects.toThrow(
    /INSTANCES_SUPERUSER_URL.*no connection/,
  )
})

test('each is told by name: converted with what its checks found, refused with the difference, or not there', async () => {
  const { code, said } = await convert()
  expect(code).toBe(1)
  expect(said).toEqual([
    expect.stringMatching(/^Superusers of default: slipway\. /),
    expect.stringMatching(/^acme-demo-gone \(old_gone\): is not there/),
    expect.stringMatching(/^acme-demo-good \(old_good\): converted; not passed: IQ-01.*Record: acme\/CV-ACME-DEMO-GOOD-[0-9a-f]{8}\.json$/),
    expect.stringMatching(/^acme-demo-strange \(old_strange\): not converted: [\s\S]*unknown_to_the_release/),
  ])
  const [row] = await sql(state.superuserUrl, `select maintenance_secret from slipway.instance_database where database = 'old_good'`)
  const maintenanceSecret = open(parseKeys(keys), String(row?.['maintenance_secret']), 'old_good maintenance')
  const at = { server: own.server, database: 'old_good', role: 'old_good', secret: 'word', maintenanceSecret }
  const rights = (await postgresDriver({ product: loadProduct(clinicDir) }).check(at, {})).filter(({ id }) => id.startsWith('DB-'))
  expect(rights.filter(({ result }) => result !== 'pass')).toEqual([])
})

test('the audit trail has the act, with the checks that did not pass and the checksum of the record', async () => {
  const entries = await sql(state.superuserUrl, `select at, actor, subject, after from slipway.audit_entry where verb = 'convert-instance'`)
  expect(entries).toEqual([
    {
      at: expect.any(Date),
      actor: 'operator',
      subject: 'acme-demo-good',
      after: expect.objectContaining({ database: 'old_good', notPassed: expect.arrayContaining(['IQ-01']), sha256: expect.any(String) }),
    },
  ])
  const { file, sha256 } = (entries[0]?.['after'] ?? {}) as { file: string; sha256: string }
  const bytes = readFileSync(join(folder, 'documents', file))
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
  const names = readdirSync(join(folder, 'documents', 'acme'))
  expect(names.map((name) => `acme/${name}`)).toEqual([file])
  expect(statSync(join(folder, 'documents', file)).mode & 0o777).toBe(0o640)
  // The clock of the database is ahead of the machine's here, and what happened then is on record as of then.
  expect(Number(entries[0]?.['at'])).toBeGreaterThan(Date.now() + ahead / 2)
  expect(JSON.parse(bytes.toString()).checks).toContainEqual(expect.objectContaining({ id: 'DB-07', result: 'pass' }))
})

test('run again, only what was not converted is tried, and its password is the one on record', async () => {
  const strange = new URL(own.superuser)
  strange.pathname = '/old_strange'
  await sql(strange.href, 'drop table public.unknown_to_the_release')
  const { code, said } = await convert()
  expect(code).toBe(0)
  expect(said.map((line) => line.split(':')[0])).toEqual([
    'Superusers of default',
    'acme-demo-gone (old_gone)',
    'acme-demo-strange (old_strange)',
  ])
})
