/** k-anonymity (R13): what may tell people apart is made coarser, for all of them alike, until every combination is held by k people. */
import type { Coarser, Column } from './definition.js'

type Value = string | null
type Row = readonly Value[]

/** Fewer than k people in all: no combination can be held by k of them, and nobody is left out. */
export class TooFewPeople extends Error {
  override readonly name = 'TooFewPeople'
  constructor(
    readonly people: number,
    readonly k: number,
  ) {
    super(
      `R13: at the mask's level k-anonymous every combination must be held by ${k} people, and there are ${people}; set mask to pseudonymised in the policy, or a smaller maskK`,
    )
  }
}

type Combinations = Map<string, { values: Value[]; people: number }>

interface Rung {
  at: number
  type: Column['type']
  ladder: readonly Coarser[]
  /** How many steps are taken; 0 leaves the value as it is. */
  taken: number
}

/**
 * Coarser values for the people's table: shown every row once (`learn`), it settles how far each column must go, always the one with the
 * most different values first, and then makes rows coarser. It keeps a count per combination, no rows.
 */
export class Generalisation {
  readonly #rungs: Rung[]
  #combinations: Combinations = new Map()
  #people = 0

  constructor(
    columns: readonly (readonly [name: string, column: Column])[],
    private readonly k: number,
  ) {
    this.#rungs = columns.flatMap(([, { type, generalise }], at) => (generalise ? [{ at, type, ladder: generalise, taken: 0 }] : []))
  }

  learn(row: Row): void {
    const values = this.#rungs.map(({ at }) => row[at] ?? null)
    const combination = JSON.stringify(values)
    const known = this.#combinations.get(combination) ?? { values, people: 0 }
    known.people++
    this.#people++
    this.#combinations.set(combination, known)
  }

  /** Decides, once every row was shown. Throws `TooFewPeople`. */
  settle(): void {
    if (this.#people > 0 && this.#people < this.k) throw new TooFewPeople(this.#people, this.k)
    while (this.#people > 0 && this.#smallest() < this.k) {
      const open = this.#rungs.filter(({ taken, ladder }) => taken < ladder.length)
      const different = (rung: Rung) =>
        new Set([...this.#combinations.values()].map(({ values }) => values[this.#rungs.indexOf(rung)])).size
      const next = open.map((rung) => ({ rung, different: different(rung) })).sort((a, b) => b.different - a.different)[0]
      if (!next) throw new Error('generalising: the last step of every column was taken, and people can still be told apart')
      next.rung.taken++
      this.#merge()
    }
    this.#combinations = new Map()
  }

  apply(row: Row): Row {
    const result = [...row]
    for (const rung of this.#rungs) result[rung.at] = coarse(row[rung.at] ?? null, rung)
    return result
  }

  #smallest(): number {
    let smallest = Number.POSITIVE_INFINITY
    for (const { people } of this.#combinations.values()) smallest = Math.min(smallest, people)
    return smallest
  }

  #merge(): void {
    const merged: Combinations = new Map()
    for (const { values, people } of this.#combinations.values()) {
      const coarser = values.map((value, place) => coarse(value, this.#rungs[place] as Rung))
      const combination = JSON.stringify(coarser)
      const known = merged.get(combination) ?? { values: coarser, people: 0 }
      known.people += people
      merged.set(combination, known)
    }
    this.#combinations = merged
  }
}

/** One value for all goes for those without a value, too: who has none is told apart by that. */
function coarse(value: Value, { ladder, taken }: Rung): Value {
  const step = ladder[taken - 1]
  if (!step) return value
  if ('value' in step) return step.value
  if (value === null) return null
  if ('step' in step) return String(Math.floor(Number(value) / step.step) * step.step)
  const year = Number(/^(\d{1,6})-/.exec(value)?.[1] ?? Number.NaN)
  return Number.isNaN(year) ? null : `${String(Math.max(1, Math.floor(year / step.years) * step.years)).padStart(4, '0')}-01-01`
}
