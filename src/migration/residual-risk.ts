/** What a mask leaves to somebody who looks (R13): who stands alone in the target, and whom the holder of the source would find again. */
import type { MaskLevel } from '../lifecycle/policy.js'
import { columnsLeft, columnsOf, type Product, quasiIdentifiers } from '../product/index.js'
import { KnownHashes } from './known-hashes.js'

type Row = readonly (string | null)[]

/** Measured over the people's table as it stands in the target. */
export interface ResidualRisk {
  people: number
  /** Over the declared attributes: how many combinations there are, how many people are alone with theirs, the least number of people who share one (null: nobody is there), how many share theirs with fewer than `k` in all. */
  attributes: string[]
  combinations: number
  unique: number
  smallest: number | null
  below: number
  /** Over everything that is kept, intervals between shifted dates included: how many rows fit exactly one person of the source. */
  joinedBy: string[]
  joined: number
}

/** Shown the source's people as they are masked, then those of the target. It keeps hashes and counts, no rows. */
export class RiskMeter {
  readonly #source = new KnownHashes()
  readonly #combinations = new KnownHashes()
  readonly #kept: string[]
  readonly #shifted: string[]
  readonly #attributes: string[]
  readonly #types: Map<string, string>
  #people = 0
  #joined = 0

  constructor(product: Product, version: string, level: MaskLevel) {
    const { kept, shifted } = columnsLeft(product, version, level)
    this.#kept = kept
    this.#shifted = shifted
    this.#attributes = quasiIdentifiers(product, version)
    this.#types = new Map(columnsOf(product, version, product.definition.people.table).map(([name, { type }]) => [name, type]))
  }

  /** Remembers a person. `masked` is taken for what is kept, since whoever knows the mask can make the source's values as coarse. */
  learn(columns: readonly string[], source: Row, masked: Row): void {
    this.#source.add(this.#joinKey(columns, masked, source))
  }

  /** Counts a row of the target. */
  look(columns: readonly string[], row: Row): void {
    this.#people++
    this.#combinations.add(this.#attributes.map((name) => this.#plain(name, columns, row)).join('\u001f'))
    if (this.#source.count(this.#joinKey(columns, row, row)) === 1) this.#joined++
  }

  measured(k: number): ResidualRisk {
    const counts = [...this.#combinations.counts()]
    const below = counts.filter((count) => count < k).reduce((sum, count) => sum + count, 0)
    const [first, ...others] = this.#shifted
    return {
      people: this.#people,
      attributes: this.#attributes,
      combinations: counts.length,
      unique: counts.filter((count) => count === 1).length,
      smallest: counts.length === 0 ? null : counts.reduce((least, count) => Math.min(least, count)),
      below,
      joinedBy: [...this.#kept, ...others.map((name) => `days from ${first} to ${name}`)],
      joined: this.#joined,
    }
  }

  #joinKey(columns: readonly string[], kept: Row, dated: Row): string {
    const [first = '', ...others] = this.#shifted
    const days = (name: string) => Date.parse(`${this.#plain(name, columns, dated)}T00:00:00Z`) / 86_400_000
    const intervals = others.map((name) => days(name) - days(first))
    return [...this.#kept.map((name) => this.#plain(name, columns, kept)), ...intervals].join('\u001f')
  }

  /** A value as every writer would write it: `80` and `80.0`, `t` and `true` are one. */
  #plain(name: string, columns: readonly string[], row: Row): string {
    const value = row[columns.indexOf(name)] ?? null
    if (value === null || value === '') return ''
    const type = this.#types.get(name)
    if (type === 'number' || type === 'integer') return String(Number(value))
    if (type === 'boolean') return value.slice(0, 1)
    return type === 'date' || type === 'timestamp' ? value.slice(0, 10) : value
  }
}
