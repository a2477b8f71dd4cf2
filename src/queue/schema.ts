/** BullMQ's own schema on PostgreSQL: made by its owner in `slipway migrate`; what works with it later may only use it. */
import { assertSchemaCompatibility, LATEST_SCHEMA_VERSION, runMigrations } from 'bullmq'
import { Client, escapeIdentifier } from 'pg'
import { StateError } from '../db/state-error.js'
import { queueNames } from './queues.js'

/** As long as `slipway migrate` waits for its own lock. */
const options = '-c lock_timeout=30000'

/**
 * Brings BullMQ's schema up to date as the owner, and gives `roles` what its functions need: rows, sequences, the functions themselves.
 * A queue's sequence of job ids, which BullMQ would make when it is first used, is made here: a runtime role makes nothing.
 */
export async function migrateQueue(ownerUrl: string, roles: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'slipway migrate', options })
  await client.connect()
  try {
    await runMigrations(client)
    await client.query('begin')
    // As everything else that migrate does: one at a time.
    await client.query(`select pg_advisory_xact_lock(hashtext('slipway migrations'))`)
    for (const name of queueNames) {
      const { rows } = await client.query<{ sequence: string }>('select bullmq.job_id_seq_name($1) as sequence', [name])
      await client.query(`create sequence if not exists bullmq.${escapeIdentifier(rows[0]?.sequence ?? '')}`)
    }
    await client.query('revoke all on schema bullmq from public; revoke all on all routines in schema bullmq from public')
    for (const role of roles.map((name) => escapeIdentifier(name))) {
      for (const what of ['tables', 'sequences', 'routines']) await client.query(`revoke all on all ${what} in schema bullmq from ${role}`)
      await client.query(`revoke all on schema bullmq from ${role}; grant usage on schema bullmq to ${role}`)
      await client.query(`grant select, insert, update, delete on all tables in schema bullmq to ${role}`)
      await client.query(`revoke insert, update, delete on bullmq.migration from ${role}`)
      await client.query(`grant usage on all sequences in schema bullmq to ${role}`)
      await client.query(`grant execute on all routines in schema bullmq to ${role}`)
    }
    await client.query('commit')
  } catch (cause) {
    if ((cause as { code?: string }).code !== '55P03') throw cause
    throw new StateError('Waited 30 s for another migration of the queue: whoever holds its advisory lock in pg_locks must end first.', {
      cause,
    })
  } finally {
    await client.end()
  }
}

/** Whether BullMQ's schema is as this version of it needs it, for the login of `url`. */
export async function queueIsCurrent(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, application_name: 'slipway' })
  await client.connect()
  try {
    return (await assertSchemaCompatibility(client)) >= LATEST_SCHEMA_VERSION
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string }
    // Not there, or not for us: `migrate` mends both.
    if (name === 'SchemaMigrationRequiredError' || code === '42501' || code === '3F000') return false
    throw error
  } finally {
    await client.end()
  }
}
