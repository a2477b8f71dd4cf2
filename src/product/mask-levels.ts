/** What each level of R13's policy makes of a column of a volunteer table, and what it promises to its reader. */
import type { MaskLevel } from '../lifecycle/policy.js'
import type { Definition, MaskStrategy } from './definition.js'
import type { Product } from './load.js'
import { columnsOf, isPersonal, isText } from './tables.js'

/** `new-id`: a number that stands for the same person or row within one load. `codes`: only the declared texts. */
export type Treatment = MaskStrategy | 'new-id' | 'codes'

/** What becomes of a column's values at a level; undefined where the definition does not say (R36). */
export function treatmentOf(definition: Definition, table: string, name: string, level: MaskLevel): Treatment | undefined {
  const column = definition.tables[table]?.columns[name]
  if (column?.mask === undefined || column.class === undefined) return undefined
  const people = idsOf(definition, table, name)
  if (people !== undefined) return level === 'identifiers' ? 'keep' : 'new-id'
  if (level === 'identifiers' && column.class === 'quasi' && !isText(column)) return 'keep'
  if (level === 'k-anonymous' && column.class === 'quasi' && column.mask === 'keep' && !column.generalise) return 'blank'
  if (column.mask !== 'keep' || !isText(column)) return column.mask
  return column.codes === undefined ? undefined : 'codes'
}

/** The table whose ids stand in a column, where these are ids of people or of what belongs to them. */
export function idsOf(definition: Definition, table: string, name: string): string | undefined {
  const spec = definition.tables[table]
  if (!spec || !isPersonal(definition, table)) return undefined
  if (spec.id === name) return table
  const { references, class: kind } = spec.columns[name] ?? {}
  if (references !== undefined) return isPersonal(definition, references) ? references : undefined
  return spec.person === name && kind === 'key' ? definition.people.table : undefined
}

/** The columns of the people's table whose values arrive as they are, so that somebody who holds the source can look for them. */
export function columnsLeft(product: Product, version: string, level: MaskLevel): { kept: string[]; shifted: string[] } {
  const { definition } = product
  const { table } = definition.people
  const treated = columnsOf(product, version, table).map(([name, column]) => ({
    name,
    column,
    how: treatmentOf(definition, table, name, level),
  }))
  const kept = treated.filter(({ how, column }) => how === 'codes' || (how === 'keep' && column.class !== 'key'))
  const moved = treated.filter(({ how, column }) => how === 'shift-date' && !(level === 'k-anonymous' && column.generalise))
  return { kept: kept.map(({ name }) => name), shifted: moved.map(({ name }) => name) }
}

/** The columns that may tell people apart together with others: those that the definition can make coarser. */
export function quasiIdentifiers(product: Product, version: string): string[] {
  return columnsOf(product, version, product.definition.people.table).flatMap(([name, { generalise }]) => (generalise ? [name] : []))
}

const always = [
  'Names, addresses, telephone numbers, e-mail addresses, identity numbers and free text of volunteers are replaced by invented ones or left out.',
  'Text arrives only where a declared code list, or the approved specification, has that very entry; any other entry of a list arrives as its list and a number.',
  'The key that invented values are drawn from was made for this load and is kept nowhere.',
]
const renewed = [
  'Volunteers, and all that belongs to them, have new ids and numbers, drawn anew for this load: where one is the same as elsewhere, a coincidence is no link.',
  "Each volunteer's dates are shifted by the same number of days, at most half a year either way.",
]

/** In sentences: what the mask does at a level, and what somebody must not rely on. */
export function promisesOf(level: MaskLevel, k: number): { promises: string[]; notPromised: string[] } {
  const joins = 'Somebody who holds the source can still find people by what is kept; how many is stated below.'
  switch (level) {
    case 'identifiers':
      return {
        promises: always,
        notPromised: ['Ids, dates and other attributes of a person are the real ones.', joins],
      }
    case 'pseudonymised':
      return {
        promises: [...always, ...renewed],
        notPromised: ['Intervals between dates, clinical values and coded attributes are the real ones.', 'It is no anonymisation.', joins],
      }
    case 'k-anonymous':
      return {
        promises: [
          ...always,
          ...renewed,
          `Every combination of the declared attributes is held by at least ${k} people, and nobody is left out.`,
        ],
        notPromised: ['Intervals between dates, and the medical history, are the real ones: neither is part of the combinations.', joins],
      }
    default:
      return level satisfies never
  }
}
