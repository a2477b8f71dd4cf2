/** Every database that an instance ever had, gone or not (R42); see the table in migrations/. */
import { sql } from 'kysely'
import type { Tx } from './connection.js'

/** Oldest first; of the secrets only whether they are kept. */
export function readDatabases(tx: Tx, instanceId: string) {
  return tx
    .selectFrom('instance_database')
    .select(['database', 'login', 'server', 'operation_id', 'gone_at'])
    .select(sql<boolean>`secret <> ''`.as('application_kept'))
    .select(sql<boolean>`coalesce(maintenance_secret, '') <> ''`.as('maintenance_kept'))
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

/** An instance's database from before there were three roles, with what its checks are expected to find. */
export interface OldInstance {
  database: string
  login: string
  secret: string
  server: string
  instance: string
  role: 'main' | 'test' | 'single'
  version: string
  class: string
  mustMatch: string | null
  environment: string
  customerId: string | null
  slug: string | null
}

/** Databases that are not gone and have no login of Slipway's own yet. */
export function readUnconverted(tx: Tx): Promise<OldInstance[]> {
  return tx
    .selectFrom('instance_database as d')
    .innerJoin('instance as i', 'i.id', 'd.instance_id')
    .innerJoin('environment as e', 'e.id', 'i.environment_id')
    .leftJoin('customer as c', 'c.id', 'e.customer_id')
    .select(['d.database', 'd.login', 'd.secret', 'd.server', 'i.name as instance', 'i.role', 'i.version', 'i.class'])
    .select(['i.must_match as mustMatch', 'e.name as environment', 'c.id as customerId', 'c.slug'])
    .where('d.gone_at', 'is', null)
    .where('d.maintenance_secret', 'is', null)
    .where('d.secret', '<>', '')
    .orderBy('d.recorded_at')
    .execute()
}

/** Keeps the sealed password of Slipway's own login for a database. */
export async function sealMaintenance(tx: Tx, database: string, sealed: string): Promise<void> {
  await tx.updateTable('instance_database').set({ maintenance_secret: sealed }).where('database', '=', database).execute()
}
