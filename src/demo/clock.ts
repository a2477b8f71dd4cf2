import { advanceClockOffset } from '../db/clock.js'
import { sweep } from '../queue/sweep.js'
import type { Demo } from './index.js'

/** Moves every process's clock forward and sweeps at once, so that what is due comes about. */
export async function moveClock({ slipway: { change } }: Pick<Demo, 'slipway'>, ms: number): Promise<void> {
  await advanceClockOffset(change.db, ms)
  await sweep(change, 60_000)
}
