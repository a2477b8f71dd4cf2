/** A migration refusal is the lifecycle's (R39), with the place in the dump or the specification; it names no volunteer (R33). */
import type { Refusal } from '../lifecycle/decision.js'

export interface MigrationRefusal extends Refusal {
  code:
    | 'intake-missing'
    | 'intake-name'
    | 'intake-link'
    | 'specification-missing'
    | 'specification-invalid'
    | 'missing-file'
    | 'missing-column'
    | 'unreadable-source'
  /** Where to look: a file of the intake folder, one of its columns, the line of the specification that asks for it. */
  file?: string
  column?: string
  line?: number
  findings?: Finding[]
}

/** One thing wrong in a specification: where, what, and what would do instead. */
export interface Finding {
  line: number
  path: string
  problem: string
  instead: string
}

export type Refused = { ok: false; refusal: MigrationRefusal }

/** Builds the refusing outcome. */
export function refuse(refusal: MigrationRefusal): Refused {
  return { ok: false, refusal }
}
