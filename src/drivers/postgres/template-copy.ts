/** The quick way to a full copy: where nobody uses the source, the server copies the database as a whole. */
import type { CopyPlan, ElementCount } from '../../product/index.js'
import { type Client, holdingBoth, inside, isPostgresError, relation } from './connection.js'
import { type CopyRun, countArrived, countElements, refuseReal } from './copy.js'
import { ensureFrozenCode } from './freeze.js'
import { makeFrom, readPresence } from './instances.js'
import { withoutTriggers } from './integrity.js'
import { ownerOf } from './names.js'
import { setOverrides } from './overrides.js'
import { refuseDifference } from './schema.js'

const inUse = '55006'

/** The counts, or undefined where the copy has to be streamed: another server, a filter, a mask, or somebody connected to the source. */
export async function templateCopy(run: CopyRun, everyTable: readonly string[]): Promise<ElementCount[] | undefined> {
  const { source, target, plan, expected, progress } = run
  if (!carriesEverything(plan, everyTable) || source.server !== target.server) return undefined
  return holdingBoth(source, target, async (admin) => {
    if (await isUsed(admin, source.database)) return undefined
    await inside(source, async (client) => {
      await refuseDifference(client, source.database, plan.version, expected)
      // Again in the copy, where they are counted; but one that must not be made is better never made.
      await refuseReal(client, plan)
    })
    progress.signal.throwIfAborted()
    const frozen = (await readPresence(admin, source.database)) === 'frozen'
    let counts: ElementCount[] = []
    try {
      const clean = await makeFrom(admin, target, {
        template: source.database,
        owners: [ownerOf(source.database), ...(frozen ? [await ensureFrozenCode(admin)] : [])],
        application: source.role,
        async prepare() {
          await inside(target, async (client) => {
            const before = await countElements(client, plan)
            await override(client, run)
            counts = await countArrived(client, plan, before)
          })
        },
      })
      if (!clean) return undefined
    } catch (error) {
      if (isPostgresError(error) && error.code === inUse) return undefined
      throw error
    }
    progress.report(0.95, 'copied as a whole')
    return counts
  })
}

/** `full` means everything, so it is enough that nothing is dropped: filters then only part a table between its elements. */
function carriesEverything({ mode, mask, tables, elements }: CopyPlan, everyTable: readonly string[]): boolean {
  const planned = new Set(tables.map(({ table }) => table))
  const nothingDropped = elements.every(({ disposition }) => disposition === 'carried' || disposition === 'reset')
  return mode === 'full' && !mask && nothingDropped && everyTable.every((table) => planned.has(table))
}

async function isUsed(admin: Client, database: string): Promise<boolean> {
  const { rowCount } = await admin.query(`select from pg_stat_activity where datname = $1 and backend_type = 'client backend'`, [database])
  return rowCount !== 0
}

/** Sets the overridden values, and rewrites those tables: the values of the source would live on in dead rows. */
async function override(client: Client, { plan }: CopyRun): Promise<void> {
  const touched = plan.tables.filter(({ overrides }) => overrides.length > 0)
  await client.query('begin')
  await withoutTriggers(client)
  for (const table of touched) await setOverrides(client, table)
  await client.query('commit')
  for (const { table } of touched) await client.query(`vacuum full ${relation(table)}`)
}
