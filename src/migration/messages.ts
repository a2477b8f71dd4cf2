/** What Slipway and the process that reads a customer's files say to each other: one question, one answer; in between, signs of life. */
import type { MaskPolicy } from '../product/index.js'
import type { LeakHit } from './leaks.js'
import type { Registered } from './plain-file.js'
import type { Reconciliation } from './reconciliation.js'
import type { MigrationRefusal } from './refusal.js'
import type { TestVolunteer } from './review.js'
import type { MaskMeasures } from './run-mask.js'
import type { Lookups } from './target.js'

export type Rows = readonly (readonly (string | null)[])[]

/** All that the process gets: no address, no login, no key; what it masks with it makes itself. */
export interface Commission {
  folder: string
  registered: readonly Registered[]
  /** The product as it is loaded here, serialised by `v8`, base64: the folder may have changed meanwhile. */
  product: string
  productVersion: string
  today: string
  lookups: Lookups
  mask?: MaskPolicy
  rejectsFile?: string
}

export type Question =
  | { ask: 'start'; commission: Commission }
  | { ask: 'table' }
  | { ask: 'rows' }
  | { ask: 'scan'; table: string; columns: readonly string[] }
  | { ask: 'scan-rows'; rows: Rows }
  | { ask: 'hits' }
  | { ask: 'mask' }

export type Answer =
  | { tell: 'done' }
  | { tell: 'refused'; refusal: MigrationRefusal }
  | { tell: 'fault'; name: string; message: string; stack?: string | undefined }
  | { tell: 'table'; table: string; columns: readonly string[] }
  | { tell: 'rows'; rows: Rows; last: boolean }
  | { tell: 'end'; reconciliation: Reconciliation; volunteers: TestVolunteer[] }
  | { tell: 'hits'; hits: LeakHit[] }
  | { tell: 'mask'; measures: MaskMeasures }

/** `file`: what is being read; `rss` in bytes. */
export interface SignOfLife {
  alive: true
  file?: string | undefined
  rss: number
}

/** Rows of a piece, and characters in it: large enough that the way costs little, small enough that nobody waits for one. */
const piece = { rows: 500, length: 256_000 }

/** Gathers rows into pieces that go over in one message. */
export async function* pieces(rows: AsyncIterable<readonly (string | null)[]>): AsyncGenerator<(readonly (string | null)[])[]> {
  let gathered: (readonly (string | null)[])[] = []
  let length = 0
  for await (const row of rows) {
    gathered.push(row)
    for (const cell of row) length += cell?.length ?? 0
    if (gathered.length < piece.rows && length < piece.length) continue
    yield gathered
    gathered = []
    length = 0
  }
  if (gathered.length > 0) yield gathered
}
