/** What the logins of bot and worker can do to Slipway's own database, and what strangers can: each attack was seen to succeed before. */
import { sql as statement } from 'kysely'
import { migrateState, verifyState } from '../../src/app/state.js'
import { appendAudit, entryHash } from '../../src/db/audit.js'
import { verifyAudit } from '../../src/db/audit-verify.js'
import { type Db, openDatabase } from '../../src/db/connection.js'
import { openQueues } from '../../src/queue/queues.js'
import { freshDatabase, sql, testServer } from '../support/postgres.js'
import { makeRole, type StateDatabase, stateDatabase, withLogin } from '../support/state.js'

let database: StateDatabase
let db: Db
let close: () => Promise<void>
beforeEach(async () => {
  database = await stateDatabase()
  ;({ db, close } = openDatabase(database.url, 4, () => undefined))
  await append('system', 4)
})
afterEach(async () => {
  await close()
  await database.drop()
})

const entry = { actor: 'U_PM', verb: 'set', subject: 'thing' }
const append = (chain: string, count: number) =>
  db.transaction().execute((tx) => appendAudit(tx, chain, new Date(), Array(count).fill(entry)))
const refused = { code: '42501' }

test.each([
  'alter table audit_entry disable trigger user',
  'alter table audit_head owner to current_user',
  "set session_replication_role = 'replica'",
  "update audit_entry set actor = 'U_X'",
  'delete from audit_entry where seq = 4',
  'truncate audit_entry',
  'drop table audit_entry',
  'update audit_head set seq = 3',
  "insert into audit_head values ('forged', 0, repeat('0', 64))",
  'delete from audit_head',
  'select * from audit_head for update',
  "create or replace function slipway.refuse_change() returns trigger language plpgsql as 'begin return old; end'",
  "create or replace function slipway.advance_audit_head() returns trigger language plpgsql as 'begin return null; end'",
  'drop trigger audit_advance on audit_entry',
  'update audit_anchor set number = 2',
  'delete from audit_anchor',
])('R32 the login of bot and worker cannot change the audit trail: %s', async (text) => {
  await expect(statement.raw(text).execute(db)).rejects.toMatchObject(refused)
  expect(await verifyAudit(db)).toMatchObject({ entries: 4, broken: null })
})

test.each<[string, (last: { seq: number; hash: string }) => { chain?: string; seq: number; prev: string }]>([
  ['leaves a gap', ({ seq, hash }) => ({ seq: seq + 2, prev: hash })],
  ['comes again', ({ seq, hash }) => ({ seq, prev: hash })],
  ['does not carry the hash before', ({ seq }) => ({ seq: seq + 1, prev: 'f'.repeat(64) })],
  ['belongs to no chain', () => ({ chain: 'other', seq: 1, prev: '0'.repeat(64) })],
])('R32 an entry that %s is refused, and the head stays', async (_, next) => {
  const head = await db.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow()
  const place = { chain: 'system', ...next({ seq: Number(head.seq), hash: head.hash }) }
  const row = { ...entry, ...place, at: new Date(), before: null, after: null, why: null }
  const forged = db.insertInto('audit_entry').values({ ...row, hash: entryHash(row) })
  await expect(forged.execute()).rejects.toMatchObject({ code: expect.stringMatching(/42501|23505/) })
  expect(await verifyAudit(db)).toMatchObject({ entries: 4, broken: null })
})

test('R32 what people decided is added to, never changed', async () => {
  for (const table of ['verdict', 'signature', 'document']) {
    await expect(statement.raw(`update ${table} set at = now()`).execute(db)).rejects.toMatchObject(refused)
    await expect(statement.raw(`delete from ${table}`).execute(db)).rejects.toMatchObject(refused)
  }
})

test('the runtime logins own nothing, and make nothing anywhere', async () => {
  const { rows } = await statement<{ n: string }>`select count(*) as n from pg_class where relowner = current_user::regrole`.execute(db)
  expect(Number(rows[0]?.n)).toBe(0)
  for (const schema of ['slipway', 'bullmq', 'public']) {
    for (const url of [database.url, database.botUrl]) {
      await expect(sql(url, `create table ${schema}.mine (a int)`)).rejects.toMatchObject(refused)
      await expect(sql(url, `create function ${schema}.mine() returns int language sql as 'select 1'`)).rejects.toMatchObject(refused)
    }
  }
  await expect(sql(database.url, 'create schema mine')).rejects.toMatchObject(refused)
  await expect(sql(database.url, 'create database mine')).rejects.toMatchObject(refused)
  await expect(sql(database.url, 'create role mine')).rejects.toMatchObject(refused)
})

