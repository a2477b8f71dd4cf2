import type { Outcome } from '../lifecycle/ask.js'
import type { Tx } from './connection.js'

/** The answer that was given to this payload before, if it was (a command or click delivered twice). */
export async function readAnswer(tx: Tx, key: string): Promise<Outcome | null> {
  const row = await tx.selectFrom('answered').select('outcome').where('key', '=', key).executeTakeFirst()
  return row ? (row.outcome as unknown as Outcome) : null
}

/** Claims the key; false when somebody else holds it already (and has committed, for the insert waits for them). */
export async function claimAnswer(tx: Tx, key: string, at: Date): Promise<boolean> {
  const rows = await tx
    .insertInto('answered')
    .values({ key, outcome: '{}', at })
    .onConflict((c) => c.doNothing())
    .returning('key')
    .execute()
  return rows.length > 0
}

export async function writeAnswer(tx: Tx, key: string, outcome: Outcome): Promise<void> {
  await tx
    .updateTable('answered')
    .set({ outcome: JSON.stringify(outcome) })
    .where('key', '=', key)
    .execute()
}

/** Slack retries within minutes; answers older than a day are forgotten. */
export async function forgetAnswers(tx: Tx, before: Date): Promise<void> {
  await tx.deleteFrom('answered').where('at', '<', before).execute()
}
