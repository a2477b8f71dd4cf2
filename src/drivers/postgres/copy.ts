/** The consistent copy of an instance in use: one exported snapshot, several connections, binary COPY. */
import type { CopyPlan, ElementCount, PlannedTable } from '../../product/index.js'
import type { InstanceAddress, Progress } from '../driver.js'
import { type Client, inside, literal, relation, transaction } from './connection.js'
import { advanceSequences, verifyReferences, withoutTriggers } from './integrity.js'
import { largestFirst, Work } from './lanes.js'
import type { Masking } from './masked.js'
import { refuseDifference } from './schema.js'
import { restore, setAside } from './set-aside.js'

const connections = 2
/** From here on a table's indexes are made after it is filled. */
const largeBytes = 8 * 1024 * 1024
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
    const counted: ElementCount['parts'] = []
    for (const { where, ...part } of parts) {
      const found = await client.query<{ count: string }>(`select count(*) from ${relation(part.table)}${where ? ` where ${where}` : ''}`)
      counted.push({ ...part, rows: Number(found.rows[0]?.count) })
    }
    counts.push({ element, title, disposition, rows: counted.reduce((sum, { rows }) => sum + rows, 0), parts: counted })
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
    const snapshot = `set transaction snapshot ${literal(rows[0]?.id ?? '')}`
    const counts = await countElements(first, plan)
    const queue = await largestFirst(first, plan.tables)
    const large = queue.filter(({ bytes }) => bytes > largeBytes).map(({ table }) => table)
    const aside = await inside(target, async (client) => {
      await emptyTables(client, plan.tables)
      return setAside(client, large)
    })
    const work = new Work(queue, progress)
    const lane = (from: Client) =>
      inside(target, (into) => transaction(into, () => work.copyTables({ from, into, masking, bare: aside.tables })))
    const second = () =>
      inside(source, (client) => transaction(client, () => client.query(snapshot).then(() => lane(client)), readSnapshot))
    await work.allOrFirstFault([lane(first), ...Array.from({ length: connections - 1 }, second)])
    progress.signal.throwIfAborted()
    await restore(target, aside, connections)
    await finish(target, plan.tables, { masking, checked: aside.foreignKeys.map(({ name }) => name) })
    return counts
  })
}

/** A truncated table gets new files, its indexes too; so only those that hold something. */
async function emptyTables(client: Client, tables: readonly PlannedTable[]): Promise<void> {
  if (tables.length === 0) return
  const tests = tables.map(({ table }) => `select ${literal(table)} as name where exists (select from ${relation(table)})`)
  const { rows } = await client.query<{ name: string }>(tests.join(' union all '))
  if (rows.length === 0) return
  await transaction(client, async () => {
    await withoutTriggers(client)
    await client.query(`truncate ${rows.map(({ name }) => relation(name)).join(', ')} cascade`)
  })
}

/** The lanes are committed; foreign keys across them can be checked now, but for those that were just made again. */
async function finish(
  target: InstanceAddress,
  planned: readonly PlannedTable[],
  { masking, checked }: { masking: Masking | undefined; checked: readonly string[] },
): Promise<void> {
  const tables = planned.map(({ table }) => table)
  await inside(target, async (client) => {
    await advanceSequences(client, tables)
    await verifyReferences(client, tables, checked)
    await masking?.refuseLeaks(client, planned)
    await masking?.reorder(client)
  })
}
