/** What the hinge and those who report to it work with. */

import type { Clock } from '../clock.js'
import type { Db, Tx } from '../db/connection.js'
import type { SituationFrame } from '../db/situation.js'
import type { Policy } from '../lifecycle/policy.js'
import type { Writing } from './effects.js'

export interface ChangeDeps {
  db: Db
  clock: Clock
  policy: Policy
  /** Product versions, oldest first. */
  versions: string[]
  /** Version of the migration program, to which acceptances are bound (R9). */
  program: string
  opsChannel: string
  expand: Writing['expand']
  /** Called after a commit that left something in the outbox. */
  nudge(): void
}

/** The moment and what is in force at it: the frame in which a situation is read. */
export async function frameOf(
  { clock, policy, versions, program }: Pick<ChangeDeps, 'clock' | 'policy' | 'versions' | 'program'>,
  tx: Tx,
): Promise<SituationFrame> {
  return { now: await clock.now(tx), policy, versions, program }
}
