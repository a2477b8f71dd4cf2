/** The consistent copy of an instance in use: one exported snapshot, several connections, binary COPY. */
import { arrivedCounts, type CopyPlan, type ElementCount, type PlannedTable } from '../../product/index.js'
import { DriverRefused, type InstanceAddress, type Progress } from '../driver.js'
import { type Client, inside, literal, relation, transaction } from './connection.js'
import { advanceSequences, verifyReferences, withoutTriggers } from './integrity.js'
import { largestFirst, Work } from './lanes.js'
import { refuseDifferentCounts } from './loss.js'
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

/**
 * Counts per line of the plan, on the client's snapshot. Refuses, before anything is carried, volunteers who may not travel: whatever is
 * on record about the source, what counts is who is in there now (R16).
 */
export async function countElements(client: Client, plan: CopyPlan): Promise<ElementCount[]> {
  await refuseReal(client, plan)
  return countLines(client, plan)
}

/** Counts per line of the plan, in the source or in what was copied from it. */
async function countLines(client: Client, plan: CopyPlan): Promise<ElementCount[]> {
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

/** Refuses a source with volunteers who may not travel by this plan, counted in it now. */
export async function refuseReal(client: Client, { dummiesOnly }: CopyPlan): Promise<void> {
  if (!dummiesOnly) return
  const { table, dummy } = dummiesOnly
  const { rows } = await client.query<{ all: string; real: string }>(
    `select count(*) as all, count(*) filter (where (${dummy}) is not true) as real from ${relation(table)}`,
  )
  const [all, real] = [Number(rows[0]?.all), Number(rows[0]?.real)]
  if (real > 0)
    throw new DriverRefused(
      'real-volunteers',
      'R16',
      `${real} of the ${all} volunteers of the source are not recognisably dummies, and only dummies may be copied. Find out who they are and remove them there; nothing was copied.`,
    )
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

/** What arrived, counted in the target; `before` are the counts of the source. Refuses a difference between what was read and what is there. */
export async function countArrived(target: Client, plan: CopyPlan, before: readonly ElementCount[]): Promise<ElementCount[]> {
  const arrived = arrivedCounts(before, await countLines(target, plan))
  refuseDifferentCounts(before, arrived)
  return arrived
}

/** Streams what the plan carries and counts what arrived. The target's tables are emptied first, so an earlier attempt leaves nothing. */
export function streamCopy({ source, target, plan, expected, masking, progress }: CopyRun): Promise<ElementCount[]> {
  return onSnapshot(source, plan, expected, async (first) => {
    const { rows } = await first.query<{ id: string }>(`select pg_export_snapshot() as id`)
    const snapshot = `set transaction snapshot ${literal(rows[0]?.id ?? '')}`
    const before = await countElements(first, plan)
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
    return inside(target, (client) => countArrived(client, plan, before))
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
