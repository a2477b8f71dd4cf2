/** Opens Slipway's own database and brings its schema up to date. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { openPool } from './pool.js'
import type { Database } from './schema.js'

export type Db = Kysely<Database>
/** What every function in this room takes first: a query belongs to somebody's transaction, or is a plain read. */
export type Tx = Kysely<Database> | Transaction<Database>

/** Connects to `url`; `max` connections. Lost idle connections are reported to `onError`, not thrown: the pool replaces them. */
export function openDatabase(url: string, max: number, onError: (error: Error) => void): { db: Db; close: () => Promise<void> } {
  const options = '-c search_path=slipway,public -c timezone=UTC'
  const { pool, close } = openPool({ connectionString: url, max, application_name: 'slipway', options }, onError)
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  return { db, close: () => db.destroy().then(close) }
}

/** Applies what is missing of src/db/migrations, in order, each in its own transaction; processes that start together wait for one another. */
export async function migrateDatabase(db: Db): Promise<string[]> {
  const folder = join(__dirname, 'migrations')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const applied: string[] = []
  await sql`create schema if not exists slipway`.execute(db).catch(someoneElseCreated)
  for (const file of files) {
    await db.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('slipway migrations'))`.execute(tx)
      await sql`create table if not exists slipway.migration (name text primary key, applied_at timestamptz not null default now())`.execute(
        tx,
      )
      const known = await sql<{ name: string }>`select name from slipway.migration where name = ${file}`.execute(tx)
      if (known.rows.length > 0) return
      await sql.raw(await readFile(join(folder, file), 'utf8')).execute(tx)
      await sql`insert into slipway.migration (name) values (${file})`.execute(tx)
      applied.push(file)
    })
  }
  return applied
}

/** `create schema if not exists` may race with another process; 23505 and 42P06 say that it is there now. */
function someoneElseCreated(error: { code?: string }): void {
  if (error.code !== '23505' && error.code !== '42P06') throw error
}
