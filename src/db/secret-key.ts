/** Which keys workers seal with, by id and fingerprint, never the keys; see the table in migrations/. */
import type { Tx } from './connection.js'

export interface KnownKey {
  id: string
  fingerprint: string
  /** Made by one machine and kept in its DATA_DIR. */
  kept: boolean
  seen_at: Date
}

/** Every key that was ever current and was not forgotten since. */
export function readSecretKeys(tx: Tx): Promise<KnownKey[]> {
  return tx.selectFrom('secret_key').selectAll().orderBy('id').execute()
}

/** Notes a worker's current key. An id that is known with another fingerprint stays as it was: read afterwards and compare. */
export async function noteSecretKey(tx: Tx, { id, fingerprint, kept, seen_at }: KnownKey): Promise<void> {
  await tx
    .insertInto('secret_key')
    .values({ id, fingerprint, kept, seen_at })
    .onConflict((c) => c.column('id').doUpdateSet({ seen_at, kept }).where('secret_key.fingerprint', '=', fingerprint))
    .execute()
}

/** Forgets every key but this one, once nothing is sealed under another. */
export async function forgetOtherKeys(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('secret_key').where('id', '<>', id).execute()
}
