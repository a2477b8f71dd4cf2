/** Obfuscation in flight (R13, R36): rows of volunteers go in as they are and come out as somebody who never was. */
import { createHmac, randomBytes } from 'node:crypto'
import type { MaskLevel } from '../lifecycle/policy.js'
import type { Column, MaskStrategy } from './definition.js'
import * as fakes from './fakes.js'
import { Generalisation } from './generalise.js'
import type { Product } from './load.js'
import { idsOf, type Treatment, treatmentOf } from './mask-levels.js'
import { maskList, spellingOf } from './mask-lists.js'
import { newIds } from './new-ids.js'
import { isPersonal, listIn, tableOf } from './tables.js'

type Value = string | null
type Row = readonly Value[]

/** Thrown before the first row when the definition does not say what a column holds (R36). */
export class UnclassifiedColumn extends Error {
  constructor(
    readonly table: string,
    readonly columns: readonly string[],
  ) {
    super(`R36: ${table} holds volunteers, and the product definition does not classify ${columns.join(', ')}; nothing is copied`)
    this.name = 'UnclassifiedColumn'
  }
}

/** How far volunteers are obfuscated (R13's policy). */
export interface MaskPolicy {
  level: MaskLevel
  /** How many people must share a combination at `k-anonymous`. */
  k: number
}

interface MaskOptions extends MaskPolicy {
  /** The texts that the approved specification has for a column (R36). */
  specified?(table: string, column: string): readonly string[]
}

/**
 * The mask of one load or one copy: within it the same person is the same in every table. Its key is random, is made here, is given to
 * nobody and dies with it, so that nothing that another load made can be joined to it, not even by whoever holds all secrets (R13).
 */
export class Mask {
  readonly #key = randomBytes(32)
  readonly #ids = new Map<string, (id: string) => string>()
  readonly #replaced = new Map<string, number>()

  constructor(
    private readonly product: Product,
    private readonly version: string,
    private readonly options: MaskOptions,
  ) {}

