/** The work of a copy, shared by its connections: table by table, the large ones first. */
import { pipeline } from 'node:stream/promises'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { PlannedTable } from '../../product/index.js'
import type { Progress } from '../driver.js'
import { type Client, ident, relation } from './connection.js'
import { withoutTriggers } from './integrity.js'
import { refuseLoss } from './loss.js'
import type { Masking } from './masked.js'
import { overrideExpressions } from './overrides.js'

export interface SizedTable extends PlannedTable {
  bytes: number
}

/** A connection to the source and one to the target. */
export interface Lane {
  from: Client
  into: Client
  masking: Masking | undefined
  /** Tables of the target that stand there without indexes and keys. */
  bare: ReadonlySet<string>
}

/** What is still to be copied. Where one lane fails, or the claim is lost, the others stop. */
export class Work {
  private readonly failed = new AbortController()
  private readonly signal: AbortSignal
  private readonly total: number
  private bytes = 0

  constructor(
    private readonly queue: SizedTable[],
    private readonly progress: Progress,
  ) {
    this.signal = AbortSignal.any([progress.signal, this.failed.signal])
    this.total = queue.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Takes tables from the queue until it is empty. */
  async copyTables(lane: Lane): Promise<void> {
    await withoutTriggers(lane.into)
    for (let table = this.queue.shift(); table; table = this.queue.shift()) {
      this.signal.throwIfAborted()
      await copyTable(lane, table, this.signal)
      this.bytes += table.bytes
      this.progress.report(this.total === 0 ? 0.8 : (0.8 * this.bytes) / this.total, `${table.table} copied`)
    }
  }

  /** Waits for every lane, so that no connection is left behind, and throws the fault that came first. */
  async allOrFirstFault(lanes: readonly Promise<unknown>[]): Promise<void> {
    const faults: unknown[] = []
    const settle = (error: unknown) => {
      faults.push(error)
      this.failed.abort(error)
    }
    await Promise.all(lanes.map((lane) => lane.catch(settle)))
    if (faults.length > 0) throw faults[0]
  }
}

async function copyTable({ from, into, masking, bare }: Lane, planned: PlannedTable, signal: AbortSignal): Promise<void> {
  const selected = await selection(from, planned)
  if (masking?.concerns(planned.table)) {
    const { read, written } = await masking.copyTable(from, into, planned, selected, signal)
    refuseLoss(planned.table, read, written)
    return
  }
  // Truncated in this very transaction, rows can be written as frozen: nobody has to visit them again.
  const freeze = bare.has(planned.table)
  if (freeze) await into.query(`truncate ${relation(planned.table)}`)
  const columns = planned.columns.map(ident).join(', ')
  const reading = from.query(copyTo(`copy ${selected} to stdout (format binary)`))
  const writing = into.query(copyFrom(`copy ${relation(planned.table)} (${columns}) from stdin (format binary, freeze ${freeze})`))
  await pipeline(reading, writing, { signal })
  refuseLoss(planned.table, reading.rowCount, writing.rowCount)
}

/** A table as it is where nothing is filtered or overridden: that reads quicker than a query. */
async function selection(client: Client, planned: PlannedTable): Promise<string> {
  const { table, columns, where, overrides } = planned
  if (!where && overrides.length === 0) return `${relation(table)} (${columns.map(ident).join(', ')})`
  const instead = await overrideExpressions(client, planned)
  const list = columns.map((column) => instead.get(column) ?? ident(column)).join(', ')
  return `(select ${list} from ${relation(table)}${where ? ` where ${where}` : ''})`
}

/** Large tables first, so that the lanes end together. */
export async function largestFirst(client: Client, tables: readonly PlannedTable[]): Promise<SizedTable[]> {
  const { rows } = await client.query<{ bytes: string }>(
    `select pg_table_size(name::regclass) as bytes from unnest($1::text[]) with ordinality t (name, n) order by n`,
    [tables.map(({ table }) => relation(table))],
  )
  return tables.map((table, at) => ({ ...table, bytes: Number(rows[at]?.bytes) })).sort((a, b) => b.bytes - a.bytes)
}
