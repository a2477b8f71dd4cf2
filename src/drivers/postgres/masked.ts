/** Obfuscation in flight (R13, R36): volunteers' rows pass through the mask on their way; what arrived is scanned for what set out. */
import { randomBytes } from 'node:crypto'
import { LeakScanner } from '../../migration/leaks.js'
import { type CopyPlan, isPersonal, maskRows, type PlannedTable, type Product } from '../../product/index.js'
import { type Client, ident, relation } from './connection.js'
import { type Row, readRows, writeRows } from './rows.js'

interface Passage {
  mask(row: Row): Row
  learn(row: Row): void
}

/** The mask of one copy. Its key is made here and dies with it. */
export class Masking {
  private readonly passages = new Map<string, Passage>()
  private readonly scanner: LeakScanner

  /** Throws before the first row when a column of a volunteer table is not classified. */
  constructor(product: Product, { version, tables }: CopyPlan) {
    const key = randomBytes(32)
    this.scanner = new LeakScanner(product, version)
    for (const { table, columns } of tables) {
      if (!isPersonal(product.definition, table)) continue
      this.passages.set(table, { mask: maskRows(product, table, columns, key), learn: this.scanner.learner(table, columns) })
    }
  }

  /** True when rows of the table may only go through `copyTable`. */
  concerns(table: string): boolean {
    return this.passages.has(table)
  }

  /** Copies a table's rows through the mask and returns how many. */
  async copyTable(from: Client, into: Client, { table, columns }: PlannedTable, selection: string, signal: AbortSignal): Promise<number> {
    const passage = this.passages.get(table)
    if (!passage) throw new Error(`there is no mask for ${table}`)
    async function* rows({ mask, learn }: Passage): AsyncGenerator<Row> {
      for await (const row of readRows(from, selection, signal)) {
        learn(row)
        yield mask(row)
      }
    }
    return writeRows(into, { table, columns, rows: rows(passage) }, signal)
  }

  /** Looks in every masked table of the target for identifiers of the source; any hit fails the copy. */
  async refuseLeaks(target: Client, tables: readonly PlannedTable[]): Promise<void> {
    const hits: string[] = []
    for (const { table, columns } of tables.filter((planned) => this.concerns(planned.table))) {
      const rows = readRows(target, `${relation(table)} (${columns.map(ident).join(', ')})`)
      const found = await this.scanner.scan({ table, columns, rows })
      hits.push(...found.map((hit) => `${hit.table}.${hit.column} (${hit.kind}, ${hit.rows} rows)`))
    }
    if (hits.length > 0) throw new Error(`R36: the leak scan found identifiers of the source in ${hits.join(', ')}`)
  }
}
