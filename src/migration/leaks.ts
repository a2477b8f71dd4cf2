/** The leak scan (R36): salted hashes of the source's identifiers, held in memory only, are looked for in all text that a masked load left behind. */
import { type Column, columnsOf, isPersonal, isText, type LoadTable, listIn, type Product } from '../product/index.js'
import { KnownHashes, TooManyTexts } from './known-hashes.js'
import * as forms from './leak-forms.js'
import { exceptions, type LeakStatement, notSearched, searched } from './leak-statement.js'
import { MigrationRefused } from './refusal.js'

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

/** An identifier of the source in all its forms; the first one tells it from others. */
interface Identifier {
  kind: LeakKind | 'word'
  forms: string[]
}

/** Something in the target that may be one. */
interface Suspect {
  kind: LeakKind
  column: string
  form: string
  /** Why it does not count even if it is known. */
  exception?: 'staff' | 'code' | undefined
}

interface Described {
  name: string
  at: number
  column: Column | undefined
}

/**
 * Remembers the identifiers of the rows it is shown and finds them again, whatever table and column they turn up in, in the forms that
 * `forms()` names. What it was not shown it does not know.
 */
export class LeakScanner {
  readonly #known = new KnownHashes()
  readonly #suppressed = { staff: 0, code: 0, shared: 0 }
  #learnt = 0
  #words = 0

  constructor(
    private readonly product: Product,
    private readonly version: string,
  ) {}

  /** How many different identifiers are known, words of free text left out; other spellings of one do not count. */
  get learnt(): number {
    return this.#learnt
  }

