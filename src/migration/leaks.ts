/** The leak scan (R36): salted hashes of the source's identifiers, held in memory only, are looked for in what a masked load left behind. */
import { createHash, randomBytes } from 'node:crypto'
import { type Column, columnsOf, type LoadTable, type Product } from '../product/index.js'
import { comparable } from './keys.js'

type LeakKind = 'e-mail' | 'phone' | 'identifier' | 'name' | 'name-and-birth-date'

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

interface Reader {
  /** Identifiers that a row holds openly, by what its columns are for. */
  declared(row: Row): Found[]
  /** Everything in a row that could be an identifier. */
  suspected(row: Row): Found[]
}

interface Found {
  kind: LeakKind
  column: string
  text: string
}

/** Remembers the identifiers of the rows it is shown and finds them again, whatever column they turn up in. */
export class LeakScanner {
  readonly #salt = randomBytes(16)
  readonly #known = new Set<string>()

  constructor(
    private readonly product: Product,
    private readonly version: string,
  ) {}

  /** Returns the function that remembers the identifiers of a table's unmasked rows. */
  learner(table: string, columns: readonly string[]): (row: Row) => void {
    const reader = this.#reader(table, columns)
    return (row) => {
      for (const found of reader.declared(row)) this.#known.add(this.#hash(found))
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
    const reader = this.#reader(table, columns)
    const hits = new Map<string, LeakHit>()
    return {
      look: (row) => {
        const named = reader.declared(row).filter(({ kind }) => kind !== 'name')
        const found = [...named, ...reader.suspected(row)].filter((each) => this.#known.has(this.#hash(each)))
        for (const place of new Set(found.map(({ kind, column }) => `${kind} ${column}`))) {
          const [kind = '', column = ''] = place.split(' ')
          const hit = hits.get(place) ?? { table, column, kind: kind as LeakKind, rows: 0 }
          hits.set(place, { ...hit, rows: hit.rows + 1 })
        }
      },
      hits: () => [...hits.values()],
    }
  }

  #hash({ kind, text }: Found): string {
    return createHash('sha256').update(this.#salt).update(`${kind} ${text}`).digest('base64').slice(0, 20)
  }

  #reader(table: string, columns: readonly string[]): Reader {
    const known = this.product.definition.tables[table] ? new Map(columnsOf(this.product, this.version, table)) : new Map<string, Column>()
    const described = columns.map((name, at) => ({ name, at, column: known.get(name) }))
    return { declared: (row) => declared(row, described), suspected: (row) => suspected(row, described) }
  }
}

interface Described {
  name: string
  at: number
  column: Column | undefined
}

function declared(row: Row, columns: readonly Described[]): Found[] {
  const single = columns.flatMap(({ name, at, column }) => {
    const value = row[at]
    const kind = column && kindOf(column)
    return value && kind ? tokensOf(kind, value).map((text): Found => ({ kind, column: name, text })) : []
  })
  return [...single, ...named(row, columns)]
}

function kindOf({ mask, class: personal }: Column): LeakKind | undefined {
  if (mask === 'fake-email') return 'e-mail'
  if (mask === 'fake-phone') return 'phone'
  return personal === 'identifying' && (mask === 'blank' || mask === 'empty') ? 'identifier' : undefined
}

/** A person's name, alone and with the first date that masking shifts: in a table with names that is the date of birth. */
function named(row: Row, columns: readonly Described[]): Found[] {
  const holder = (mask: Column['mask']) => columns.find(({ column }) => column?.mask === mask)
  const [first, last, birth] = [holder('fake-first-name'), holder('fake-last-name'), holder('shift-date')]
  const names = [first, last].map((place) => letters(place ? (row[place.at] ?? '') : ''))
  if (!last || names.includes('')) return []
  const text = names.join(' ')
  const day = birth && row[birth.at]?.slice(0, 10)
  const alone: Found = { kind: 'name', column: last.name, text }
  return day ? [{ kind: 'name-and-birth-date', column: last.name, text: `${text} ${day}` }, alone] : [alone]
}

/** Masked names are drawn from a list and may meet a real one: a name alone counts in free text only. */
function suspected(row: Row, columns: readonly Described[]): Found[] {
  return columns.flatMap(({ name, at, column }) => {
    const value = row[at]
    if (!value || (column && column.type !== 'text' && column.type !== 'json')) return []
    const kinds = ['e-mail', 'phone', 'identifier'] as const
    const found = kinds.flatMap((kind) => tokensOf(kind, value).map((text): Found => ({ kind, column: name, text })))
    if (column?.class === 'free-text') found.push(...pairs(value).map((text): Found => ({ kind: 'name', column: name, text })))
    return found
  })
}

function tokensOf(kind: LeakKind, value: string): string[] {
  switch (kind) {
    case 'e-mail':
      return value.toLowerCase().match(/[^\s<>,;:"'()]+@[^\s<>,;:"'()]+/g) ?? []
    case 'phone':
      return (value.match(/\d[\d\s().\-/]{5,}\d/g) ?? [])
        .map((run) => run.replace(/\D/g, '').replace(/^0+/, ''))
        .filter((digits) => digits.length >= 8)
    case 'identifier':
      return [value, ...value.split(/[\s,;:()<>"']+/)].map((part) => part.toLowerCase().replace(/[^\p{L}\d]/gu, '')).filter(tellsApart)
    default:
      return []
  }
}

/** Short words and plain words are no identifiers: they turn up anywhere. */
function tellsApart(token: string): boolean {
  return token.length >= 6 && token.length <= 40 && /\d/.test(token)
}

function pairs(text: string): string[] {
  const words = text
    .split(/[^\p{L}\p{M}'’-]+/u)
    .map(letters)
    .filter(Boolean)
  return words.slice(1).flatMap((word, at) => [`${words[at]} ${word}`, `${word} ${words[at]}`])
}

function letters(text: string): string {
  return comparable(text).replace(/[^\p{L}]/gu, '')
}
