/** Obfuscation in flight (R13, R36): volunteers' rows pass through the mask on their way; all text that arrived is scanned for what set out. */
import { LeakScanner } from '../../migration/leaks.js'
import { MigrationRefused } from '../../migration/refusal.js'
import {
  type CopyPlan,
  columnsOf,
  isPersonal,
  isText,
  listIn,
  Mask,
  type MaskPolicy,
  type PlannedTable,
  type Product,
  TooFewPeople,
} from '../../product/index.js'
import { DriverRefused } from '../driver.js'
import { type Client, ident, relation } from './connection.js'
import { reorder } from './integrity.js'
import { type Row, readRows, writeRows } from './rows.js'

interface Passage {
  mask(row: Row): Row
  learn(row: Row): void
  generalisation: ReturnType<Mask['generalisation']>
}

/** The mask of one copy. Its key is made with it and dies with it. */
export class Masking {
  private readonly passages = new Map<string, Passage>()
  private readonly scanner: LeakScanner

  /** Throws before the first row when a column of a volunteer table is not classified. */
  constructor(
    private readonly product: Product,
    private readonly plan: CopyPlan,
    policy: MaskPolicy,
  ) {
    const { version, tables } = plan
    const mask = new Mask(product, version, policy)
    this.scanner = new LeakScanner(product, version)
    for (const { table, columns } of tables) {
      if (!isPersonal(product.definition, table) && !listIn(product.definition, table)) continue
      this.passages.set(table, {
        mask: mask.rows(table, columns),
        learn: refusing(this.scanner.learner(table, columns)),
        generalisation: mask.generalisation(table, columns),
      })
    }
  }

  /** True when rows of the table may only go through `copyTable`. */
  concerns(table: string): boolean {
    return this.passages.has(table)
  }

  /** Copies a table's rows through the mask and returns how many were read and written. Refuses people who are too few for `k-anonymous`. */
  async copyTable(
    from: Client,
    into: Client,
    { table, columns }: PlannedTable,
    selection: string,
    signal: AbortSignal,
  ): Promise<{ read: number; written: number }> {
    const passage = this.passages.get(table)
    if (!passage) throw new Error(`there is no mask for ${table}`)
    const source = this.#selection(table, columns, selection)
    const { generalisation } = passage
    if (generalisation) {
      for await (const row of readRows(from, source.text, signal)) generalisation.learn(passage.mask(row))
      settle(generalisation)
    }
    let read = 0
    async function* rows({ mask, learn }: Passage): AsyncGenerator<Row> {
      for await (const row of readRows(from, source.text, signal)) {
        read += 1
        if (source.library && row.at(-1) === 't') {
          yield row.slice(0, -1)
          continue
        }
        const own = source.library ? row.slice(0, -1) : row
        learn(own)
        yield generalisation?.apply(mask(own)) ?? mask(own)
      }
    }
    const written = await writeRows(into, { table, columns, rows: rows(passage) }, signal)
    return { read, written }
  }

  /** The master library stands among the studies and is configuration (R12): one more column says which rows are its own. */
  #selection(table: string, columns: readonly string[], selection: string): { text: string; library: boolean } {
    const { masterLibrary } = this.product.definition
    if (table !== masterLibrary.table || isPersonal(this.product.definition, table)) return { text: selection, library: false }
    const inner = selection.startsWith('(') ? selection : `(select ${columns.map(ident).join(', ')} from ${relation(table)})`
    return { text: `(select *, (${masterLibrary.where}) is true from ${inner} ${ident(table)})`, library: true }
  }

  /** Puts people's rows into the order of their new ids: the order in which they came would tell whose they are. */
  async reorder(target: Client): Promise<void> {
    await reorder(
      target,
      [...this.passages.keys()].filter((table) => isPersonal(this.product.definition, table)),
    )
  }

  /** Looks in all text of the target, of whatever table, for identifiers of the source; any hit refuses the copy. */
  async refuseLeaks(target: Client, tables: readonly PlannedTable[]): Promise<void> {
    const hits = new Set<string>()
    for (const { table } of tables) {
      const columns = columnsOf(this.product, this.plan.version, table).flatMap(([name, column]) => (isText(column) ? [name] : []))
      if (columns.length === 0) continue
      const rows = readRows(target, `${relation(table)} (${columns.map(ident).join(', ')})`)
      for (const hit of await this.scanner.scan({ table, columns, rows })) hits.add(`${hit.table}.${hit.column}`)
    }
    if (hits.size > 0)
      throw new DriverRefused(
        'identity-leaked',
        'R36',
        `Identifiers of the source were found in ${[...hits].join(', ')}; the copy is undone.`,
      )
  }
}

/** The scanner's no, as a driver's. */
function refusing(learn: Passage['learn']): Passage['learn'] {
  return (row) => {
    try {
      learn(row)
    } catch (error) {
      throw error instanceof MigrationRefused ? new DriverRefused('too-many-identifiers', 'R36', error.message) : error
    }
  }
}

function settle(generalisation: NonNullable<Passage['generalisation']>): void {
  try {
    generalisation.settle()
  } catch (error) {
    throw error instanceof TooFewPeople ? new DriverRefused('too-few-people', 'R13', error.message) : error
  }
}
