/** Anchors of the audit trail (R32): whoever owns the database can rewrite it consistently; the file outside of it tells. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auditVerify } from '../../src/cli/audit.js'
import { readConfig } from '../../src/config.js'
import { appendAudit, auditHeads, entryHash } from '../../src/db/audit.js'
import { verifyAudit } from '../../src/db/audit-verify.js'
import { advanceClockOffset } from '../../src/db/clock.js'
import { anchorWhenDue } from '../../src/queue/anchor.js'
import { appendAnchor } from '../../src/queue/anchor-file.js'
import { Hinge, opsChannel } from '../support/hinge.js'
import { sql } from '../support/postgres.js'
import { makeCustomers } from '../support/state.js'

const day = 86_400_000
let hinge: Hinge
let folder: string
let file: string
beforeEach(async () => {
  hinge = await Hinge.open()
  await makeCustomers(hinge.url, 'cus_a', 'cus_b')
  folder = mkdtempSync(join(tmpdir(), 'slipway-anchor-'))
  file = join(folder, 'audit-anchors.jsonl')
})
afterEach(async () => {
  await hinge.close()
  rmSync(folder, { recursive: true, force: true })
})

const lines = () => readFileSync(file, 'utf8').trim().split('\n')
const entry = { actor: 'U_PM', verb: 'set', subject: 'thing' }
const append = (chain: string, count: number) =>
  hinge.db.transaction().execute((tx) => appendAudit(tx, chain, new Date(), Array(count).fill(entry)))
const anchor = () => anchorWhenDue(hinge.deps, folder)

/** What `slipway audit verify` ends with and says. */
async function verified(): Promise<{ code: number; said: string }> {
  const said: string[] = []
  const code = await auditVerify(readConfig({ DATABASE_URL: hinge.url, DOCUMENTS_DIR: folder, SLIPWAY_CLOCK: 'movable' }), (line) =>
    said.push(line),
  )
  return { code, said: said.join('\n') }
}

/** As the owner of the tables, for whom no trigger is in the way. */
async function rewritten(...statements: string[]): Promise<void> {
  await sql(hinge.ownerUrl, ['set search_path = slipway', 'alter table audit_entry disable trigger user', ...statements].join(';'))
}

/** The whole chain said anew by somebody else, consistently, head and all. */
async function forged(chain: string): Promise<void> {
  const rows = await hinge.db.selectFrom('audit_entry').selectAll().where('chain', '=', chain).orderBy('seq').execute()
  let prev = '0'.repeat(64)
  const statements = rows.map((row) => {
    const hash = entryHash({ ...row, seq: Number(row.seq), actor: 'U_FORGED', prev })
    const text = `update audit_entry set actor = 'U_FORGED', prev = '${prev}', hash = '${hash}' where chain = '${chain}' and seq = ${row.seq}`
    prev = hash
    return text
  })
  await rewritten(...statements, `update audit_head set hash = '${prev}' where chain = '${chain}'`)
}

/** Two chains, two anchors, and entries after them. */
async function anchored(): Promise<void> {
  await append('cus_a', 4)
  await append('cus_b', 2)
  await anchor()
  await advanceClockOffset(hinge.db, day)
  await append('cus_a', 2)
  await anchor()
  await append('cus_a', 1)
}

test('R32 the first sweep anchors at once, and then every day once, whoever sweeps; a pause of days is one anchor', async () => {
  await append('cus_a', 3)
  expect((await Promise.all([anchor(), anchor(), anchor(), anchor()])).filter(Boolean)).toHaveLength(1)
  expect(await anchor()).toBe(false)
  await advanceClockOffset(hinge.db, day)
  expect((await Promise.all([anchor(), anchor(), anchor()])).filter(Boolean)).toHaveLength(1)
  await advanceClockOffset(hinge.db, 5 * day)
  expect([await anchor(), await anchor()]).toEqual([true, false])
  expect(lines().map((line) => JSON.parse(line).number)).toEqual([1, 2, 3])
  expect(statSync(file).mode & 0o777).toBe(0o640)
})

test('R32 each anchor is a message in #ops with the head over all and the hash of its line', async () => {
  await append('cus_a', 3)
  await anchor()
  const [message] = await hinge.db.selectFrom('message').selectAll().where('subject', '=', 'audit-anchored').execute()
  const { head } = JSON.parse(lines()[0] ?? '')
  expect(message).toMatchObject({ channel: opsChannel, audience: 'ops', data: { number: 1, entries: 3, head, fits: 'yes' } })
  writeFileSync(file, '')
  await advanceClockOffset(hinge.db, day)
  await anchor()
  const [, second] = await hinge.db.selectFrom('message').selectAll().where('subject', '=', 'audit-anchored').orderBy('ordinal').execute()
  expect(second).toMatchObject({ data: { number: 2, fits: 'no' } })
})

/** A line that stands in the file before any worker anchored, with these heads. */
async function left(heads: [chain: string, seq: number, hash: string][], head: string): Promise<void> {
  const at = new Date().toISOString()
  const line = { number: 1, due: at, at, entries: 3, head, heads }
  await appendAnchor(folder, line, { known: null, genuine: async () => true })
}

test('R32 a writer that died between the file and the database leaves one line, not two', async () => {
  await append('cus_a', 3)
  const { heads, head } = await auditHeads(hinge.db)
  await left(
    heads.map(({ chain, seq, hash }) => [chain, seq, hash]),
    head,
  )
  await append('cus_a', 1)
  await anchor()
  expect(lines()).toHaveLength(1)
  expect(await verified()).toMatchObject({ code: 0 })
})

