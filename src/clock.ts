/** Time is injected. Under `SLIPWAY_CLOCK=movable` every process adds the same offset, a row of the database (demo and tests only). */
import { readClockOffset } from './db/clock.js'
import type { Tx } from './db/connection.js'

export interface Clock {
  /** The moment, to the millisecond, as this transaction sees the offset. */
  now(tx: Tx): Promise<Date>
}

export function createClock(movable: boolean): Clock {
  return { now: async (tx) => new Date(Date.now() + (movable ? await readClockOffset(tx) : 0)) }
}
