/** Opens Slipway's own database. */
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import { openPool } from './pool.js'
import type { Database } from './schema.js'

export type Db = Kysely<Database>
/** What every function in this room takes first: a query belongs to somebody's transaction, or is a plain read. */
export type Tx = Kysely<Database> | Transaction<Database>

/**
 * How long a session waits or is waited for, in milliseconds. Locks are held for milliseconds here; a wait of two seconds ends before Slack
 * gives up on an answer (three), lets go of what it had locked itself, and is tried again (`patiently`). The longest statement reads a whole chain of the audit trail; a
 * transaction that does nothing belongs to a process that hangs, and what it locked is everybody's.
 */
const limits = { lock_timeout: 2_000, statement_timeout: 30_000, idle_in_transaction_session_timeout: 20_000 }

/**
 * Connects to `url`; `max` connections, each of which waits `lockTimeoutMs` for a lock. Lost idle connections are reported to `onError`, not
 * thrown: the pool replaces them.
 */
export function openDatabase(
  url: string,
  max: number,
  onError: (error: Error) => void,
  lockTimeoutMs = limits.lock_timeout,
): { db: Db; close: () => Promise<void> } {
  return opened(url, max, onError, { ...limits, lock_timeout: lockTimeoutMs })
}

/** Connects as the owner, for `migrate`: what a migration does to large tables takes its time, and `migrateDatabase` says how long it waits. */
export function openAsOwner(url: string, onError: (error: Error) => void): { db: Db; close: () => Promise<void> } {
  return opened(url, 2, onError, {})
}

function opened(url: string, max: number, onError: (error: Error) => void, bounds: Record<string, number>) {
  const set = { search_path: 'slipway,pg_catalog,pg_temp', timezone: 'UTC', ...bounds }
  const options = Object.entries(set)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
  const { pool, close } = openPool({ connectionString: url, max, application_name: 'slipway', options }, onError)
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  return { db, close: () => db.destroy().then(close) }
}