test('R32 a line that somebody planted is kept and named, and what is told in #ops was measured', async () => {
  await append('cus_a', 3)
  await left([['cus_a', 3, 'a'.repeat(64)]], 'c'.repeat(64))
  await anchor()
  const [message] = await hinge.db.selectFrom('message').select('data').where('subject', '=', 'audit-anchored').execute()
  const row = await hinge.db.selectFrom('audit_anchor').selectAll().executeTakeFirstOrThrow()
  expect(message?.data).toMatchObject({ fits: 'no', head: row.head })
  expect(row.head).not.toBe('c'.repeat(64))
  expect(lines()).toHaveLength(2)
  expect(await verified()).toEqual({ code: 1, said: expect.stringContaining('its line 1 is not the one that was written') })
})

test('R32 a file that was lost is gone on with, what is missing is named, and put before it again all fits', async () => {
  await append('cus_a', 3)
  await anchor()
  const [first] = lines()
  await advanceClockOffset(hinge.db, day)
  rmSync(file)
  await anchor()
  expect(await verified()).toEqual({ code: 1, said: expect.stringContaining('its lines 1 to 1 are missing') })
  writeFileSync(file, `${first}\n${lines()[0]}\n`)
  expect(await verified()).toEqual({ code: 0, said: expect.stringContaining('2 anchors') })
})

test('R32 an anchor that is older than two days is said to be late', async () => {
  await anchor()
  await advanceClockOffset(hinge.db, 3 * day)
  expect(await verified()).toEqual({ code: 1, said: expect.stringContaining('older than two days') })
})

test('R32 the beginning of a line that its writer left gives way to the next one', async () => {
  await append('cus_a', 3)
  await anchor()
  await advanceClockOffset(hinge.db, day)
  writeFileSync(file, `${lines()[0]}\n{"number":2,"due"`)
  await anchor()
  expect(lines().map((line) => JSON.parse(line).number)).toEqual([1, 2])
  expect((await verified()).code).toBe(0)
})

test('R32 whoever puts the next anchor off brings it about', async () => {
  await anchor()
  await hinge.db
    .updateTable('audit_anchor_due')
    .set({ due_at: new Date('2999-01-01') })
    .execute()
  await advanceClockOffset(hinge.db, 1_000)
  expect([await anchor(), await anchor()]).toEqual([true, false])
})

test('R32 a trail that was never anchored verifies, and is said to be so; anchored, it is said since when', async () => {
  await append('cus_a', 2)
  expect(await verified()).toEqual({ code: 0, said: expect.stringMatching(/2 entries verified[\s\S]*There is no anchor yet/) })
  await anchored()
  expect(await verified()).toEqual({ code: 0, said: expect.stringMatching(/2 anchors in .* fit; the last is of \d{4}-/) })
})

test.each<[string, string[], RegExp]>([
  [
    'a tail that is cut together with its head',
    [
      "delete from audit_entry where chain = 'cus_a' and seq > 4",
      "update audit_head set seq = 4, hash = (select hash from audit_entry where chain = 'cus_a' and seq = 4) where chain = 'cus_a'",
    ],
    /broken at cus_a ends at 4, and anchor 2 knows its entry 6/,
  ],
  [
    'a chain that is removed with its head',
    ["delete from audit_entry where chain = 'cus_b'", "delete from audit_head where chain = 'cus_b'"],
    /broken at cus_b is gone, and anchor 1 names its entry 2/,
  ],
])('R32 %s is found by the anchors', async (_, statements, named) => {
  await anchored()
  await rewritten(...statements)
  // The attack: the database by itself does not tell.
  expect((await verifyAudit(hinge.db)).broken).toBeNull()
  expect(await verified()).toEqual({ code: 1, said: expect.stringMatching(named) })
})

test('R32 a chain that is rewritten from its first entry on, head and all, is found by the anchors', async () => {
  await anchored()
  await forged('cus_a')
  expect((await verifyAudit(hinge.db)).broken).toBeNull()
  expect(await verified()).toEqual({ code: 1, said: expect.stringContaining('cus_a 4: anchor 1 knows another entry') })
})

test('R32 a chain that was rewritten before the anchor after is found by the one before it', async () => {
  await append('cus_a', 2)
  await anchor()
  await forged('cus_a')
  await rewritten('alter table audit_entry enable trigger user')
  await append('cus_a', 1)
  await advanceClockOffset(hinge.db, day)
  await anchor()
  expect((await verifyAudit(hinge.db)).broken).toBeNull()
  expect(await verified()).toEqual({ code: 1, said: expect.stringContaining('cus_a 2: anchor 1 knows another entry') })
})

test.each<[string, (text: string[]) => string[] | null, RegExp]>([
  ['is taken away', () => null, /the file is gone, it ends after 0 of 2 lines/],
  ['is cut', ([first = '']) => [first], /it ends after 1 of 2 lines/],
  ['loses its first line', ([, second = '']) => [second], /its lines 1 to 1 are missing/],
  [
    'is edited in the middle',
    ([first = '', second = '']) => [first.replace('"entries":6', '"entries":5'), second],
    /its line 1 is not the one/,
  ],
  [
    'is edited at the end',
    ([first = '', second = '']) => [first, second.replace('"entries":9', '"entries":8')],
    /its line 2 is not the one/,
  ],
  ['gets a line that nobody wrote', ([first = '', second = '']) => [first, second, second], /its line 3 does not follow/],
])('R32 an anchor file that %s is found', async (_, edit, named) => {
  await anchored()
  const edited = edit(lines())
  if (edited === null) rmSync(file)
  else writeFileSync(file, `${edited.join('\n')}\n`)
  expect(await verified()).toEqual({ code: 1, said: expect.stringMatching(named) })
})
