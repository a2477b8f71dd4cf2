/** Texts by code list (R36): a text arrives only where a declared list, or the approved specification, has that very entry. */
import { baseTexts } from './content.js'
import type { Column, MigrationEntity } from './definition.js'
import type { Product } from './load.js'
import { comparable } from './plain-text.js'
import { columnsOf, isText } from './tables.js'

type Value = string | null
type Row = readonly Value[]

/** The declared spelling of a text, whatever case, accents and blanks it came with; undefined for a text that no list has. */
export type Spelling = (text: string) => string | undefined

/** What a column may hold: its declared codes, and `more` (of the approved specification). */
export function spellingOf(product: Product, version: string, codes: Column['codes'], more: readonly string[] = []): Spelling {
  const declared = Array.isArray(codes)
    ? codes
    : (codes?.base ?? []).flatMap((place) => {
        const [table = '', column = ''] = place.split('.')
        return baseTexts(product, version, table, column)
      })
  const all = [...declared, ...more]
  const exact = new Set(all)
  const spelt = new Map(all.map((text) => [comparable(text), text]).reverse() as [string, string][])
  return (text) => (exact.has(text) ? text : spelt.get(comparable(text)))
}

interface ListColumn {
  at: number
  name: string
  spelling: Spelling
  /** What an undeclared text becomes: `<list> <n>` where there must be one, else this. */
  instead: { numbered: true } | { numbered: false; value: Value }
  /** The spellings that arrived, in a column that names the entries. */
  taken: Set<string> | undefined
}

export interface ListOptions {
  entity: MigrationEntity
  columns: readonly string[]
  specified(column: string): readonly string[]
  /** Told of every text that did not arrive. */
  replaced(column: string): void
}

/** The mask for a table of lists: medications, conditions, the titles of studies. Two entries never become one. */
export function maskList(product: Product, version: string, { entity, columns, specified, replaced }: ListOptions): (row: Row) => Row {
  const texts = new Map(columnsOf(product, version, entity.table).filter(([, column]) => isText(column)))
  const masked = columns.flatMap((name, at) => {
    const column = texts.get(name)
    return column ? [listColumn({ product, version, entity, column, name, at }, specified(name))] : []
  })
  let numbers = 0
  return (row) => {
    const result = [...row]
    let number = 0
    for (const { at, name, spelling, instead, taken } of masked) {
      const value = row[at] ?? null
      if (value === null || value === '') continue
      const spelt = spelling(value)
      if (spelt !== undefined && !taken?.has(spelt)) {
        taken?.add(spelt)
        result[at] = spelt
        continue
      }
      replaced(name)
      if (instead.numbered && number === 0) number = ++numbers
      result[at] = instead.numbered ? `${entity.title} ${number}` : instead.value
    }
    return result
  }
}

interface Place {
  product: Product
  version: string
  entity: MigrationEntity
  column: Column
  name: string
  at: number
}

function listColumn({ product, version, entity, column, name, at }: Place, specified: readonly string[]): ListColumn {
  const field = entity.fields[name]
  const own = [...specified, ...(field?.codes ?? []), ...(field?.value === undefined ? [] : [field.value])]
  const spelling = spellingOf(product, version, column.codes, own)
  const names = entity.key.includes(name)
  const numbered = column.otherwise === undefined && (names || field?.required === true)
  const instead = numbered ? { numbered } : { numbered, value: column.otherwise ?? field?.default ?? null }
  return { at, name, spelling, instead, taken: names && entity.key.length === 1 ? new Set() : undefined }
}
