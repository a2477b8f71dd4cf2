/** Inserts of more rows than PostgreSQL takes parameters for. */
import { openDatabase } from '../../src/db/connection.js'
import { migrateDatabase } from '../../src/db/migrate.js'
import { replaceFiles } from '../../src/db/records.js'
import { insertCustomer } from '../../src/db/write.js'
import { freshDatabase } from '../support/postgres.js'

test('20,000 files of a customer are registered, and replaced', async () => {
  const database = await freshDatabase()
  const { db, close } = openDatabase(database.url, 2, () => undefined)
  try {
    await migrateDatabase(db)
    const files = Array.from({ length: 20_000 }, (_, at) => ({ name: `f${at}`, bytes: at, sha256: 'x' }))
    await db.transaction().execute(async (tx) => {
      const id = await insertCustomer(tx, { slug: 'acme', name: 'Acme', channel: null, legacy: true }, 'test', new Date())
      for (let time = 0; time < 2; time++) await replaceFiles(tx, id, files, new Date())
    })
    const { count } = await db.selectFrom('intake_file').select(db.fn.countAll<string>().as('count')).executeTakeFirstOrThrow()
    expect(count).toBe('20000')
  } finally {
    await close()
    await database.drop()
  }
})
