/** The migration-owned lists of the configuration, as an instance's inventory would see them, from the rows that the program sends (R37). */
import {
  type CanonicalTable,
  canonicalQueries,
  canonicalRow,
  compareKeys,
  configurationElements,
  ElementDigest,
  elementOf,
  type Product,
} from '../product/index.js'

/** Per element rows and canonical checksum: what `Inventory.elements` of the loaded instance must say. */
export type Lists = Record<string, { rows: number; sha256: string }>

type Value = string | null
type Row = readonly Value[]

interface Sent {
  columns: readonly string[]
  rows: Row[]
}

/**
 * Keeps the rows of lists until all are there: the canonical order is not the one in which they come. A list of which a table is not
 * loaded by the program, or that the definition cuts out of a table by SQL, is not known here, and is left out.
 */
export class ListDigests {
  readonly #sent = new Map<string, Sent>()
  readonly #lists: string[]

  /** `loaded`: the tables that the program loads. */
  constructor(
    private readonly product: Product,
    private readonly version: string,
    loaded: readonly string[],
  ) {
    this.#lists = configurationElements(product)
      .filter(({ id, owner, tables }) => {
        const present = canonicalQueries(product, version, id).map(({ shape }) => shape.table)
        return owner === 'migration' && present.every((table) => loaded.includes(table) && tables[table] === null)
      })
      .map(({ id }) => id)
  }

  /** Returns what takes a table's rows as they are sent; what belongs to no list is let go. */
  collector(table: string, columns: readonly string[]): (row: Row) => void {
    if (!this.#lists.some((id) => Object.hasOwn(elementOf(this.product, id).tables, table))) return () => undefined
    const sent: Sent = { columns, rows: [] }
    this.#sent.set(table, sent)
    return (row) => sent.rows.push(row)
  }

  /** The checksums, once every row was sent. */
  digests(): Lists {
    return Object.fromEntries(
      this.#lists.flatMap((id) => {
        const digest = new ElementDigest(id)
        for (const { shape } of canonicalQueries(this.product, this.version, id)) {
          const rows = this.#canonical(shape)
          if (!rows) return []
          for (const row of rows) digest.add(shape, row)
        }
        const { rows, sha256 } = digest.finish()
        return [[id, { rows, sha256 }]]
      }),
    )
  }

  /** A table's rows in canonical order, pointers followed; undefined where one leads out of what was sent. */
  #canonical(shape: CanonicalTable): Row[] | undefined {
    const { columns, rows } = this.#sent.get(shape.table) ?? { columns: [], rows: [] }
    const ways = [...shape.key, ...shape.values].map(({ steps }) => this.#way(shape.table, columns, steps))
    if (ways.includes(undefined)) return undefined
    const canonical = rows.map((row) => ways.map((way) => way?.(row) ?? null))
    const keyed = canonical.map((row) => ({ row, key: canonicalRow(shape, row).key }))
    return keyed.sort((a, b) => compareKeys(a.key, b.key)).map(({ row }) => row)
  }

  /** How a row's value is reached: its own column, or by its pointer the column of another list's row. */
  #way(table: string, columns: readonly string[], [step = '', ...rest]: readonly string[]): ((row: Row) => Value) | undefined {
    const at = columns.indexOf(step)
    if (rest.length === 0) return (row) => row[at] ?? null
    const { tables } = this.product.definition
    const target = tables[table]?.columns[step]?.references ?? ''
    const sent = this.#sent.get(target)
    const onward = sent && this.#way(target, sent.columns, rest)
    if (!onward) return undefined
    const id = sent.columns.indexOf(tables[target]?.id ?? '')
    const byId = new Map(sent.rows.map((row) => [row[id] ?? '', row]))
    return (row) => {
      const found = byId.get(row[at] ?? '')
      return found ? onward(found) : null
    }
  }
}
