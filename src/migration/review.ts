/** The test volunteers of an iteration (R9): few, the same for the same dump, and chosen for what is likely to go wrong. */

/** What makes a volunteer worth a look. */
export const strata = [
  'merged-duplicates',
  'damaged-text',
  'missing-optional-fields',
  'all-fields-filled',
  'oldest',
  'youngest',
  'longest-history',
  'no-history',
  'typical',
] as const
type Stratum = (typeof strata)[number]

/** A volunteer to review, by the new number only (R33). */
export interface TestVolunteer {
  number: string
  why: Stratum[]
}

/** What is remembered of a volunteer for the choice. */
export interface Trait {
  id: number
  number: string
  birth: string
  nulls: number
  merged: boolean
  damaged: boolean
}

const most = 50

/** Takes turns through the strata until there are `count` volunteers (at most 50). `history` counts a volunteer's other records. */
export function testVolunteers(traits: readonly Trait[], history: ReadonlyMap<number, number>, count = 20): TestVolunteer[] {
  const rankings = strata.map((stratum) => ({ stratum, ranked: ranked(stratum, traits, history) }))
  const chosen = new Map<string, Stratum[]>()
  const wanted = Math.min(count, most, traits.length)
  for (let turn = 0; chosen.size < wanted; turn++) {
    for (const { stratum, ranked: candidates } of rankings) {
      const next = candidates[turn]
      if (next === undefined || (chosen.size >= wanted && !chosen.has(next))) continue
      chosen.set(next, [...(chosen.get(next) ?? []), stratum])
    }
  }
  return [...chosen].map(([number, why]) => ({ number, why })).sort((a, b) => (a.number < b.number ? -1 : 1))
}

function ranked(stratum: Stratum, traits: readonly Trait[], history: ReadonlyMap<number, number>): string[] {
  const records = ({ id }: Trait) => history.get(id) ?? 0
  const by = (rank: (trait: Trait) => number | string, among = traits) => first([...among], rank)
  switch (stratum) {
    case 'merged-duplicates':
      return by(
        ({ id }) => id,
        traits.filter(({ merged }) => merged),
      )
    case 'damaged-text':
      return by(
        ({ id }) => id,
        traits.filter(({ damaged }) => damaged),
      )
    case 'missing-optional-fields':
      return by(({ nulls }) => -nulls)
    case 'all-fields-filled':
      return by(({ nulls }) => nulls)
    case 'oldest':
      return by(({ birth }) => birth)
    case 'youngest':
      return by(({ birth }) => birth).reverse()
    case 'longest-history':
      return by((trait) => -records(trait))
    case 'no-history':
      return by(
        ({ id }) => id,
        traits.filter((trait) => records(trait) === 0),
      )
    case 'typical':
      return spread(traits)
    default:
      return stratum satisfies never
  }
}

function first(traits: Trait[], rank: (trait: Trait) => number | string): string[] {
  const order = (a: Trait, b: Trait) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : a.id - b.id)
  return traits.sort(order).map(({ number }) => number)
}

/** Evenly over the whole dump, then everybody else in order, so that the turns always come to an end. */
function spread(traits: readonly Trait[]): string[] {
  const step = Math.max(1, Math.floor(traits.length / most))
  const even = traits.filter((_, at) => at % step === 0)
  return [...even, ...traits.filter((_, at) => at % step !== 0)].map(({ number }) => number)
}
