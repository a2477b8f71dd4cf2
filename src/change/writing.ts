/** What writing an effect gets, and what it says back: the audit entry's before and after, and whom the change touches. */
import type { Tx } from '../db/connection.js'
import { environmentIdOf } from '../db/environment.js'
import type { Effect } from '../lifecycle/decision.js'
import type { MessageWish } from '../lifecycle/messages.js'
import { environmentByName } from '../lifecycle/situation.js'
import type { Plan, Situation } from '../lifecycle/types.js'

export interface Writing {
  tx: Tx
  situation: Situation
  customerId: string | null
  actor: string
  /** Who that is now (a row of `profile`); null for the system. */
  profileId: string | null
  /** The steps of a job for an environment's instances: handed in, for jobs are another room. */
  expand(job: Plan['job'], roles: Plan['steps'][number]['role'][], data: Plan['data']): Plan['steps']
}

export interface Written {
  changed: boolean
  subject: string
  before?: unknown
  after?: unknown
  operations?: string[]
  requests?: string[]
  start?: string[]
  announcements?: MessageWish[]
  /** The row id of a customer that was just added. */
  customerId?: string
}

export type Of<D extends Effect['do']> = Extract<Effect, { do: D }>
export type Writers<D extends Effect['do']> = { [K in D]: (w: Writing, e: Of<K>) => Promise<Written> }

/** The row id behind an environment's unique name, also of one that this very transaction added. */
export function environmentId(w: Writing, name: string): Promise<string> {
  const known = environmentByName(w.situation, name)
  return known ? Promise.resolve(known.id) : environmentIdOf(w.tx, name)
}
