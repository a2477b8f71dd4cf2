/** The driver's own sessions (docs/security.md, C1): what somebody set on a role does not reach them, and none of their logins stays. */
import { administering, inside, urlFor } from '../../src/drivers/postgres/connection.js'
import { maintenanceOf, ownerOf } from '../../src/drivers/postgres/names.js'
import { asTemporary, markOf, verifier } from '../../src/drivers/postgres/roles.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { sql } from '../support/postgres.js'
import { address, product, version } from './contract.js'

const driver = postgresDriver({ product })
let own: OwnServer
let at: ReturnType<typeof address>
beforeAll(async () => {
  own = await ownServer()
  at = address(own.server)
  await driver.create(at, version)
})
afterAll(() => own?.stop())

const superuser = () => {
  const url = new URL(own.superuser)
  url.pathname = `/${at.database}`
  return url.href
}
const path = async (client: { query(text: string): Promise<{ rows: unknown[] }> }) => (await client.query('show search_path')).rows
const pinned = [{ search_path: 'pg_catalog' }]

test('a path that is set on role or database does not lead a session of the driver elsewhere', async () => {
  await sql(superuser(), 'create schema evil')
  await sql(superuser(), `create function evil.lower(text) returns text language sql as $$ select 'evil' $$`)
  await sql(superuser(), `grant usage on schema evil to public`)
  const maintenance = maintenanceOf(at.database)
  const roles = [maintenance, ownerOf(at.database), at.role]
  for (const role of roles) await sql(superuser(), `alter role "${role}" set search_path = evil, pg_catalog`)
  await sql(superuser(), `alter database "${at.database}" set search_path = evil, pg_catalog`)
  // The attack: any other session of that login is led there.
  const other = urlFor(own.server, { database: at.database, user: maintenance, password: at.maintenanceSecret ?? '' })
  expect(await sql(other, `select lower('A')`)).toEqual([{ lower: 'evil' }])
  expect(await inside(at, path)).toEqual(pinned)
  expect(await inside(at, async (client) => (await client.query(`select lower('A')`)).rows)).toEqual([{ lower: 'a' }])
  expect(await administering(at.server, (admin) => asTemporary(admin, at, [ownerOf(at.database)], path))).toEqual(pinned)
  for (const role of roles) await sql(superuser(), `alter role "${role}" reset search_path`)
  await sql(superuser(), `alter database "${at.database}" reset search_path`)
})

test('a temporary login that its maker could not take away stops working within half an hour', async () => {
  const rows = await administering(at.server, (admin) =>
    asTemporary(admin, at, [ownerOf(at.database)], async (_, login) => {
      const text = 'select extract(epoch from rolvaliduntil - now())::float8 as seconds from pg_roles where rolname = $1'
      return sql(own.superuser, text, [login])
    }),
  )
  const seconds = Number(rows[0]?.['seconds'])
  expect(seconds).toBeGreaterThan(1_500)
  expect(seconds).toBeLessThanOrEqual(1_800)
})

test('a temporary login is gone after its work, and one whose time is over goes with the next', async () => {
  const left = `${at.database}_left`
  const attributes = `login password ${verifier('left')} valid until '${new Date(Date.now() - 60_000).toISOString()}'`
  await administering(at.server, async (admin) => {
    await admin.query(`create role "${left}" ${attributes}`)
    await admin.query(`comment on role "${left}" is '${markOf(at.database)}'`)
  })
  await sql(superuser(), `grant connect on database postgres to "${left}"`)
  const expired = urlFor(own.server, { database: 'postgres', user: left, password: 'left' })
  await expect(sql(expired, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  await sql(superuser(), `revoke connect on database postgres from "${left}"`)
  const used = await administering(at.server, (admin) => asTemporary(admin, at, [ownerOf(at.database)], async (_, login) => login))
  expect(await sql(own.superuser, 'select rolname from pg_roles where rolname = any ($1)', [[left, used]])).toEqual([])
})

test('R22 the evidence of a check that is computed from an inventory names the login that read it and when, and says what was computed', async () => {
  const before = new Date().toISOString()
  const results = await driver.check(at, { version, volunteers: 'none', fingerprint: 'f', mustMatch: 'm' })
  for (const id of ['IQ-04', 'IQ-09', 'IQ-22']) {
    const { evidence = '' } = results.find((each) => each.id === id) ?? {}
    const [what, session] = evidence.split('\n')
    expect(what).toMatch(/^(Computed|Counted): /)
    const from = new RegExp(`^executed by ${maintenanceOf(at.database)}, .* on one snapshot of ${at.database}, (\\S+) to (\\S+)$`).exec(
      session ?? '',
    )
    expect([id, evidence.includes('with the rights of'), (from?.[1] ?? '') >= before, (from?.[1] ?? '~') <= (from?.[2] ?? '')]).toEqual([
      id,
      false,
      true,
      true,
    ])
  }
})
