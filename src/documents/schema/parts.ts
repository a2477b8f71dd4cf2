/** What the records of all documents share. Statements are typed with who measured them; number, revision and date are the record's own name. */
import { z } from 'zod'
import { measured } from '../measured.js'

const OF_THE_REGISTER =
  'a record names the customer, the environment and the instance that the register has, and the product of its definition'

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
export const moment = z.iso.datetime()
export const rows = z.int().min(0)

/** A line of the plan beside what was counted. `parts`: its tables, what their rows are called, and whether the configuration report holds them. */
export const countLine = z.strictObject({
  element: z.string().optional(),
  title: z.string(),
  /** How its rows came, by the plan; where in more than one way, `carried and reset`. */
  disposition: z.string(),
  planned: rows,
  actual: rows,
  parts: z
    .array(z.strictObject({ table: z.string(), unit: z.string(), planned: rows, actual: rows, configuration: z.boolean() }))
    .optional(),
  /** Rows that the plan left behind: none of them is among those planned. */
  left: rows.optional(),
  /** It grows with use: there may be more than were planned, never fewer. */
  grows: z.literal(true).optional(),
})

const revision = z.strictObject({ revision: z.int(), at: moment, by: z.string(), change: z.string() })

/** The clock of the product, which is moved in demonstrations: times of requests, signatures, issue and measuring are by it. */
export const bothClocks = z.strictObject({ at: moment, aheadSeconds: z.int().min(0) })

const productTime = measured(bothClocks, ['clock'], {
  says: 'Product time at the issue, and how far it was before the wall clock',
  brokenBy: 'times by a clock that was moved are labelled as product time beside those of the wall clock',
})

/** What every document says of itself. `number` is never reused; `issuedAt` is also the date inside the PDF. */
export const head = {
  number: z.string(),
  revision: z.int().min(1),
  issuedAt: moment,
  productTime,
  customer: measured(z.string(), ['registry'], { says: 'Whose document it is', brokenBy: OF_THE_REGISTER }),
  product: measured(z.string(), ['release'], { says: 'The product', brokenBy: OF_THE_REGISTER }),
  /** Oldest first, this revision included. */
  revisions: measured(z.array(revision), ['registry'], {
    says: 'Revision history: who, why and when',
    brokenBy: 'R26 earlier revisions keep who asked for them, why and when; of old ones it says that it is not recorded',
  }),
}
/** The head alone. */
export const documentHead = z.strictObject(head)

export const environment = measured(
  /** `kind` is the kind's title: `Pre-PROD`, `VAL`, … */
  z.strictObject({ name: z.string(), kind: z.string(), controlled: z.boolean(), purpose: z.string() }),
  ['registry'],
  { says: 'The environment, its kind and purpose', brokenBy: OF_THE_REGISTER },
)

export const instance = measured(
  z.strictObject({ name: z.string(), role: z.enum(['main', 'test', 'single']), database: z.string() }),
  ['registry'],
  { says: 'The instance and its database', brokenBy: OF_THE_REGISTER },
)

export const person = z.strictObject({
  name: z.string(),
  userId: z.string(),
  /** `unknown`: not recorded when they acted. */
  party: z.enum(['vendor', 'customer', 'system', 'unknown']),
  role: z.string(),
})

export const file = z.strictObject({ name: z.string(), bytes: rows, sha256 })

export const attachment = z.strictObject({ title: z.string(), number: z.string().optional(), sha256 })
