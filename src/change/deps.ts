/** What the hinge and those who report to it work with. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Clock } from '../clock.js'
import type { Db, Tx } from '../db/connection.js'
import type { SituationFrame } from '../db/situation.js'
import { hashOf } from '../lifecycle/hash.js'
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

let rules: string | undefined

/** The rules as this release has them: SHA-256 (hex) over the files that they stand in. */
function rulesHash(): string {
  if (rules) return rules
  const folder = join(__dirname, '..', 'lifecycle')
  const files = readdirSync(folder).filter((name) => /\.[jt]s$/.test(name))
  rules = hashOf(files.sort().map((name) => readFileSync(join(folder, name), 'utf8')))
  return rules
}

/**
 * What decides about everybody besides their own rows, as one hash: the rules themselves, the policy, the product's versions and the migration
 * program. Where it changes, everybody is looked at anew (db/due.ts).
 */
export function basisOf({ policy, versions, program }: Pick<ChangeDeps, 'policy' | 'versions' | 'program'>): string {
  return hashOf([rulesHash(), policy, versions, program])
}
