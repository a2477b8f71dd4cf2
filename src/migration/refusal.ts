/** A migration refusal is the lifecycle's (R39), with the place in the dump or the specification; it names no volunteer (R33). */
import type { Refusal } from '../lifecycle/decision.js'
import { mostFindings } from './limits.js'

export interface MigrationRefusal extends Refusal {
  code:
    | 'file-changed'
    | 'intake-missing'
    | 'intake-name'
    | 'intake-link'
    | 'intake-too-large'
    | 'intake-too-many'
    | 'line-too-long'
    | 'limit-memory'
    | 'limit-time'
    | 'specification-missing'
    | 'specification-invalid'
    | 'specification-too-large'
    | 'missing-file'
    | 'missing-column'
    | 'unreadable-source'
    | 'too-few-people'
  /** Where to look: a file of the intake folder, one of its columns, the line of the specification that asks for it. */
  file?: string
  column?: string
  line?: number
  /** The first of them; `more` counts the rest. */
  findings?: Finding[]
  more?: number
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

/** A refusal that is met where only an exception leads out: in the middle of a stream of rows. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'

  constructor(readonly refusal: MigrationRefusal) {
    super(refusal.text)
  }
}

/** As many findings as help, and the count of the others for the sentence: `` or ` (and 3 more)`. */
export function shown<T extends Finding>(
  findings: readonly T[],
  total = findings.length,
): { findings: T[]; more?: number; others: string } {
  const more = total - mostFindings
  const others = total > 1 ? ` (and ${total - 1} more)` : ''
  return { findings: findings.slice(0, mostFindings), ...(more > 0 ? { more } : {}), others }
}

/** A finding whose place is not looked up yet. */
export interface Placeless {
  path: readonly PropertyKey[]
  problem: string
  instead: string
}

/** Looks up the places of as many findings as will be told, and one more. */
export function placed(findings: readonly Placeless[], lineOf: (path: readonly PropertyKey[]) => number): Finding[] {
  return findings
    .slice(0, mostFindings + 1)
    .map(({ path, problem, instead }) => ({ line: lineOf(path), path: joined(path), problem, instead }))
}

/** A path in one text, such as `entities.volunteers.key.0`; no part longer than 60 characters. */
export function joined(path: readonly PropertyKey[]): string {
  return path.map((part) => cut(String(part))).join('.')
}

/** A text of the customer's in a sentence of ours: at most 60 characters of it. */
export function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** Names to choose from: the first twenty. */
export function listed(names: readonly string[], none = '(none yet)'): string {
  const first = names.slice(0, 20).map(cut)
  const rest = names.length > first.length ? ` and ${names.length - first.length} more` : ''
  return names.length === 0 ? none : `${first.join(', ')}${rest}`
}
