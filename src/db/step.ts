/** Steps of operations: the row alone decides what runs, how often, and who holds the claim (DESIGN §4). */
import { sql } from 'kysely'
import type * as t from '../lifecycle/types.js'
import type { Tx } from './connection.js'
import { newId } from './id.js'

export type ClaimedStep = t.Step & { claim: number }

export async function insertSteps(tx: Tx, operationId: string, steps: t.Plan['steps']): Promise<void> {
  const rows = steps.map((step, ordinal) => ({
    id: newId('stp'),
    operation_id: operationId,
    ordinal,
    stage: step.stage,
    name: step.name,
    title: step.title,
    role: step.role,
  }))
  await tx.insertInto('step').values(rows).execute()
}

export async function readSteps(tx: Tx, operationId: string): Promise<ClaimedStep[]> {
  const rows = await tx.selectFrom('step').selectAll().where('operation_id', '=', operationId).orderBy('ordinal').execute()
  return rows.map((r) => ({
    id: r.id,
    operationId: r.operation_id,
    ordinal: r.ordinal,
    stage: r.stage,
    name: r.name,
    title: r.title,
    role: r.role,
    state: r.state,
    attempt: r.attempt,
    claim: r.claim,
    progress: r.progress,
    sentence: r.sentence,
    result: r.result,
    startedAt: r.started_at,
    endedAt: r.ended_at,
  }))
}

/** Marks steps as handed to the queue, for their next attempt; returns id and attempt for the jobs' ids. */
export function queueSteps(tx: Tx, ids: string[], state: 'queued' | 'undoing') {
  return tx
    .updateTable('step')
    .set({ state, attempt: sql`attempt + 1`, seen_at: sql<Date>`clock_timestamp()` })
    .where('id', 'in', ids)
    .returning(['id', 'attempt'])
    .execute()
}

/** Takes the claim on an attempt: whoever held it before writes nothing from now on. Null when the attempt is over or was never asked for. */
export async function claimStep(
  tx: Tx,
  id: string,
  attempt: number,
  now: Date,
): Promise<{ claim: number; state: 'running' | 'undoing' } | null> {
  const row = await tx
    .updateTable('step')
    .set({
      claim: sql`claim + 1`,
      state: sql`case when state = 'undoing' then 'undoing' else 'running' end`,
      started_at: sql`coalesce(started_at, ${now})`,
      seen_at: sql<Date>`clock_timestamp()`,
    })
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', 'in', ['queued', 'running', 'undoing'])
    .returning(['claim', 'state'])
    .executeTakeFirst()
  return row ? { claim: row.claim, state: row.state as 'running' | 'undoing' } : null
}

/** Ends an attempt under its claim. False: the claim is lost, and the caller stops without writing anything. */
export async function endStep(
  tx: Tx,
  id: string,
  claim: number,
  to: { state: t.Step['state']; result?: unknown; now: Date; sentence?: string },
): Promise<boolean> {
  const done = await tx
    .updateTable('step')
    .set({
      state: to.state,
      ended_at: to.now,
      ...(to.state === 'done' ? { progress: 1 } : {}),
      ...(to.result !== undefined ? { result: JSON.stringify(to.result) } : {}),
      ...(to.sentence !== undefined ? { sentence: to.sentence } : {}),
    })
    .where('id', '=', id)
    .where('claim', '=', claim)
    .where('state', 'in', ['running', 'undoing'])
    .executeTakeFirst()
  return done.numUpdatedRows > 0n
}

/** A sign of life with the progress; false when the claim is lost. */
export async function reportStep(tx: Tx, id: string, claim: number, progress: number, sentence: string | null): Promise<boolean> {
  const done = await tx
    .updateTable('step')
    .set({ progress: sql`greatest(progress, ${progress})`, seen_at: sql<Date>`clock_timestamp()`, ...(sentence ? { sentence } : {}) })
    .where('id', '=', id)
    .where('claim', '=', claim)
    .where('state', 'in', ['running', 'undoing'])
    .executeTakeFirst()
  return done.numUpdatedRows > 0n
}

/**
 * Steps handed to the queue of which nothing was heard for `silentMs`: the queue may have lost them. Their jobs are added again. A step that
 * somebody is writing at this moment is not silent, and not waited for.
 */
export function readSilentSteps(tx: Tx, silentMs: number) {
  const silent = tx
    .selectFrom('step')
    .select('id')
    .where('state', 'in', ['queued', 'running', 'undoing'])
    .where('seen_at', '<', sql<Date>`clock_timestamp() - ${`${silentMs} milliseconds`}::interval`)
    .forUpdate()
    .skipLocked()
  return tx
    .updateTable('step')
    .set({ seen_at: sql<Date>`clock_timestamp()` })
    .where('id', 'in', silent)
    .returning(['id', 'attempt'])
    .execute()
}

/** A stuck operation goes on: forward again where there is no way back, else with the undo that was refused (steps ready for another try). */
export async function reviveSteps(tx: Tx, operationId: string, forward: boolean): Promise<void> {
  await tx
    .updateTable('step')
    .set({ state: forward ? 'pending' : 'failed' })
    .where('operation_id', '=', operationId)
    .where('state', 'in', ['failed', 'stuck'])
    .execute()
}

/** The step with its operation's id, as its job finds it. */
export function readStep(tx: Tx, id: string) {
  return tx.selectFrom('step').selectAll().where('id', '=', id).executeTakeFirst()
}
