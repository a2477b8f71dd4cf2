/** The mask of a VAL (R13, R36): how far it goes, the search for what it should have held back, and what is said about it afterwards. */
import { type IqData, type MaskEvidence, measuredBy, type TestTextEvidence } from '../src/documents/index.js'
import type { InstanceAddress } from '../src/drivers/driver.js'
import { defaultMask, type MaskLevel } from '../src/lifecycle/policy.js'
import type { Plan } from '../src/lifecycle/types.js'
import { type ApartRun, KnownHashes } from '../src/migration/index.js'
import { columnsOf, content, isText, type MaskPolicy, promisesOf, resets, tablesOf } from '../src/product/index.js'
import { builtOf, instanceIn, must, type StepContext, type StepDefinition, StepRefused } from './job.js'

/** How far volunteers are obfuscated, as the approved plan says; null where they are not: PROD, and where nothing is migrated. A plan from before R13's policy means the default. */
export function maskPolicyOf(data: Plan['data']): MaskPolicy | null {
  if (data['purpose'] === 'prod' || data['migration'] !== true) return null
  const { mask = defaultMask.mask, maskK = defaultMask.maskK } = data
  return { level: mask as MaskLevel, k: Number(maskK) }
}

interface Text {
  table: string
  columns: readonly string[]
}

/** All text of an instance, by table; of the people's table every column, for they are also counted. */
function textOf({ product }: StepContext, version: string, people: boolean): Text[] {
  return tablesOf(product, version).flatMap((table) => {
    const all = columnsOf(product, version, table)
    const taken = people && table === product.definition.people.table ? all : all.filter(([, column]) => isText(column))
    return taken.length === 0 ? [] : [{ table, columns: taken.map(([name]) => name) }]
  })
}

/**
 * Searches all text of Main for the identifiers of the run's source, while they are known, and measures what risk is left. Refuses a hit,
 * naming table and column, never the value.
 */
export async function searchedForIdentities(context: StepContext, run: ApartRun, policy: MaskPolicy): Promise<MaskEvidence> {
  const instance = instanceIn(context)
  const at = must(await context.standing(instance), 'the database')
  const text = textOf(context, instance.version, true)
  const found = new Set<string>()
  let texts = 0
  for (const { table, columns } of text) {
    const rows = counted(context.driver.read(at, { table, columns }), (row) => {
      texts += row.filter((value) => value !== null).length
    })
    for (const hit of await run.leakScan({ table, columns, rows })) found.add(`${hit.table}.${hit.column}`)
  }
  if (found.size > 0)
    throw new StepRefused(
      'R36',
      'identity-leaked',
      `Identifiers of the source were found in ${[...found].join(', ')}; the load is undone. Look there at what the files, or the configuration, hold, and have it mended where it comes from.`,
    )
  const searchedAt = context.moment()
  const { replaced, risk, identifiers } = await run.maskMeasures()
  const measuredAt = context.moment()
  const columns = text.reduce((sum, each) => sum + each.columns.length, 0)
  return {
    policy: measuredBy('policy', context.now)({ ...policy, ...promisesOf(policy.level, policy.k) }),
    replaced: measuredBy('program', measuredAt)(replaced),
    scanned: measuredBy('inventory', searchedAt)({ tables: text.length, columns, texts, identifiers }),
    risk: measuredBy('inventory', measuredAt)(risk),
  }
}

/**
 * Test is made when the source's identifiers are forgotten. So each of its texts must stand in the same column of Main, which was searched
 * while they were known, or in what the product ships. Refuses any other text; takes salted hashes of Main's texts, in memory.
 */
export function searchTest(mainOf: (context: StepContext) => Parameters<StepContext['standing']>[0]): StepDefinition {
  return {
    name: 'search-text',
    title: 'Search the text of Test',
    for: 'test',
    when: (data) => maskPolicyOf(data) !== null,
    async do(context) {
      const instance = instanceIn(context)
      const main = must(await context.standing(mainOf(context)), 'the database of Main')
      const test = must(await context.standing(instance), 'the database of Test')
      const text = textOf(context, instance.version, false)
      const known = await knownTexts(context, main, text)
      const strangers = new Set<string>()
      let texts = 0
      for (const { table, columns } of text) {
        for await (const row of context.driver.read(test, { table, columns })) {
          for (const [at, value] of row.entries()) {
            if (value === null) continue
            texts++
            if (known.count(placed(table, columns[at], value)) === 0) strangers.add(`${table}.${columns[at]}`)
          }
        }
      }
      if (strangers.size > 0)
        throw new StepRefused(
          'R36',
          'identity-leaked',
          `Test holds text in ${[...strangers].join(', ')} that comes neither from Main, which was searched, nor from the product; the operation is undone.`,
        )
      const columns = text.reduce((sum, each) => sum + each.columns.length, 0)
      const evidence: TestTextEvidence = measuredBy(
        'inventory',
        context.moment(),
      )({ tables: text.length, columns, texts, known: known.size })
      return { result: { text: evidence } }
    },
  }
}

/** What the making of an instance told about its mask, for its IQ; nothing where nothing was masked. */
export function maskFacts(context: StepContext): Pick<IqData, 'mask' | 'text'> {
  const { resultOf } = builtOf(context)
  const [mask, text] = [resultOf('load-migration')['mask'], resultOf('search-text')['text']]
  return { ...(mask ? { mask: mask as MaskEvidence } : {}), ...(text ? { text: text as TestTextEvidence } : {}) }
}

async function knownTexts(context: StepContext, main: InstanceAddress, text: readonly Text[]): Promise<KnownHashes> {
  const known = new KnownHashes()
  const { product } = context
  const { version } = instanceIn(context)
  for (const { table, columns } of text) {
    for await (const row of context.driver.read(main, { table, columns }))
      for (const [at, value] of row.entries()) if (value !== null) known.add(placed(table, columns[at], value))
  }
  for (const { table, columns, rows } of content(product, version, ['base', 'dummy'])) {
    for await (const row of rows) for (const [at, value] of row.entries()) if (value !== null) known.add(placed(table, columns[at], value))
  }
  for (const { table, column, value } of resets(product, version)) if (value !== null) known.add(placed(table, column, value))
  return known
}

function placed(table: string, column: string | undefined, value: string): string {
  return `${table}.${column} ${value}`
}

async function* counted<T>(rows: AsyncIterable<T>, count: (row: T) => void): AsyncGenerator<T> {
  for await (const row of rows) {
    count(row)
    yield row
  }
}
