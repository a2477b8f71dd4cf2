/** Steps of operations: the row alone decides what runs, how often, and who holds the claim (DESIGN §4). */
import { sql } from 'kysely'
import type * as t from '../lifecycle/types.js'
import { inChunks } from './chunks.js'
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
  await inChunks(rows, (some) => tx.insertInto('step').values(some).execute())
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
    .set({
      state,
      attempt: sql`attempt + 1`,
      seen_at: sql<Date>`clock_timestamp()`,
      // What kills workers on the way forward need not do so on the way back.
      deaths: sql`case when state = 'undoing' or ${state} = 'queued' then deaths else 0 end`,
    })
    .where('id', 'in', ids)
    .returning(['id', 'attempt'])
    .execute()
}

/**
 * Takes the claim on an attempt: whoever held it before writes nothing from now on, and is counted among the step's deaths, for the queue
 * gives an attempt a second time only when it hears nothing of its worker. Null when the attempt is over or was never asked for.
 */
export async function claimStep(
  tx: Tx,
  id: string,
  attempt: number,
  now: Date,
): Promise<{ claim: number; state: 'running' | 'undoing'; deaths: number } | null> {
  const row = await tx
    .updateTable('step')
    .set({
      claim: sql`claim + 1`,
      state: sql`case when state = 'undoing' then 'undoing' else 'running' end`,
      started_at: sql`coalesce(started_at, ${now})`,
      seen_at: sql<Date>`clock_timestamp()`,
      deaths: sql`deaths + case when held = attempt then 1 else 0 end`,
      held: sql`attempt`,
    })
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', 'in', ['queued', 'running', 'undoing'])
    .returning(['claim', 'state', 'deaths'])
    .executeTakeFirst()
  return row ? { claim: row.claim, state: row.state as 'running' | 'undoing', deaths: row.deaths } : null
}

/** Hands an attempt over that was not ended, under its claim: whoever takes it up next does so from a living worker. */
export async function handOverStep(tx: Tx, id: string, claim: number): Promise<void> {
  await tx.updateTable('step').set({ held: null }).where('id', '=', id).where('claim', '=', claim).execute()
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
    .set({ state: forward ? 'pending' : 'failed', deaths: 0 })
    .where('operation_id', '=', operationId)
    .where('state', 'in', ['failed', 'stuck'])
    .execute()
}

/** The step with its operation's id, as its job finds it. */
export function readStep(tx: Tx, id: string) {
  return tx.selectFrom('step').selectAll().where('id', '=', id).executeTakeFirst()
}