  /**
   * The mask for rows of a table, given the columns in their order. Throws, before any row, on a column of a volunteer table that is not
   * classified or on rows that do not say whose they are (R36). What is neither of a volunteer nor one of the migration's lists comes
   * back unchanged. Kept text of volunteers, and every text of a list, passes by code list only.
   */
  rows(table: string, columns: readonly string[]): (row: Row) => Row {
    const { definition } = this.product
    const entity = listIn(definition, table)
    const { specified = () => [] } = this.options
    if (entity)
      return maskList(this.product, this.version, {
        entity,
        columns,
        specified: (column) => specified(table, column),
        replaced: (column) => this.#count(table, column),
      })
    if (!isPersonal(definition, table)) return (row) => row
    const spec = tableOf(this.product, table)
    const treatments = columns.map((column) => treatmentOf(definition, table, column, this.options.level))
    const unknown = columns.filter((_, at) => treatments[at] === undefined)
    if (unknown.length > 0) throw new UnclassifiedColumn(table, unknown)
    const person = columns.indexOf(spec.person ?? '')
    const masks = columns.map((column, at) => this.#maskOf(table, column, treatments[at] as Treatment))
    if (person < 0 && masks.some(({ needsPerson }) => needsPerson))
      throw new UnclassifiedColumn(table, [`the person (${spec.person ?? 'not declared'})`])
    return (row) => {
      const whose = row[person] ?? null
      const own = digest(this.#key, 'person', whose ?? '')
      return row.map((value, at) => (value === null ? null : (masks[at] as Cell).apply({ value, whose, own, key: this.#key })))
    }
  }

  /** At `k-anonymous`, for the people's table: what makes its masked rows coarser. */
  generalisation(table: string, columns: readonly string[]): Generalisation | undefined {
    if (this.options.level !== 'k-anonymous' || table !== this.product.definition.people.table) return undefined
    const described = columns.map((name) => [name, tableOf(this.product, table).columns[name] as Column] as const)
    return new Generalisation(described, this.options.k)
  }

  /** The texts that no list had, by column: how many did not arrive. */
  replaced(): { table: string; column: string; entries: number }[] {
    return [...this.#replaced].map(([place, entries]) => {
      const [table = '', column = ''] = place.split('.')
      return { table, column, entries }
    })
  }

  #maskOf(table: string, name: string, treatment: Treatment): Cell {
    const { definition } = this.product
    const { type, codes, otherwise = null } = tableOf(this.product, table).columns[name] as Column
    if (treatment === 'shift-date') return { needsPerson: true, apply: (subject) => shifted(subject, type) }
    if (treatment === 'new-id') {
      const renewed = this.#newIds(idsOf(definition, table, name) ?? table)
      return { needsPerson: false, apply: ({ value }) => renewed(value) }
    }
    if (treatment !== 'codes') return { needsPerson: treatment.startsWith('fake-'), apply: strategies[treatment] }
    const spelling = spellingOf(this.product, this.version, codes, this.options.specified?.(table, name))
    const apply = ({ value }: Subject) => {
      const spelt = spelling(value)
      if (spelt === undefined) this.#count(table, name)
      return spelt ?? otherwise
    }
    return { needsPerson: false, apply }
  }

  #newIds(table: string): (id: string) => string {
    const known = this.#ids.get(table) ?? newIds(digest(this.#key, 'ids', table))
    this.#ids.set(table, known)
    return known
  }

  #count(table: string, column: string): void {
    const place = `${table}.${column}`
    this.#replaced.set(place, (this.#replaced.get(place) ?? 0) + 1)
  }
}

interface Subject {
  value: string
  whose: Value
  /** Keyed hash of the person: what all of a person's invented parts are drawn from. */
  own: Buffer
  key: Buffer
}

interface Cell {
  needsPerson: boolean
  apply(subject: Subject): Value
}

const strategies: Record<Exclude<MaskStrategy, 'shift-date'>, (subject: Subject) => Value> = {
  keep: ({ value }) => value,
  blank: () => null,
  empty: () => '',
  'keyed-hash': ({ key, value }) => `M${digest(key, 'value', value).toString('hex', 0, 8).toUpperCase()}`,
  'fake-first-name': ({ own }) => fakes.firstName(own),
  'fake-last-name': ({ own }) => fakes.lastName(own),
  'fake-name': ({ own }) => `${fakes.firstName(own)} ${fakes.lastName(own)}`,
  'fake-other-name': (subject) => `${fakes.firstName(detail(subject))} ${fakes.lastName(detail(subject))}`,
  'fake-email': (subject) => fakes.email(detail(subject)),
  'fake-phone': (subject) => fakes.phone(detail(subject)),
  'fake-street': (subject) => fakes.street(detail(subject)),
  'fake-city': ({ own }) => fakes.city(own),
  'fake-postal-code': ({ own }) => fakes.postalCode(own),
}

/** What is drawn for a value of a person, of which there may be several: two addresses stay two, the same one stays the same. */
function detail({ key, whose, value }: Subject): Buffer {
  return digest(key, 'detail', JSON.stringify([whose, value]))
}

/** Moves a date or timestamp by the person's days, time of day kept; what is no date cannot be moved and is left out. */
function shifted({ value, own }: Subject, type: Column['type']): Value {
  const found = /^(\d{4}-\d\d-\d\d)(.*)$/.exec(value)
  if (!found || (type === 'date' && found[2] !== '')) return null
  const moved = Date.parse(`${found[1]}T00:00:00Z`) + fakes.dayShift(own) * 86_400_000
  return new Date(moved).toISOString().slice(0, 10) + found[2]
}

function digest(key: Buffer, purpose: string, text: string): Buffer {
  return createHmac('sha256', key).update(`${purpose}\u0000${text}`).digest()
}
