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

/** Every server that a row names, by its key; rows from before there were keys hold a URL. */
export async function readServers(tx: Tx): Promise<string[]> {
  const rows = await tx.selectFrom('instance_database').select('server').distinct().orderBy('server').execute()
  return rows.map(({ server }) => server)
}

/** Names a server by its key from now on. */
export async function renameServer(tx: Tx, from: string, to: string): Promise<void> {
  await tx.updateTable('instance_database').set({ server: to }).where('server', '=', from).execute()
}
