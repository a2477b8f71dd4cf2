/** The leak scan (R36): salted hashes of the source's identifiers, held in memory only, are looked for in all text that a masked load left behind. */
import { type Column, columnsOf, isPersonal, isText, type LoadTable, listIn, type Product } from '../product/index.js'
import { KnownHashes } from './known-hashes.js'
import * as forms from './leak-forms.js'

type LeakKind = 'e-mail' | 'phone' | 'identifier' | 'name' | 'street'

/** Where source identifiers were found, and how often; never which. `column` is the one in which the match ends. */
export interface LeakHit {
  table: string
  column: string
  kind: LeakKind
  rows: number
}

type Row = readonly (string | null)[]

/** A search under way: rows are shown to it, then it tells what it found. */
export interface LeakSearch {
  look(row: Row): void
  hits(): LeakHit[]
}

/** A word of free text that three people share names none of them. */
const shared = 3

interface Found {
  kind: LeakKind | 'word'
  column: string
  text: string
}

interface Described {
  name: string
  at: number
  column: Column | undefined
}

/**
 * Remembers the identifiers of the rows it is shown and finds them again, whatever table and column they turn up in, and in whatever case,
 * accents, punctuation and order of names. What it was not shown (rows that were rejected or excluded) it does not know.
 */
export class LeakScanner {
  readonly #known = new KnownHashes()

  constructor(
    private readonly product: Product,
    private readonly version: string,
  ) {}

  /** How many different identifiers are known. */
  get learnt(): number {
    return this.#known.size
  }

  /** Returns the function that remembers the identifiers of a table's unmasked rows. Throws `MigrationRefused` where there are too many to be remembered. */
  learner(table: string, columns: readonly string[]): (row: Row) => void {
    const described = this.#describe(table, columns)
    return (row) => {
      const found = declared(row, described).map(({ kind, text }) => `${kind} ${text}`)
      for (const each of new Set(found)) this.#known.add(each)
    }
  }

  /** Looks for what was learnt in the rows of a table. */
  async scan({ table, columns, rows }: LoadTable): Promise<LeakHit[]> {
    const search = this.search(table, columns)
    for await (const row of rows) search.look(row)
    return search.hits()
  }

  /** The same for rows that are shown one by one. */
  search(table: string, columns: readonly string[]): LeakSearch {
    const described = this.#describe(table, columns)
    const { definition } = this.product
    const classes = definition.elements.filter((element) => table in element.tables).map((element) => element.class)
    const configured = !isPersonal(definition, table) && listIn(definition, table) === undefined
    const staff = classes.includes('users')
    const hits = new Map<string, LeakHit>()
    return {
      look: (row) => {
        const found = [...named(row, described), ...suspected(row, described, configured)]
          .filter(({ kind }) => !(staff && kind === 'name'))
          .filter((each) => this.#knows(each))
        for (const place of new Set(found.map(({ kind, column }) => `${kind} ${column}`))) {
          const [kind = '', column = ''] = place.split(' ')
          const hit = hits.get(place) ?? { table, column, kind: kind as LeakKind, rows: 0 }
          hits.set(place, { ...hit, rows: hit.rows + 1 })
        }
      },
      hits: () => [...hits.values()],
    }
  }

  #knows({ kind, text }: Found): boolean {
    if (this.#known.count(`${kind} ${text}`) > 0) return true
    if (kind !== 'identifier') return false
    const people = this.#known.count(`word ${text}`)
    return people > 0 && people < shared
  }

  #describe(table: string, columns: readonly string[]): Described[] {
    const known = this.product.definition.tables[table] ? new Map(columnsOf(this.product, this.version, table)) : new Map<string, Column>()
    return columns.map((name, at) => ({ name, at, column: known.get(name) }))
  }
}

/** Dictionaries have codes of up to eight digits, and some volunteer's number is one of them: alone in a cell of the configuration that says nothing. */
const code = /^\s*\d{1,8}\s*$/

/** Identifiers that a row holds openly, by what its columns are for. */
function declared(row: Row, columns: readonly Described[]): Found[] {
  const single = columns.flatMap(({ name, at, column }) => {
    const value = row[at]
    return value && column ? openly(column, value).map(([kind, text]): Found => ({ kind, column: name, text })) : []
  })
  return [...single, ...named(row, columns)]
}

function openly(column: Column, value: string): [Found['kind'], string][] {
  const as = (kind: Found['kind'], texts: string[]) => texts.map((text): [Found['kind'], string] => [kind, text])
  switch (column.mask) {
    case 'fake-email':
      return as('e-mail', forms.emails(value))
    case 'fake-phone':
      return as('phone', forms.phones(value))
    case 'fake-street':
      return as('street', forms.street(value))
    case 'fake-name':
    case 'fake-other-name':
      return as('name', forms.wholeName(value))
    default:
  }
  if (column.class === 'free-text')
    return [...as('e-mail', forms.emails(value)), ...as('phone', forms.phones(value)), ...as('word', forms.numbers(value))]
  const removed = column.mask === 'blank' || column.mask === 'empty' || column.mask === 'keyed-hash'
  return column.class === 'identifying' && removed ? as('identifier', forms.numbers(value)) : []
}

/** A person's name, whichever part comes first, with the names between and without. */
function named(row: Row, columns: readonly Described[]): Found[] {
  const [first, last] = (['fake-first-name', 'fake-last-name'] as const).map((mask) => columns.find(({ column }) => column?.mask === mask))
  if (!first || !last) return []
  const between = columns
    .filter(({ column, at }) => at > first.at && at < last.at && column?.class === 'identifying')
    .map(({ at }) => row[at])
  const all = [...forms.names(row[first.at], row[last.at]), ...forms.names(row[first.at], ...between, row[last.at])]
  return [...new Set(all)].map((text) => ({ kind: 'name', column: last.name, text }))
}

/** Everything in a row that could be an identifier. */
function suspected(row: Row, columns: readonly Described[], configured: boolean): Found[] {
  return columns.flatMap(({ name, at, column }) => {
    const value = row[at]
    if (!value || (column && !isText(column)) || (configured && code.test(value))) return []
    const as = (kind: LeakKind, texts: string[]) => texts.map((text): Found => ({ kind, column: name, text }))
    return [
      ...as('e-mail', forms.emails(value)),
      ...as('phone', forms.phones(value)),
      ...as('identifier', forms.numbers(value)),
      ...as('name', forms.possibleNames(value)),
      ...as('street', forms.possibleStreets(value)),
    ]
  })
}
