/** What a command reads to find its subject does not grow with the number of customers: the plans of its statements say so. */
import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import { nearest } from '../../commands/nearest.js'
import type { ChangeDeps } from '../../src/change/deps.js'
import type { Database } from '../../src/db/schema.js'
import { createQueries } from '../../src/read/index.js'
import { sql } from '../support/postgres.js'
import { type StateDatabase, stateDatabase } from '../support/state.js'

let state: StateDatabase
let pool: Pool
let db: Kysely<Database>
const sent: { text: string; values: readonly unknown[] }[] = []

beforeAll(async () => {
  state = await stateDatabase()
  await sql(
    state.superuserUrl,
    `insert into slipway.customer (id, slug, name, state, legacy, policy_version, since, created_at)
     select 'c' || n, 'firm-' || n, 'Firm ' || n, 'live', false, 'v', now(), now() from generate_series(1, 10000) n;
     insert into slipway.environment (id, customer_id, kind, name, number, state, source, version, since, created_at)
     select 'e' || n, 'c' || n, 'demo', 'firm-' || n || '-demo', 1, 'ready', 's', '1', now(), now() from generate_series(1, 10000) n;
     insert into slipway.instance (id, environment_id, role, name, version)
     select 'i' || n, 'e' || n, 'single', 'firm-' || n || '-demo', '1' from generate_series(1, 10000) n;
     analyze slipway.customer; analyze slipway.environment; analyze slipway.instance`,
  )
  pool = new Pool({ connectionString: state.url, options: '-c search_path=slipway,pg_catalog,pg_temp' })
  db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => void sent.push({ text: query.sql, values: query.parameters }),
  })
}, 60_000)
afterAll(async () => {
  await db.destroy()
  await state.drop()
})

const queries = () => createQueries({ db } as unknown as ChangeDeps)

/** The plans, in one text, of what `read` sends. */
async function plansOf(read: () => Promise<unknown>): Promise<string> {
  sent.length = 0
  await read()
  const plans = await Promise.all(sent.map(({ text, values }) => pool.query(`explain (format json) ${text}`, [...values])))
  expect(plans.length).toBeGreaterThan(0)
  return JSON.stringify(plans.map(({ rows }) => rows))
}

test.each([
  ['a customer', () => queries().customer('firm-777')],
  ['an environment', () => queries().environment('firm-777-demo')],
  ["a customer's environments", () => queries().environmentsOf('firm-777')],
  ['the customers near a word', () => queries().near('customer', 'frim-777')],
  ['the environments near a word', () => queries().near('environment', 'firm-777-dmo')],
])('%s: no table is read from end to end', async (_, read) => {
  expect(await plansOf(read)).not.toContain('Seq Scan')
})

test("one customer's environments are those of the list of all", async () => {
  const all = await queries().environments()
  expect(await queries().environmentsOf('firm-777')).toEqual(all.filter(({ customer }) => customer === 'firm-777'))
})

test('a slip behind the first letters is found among ten thousand, from some hundred candidates', async () => {
  const candidates = await queries().near('environment', 'firm-777-dmo')
  expect(candidates.length).toBeLessThanOrEqual(500)
  expect(nearest('firm-777-dmo', candidates)).toBe('firm-777-demo')
})
