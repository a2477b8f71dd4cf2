/** That chains whose process was killed were ended by another one: all of them, each step once. */
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { openDatabase } from '../db/connection.js'

const patienceMs = 60_000
const steps = 5
/** Steps that one process carries out side by side. */
const concurrency = 20

/**
 * Waits until no chain is under way any more and returns how many there are. Throws where that takes longer than a minute, one is not done,
 * a step of it is not, or more steps began again (bench_run has a row for each beginning) than were under way at the kill.
 */
export async function proveChains(databaseUrl: string): Promise<number> {
  const { db, close } = openDatabase(databaseUrl, 1, () => {})
  try {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const { rows } = await sql<{ chains: number; done: number; steps: number; again: number }>`
        select
          (select count(*)::int from slipway.operation) as chains,
          (select count(*)::int from slipway.operation where state = 'done') as done,
          (select count(*)::int from slipway.step where state = 'done') as steps,
          (select count(*)::int - count(distinct step)::int from public.bench_run) as again`.execute(db)
      const found = rows[0] ?? { chains: 0, done: 0, steps: 0, again: 0 }
      if (found.chains > 0 && found.done === found.chains) {
        if (found.steps !== found.chains * steps) throw new Error(`measuring: ${found.chains} chains have ${found.steps} steps done`)
        // Only what was under way at the kill may begin again.
        if (found.again > concurrency) throw new Error(`measuring: ${found.again} steps were carried out again, more than were under way`)
        return found.chains
      }
      if (Date.now() > deadline) throw new Error(`measuring: after the kill ${found.done} of ${found.chains} chains are done`)
      await pause(200)
    }
  } finally {
    await close()
  }
}
