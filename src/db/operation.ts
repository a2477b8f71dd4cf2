import { sql } from 'kysely'
import { counted } from '../lifecycle/counting.js'
import { hashOf } from '../lifecycle/hash.js'
import type { Operation, OperationState, OperationVerb, Plan, PlanElement, Slot } from '../lifecycle/types.js'
import type { Tx } from './connection.js'
import { insertSteps } from './step.js'

interface NewOperationRow {
  id: string
  customerId: string | null
  environmentId: string | null
  verb: OperationVerb
  plan: Plan
  planHash: string
  requestedBy: string
  profileId: string | null
  requestedAt: Date
  runAt: Date | null
  slots: Slot[]
}

/** The operation with its steps, in planning. The partial unique index refuses a second one on the same environment (R40). */
export async function insertOperation(tx: Tx, o: NewOperationRow): Promise<void> {
  await tx
    .insertInto('operation')
    .values({
      id: o.id,
      customer_id: o.customerId,
      environment_id: o.environmentId,
      verb: o.verb,
      state: 'planning',
      plan: JSON.stringify(o.plan),
      plan_hash: o.planHash,
      requested_by: o.requestedBy,
      profile_id: o.profileId,
      requested_at: o.requestedAt,
      run_at: o.runAt,
      started_at: null,
      ended_at: null,
      trouble: null,
      refusal: null,
      slots: JSON.stringify(o.slots),
    })
    .execute()
  await insertSteps(tx, o.id, o.plan.steps)
}

const ends = new Set<OperationState>(['done', 'undone', 'rejected', 'expired', 'cancelled'])

export async function updateOperation(
  tx: Tx,
  set: { id: string; state: OperationState; runAt?: Date; postponed?: number; trouble?: string; cancelling?: boolean },
  now: Date,
): Promise<void> {
  const { id, state, runAt, ...rest } = set
  const { do: _, ...columns } = rest as typeof rest & { do?: string }
  await tx
    .updateTable('operation')
    .set({
      ...columns,
      state,
      ...(runAt ? { run_at: runAt } : {}),
      // Since when it works: cancelling or resuming it does not start it anew (R43).
      ...(state === 'running' ? { started_at: sql<Date>`coalesce(started_at, ${now})` } : {}),
      ...(ends.has(state) ? { ended_at: now } : {}),
    })
    .where('id', '=', id)
    .execute()
}

/** The dry run's counts, and how they were counted, become part of the plan, and so of the hash that approvals are bound to (R30, R34). */
export async function writePlan(tx: Tx, operation: Operation, elements: PlanElement[]): Promise<Plan> {
  const plan = counted(operation.plan, elements)
  await tx
    .updateTable('operation')
    .set({ plan: JSON.stringify(plan), plan_hash: hashOf(plan) })
    .where('id', '=', operation.id)
    .execute()
  return plan
}

/** Locks an operation for a worker's report; two steps that end together are told apart here. */
export function lockOperation(tx: Tx, id: string) {
  return tx.selectFrom('operation').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function readOperation(tx: Tx, id: string) {
  return tx.selectFrom('operation').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Remembers why a step failed, in a sentence for people, before its operation is undone. */
export async function noteOperationTrouble(tx: Tx, id: string, trouble: string, refusal: string | null): Promise<void> {
  await tx.updateTable('operation').set({ trouble, refusal }).where('id', '=', id).execute()
}
