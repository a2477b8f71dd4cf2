/** Every database that an instance ever had, gone or not (R42); see the table in migrations/. */
import type { Tx } from './connection.js'

/** Oldest first, without the secrets. */
export function readDatabases(tx: Tx, instanceId: string) {
  return tx
    .selectFrom('instance_database')
    .select(['database', 'login', 'server', 'gone_at'])
    .where('instance_id', '=', instanceId)
    .orderBy('recorded_at')
    .execute()
}
