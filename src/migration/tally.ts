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

/** Codes of the dump as the map knows them, the others as numbers only (R33), and what was loaded. */
export interface CodeProfile {
  field: string
  source: Record<string, number>
  unmapped: { rows: number; distinct: number }
  loaded: Record<string, number>
}

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
  readonly source = new Map<string, number>()
  readonly loaded = new Map<string, number>()
  readonly #unmapped = new Set<number>()
  unmappedRows = 0

  countSource(code: string, value: string | null | undefined): void {
    if (value !== undefined) {
      add(this.source, code)
      return
    }
    this.unmappedRows++
    this.#unmapped.add(shortHash(code))
  }

  profile(field: string): CodeProfile {
    const unmapped = { rows: this.unmappedRows, distinct: this.#unmapped.size }
    return { field, source: sorted(this.source), unmapped, loaded: sorted(this.loaded) }
  }
}

/** The books of one entity. */
export class Tally {
  loaded = 0
  readonly rejected = new Map<string, number>()
  readonly excluded = new Map<string, number>()
  merged = 0
  orphans = 0
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

  countReject(reason: string): void {
    add(this.rejected, reason)
  }

  countExclusion(reason: string): void {
    add(this.excluded, reason)
  }

  countCode(field: string, code: string, value: string | null | undefined): void {
    const tally = this.#codes.get(field) ?? new CodeTally()
    this.#codes.set(field, tally)
    tally.countSource(code, value)
  }

  /** Counts a loaded record. Its hash is made of the unmasked values, so that masked and unmasked runs can be compared. */
  countLoaded(id: number, values: Values): void {
    this.loaded++
    for (const [at, column] of this.columns.entries()) {
      const value = values[at] ?? null
      this.#fields[at]?.count(value)
      if (column.reference && value !== null && !(Number(value) >= 1 && Number(value) <= (this.parents.get(column.reference) ?? 0)))
        this.orphans++
      const codes = this.#codes.get(column.name)
      if (codes && value !== null && !column.reference) add(codes.loaded, value)
    }
    this.#hash.update(
      `${createHash('sha256')
        .update(JSON.stringify([id, values]))
        .digest('hex')}\n`,
    )
  }

  /** Ends the counting and balances the books against the number of rows that the files were found to hold. */
  close({ entity, title, table }: Target, extracted: number): EntityReconciliation {
    const { loaded, merged, orphans } = this
    const [rejected, excluded] = [sum(this.rejected), sum(this.excluded)]
    return {
      ...{ entity, title, table, extracted, loaded, rejected, excluded, merged, orphans },
      balanced: extracted === loaded + rejected + excluded + merged,
      rejectedBy: sorted(this.rejected),
      excludedBy: sorted(this.excluded),
      fields: this.#fields.map((field) => field.profile()),
      codes: [...this.#codes].map(([field, codes]) => codes.profile(field)).sort((a, b) => (a.field < b.field ? -1 : 1)),
      sha256: this.#hash.digest('hex'),
    }
  }
}

/** Adds one to a counter. */
function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** A counter as an object with sorted names. */
function sorted(counts: Map<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}

function sum(counts: Map<string, number>): number {
  return [...counts.values()].reduce((all, one) => all + one, 0)
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
