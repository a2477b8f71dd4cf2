/** What measured a document's statements, and when: in small print where they stand, and all of them in a section at the end. */
import type { z } from 'zod'
import { productUtc, wallUtc } from './clocks.js'
import { MEASURERS, type Measured, type Measurer, statements } from './measured.js'
import type { Section } from './paper.js'
import { type DocumentData, type DocumentHead, documentSchema } from './types.js'

const IN_SHORT: Record<Measurer, string> = {
  inventory: 'read in the database on one snapshot',
  read: 'read in the database, table after table',
  check: 'found by an executed check',
  counted: 'counted in the database',
  plan: 'from the approved plan’s dry run',
  program: 'from the books of the migration program',
  files: 'from the bytes of the files',
  names: 'looked for by name in the folder',
  registry: 'from Slipway’s register',
  release: 'from the definition of the release',
  policy: 'from the policy then in force',
  click: 'from the click in Slack',
  clock: 'by the clock of the machine that executed it',
  'product-clock': 'by product time',
  server: 'asked of the database server',
  posted: 'from the message as Slack has it',
  probe: 'by a request to the address',
  none: 'not measured',
}

/** In small print: `read in the database on one snapshot, 2026-03-02 09:00:00 UTC`. */
export function source({ measuredBy, at }: Measured<unknown>, data: Pick<DocumentHead, 'productTime'>): string {
  return measuredBy === 'none' ? IN_SHORT.none : `${IN_SHORT[measuredBy]}, ${momentOf(measuredBy, at, data)}`
}

/** What the machine's own clock measured is dated by it, all else by product time. */
function momentOf(by: Measurer, at: string, data: Pick<DocumentHead, 'productTime'>): string {
  return by === 'clock' ? wallUtc(at, data) : productUtc(at, data)
}

interface Stated {
  says: string
  measuredBy: Measurer
  at: string
}

/** Every statement of the record with what measured it and when; the same about several things, by the same measurer and so by one clock, is one line. */
export function sources(data: DocumentData): Section {
  const schema = documentSchema.options.find(({ shape }) => shape.kind.value === data.kind)
  const lines = new Map<string, Stated & { last: string }>()
  for (const each of schema ? statedIn(schema, data) : []) {
    const key = `${each.says} ${each.measuredBy}`
    const known = lines.get(key)
    if (!known) lines.set(key, { ...each, last: each.at })
    else if (each.at < known.at) known.at = each.at
    else if (each.at > known.last) known.last = each.at
  }
  return {
    title: 'How each statement is known',
    blocks: [
      {
        block: 'table',
        dense: true,
        columns: [
          { title: 'Statement', share: 34 },
          { title: 'Measured by', share: 40 },
          { title: 'At', share: 26 },
        ],
        rows: [...lines.values()].map(({ says, measuredBy, at, last }) => [
          says,
          MEASURERS[measuredBy],
          measuredBy === 'none' ? '–' : [...new Set([at, last])].map((each) => momentOf(measuredBy, each, data)).join(' to '),
        ]),
        none: 'The record states nothing.',
      },
    ],
  }
}

function* statedIn(schema: z.ZodType, value: unknown): Generator<Stated> {
  if (value === undefined) return
  const stated = statements.get(schema)
  if (stated) {
    const { measuredBy, at } = value as Measured<unknown>
    yield { says: stated.says, measuredBy, at }
    return
  }
  const { def } = schema as unknown as { def: { innerType?: z.ZodType; element?: z.ZodType; shape?: Record<string, z.ZodType> } }
  if (def.innerType) yield* statedIn(def.innerType, value)
  if (def.element) for (const each of value as unknown[]) yield* statedIn(def.element, each)
  for (const [key, each] of Object.entries(def.shape ?? {})) yield* statedIn(each, (value as Record<string, unknown>)[key])
}
