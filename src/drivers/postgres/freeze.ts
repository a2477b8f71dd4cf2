/** Freezing: the application may read and no more, whatever it sets (R15); and the way back. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { InstanceAddress } from '../driver.js'
import { type Client, holding, ident, transaction } from './connection.js'
import { readPresence } from './instances.js'
import { ownerOf } from './names.js'
import { grantApplication, moveDefinerFunctions, revokeWriting } from './ownership.js'
import { applicationConnections, asTemporary, ensureOwning } from './roles.js'

/** Sessions that were told to end are gone within moments; this long is patience for a machine under load. */
const endingMayTakeMs = 30_000

/** The role that owns the `SECURITY DEFINER` functions of frozen instances: it may do nothing, so that they are no way around a freeze. */
export async function ensureFrozenCode(admin: Client): Promise<string> {
  const { rows } = await admin.query<{ name: string }>(`select current_user || '_frozen' as name`)
  const role = rows[0]?.name ?? ''
  await ensureOwning(admin, role)
  return role
}

/** Takes everything from the application's login but reading; its sessions are ended first. */
export async function freezeInstance(at: InstanceAddress): Promise<void> {
  const owner = ownerOf(at.database)
  await holding(at, 'alone', async (admin) => {
    const frozen = await ensureFrozenCode(admin)
    await admin.query(`alter role ${ident(at.role)} connection limit 0`)
    await endSessions(admin, at)
    await asTemporary(admin, at, [owner, frozen], (client) =>
      writing(client, async () => {
        await revokeWriting(client, at.role)
        await moveDefinerFunctions(client, owner, frozen)
        await client.query(`alter database ${ident(at.database)} set default_transaction_read_only = on`)
      }),
    )
    await admin.query(`alter role ${ident(at.role)} connection limit ${applicationConnections}`)
  })
}

/** Gives it all back. */
export async function unfreezeInstance(at: InstanceAddress): Promise<void> {
  const owner = ownerOf(at.database)
  await holding(at, 'alone', async (admin) => {
    if ((await readPresence(admin, at.database)) !== 'frozen') return
    const frozen = await ensureFrozenCode(admin)
    await asTemporary(admin, at, [owner, frozen], (client) =>
      writing(client, async () => {
        await moveDefinerFunctions(client, frozen, owner)
        await grantApplication(client, at.role)
        await client.query(`alter database ${ident(at.database)} reset default_transaction_read_only`)
      }),
    )
    await admin.query(`alter role ${ident(at.role)} connection limit ${applicationConnections}`)
    await endSessions(admin, at)
  })
}

/** The frozen instance's own default is read-only, for its owner too. */
function writing(client: Client, run: () => Promise<void>): Promise<void> {
  return transaction(client, run, 'begin read write')
}

/** Ends the application's sessions and waits until they are gone. */
async function endSessions(admin: Client, at: InstanceAddress): Promise<void> {
  const deadline = Date.now() + endingMayTakeMs
  while (Date.now() < deadline) {
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2 and pid <> pg_backend_pid()`,
      [at.database, at.role],
    )
    if (!rowCount) return
    await sleep(20)
  }
  throw new Error(`ending the sessions of ${at.role}: some are still there after ${endingMayTakeMs / 1000} s`)
}
