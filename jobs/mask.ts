/** The mask of a VAL (R13, R36): how far it goes, the search for what it should have held back, and what is said about it afterwards. */
import { type IqData, type MaskEvidence, measuredBy, type TestTextEvidence } from '../src/documents/index.js'
import type { InstanceAddress } from '../src/drivers/driver.js'
import { defaultMask, type MaskLevel } from '../src/lifecycle/policy.js'
import type { Plan } from '../src/lifecycle/types.js'
import { type ApartRun, KnownHashes, TooManyTexts } from '../src/migration/index.js'
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

/** The columns of the people's table that hold no text: numbers, dates and truth values, as `table.column`. */
function withoutText({ product }: StepContext, version: string): string[] {
  const { table } = product.definition.people
  return columnsOf(product, version, table).flatMap(([name, column]) => (isText(column) ? [] : [`${table}.${name}`]))
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
  const { replaced, risk, identifiers, forms } = await run.maskMeasures()
  const measuredAt = context.moment()
  const columns = text.reduce((sum, each) => sum + each.columns.length, 0)
  return {
    policy: measuredBy('policy', context.now)(policy),
    promises: measuredBy('release', context.now)(promisesOf(policy.level, policy.k)),
    replaced: measuredBy('program', measuredAt)(replaced),
    scanned: measuredBy('read', searchedAt)({ tables: text.length, columns, texts, identifiers }),
    forms: measuredBy('program', measuredAt)(forms),
    risk: measuredBy('read', measuredAt)(risk),
  }
}

/**
 * Test is made when the source's identifiers are forgotten. So each of its texts must stand in the same column of Main, which was searched
 * while they were known, or in what the product ships. Refuses any other text, and a table of
 * more different texts than `most` (absent: as many as `KnownHashes` keeps); takes salted hashes of Main's texts, a table at a time.
 */
export function searchTest(mainOf: (context: StepContext) => Parameters<StepContext['standing']>[0], most?: number): StepDefinition {
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
      const strangers = new Set<string>()
      let [texts, known] = [0, 0]
      for (const one of text) {
        const compared = await comparedTable(context, { main, test, most }, one)
        texts += compared.texts
        known += compared.known
        for (const column of compared.strangers) strangers.add(`${one.table}.${column}`)
      }
      if (strangers.size > 0)
        throw new StepRefused(
          'R36',
          'identity-leaked',
          `Test holds text in ${[...strangers].join(', ')} that comes neither from Main, which was searched, nor from the product; the operation is undone.`,
        )
      const columns = text.reduce((sum, each) => sum + each.columns.length, 0)
      const counts = { tables: text.length, columns, texts, known, leftOut: withoutText(context, instance.version) }
      const evidence: TestTextEvidence = measuredBy('read', context.moment())(counts)
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

/** Of one table only, so that what is held in memory is as large as a table, not as an instance. Refuses a table with too many texts. */
async function comparedTable(
  context: StepContext,
  { main, test, most }: Record<'main' | 'test', InstanceAddress> & { most: number | undefined },
  { table, columns }: Text,
): Promise<{ texts: number; known: number; strangers: Set<string> }> {
  const known = await knownTexts(context, main, { table, columns }, most)
  const strangers = new Set<string>()
  let texts = 0
  for await (const row of context.driver.read(test, { table, columns })) {
    for (const [at, value] of row.entries()) {
      if (value === null) continue
      texts++
      if (known.count(placed(columns[at], value)) === 0) strangers.add(columns[at] ?? '')
    }
  }
  return { texts, known: known.size, strangers }
}

async function knownTexts(
  context: StepContext,
  main: InstanceAddress,
  { table, columns }: Text,
  most: number | undefined,
): Promise<KnownHashes> {
  const known = new KnownHashes(most)
  const { product } = context
  const { version } = instanceIn(context)
  const learn = (names: readonly string[], row: readonly (string | null)[]) => {
    for (const [at, value] of row.entries()) if (value !== null) known.add(placed(names[at], value))
  }
  try {
    for await (const row of context.driver.read(main, { table, columns })) learn(columns, row)
    for (const shipped of content(product, version, ['base', 'dummy']).filter((each) => each.table === table))
      for await (const row of shipped.rows) learn(shipped.columns, row)
    for (const reset of resets(product, version)) if (reset.table === table) learn([reset.column], [reset.value])
  } catch (error) {
    throw error instanceof TooManyTexts ? tooManyTexts(table, error.most) : error
  }
  return known
}

function tooManyTexts(table: string, most: number): StepRefused {
  return new StepRefused(
    'R36',
    'too-many-texts',
    `Main holds more than ${most.toLocaleString('en')} different texts in ${table}: more than can be remembered to compare Test with, and uncompared Test is not handed over; the operation is undone. An engineer of the vendor has to raise the limit or make the table smaller.`,
  )
}

function placed(column: string | undefined, value: string): string {
  return `${column} ${value}`
}

async function* counted<T>(rows: AsyncIterable<T>, count: (row: T) => void): AsyncGenerator<T> {
  for await (const row of rows) {
    count(row)
    yield row
  }
}
