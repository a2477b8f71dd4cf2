/** That chains whose process was killed were ended by another one: all of them, each step once. */
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { type Db, openDatabase } from '../db/connection.js'

const patienceMs = 60_000
const steps = 5

/** Ids of the steps that the killed process was carrying out. Throws where it had none: then it was not killed under load. */
export async function readUnderWay(databaseUrl: string): Promise<string[]> {
  return withDatabase(databaseUrl, async (db) => {
    const rows = await db.selectFrom('step').select('id').where('state', '=', 'running').execute()
    if (rows.length === 0) throw new Error('measuring: no step was under way when the process was killed')
    return rows.map(({ id }) => id)
  })
}

/**
 * Waits until no chain is under way any more and returns how many there are. Throws where that takes longer than a minute, one is not done, a
 * step of it is not, one that was agreed to (`agreed`: its payload's key) is not there, or a step was begun a second time that was not under
 * way at the kill, or any a third time (bench_run has a row for each beginning).
 */
export async function proveChains(databaseUrl: string, { agreed, underWay }: { agreed: string[]; underWay: string[] }): Promise<number> {
  return withDatabase(databaseUrl, async (db) => {
    const chains = await allEnded(db)
    const { rows } = await sql<{ steps: number; kept: number; again: string[] | null; thrice: number }>`
      with begun as (select step, count(*) as times from public.bench_run group by step)
      select
        (select count(*)::int from slipway.step where state = 'done') as steps,
        (select count(*)::int from slipway.answered where key = any(${agreed}) and outcome->>'kind' = 'agreed') as kept,
        (select array_agg(step) from begun where times > 1) as again,
        (select count(*)::int from begun where times > 2) as thrice`.execute(db)
    const found = rows[0] ?? { steps: 0, kept: 0, again: null, thrice: 0 }
    if (found.steps !== chains * steps) throw new Error(`measuring: ${chains} chains have ${found.steps} steps done`)
    if (agreed.length === 0 || found.kept !== agreed.length || chains < agreed.length)
      throw new Error(`measuring: ${agreed.length} chains were agreed to, ${found.kept} are on record, ${chains} are done`)
    const needless = (found.again ?? []).filter((step) => !underWay.includes(step))
    if (needless.length > 0 || found.thrice > 0)
      throw new Error(`measuring: ${needless.length} steps were carried out again that were over, ${found.thrice} a third time`)
    return chains
  })
}

async function allEnded(db: Db): Promise<number> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const { rows } = await sql<{ chains: number; done: number }>`
      select count(*)::int as chains, count(*) filter (where state = 'done')::int as done from slipway.operation`.execute(db)
    const { chains = 0, done = 0 } = rows[0] ?? {}
    if (chains > 0 && done === chains) return chains
    if (Date.now() > deadline) throw new Error(`measuring: after the kill ${done} of ${chains} chains are done`)
    await pause(200)
  }
}

async function withDatabase<T>(url: string, use: (db: Db) => Promise<T>): Promise<T> {
  const { db, close } = openDatabase(url, 1, () => {})
  return use(db).finally(close)
}
