/** A database of Slipway's with instances whose credentials are sealed, as workers leave it. */
import { sql } from 'kysely'
import { type Db, openDatabase } from '../../src/db/connection.js'
import { migrateDatabase } from '../../src/db/migrate.js'
import { type SecretKeys, seal } from '../../src/secrets.js'
import { freshDatabase } from './postgres.js'

export interface SealedDatabase {
  db: Db
  url: string
  /** Rows of databases `first` … whose secret is `secret of <database>`, sealed under `keys`. */
  fill(keys: SecretKeys, from: number, count: number): Promise<void>
  /** Database → what lies there. */
  secrets(): Promise<Map<string, string>>
  drop(): Promise<void>
}

export async function sealedDatabase(): Promise<SealedDatabase> {
  const database = await freshDatabase()
  const { db, close } = openDatabase(database.url, 4, () => {})
  await migrateDatabase(db)
  await sql`insert into environment values ('env_1', null, 'community', 'community', 1, 'ready', 'base', '24.1', now(), now(), now())`.execute(
    db,
  )
  await sql`insert into instance (id, environment_id, role, name, version) values ('ins_1', 'env_1', 'single', 'community', '24.1')`.execute(
    db,
  )
  return {
    db,
    url: database.url,
    async fill(keys, from, count) {
      const rows = Array.from({ length: count }, (_, i) => `db_${String(from + i).padStart(5, '0')}`)
      for (const name of rows) {
        await sql`insert into instance_database (database, instance_id, operation_id, login, secret, server, recorded_at)
          values (${name}, 'ins_1', ${name}, ${name}, ${seal(keys, `secret of ${name}`, name)}, 'main', now())`.execute(db)
      }
    },
    async secrets() {
      const rows = await db.selectFrom('instance_database').select(['database', 'secret']).orderBy('database').execute()
      return new Map(rows.map(({ database: name, secret }) => [name, secret]))
    },
    async drop() {
      await close()
      await database.drop()
    },
  }
}