test('a bot does not read what opens an instance; a worker does', async () => {
  for (const column of ['*', 'secret', 'server'])
    await expect(sql(database.botUrl, `select ${column} from slipway.instance_database`)).rejects.toMatchObject(refused)
  await expect(sql(database.botUrl, `update slipway.instance_database set secret = ''`)).rejects.toMatchObject(refused)
  expect(await sql(database.botUrl, 'select database, gone_at from slipway.instance_database')).toEqual([])
  expect(await sql(database.url, 'select secret, server from slipway.instance_database')).toEqual([])
})

test('a column that is added later is withheld from a bot until somebody names it', async () => {
  await sql(database.superuserUrl, 'alter table slipway.instance_database add column backup_secret text')
  await migrateState({ ownerUrl: database.ownerUrl, queue: true, roles: [{ name: new URL(database.botUrl).username, kind: 'bot' }] })
  await expect(sql(database.botUrl, 'select backup_secret from slipway.instance_database')).rejects.toMatchObject(refused)
  await expect(sql(database.botUrl, 'select fingerprint from slipway.secret_key')).rejects.toMatchObject(refused)
})

test('a bot puts jobs into the queue, and a worker takes them; neither changes what the queue is', async () => {
  const settings = { redisUrl: undefined, lockMs: 2_000, stalledMs: 2_000, onError: () => undefined }
  const bot = openQueues({ ...settings, databaseUrl: database.botUrl })
  const worker = openQueues({ ...settings, databaseUrl: database.url })
  const taken: string[] = []
  const all = new Promise<void>((resolve) => {
    worker.worker('steps', async (job) => void (taken.push(String(job.id)) === 3 && resolve()), 1)
  })
  const queue = bot.queue('steps')
  const opts = { removeOnComplete: true, removeOnFail: true }
  await queue.addBulk(['a.1', 'b.1'].map((jobId) => ({ name: 'step', data: {}, opts: { ...opts, jobId } })))
  await queue.add('step', {}, { ...opts, jobId: 'c.1', deduplication: { id: 'c', keepLastIfActive: true } })
  await all
  expect(taken.sort()).toEqual(['a.1', 'b.1', 'c.1'])
  await Promise.all([bot.close(2_000), worker.close(2_000)])
  await expect(sql(database.url, 'update bullmq.migration set version = 0')).rejects.toMatchObject(refused)
  await expect(sql(database.url, 'drop function bullmq.next_job_id(text)')).rejects.toMatchObject(refused)
}, 20_000)

test('a stranger with a login on the server may not connect, so that no lock of theirs is ours', async () => {
  await makeRole(await testServer(), 'slipway_test_stranger')
  const url = withLogin(database.url, 'slipway_test_stranger')
  await expect(sql(url, `select pg_advisory_lock(hashtext('slipway system'))`)).rejects.toMatchObject(refused)
})

test('start warns of a login that could change the trail, and of no other', async () => {
  const warned: string[] = []
  for (const url of [database.url, database.botUrl, database.ownerUrl, database.superuserUrl]) {
    const opened = openDatabase(url, 1, () => undefined)
    await verifyState(opened.db, { url, queue: true, kind: null }, (sentence) => warned.push(sentence))
    await opened.close()
  }
  expect(warned).toHaveLength(2)
  expect(warned[0]).toContain('the login slipway_test_owner may change the audit trail')
})

test("tables of today's single login: what must be run is told, nothing is changed before, and afterwards that login only works with them", async () => {
  const server = await testServer()
  for (const role of ['slipway_test_single', 'slipway_test_heir']) await makeRole(server, role)
  const old = await freshDatabase()
  const [single, heir] = ['slipway_test_single', 'slipway_test_heir'].map((role) => withLogin(old.url, role)) as [string, string]
  try {
    await sql(server, `alter database "${old.name}" owner to slipway_test_single`)
    await migrateState({ ownerUrl: single, queue: true, roles: [] })
    await sql(single, 'alter table slipway.audit_entry disable trigger user')
    await sql(single, 'alter table slipway.audit_entry enable trigger user')
    await sql(server, `alter database "${old.name}" owner to slipway_test_heir`)
    await sql(old.url, `grant connect on database "${old.name}" to slipway_test_single`)
    const migrate = () => migrateState({ ownerUrl: heir, queue: true, roles: [{ name: 'slipway_test_single', kind: 'worker' }] })
    const told: string = await migrate().catch((error) => error.message)
    expect(told).toContain('alter table slipway.audit_entry owner to slipway_test_heir;')
    expect(told).toContain('alter table bullmq.job owner to slipway_test_heir;')
    await sql(single, 'alter table slipway.audit_entry disable trigger user')
    await sql(old.url, told.slice(told.indexOf('\n')))
    expect(await migrate()).toEqual({ applied: [], kept: [], left: [] })
    await expect(sql(single, 'alter table slipway.audit_entry disable trigger user')).rejects.toMatchObject(refused)
    expect(await sql(single, 'select chain from slipway.audit_head')).toEqual([])
  } finally {
    await old.drop()
  }
})
