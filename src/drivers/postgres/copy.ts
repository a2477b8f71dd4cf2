/** The consistent copy of an instance in use: one exported snapshot, several connections, binary COPY. */
import { pipeline } from 'node:stream/promises'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { CopyPlan, ElementCount, PlannedTable } from '../../product/index.js'
import type { InstanceAddress, Progress } from '../driver.js'
import { type Client, ident, inside, literal, transaction } from './connection.js'
import { advanceSequences, verifyReferences, withoutTriggers } from './integrity.js'
import type { Masking } from './masked.js'
import { overrideExpressions } from './overrides.js'
import { refuseDifference } from './schema.js'

const connections = 2
const readSnapshot = 'begin isolation level repeatable read read only'

/** Runs `use` on a snapshot of the source, whose schema is the version's and stays so meanwhile. */
export function onSnapshot<T>(
  source: InstanceAddress,
  plan: CopyPlan,
  expected: readonly string[],
  use: (client: Client) => Promise<T>,
): Promise<T> {
  return inside(source, (client) =>
    transaction(
      client,
      async () => {
        await refuseDifference(client, source.database, plan.version, expected)
        return use(client)
      },
      readSnapshot,
    ),
  )
}

/** Counts per line of the plan, on the client's snapshot. */
export async function countElements(client: Client, plan: CopyPlan): Promise<ElementCount[]> {
  const counts: ElementCount[] = []
  for (const { element, title, disposition, parts } of plan.elements) {
    let rows = 0
    for (const { table, where } of parts) {
      const found = await client.query<{ count: string }>(`select count(*) from ${ident(table)}${where ? ` where ${where}` : ''}`)
      rows += Number(found.rows[0]?.count)
    }
    counts.push({ element, title, disposition, rows })
  }
  return counts
}

/** What a copy needs beside its two ends. */
export interface CopyRun {
  source: InstanceAddress
  target: InstanceAddress
  plan: CopyPlan
  /** The lines of the version's schema, on the source's server. */
  expected: readonly string[]
  /** Present exactly when the plan asks for a mask. */
  masking?: Masking | undefined
  progress: Progress
}

/** Streams what the plan carries. The target's tables are emptied first, so an earlier attempt leaves nothing. */
export function streamCopy({ source, target, plan, expected, masking, progress }: CopyRun): Promise<ElementCount[]> {
  return onSnapshot(source, plan, expected, async (first) => {
    const { rows } = await first.query<{ id: string }>(`select pg_export_snapshot() as id`)
    const counts = await countElements(first, plan)
    await emptyTables(target, plan.tables)
    const queue = await largestFirst(first, plan.tables)
    const copied = tally(queue, progress)
    const lane = (client: Client) =>
      inside(target, (into) => transaction(into, () => copyTables({ from: client, into, masking }, queue, copied)))
    const others = Array.from({ length: connections - 1 }, () =>
      inside(source, (client) =>
        transaction(
          client,
          async () => {
            await client.query(`set transaction snapshot ${literal(rows[0]?.id ?? '')}`)
            return lane(client)
          },
          readSnapshot,
        ),
      ),
    )
    await allOrFirstFault([lane(first), ...others], copied)
    await finish(target, plan.tables, masking)
    return counts
  })
}

interface SizedTable extends PlannedTable {
  bytes: number
}

/** What is done so far, shared by the lanes; `failed` makes the others stop between two tables or in one. */
interface Tally {
  abort: AbortController
  signal: AbortSignal
  done(table: SizedTable): void
}

function tally(queue: readonly SizedTable[], { report, signal }: Progress): Tally {
  const total = queue.reduce((sum, { bytes }) => sum + bytes, 0)
  const abort = new AbortController()
  let bytes = 0
  return {
    abort,
    signal: AbortSignal.any([signal, abort.signal]),
    done(table) {
      bytes += table.bytes
      report(total === 0 ? 0.95 : (0.95 * bytes) / total, `${table.table} copied`)
    },
  }
}

/** Waits for every lane, so that no connection is left behind, and throws the fault that came first. */
async function allOrFirstFault(lanes: Promise<unknown>[], { abort }: Tally): Promise<void> {
  const faults: unknown[] = []
  await Promise.all(
    lanes.map((lane) =>
      lane.catch((error: unknown) => {
        faults.push(error)
        abort.abort(error)
      }),
    ),
  )
  if (faults.length > 0) throw faults[0]
}

/** One of the connections' pairs that share the work. */
interface Lane {
  from: Client
  into: Client
  masking: Masking | undefined
}

async function copyTables(lane: Lane, queue: SizedTable[], tallied: Tally): Promise<void> {
  await withoutTriggers(lane.into)
  for (let table = queue.shift(); table; table = queue.shift()) {
    tallied.signal.throwIfAborted()
    await copyTable(lane, table, tallied.signal)
    tallied.done(table)
  }
}

async function copyTable({ from, into, masking }: Lane, planned: PlannedTable, signal: AbortSignal): Promise<void> {
  const selected = await selection(from, planned)
  if (masking?.concerns(planned.table)) {
    await masking.copyTable(from, into, planned, selected, signal)
    return
  }
  const columns = planned.columns.map(ident).join(', ')
  const reading = from.query(copyTo(`copy ${selected} to stdout (format binary)`))
  const writing = into.query(copyFrom(`copy ${ident(planned.table)} (${columns}) from stdin (format binary)`))
  await pipeline(reading, writing, { signal })
  if (reading.rowCount !== writing.rowCount) {
    throw new Error(`copying ${planned.table}: ${reading.rowCount} rows were read and ${writing.rowCount} written`)
  }
}

/** A table as it is where nothing is filtered or overridden: that reads quicker than a query. */
async function selection(client: Client, planned: PlannedTable): Promise<string> {
  const { table, columns, where, overrides } = planned
  if (!where && overrides.length === 0) return `${ident(table)} (${columns.map(ident).join(', ')})`
  const instead = await overrideExpressions(client, planned)
  const list = columns.map((column) => instead.get(column) ?? ident(column)).join(', ')
  return `(select ${list} from ${ident(table)}${where ? ` where ${where}` : ''})`
}

/** Large tables first, so that the lanes end together. */
async function largestFirst(client: Client, tables: readonly PlannedTable[]): Promise<SizedTable[]> {
  const { rows } = await client.query<{ bytes: string }>(
    `select pg_table_size(name::regclass) as bytes from unnest($1::text[]) with ordinality t (name, n) order by n`,
    [tables.map(({ table }) => ident(table))],
  )
  return tables.map((table, at) => ({ ...table, bytes: Number(rows[at]?.bytes) })).sort((a, b) => b.bytes - a.bytes)
}

async function emptyTables(target: InstanceAddress, tables: readonly PlannedTable[]): Promise<void> {
  if (tables.length === 0) return
  await inside(target, (client) =>
    transaction(client, async () => {
      await withoutTriggers(client)
      await client.query(`truncate ${tables.map(({ table }) => ident(table)).join(', ')} cascade`)
    }),
  )
}

/** The lanes are committed; foreign keys across them can be checked now. */
async function finish(target: InstanceAddress, planned: readonly PlannedTable[], masking?: Masking): Promise<void> {
  const tables = planned.map(({ table }) => table)
  await inside(target, async (client) => {
    await advanceSequences(client, tables)
    await verifyReferences(client, tables)
    await masking?.refuseLeaks(client, planned)
  })
}
