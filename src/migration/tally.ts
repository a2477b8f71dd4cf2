/** Counting one entity while it is loaded: outcomes, fields, codes, and a hash over every record. */
import { createHash } from 'node:crypto'
import type { EntityReconciliation } from './reconciliation.js'
import type { Values } from './record.js'
import type { Target, TargetColumn } from './target.js'

export interface FieldProfile {
  field: string
  nulls: number
  values: number
  distinct: number
  /** Of numbers the sum, of texts the number of characters. */
  total: number
}

/** A row of a source: the file's name, and the number that a spreadsheet shows (the header is row 1). */
export interface Place {
  file: string
  row: number
}

/** What a map does with a code that it lacks: the row is rejected, the field left empty, or this value taken. */
export type Otherwise = 'rejected' | 'blanked' | { value: string | null }

/** A field that goes through a map of the specification. */
export interface Mapped {
  field: string
  map: string
  otherwise: Otherwise
}

/**
 * How often each code came, in rows that were read as far as this field. `codes` are the specification's own words; a code that the map
 * lacks may be anything, a name even, and is told by count and by the first rows only (R33).
 */
export interface CodeProfile extends Mapped {
  codes: { source: string; target: string | null; rows: number }[]
  unmapped: { rows: number; distinct: number; examples: Place[] }
}

/** How many rows met a reason, and the first of them. */
export interface Reasoned {
  reason: string
  rows: number
  examples: Place[]
}

/** Of each reason so many rows are named. */
const examples = 5

class FieldTally {
  nulls = 0
  values = 0
  total = 0
  readonly #seen = new Set<number>()

  constructor(private readonly column: TargetColumn) {}

  count(value: string | null): void {
    if (value === null) {
      this.nulls++
      return
    }
    this.values++
    this.total += this.column.type === 'number' || this.column.type === 'integer' ? Number(value) : value.length
    this.#seen.add(shortHash(value))
  }

  profile(): FieldProfile {
    const { nulls, values, total } = this
    return { field: this.column.name, nulls, values, distinct: this.#seen.size, total: Math.round(total * 1000) / 1000 }
  }
}

class CodeTally {
  readonly #codes = new Map<string, { target: string | null; rows: number }>()
  readonly #distinct = new Set<number>()
  readonly #unmapped = new Rows()

  constructor(private readonly mapped: Mapped) {}

  count(code: string, value: string | null | undefined, at: Place): void {
    if (value === undefined) {
      this.#unmapped.add(at)
      this.#distinct.add(shortHash(code))
      return
    }
    const known = this.#codes.get(code)
    if (known) known.rows++
    else this.#codes.set(code, { target: value, rows: 1 })
  }

  profile(): CodeProfile {
    const codes = [...this.#codes].map(([source, counted]) => ({ source, ...counted })).sort(by(({ source }) => source))
    return { ...this.mapped, codes, unmapped: { ...this.#unmapped.told(), distinct: this.#distinct.size } }
  }
}

/** Rows counted, the first of them remembered. */
class Rows {
  count = 0
  readonly #first: Place[] = []

  add(at: Place): void {
    this.count++
    if (this.#first.length < examples) this.#first.push(at)
  }

  told(): { rows: number; examples: Place[] } {
    return { rows: this.count, examples: this.#first }
  }
}

/** The books of one entity. */
export class Tally {
  loaded = 0
  orphans = 0
  readonly #rejected = new Map<string, Rows>()
  readonly #excluded = new Map<string, Rows>()
  readonly #merged = new Rows()
  #at: Place = { file: '', row: 0 }
  readonly #fields: FieldTally[]
  readonly #codes = new Map<string, CodeTally>()
  readonly #hash = createHash('sha256')

  /** `parents` says how many records of each other entity are loaded already. */
  constructor(
    private readonly columns: readonly TargetColumn[],
    private readonly parents: ReadonlyMap<string, number>,
  ) {
    this.#fields = columns.map((column) => new FieldTally(column))
  }

  /** From here on everything is counted for this row. */
  turnTo(file: string, row: number): void {
    this.#at = { file, row }
  }

  countReject(reason: string): void {
    add(this.#rejected, reason, this.#at)
  }

  countExclusion(reason: string): void {
    add(this.#excluded, reason, this.#at)
  }

  countMerge(): void {
    this.#merged.add(this.#at)
  }

  /** `value` is undefined where the map lacks the code. */
  countCode(mapped: Mapped, code: string, value: string | null | undefined): void {
    const key = JSON.stringify([mapped.field, mapped.map])
    const tally = this.#codes.get(key) ?? new CodeTally(mapped)
    this.#codes.set(key, tally)
    tally.count(code, value, this.#at)
  }

  /** Counts a loaded record. Its hash is made of the unmasked values, so that masked and unmasked runs can be compared. */
  countLoaded(id: number, values: Values): void {
    this.loaded++
    for (const [at, column] of this.columns.entries()) {
      const value = values[at] ?? null
      this.#fields[at]?.count(value)
      if (column.reference && value !== null && !(Number(value) >= 1 && Number(value) <= (this.parents.get(column.reference) ?? 0)))
        this.orphans++
    }
    this.#hash.update(
      `${createHash('sha256')
        .update(JSON.stringify([id, values]))
        .digest('hex')}\n`,
    )
  }

  /** Ends the counting and balances the books against the number of rows that the files were found to hold. */
  close({ entity, title, table }: Target, extracted: number): EntityReconciliation {
    const { loaded, orphans } = this
    const merged = this.#merged.count
    const [rejected, excluded] = [sum(this.#rejected), sum(this.#excluded)]
    return {
      ...{ entity, title, table, extracted, loaded, rejected, excluded, merged, orphans },
      balanced: extracted === loaded + rejected + excluded + merged,
      rejectedBy: counts(this.#rejected),
      excludedBy: counts(this.#excluded),
      rejections: reasoned(this.#rejected),
      exclusions: reasoned(this.#excluded),
      merges: this.#merged.told().examples,
      fields: this.#fields.map((field) => field.profile()),
      codes: [...this.#codes.values()].map((codes) => codes.profile()).sort(by(({ field, map }) => `${field} ${map}`)),
      sha256: this.#hash.digest('hex'),
    }
  }
}

function add(counted: Map<string, Rows>, name: string, at: Place): void {
  const rows = counted.get(name) ?? new Rows()
  counted.set(name, rows)
  rows.add(at)
}

function reasoned(counted: Map<string, Rows>): Reasoned[] {
  return [...counted].map(([reason, rows]) => ({ reason, ...rows.told() })).sort(by(({ reason }) => reason))
}

/** As an object with sorted names. */
function counts(counted: Map<string, Rows>): Record<string, number> {
  return Object.fromEntries(reasoned(counted).map(({ reason, rows }) => [reason, rows]))
}

function sum(counted: Map<string, Rows>): number {
  return [...counted.values()].reduce((all, { count }) => all + count, 0)
}

function by<T>(name: (each: T) => string): (a: T, b: T) => number {
  return (a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0)
}

const { imul } = Math

/** 53 bits are enough to tell the values of a column apart, and a set of numbers is small. */
function shortHash(text: string): number {
  let high = -559038737
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    high = imul(high ^ code, 2654435761)
    low = imul(low ^ code, 1597334677)
  }
  high = imul(high ^ (high >>> 16), 2246822507) ^ imul(low ^ (low >>> 13), 3266489909)
  low = imul(low ^ (low >>> 16), 2246822507) ^ imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}