  /** What is looked for, what is not, and what was found so far but does not count. */
  forms(): LeakStatement {
    const rules = Object.entries(this.#suppressed) as [keyof typeof exceptions, number][]
    const suppressed = rules.filter(([, hits]) => hits > 0).map(([rule, hits]) => ({ rule: exceptions[rule], hits }))
    return { searched, notSearched, suppressed, words: this.#words }
  }

  /** Returns the function that remembers the identifiers of a table's unmasked rows. Throws `MigrationRefused` where there are too many to be remembered. */
  learner(table: string, columns: readonly string[]): (row: Row) => void {
    const described = this.#describe(table, columns)
    return (row) => {
      const told = declared(row, described).map((each) => [`${each.kind} ${each.forms[0]}`, each] as const)
      for (const each of new Map(told).values()) this.#learn(each)
    }
  }

  #learn({ kind, forms: [first, ...others] }: Identifier): void {
    try {
      const isNew = this.#known.add(`${kind} ${first}`)
      if (isNew && kind === 'word') this.#words++
      else if (isNew) this.#learnt++
      for (const form of others) this.#known.add(`${kind} ${form}`)
    } catch (error) {
      throw error instanceof TooManyTexts ? tooMany(error.most) : error
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
    const isList = listIn(definition, table) !== undefined
    const isStaff = definition.elements.some((element) => element.class === 'users' && table in element.tables)
    const place: Place = { isStaff, isList, configured: !isPersonal(definition, table) && !isList }
    const hits = new Map<string, LeakHit>()
    return {
      look: (row) => {
        const found = new Set<string>()
        const excepted = new Set<string>()
        for (const suspect of suspected(row, described, place)) {
          const verdict = this.#judge(suspect)
          if (verdict === 'hit') found.add(`${suspect.kind} ${suspect.column}`)
          else if (verdict) excepted.add(`${verdict} ${suspect.column}`)
        }
        for (const each of excepted) this.#suppressed[each.split(' ')[0] as keyof typeof exceptions]++
        for (const each of found) {
          const [kind = '', column = ''] = each.split(' ')
          const hit = hits.get(each) ?? { table, column, kind: kind as LeakKind, rows: 0 }
          hits.set(each, { ...hit, rows: hit.rows + 1 })
        }
      },
      hits: () => [...hits.values()],
    }
  }

  #judge({ kind, form, exception }: Suspect): 'hit' | keyof typeof exceptions | undefined {
    if (this.#known.count(`${kind} ${form}`) > 0) return exception ?? 'hit'
    const people = kind === 'identifier' ? this.#known.count(`word ${form}`) : 0
    if (people >= shared) return 'shared'
    return people > 0 ? (exception ?? 'hit') : undefined
  }

  #describe(table: string, columns: readonly string[]): Described[] {
    const known = this.product.definition.tables[table] ? new Map(columnsOf(this.product, this.version, table)) : new Map<string, Column>()
    return columns.map((name, at) => ({ name, at, column: known.get(name) }))
  }
}

/** Dictionaries have codes of up to eight digits, and some volunteer's number is one of them: alone in a cell of the configuration that says nothing. */
const code = /^\s*\d{1,8}\s*$/

/** Identifiers that a row holds openly, by what its columns are for. */
function declared(row: Row, columns: readonly Described[]): Identifier[] {
  const single = columns.flatMap(({ at, column }) => {
    const value = row[at]
    return value && column ? openly(column, forms.folded(value)) : []
  })
  return [...single, ...named(row, columns)].filter((each) => each.forms.length > 0)
}

function openly(column: Column, text: string): Identifier[] {
  const one = (kind: LeakKind, all: string[]): Identifier[] => [{ kind, forms: all }]
  const each = (kind: Identifier['kind'], all: string[]): Identifier[] => all.map((form) => ({ kind, forms: [form] }))
  const phones = () => forms.phones(text).flatMap((all) => one('phone', all))
  switch (column.mask) {
    case 'fake-email':
      return each('e-mail', forms.emails(text))
    case 'fake-phone':
      return phones()
    case 'fake-street':
      return one('street', forms.street(text))
    case 'fake-name':
    case 'fake-other-name':
      return one('name', forms.wholeName(text))
    default:
  }
  if (column.class === 'free-text') return [...each('e-mail', forms.emails(text)), ...phones(), ...each('word', forms.numbers(text))]
  const removed = column.mask === 'blank' || column.mask === 'empty' || column.mask === 'keyed-hash'
  if (column.class !== 'identifying' || !removed) return []
  return [
    ...each('identifier', forms.numbers(text)),
    ...each(
      'identifier',
      forms.shortNumbers(text).filter((short) => short === text),
    ),
  ]
}

/** A person's name, whichever part comes first, with the names between and without, and the surname for whoever has a title. */
function named(row: Row, columns: readonly Described[]): Identifier[] {
  const [first, last] = (['fake-first-name', 'fake-last-name'] as const).map((mask) => columns.find(({ column }) => column?.mask === mask))
  if (!first || !last) return []
  const between = columns
    .filter(({ column, at }) => at > first.at && at < last.at && column?.class === 'identifying')
    .map(({ at }) => row[at])
  const whole = [...forms.names(row[first.at], row[last.at]), ...forms.names(row[first.at], ...between, row[last.at])]
  return [{ kind: 'name', forms: [...new Set([...whole, ...forms.titled(row[last.at])])] }]
}

interface Place {
  isStaff: boolean
  isList: boolean
  configured: boolean
}

/** Everything in a row that could be an identifier. */
function suspected(row: Row, columns: readonly Described[], place: Place): Suspect[] {
  const single = columns.flatMap(({ name, at, column }) => {
    const value = row[at]
    if (!value || (column && !isText(column))) return []
    const text = forms.folded(value)
    const isCode = place.configured && code.test(value)
    const as = (kind: LeakKind, all: string[], exception?: Suspect['exception']) =>
      all.map((form): Suspect => ({ kind, column: name, form, exception: isCode ? 'code' : exception }))
    const coded = place.configured || place.isList || column?.codes !== undefined
    return [
      ...as('e-mail', forms.possibleEmails(text)),
      ...as('phone', forms.possiblePhones(text)),
      ...as('identifier', forms.numbers(text)),
      ...forms.shortNumbers(text).flatMap((short) => as('identifier', [short], coded && short === text ? 'code' : undefined)),
      ...as('name', forms.possibleNames(text), place.isStaff ? 'staff' : undefined),
      ...as('street', forms.possibleStreets(text)),
    ]
  })
  return [...single, ...across(row, columns, place)]
}

/** Names that stand in two columns of a row. */
function across(row: Row, columns: readonly Described[], { isStaff }: Place): Suspect[] {
  const last = columns.find(({ column }) => column?.mask === 'fake-last-name')
  const all = last ? named(row, columns).flatMap((each) => each.forms) : []
  return all
    .filter((form) => !form.startsWith('titled '))
    .map((form) => ({ kind: 'name', column: last?.name ?? '', form, exception: isStaff ? 'staff' : undefined }))
}

function tooMany(most: number): MigrationRefused {
  const text = `The identifiers of the source have more than ${most.toLocaleString('en')} spellings: what arrived could not be searched for all of them, and unsearched it does not arrive.`
  return new MigrationRefused({ code: 'limit-memory', rule: 'R36', text, who: 'an engineer of the vendor' })
}
