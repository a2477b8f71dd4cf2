/** `slipway secrets reseal`, and whether a worker's keys fit what is sealed. */
import { sql } from 'kysely'
import { fitKeys } from '../src/app/keys.js'
import { reseal } from '../src/cli/secrets.js'
import { createClock } from '../src/clock.js'
import { readAudit, systemChain } from '../src/db/audit.js'
import { verifyAudit } from '../src/db/audit-verify.js'
import { noteGone } from '../src/db/environment.js'
import { sealedColumns } from '../src/db/sealed.js'
import { readSecretKeys } from '../src/db/secret-key.js'
import { open, parseKeys, type SecretKeys, seal } from '../src/secrets.js'
import { type SealedDatabase, sealedDatabase } from './support/sealed.js'

const text = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString('base64')}`
const oldKeys = parseKeys(text('k1', 1))
const bothKeys = parseKeys(`${text('k2', 2)},${text('k1', 1)}`)
const newKeys = parseKeys(text('k2', 2))
const clock = createClock(false)
const now = new Date('2026-11-24T12:00:00Z')

let database: SealedDatabase
beforeEach(async () => {
  database = await sealedDatabase()
})
afterEach(() => database.drop())

/** Every secret, opened; throws where one does not open. */
async function opened(keys: SecretKeys): Promise<string[]> {
  return [...(await database.secrets())].map(([name, secret]) => open(keys, secret, name))
}

test('the list of sealed columns is what the database has', async () => {
  const { rows } = await sql<{ place: string }>`
    select table_name || '.' || column_name as place from information_schema.columns
     where table_schema = 'slipway' and column_name ~ 'secret' order by 1`.execute(database.db)
  expect(sealedColumns.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(rows.map(({ place }) => place))
})

test('every value is sealed anew under the first key, in more than one batch, none is lost, and the old key opens nothing any more', async () => {
  await database.fill(oldKeys, 0, 130)
  await database.fill(bothKeys, 500, 3)
  const before = await opened(bothKeys)
  expect(await reseal(database.db, bothKeys, clock)).toEqual({ resealed: 130, closed: [], left: new Map() })
  expect(await opened(newKeys)).toEqual(before)
  await expect(opened(oldKeys)).rejects.toThrow('sealed with key "k2"')
  expect(await reseal(database.db, bothKeys, clock)).toMatchObject({ resealed: 0 })
})

test('each batch has its entry in the audit trail: who, how many, from which key to which, and no secret', async () => {
  await database.fill(oldKeys, 0, 130)
  await reseal(database.db, bothKeys, clock)
  const entries = await readAudit(database.db, systemChain, 10)
  expect(entries).toMatchObject([
    { actor: 'operator', verb: 'secrets-resealed', before: { k1: 30 }, after: { k2: 30 } },
    { actor: 'operator', verb: 'secrets-resealed', before: { k1: 100 }, after: { k2: 100 } },
  ])
  expect(await verifyAudit(database.db)).toMatchObject({ entries: 2, broken: null })
})

test('a value that no key opens, or that was moved from another row, stays as it is, is named, and keeps the old key from being removed', async () => {
  await database.fill(oldKeys, 0, 3)
  await database.db
    .updateTable('instance_database')
    .set({ secret: seal(oldKeys, 'x', 'elsewhere') })
    .where('database', '=', 'db_00001')
    .execute()
  const before = (await database.secrets()).get('db_00001')
  const { resealed, closed, left } = await reseal(database.db, bothKeys, clock)
  expect({ resealed, closed, left: [...left] }).toEqual({ resealed: 2, closed: ['instance_database db_00001'], left: [['k1', 1]] })
  expect((await database.secrets()).get('db_00001')).toBe(before)
})

test('killed in the middle and run again, it goes on where it was; what was under way is as it was before', async () => {
  await database.fill(oldKeys, 0, 150)
  await sql`create function dies() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`.execute(database.db)
  await sql`create trigger dies before update on instance_database for each row when (new.database = 'db_00120') execute function dies()`.execute(
    database.db,
  )
  await expect(reseal(database.db, bothKeys, clock)).rejects.toThrow('killed')
  expect([...(await database.secrets()).values()].filter((value) => value.startsWith('v1.k2.'))).toHaveLength(100)
  expect(await opened(bothKeys)).toHaveLength(150)
  await sql`drop trigger dies on instance_database`.execute(database.db)
  expect(await reseal(database.db, bothKeys, clock)).toMatchObject({ resealed: 50, left: new Map() })
})

test('workers go on meanwhile: a database that goes keeps no secret, one that is made is sealed, and whoever holds both keys opens all', async () => {
  await database.fill(oldKeys, 0, 300)
  const working = (async () => {
    for (let i = 0; i < 60; i += 1) {
      await noteGone(database.db, `db_${String(299 - i).padStart(5, '0')}`, now)
      await database.fill(oldKeys, 1000 + i, 1)
      const row = (await database.secrets()).get('db_00000') ?? ''
      expect(open(bothKeys, row, 'db_00000')).toBe('secret of db_00000')
    }
  })()
  await Promise.all([reseal(database.db, bothKeys, clock), reseal(database.db, bothKeys, clock), working])
  await reseal(database.db, bothKeys, clock)
  const secrets = await database.secrets()
  const gone = Array.from({ length: 60 }, (_, i) => secrets.get(`db_${String(299 - i).padStart(5, '0')}`))
  expect(new Set(gone)).toEqual(new Set(['']))
  for (const [name, secret] of secrets) if (secret) expect(open(newKeys, secret, name)).toBe(`secret of ${name}`)
})

describe("whether a worker's keys fit", () => {
  const mine = (keys: SecretKeys, kept = false) => fitKeys(database.db, { keys, kept }, now)

  test('one that holds the keys starts; what is noted of a key opens nothing', async () => {
    await database.fill(oldKeys, 0, 2)
    expect(await mine(oldKeys)).toEqual([])
    const [known] = await readSecretKeys(database.db)
    expect(known).toMatchObject({ id: 'k1', kept: false, seen_at: now })
    expect(known?.fingerprint).toMatch(/^[0-9a-f]{16}$/)
    expect(Buffer.alloc(32, 1).toString('hex')).not.toContain(known?.fingerprint)
  })

  test('one that lacks a key is refused, and the key is named', async () => {
    await database.fill(oldKeys, 0, 2)
    await expect(mine(newKeys)).rejects.toThrow('2 sealed values are under the key "k1", and SECRET_KEYS does not hold it: add "k1"')
    await expect(mine(newKeys, true)).rejects.toThrow('this machine made a key of its own ("k2", in DATA_DIR), and it does not open them')
  })

  test('one that has another key under the same id is refused, with values sealed and without', async () => {
    const forged = parseKeys(text('k1', 9))
    await mine(oldKeys)
    const [noted] = await readSecretKeys(database.db)
    await expect(mine(forged)).rejects.toThrow('another key than a worker before')
    expect(await readSecretKeys(database.db)).toEqual([noted])
    await database.fill(oldKeys, 0, 1)
    await expect(mine(forged)).rejects.toThrow('the key "k1" is another than the one that 1 values were sealed with')
    expect(await mine(oldKeys)).toEqual([])
  })

  test('several machines that make their own keys are warned, the one that comes second at once', async () => {
    expect(await mine(oldKeys, true)).toEqual([])
    expect(await mine(oldKeys, true)).toEqual([])
    expect(await mine(newKeys, true)).toEqual([
      expect.stringMatching(/another machine's worker seals with the key "k1".*Set the same SECRET_KEYS/),
    ])
    expect(await mine(oldKeys, true)).toEqual([expect.stringMatching(/"k2"/)])
  })

  test('after a change of keys the old one is forgotten, once nothing is sealed under it', async () => {
    await database.fill(oldKeys, 0, 2)
    await mine(oldKeys)
    expect(await mine(bothKeys)).toEqual([])
    await reseal(database.db, bothKeys, clock)
    expect((await readSecretKeys(database.db)).map(({ id }) => id)).toEqual(['k2'])
    expect(await mine(newKeys)).toEqual([])
  })
})
