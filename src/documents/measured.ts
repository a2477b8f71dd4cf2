/**
 * What a record states was measured, and says by what and when. A document's schema is made of such statements; docs/evidence.md lists
 * them, each with the test that makes it false and sees it not said.
 */
import { z } from 'zod'

/** What can measure, as the documents and docs/evidence.md say it. */
export const MEASURERS = {
  inventory: "Slipway's own login in the instance's database, reading it on one snapshot",
  read: "Slipway's own login in the instance's database, table after table, each on a snapshot of its own",
  check: 'a check that was executed in the instance; its evidence says by which session',
  counted: 'rows counted in the instance, beside those of the approved plan',
  plan: 'the dry run on the source, whose hash was approved',
  program: 'the books of the migration program, over the registered files',
  files: 'the bytes of the files as they lay there',
  names: 'the names in the folder, each looked for; not their bytes',
  registry: "Slipway's database, in the row that the statement is about",
  release: 'the product definition of the release',
  policy: 'the policy in force at that moment',
  click: 'the click that Slack delivered, with the role as it was then and the name that Slack gave at most 12 hours before',
  clock: 'the clock of the machine that executed it',
  'product-clock': 'product time: the clock that deadlines and signatures go by, moved in demonstrations, else the wall clock',
  server: 'the database server, asked anew',
  posted: "the message's row, with Slack's own time of the post",
  probe: "a request to the address, at the execution; whose answer it is, by the instance's mark",
  none: 'nothing: it was not measured, and is printed so',
} as const

export type Measurer = keyof typeof MEASURERS

/** A value with what measured it and when (ISO 8601, UTC): product time, but for what the machine's own `clock` measured. */
export interface Measured<T, B extends Measurer = Measurer> {
  value: T
  measuredBy: B
  at: string
}

/** What a statement says to its reader, and the exact title of the test that makes it false and sees it not said. */
export interface Statement {
  says: string
  brokenBy: string
}

interface Stated extends Statement {
  by: readonly Measurer[]
}

/** The statements of all schemas: what docs/evidence.md is made from. */
export const statements = z.registry<Stated>()

/** The schema of a statement: a value of that shape, measured by one of those. */
export function measured<T extends z.ZodType, const B extends readonly Measurer[]>(value: T, by: B, statement: Statement) {
  return z.strictObject({ value, measuredBy: z.enum(by), at: z.iso.datetime() }).register(statements, { ...statement, by })
}

/** Writes values as measured by `by` at that moment: `const found = measuredBy('inventory', now)`, then `found(rows)`. */
export function measuredBy<const B extends Measurer>(by: B, at: Date | string) {
  const moment = typeof at === 'string' ? at : at.toISOString()
  return <T>(value: T): Measured<T, B> => ({ value, measuredBy: by, at: moment })
}
