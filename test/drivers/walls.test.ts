/** What a tenant may try with nothing but its application's login (docs/security.md, C1). */
import type { InstanceAddress } from '../../src/drivers/driver.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { copyPlan } from '../../src/product/index.js'
import { sql, testServer } from '../support/postgres.js'
import { address, product, unwatched, version } from './contract.js'
import { sample } from './sample.js'

const driver = postgresDriver({ product })
const used: InstanceAddress[] = []
let server: string
beforeAll(async () => {
  server = await testServer()
})
afterAll(async () => {
  for (const at of used) await driver.drop(at)
})
async function created(): Promise<InstanceAddress> {
  const at = address(server)
  used.push(at)
  await driver.create(at, version)
  await driver.load(at, sample(), unwatched())
  return at
}
function url(at: InstanceAddress, database = at.database): string {
  const made = new URL(at.server)
  Object.assign(made, { pathname: `/${database}`, username: at.role, password: at.secret })
  return made.href
}
/** Runs statements one by one as the tenant; what is refused is refused. */
async function attempts(at: InstanceAddress, statements: string[], database = at.database): Promise<string[]> {
  const outcomes: string[] = []
  for (const statement of statements) outcomes.push(await sql(url(at, database), statement).then(() => 'done', (e: { code: string }) => e.code))
  return outcomes
}

test('a shadowed function does not run with more rights than the tenant has', async () => {
  const at = await created()
  const out = await attempts(at, [
    'create schema evil',
    `create function evil.current_setting(text) returns text language plpgsql as $$ begin execute 'alter role "${at.role}" superuser'; return pg_catalog.current_setting($1); exception when others then return pg_catalog.current_setting($1); end $$`,
    `alter database "${at.database}" set search_path = evil, pg_catalog, public`,
  ])
  console.log(out)
  const plan = copyPlan(product, version, 'full', { migration: false })
  const target = await created()
  await driver.dryRun(at, plan).catch(() => undefined)
  await driver.copy(at, target, plan, unwatched()).catch(() => undefined)
  expect(await sql(server, 'select rolsuper from pg_roles where rolname = $1', [at.role])).toEqual([{ rolsuper: false }])
})
test('audit triggers cannot be switched off', async () => {
  const at = await created()
  const out = await attempts(at, ['alter table audit_events disable trigger user', 'delete from audit_events', 'alter table audit_events enable trigger user'])
  expect(out).not.toContain('done')
})
test('connect for public, templates', async () => {
  const at = await created()
  const out = await attempts(at, [`grant connect on database "${at.database}" to public`, `alter database "${at.database}" is_template true`, `alter database "${at.database}" allow_connections false`])
  console.log(out)
  expect(out).not.toContain('done')
})
test('other databases', async () => {
  const at = await created()
  const out = []
  for (const d of ['postgres', 'template1', 'slipway']) out.push(...(await attempts(at, [`select pg_advisory_lock(1)`], d)))
  console.log(out)
  expect(out).not.toContain('done')
})
