/** Brings the schema of Slipway's own database up to date, and tells whether it is. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Db, Tx } from './connection.js'
import { StateError } from './state-error.js'

const folder = join(__dirname, 'migrations')
/** Another `migrate` is through in this time; a stranger that holds the lock, or a table, does not hold us up for longer. */
const waitMs = 30_000

async function migrationFiles(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
}

/**
 * Applies what is missing of src/db/migrations, in order, each in its own transaction, and returns the files' names. Processes that start
 * together wait for one another, at most `limitMs`; a `StateError` then says for whom was waited. Refuses what a newer Slipway migrated.
 */
export async function migrateDatabase(db: Db, limitMs = waitMs): Promise<string[]> {
  const applied: string[] = []
  await refuseNewer(db)
  await sql`create schema if not exists slipway`.execute(db).catch(notCreated)
  for (const file of await migrationFiles()) {
    await db.transaction().execute(async (tx) => {
      await lockMigrations(tx, limitMs)
      await sql`create table if not exists slipway.migration (name text primary key, applied_at timestamptz not null default now())`.execute(
        tx,
      )
      const known = await sql<{ name: string }>`select name from slipway.migration where name = ${file}`.execute(tx)
      if (known.rows.length > 0) return
      await sql
        .raw(await readFile(join(folder, file), 'utf8'))
        .execute(tx)
        .catch(stillWorkedIn(file))
      await sql`insert into slipway.migration (name) values (${file})`.execute(tx)
      applied.push(file)
    })
  }
  return applied
}

/**
 * Refuses (`StateError`) a database in which a newer Slipway has migrated: rows there mean what this release does not know. That of no
 * Slipway at all passes.
 */
export async function refuseNewer(db: Db): Promise<void> {
  const files = await migrationFiles()
  const newer = [...(await knownMigrations(db))].filter((name) => !files.includes(name))
  if (newer.length > 0)
    throw new StateError(
      `A newer Slipway migrated this database (${newer.join(', ')} is unknown here), and an older one must not work on it: install the newer one, or restore the backup from before. See docs/upgrading.md.`,
    )
}

/** One migration, or change of rights, at a time; throws a `StateError` when that takes longer than `limitMs`. */
export async function lockMigrations(tx: Tx, limitMs = waitMs): Promise<void> {
  await sql`select set_config('lock_timeout', ${String(limitMs)}, true)`.execute(tx)
  await sql`select pg_advisory_xact_lock(hashtext('slipway migrations'))`.execute(tx).catch(async (cause: { code?: string }) => {
    if (cause.code !== '55P03') throw cause
    const waited = `Waited ${limitMs / 1000} s for the lock "slipway migrations" of this database`
    throw new StateError(`${waited}: another slipway migrate, or whoever holds it in pg_locks, must end first.`, { cause })
  })
}

/** The migrations that the database lacks; a database that Slipway never saw lacks them all. Throws a `StateError` where the login may not look. */
export async function missingMigrations(db: Db): Promise<string[]> {
  const known = await knownMigrations(db)
  return (await migrationFiles()).filter((file) => !known.has(file))
}

async function knownMigrations(db: Db): Promise<Set<string>> {
  try {
    const { rows } = await sql<{ name: string }>`select name from slipway.migration`.execute(db)
    return new Set(rows.map((row) => row.name))
  } catch (cause) {
    const { code } = cause as { code?: string }
    if (code === '42P01' || code === '3F000') return new Set()
    if (code !== '42501') throw cause
    throw new StateError('The login of DATABASE_URL has no rights in the schema slipway: name it to slipway migrate (--worker-role).', {
      cause,
    })
  }
}

/** A table that somebody holds is not waited for for ever, and a deadlock chose us: nothing of the file was done. */
function stillWorkedIn(file: string): (cause: { code?: string }) => never {
  return (cause) => {
    if (cause.code !== '55P03' && cause.code !== '40P01') throw cause
    const why = `${file} was not applied: a process still works in this database, and holds what it changes`
    throw new StateError(`${why}. Stop all bots and workers (docs/upgrading.md), or end what pg_stat_activity shows, and migrate again.`, {
      cause,
    })
  }
}

/** `create schema if not exists` may race with another process; 23505 and 42P06 say that it is there now. */
function notCreated(cause: { code?: string }): void {
  if (cause.code === '42501')
    throw new StateError(
      'The login of MIGRATE_URL may not create schemas: its database must be its own (alter database … owner to …), or grant create on it.',
      { cause },
    )
  if (cause.code !== '23505' && cause.code !== '42P06') throw cause
}
