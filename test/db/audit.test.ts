/** The audit trail (R32): append-only, chained, and whatever is done to it behind our back is found and named. */
import { sql } from 'kysely'
import { appendAudit, auditHeads, entryHash, readAudit } from '../../src/db/audit.js'
import { verifyAudit } from '../../src/db/audit-verify.js'
import { type Db, openDatabase } from '../../src/db/connection.js'
import { makeCustomers, type StateDatabase, stateDatabase } from '../support/state.js'

const at = new Date('2026-05-12T09:30:00.123Z')
let database: StateDatabase
let db: Db
let close: () => Promise<void>
beforeEach(async () => {
  database = await stateDatabase()
  await makeCustomers(database.url, 'cus_a', 'busy', 'chain 0', 'chain 1', 'chain 2')
  ;({ db, close } = openDatabase(database.url, 6, () => undefined))
})
afterEach(async () => {
  await close()
  await database.drop()
})

const entry = (n: number) => ({
  actor: 'U_PM',
  verb: 'set',
  subject: `thing ${n}`,
  before: { n: n - 1 },
  after: { n, text: 'ä — "q"', list: [1.5, null, true] },
  why: n % 2 ? null : 'because',
})
const append = (chain: string, numbers: number[]) =>
  db.transaction().execute((tx) =>
    appendAudit(
      tx,
      chain,
      at,
      numbers.map((n) => entry(n)),
    ),
  )

test('R32 times never run backwards within a chain, whichever transaction took its time first', async () => {
  const second = 1_000
  const told = (chain: string, time: number) =>
    db.transaction().execute((tx) => appendAudit(tx, chain, new Date(at.getTime() + time), [entry(time), entry(time + 1)]))
  await told('cus_a', 2 * second)
  await told('cus_a', second)
  await told('system', 0)
  await told('cus_a', 3 * second)
  const rows = await db.selectFrom('audit_entry').select('at').where('chain', '=', 'cus_a').orderBy('seq').execute()
  expect(rows.map((row) => row.at.getTime() - at.getTime())).toEqual([2, 2, 2, 2, 3, 3].map((s) => s * second))
  expect((await readAudit(db, 'system', 1))[0]?.at).toEqual(at)
  expect(await verifyAudit(db)).toMatchObject({ entries: 8, broken: null })
})

/** As the superuser that no trigger stops. */
async function behindOurBack(statement: string): Promise<void> {
  const superuser = openDatabase(database.superuserUrl, 1, () => undefined)
  await superuser.db.connection().execute(async (one) => {
    await sql`set session_replication_role = replica`.execute(one)
    await sql.raw(statement).execute(one)
  })
  await superuser.close()
}

test('R32 a chain verifies while entries are being appended to it', async () => {
  let more = true
  const appending = (async () => {
    while (more) await db.transaction().execute((tx) => appendAudit(tx, 'busy', new Date(), [{ actor: 'U1', verb: 'told', subject: 'x' }]))
  })()
  for (let look = 0; look < 25; look += 1) expect((await verifyAudit(db)).broken).toBeNull()
  more = false
  await appending
})

test('R32 every chain counts from one, each entry carries the hash of the one before, and a head stands over all', async () => {
  await append('cus_a', [1, 2])
  await append('system', [1])
  await append('cus_a', [3])
  await append('cus_a', [])
  expect(await verifyAudit(db)).toMatchObject({ entries: 4, broken: null })
  const rows = await db.selectFrom('audit_entry').selectAll().where('chain', '=', 'cus_a').orderBy('seq').execute()
  expect(rows.map((r) => Number(r.seq))).toEqual([1, 2, 3])
  expect(rows.map((r) => r.prev)).toEqual(['0'.repeat(64), rows[0]?.hash, rows[1]?.hash])
  expect(rows.map((r) => entryHash({ ...r, seq: Number(r.seq) }))).toEqual(rows.map((r) => r.hash))
  const { heads, head } = await auditHeads(db)
  expect(heads.map((h) => [h.chain, h.seq])).toEqual([
    ['cus_a', 3],
    ['system', 1],
  ])
  await append('system', [2])
  expect((await auditHeads(db)).head).not.toBe(head)
  expect((await readAudit(db, 'cus_a', 2)).map((r) => [r.seq, r.subject, r.why])).toEqual([
    [3, 'thing 3', null],
    [2, 'thing 2', 'because'],
  ])
})

test('R32 many who append at once leave no gap', async () => {
  await Promise.all(Array.from({ length: 24 }, (_, n) => append(`chain ${n % 3}`, [n, n + 100])))
  expect(await verifyAudit(db)).toMatchObject({ entries: 48, broken: null })
})

test('R32 what is rolled back leaves no entry', async () => {
  const broken = db.transaction().execute(async (tx) => {
    await appendAudit(tx, 'cus_a', at, [entry(1)])
    throw new Error('no')
  })
  await expect(broken).rejects.toThrow('no')
  await append('cus_a', [1])
  expect(await verifyAudit(db)).toMatchObject({ entries: 1, broken: null })
})

test.each(["update audit_entry set why = 'x'", 'delete from audit_entry', 'truncate audit_entry'])(
  'R32 append-only: %s is refused',
  async (statement) => {
    await append('cus_a', [1])
    await expect(sql.raw(statement).execute(db)).rejects.toMatchObject({ code: '42501' })
    expect(await verifyAudit(db)).toMatchObject({ entries: 1, broken: null })
  },
)

test.each<[string, string, RegExp]>([
  ['a changed actor', "update audit_entry set actor = 'U_X' where chain = 'cus_a' and seq = 2", /^cus_a 2$/],
  ['a changed moment', "update audit_entry set at = at + interval '1 second' where chain = 'cus_a' and seq = 2", /^cus_a 2$/],
  ['a changed before', `update audit_entry set before = '{"n":7}' where chain = 'cus_a' and seq = 3`, /^cus_a 3$/],
  ['a changed after', "update audit_entry set after = null where chain = 'cus_a' and seq = 3", /^cus_a 3$/],
  ['a changed reason', "update audit_entry set why = 'other' where chain = 'cus_a' and seq = 2", /^cus_a 2$/],
  ['an entry taken out', "delete from audit_entry where chain = 'cus_a' and seq = 2", /^cus_a 3$/],
  ['the last entry taken out', "delete from audit_entry where chain = 'cus_a' and seq = 3", /^cus_a ends at 2, its head says 3$/],
  ['a whole chain taken out', "delete from audit_entry where chain = 'cus_a'", /^cus_a ends at 0/],
  ['a head taken out', "delete from audit_head where chain = 'cus_a'", /^cus_a has entries but no head$/],
  ['a head turned back', "update audit_head set seq = 2 where chain = 'cus_a'", /^cus_a ends at 3, its head says 2$/],
  [
    'an entry moved to another chain',
    "update audit_entry set chain = 'system', seq = 2 where chain = 'cus_a' and seq = 3",
    /^cus_a ends at 2/,
  ],
  [
    'two entries exchanged',
    "update audit_entry set seq = case seq when 2 then -3 else 2 end where chain = 'cus_a' and seq in (2, 3)",
    /^cus_a/,
  ],
])('R32 tampering is found and named: %s', async (_, statement, named) => {
  await append('cus_a', [1, 2, 3])
  await append('system', [1])
  await behindOurBack(statement)
  expect((await verifyAudit(db)).broken).toMatch(named)
})
