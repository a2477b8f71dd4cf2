/** The worker's side of the hinge: a claim, signs of life, and the end of a step with everything that follows from it. */

import type { Tx } from '../db/connection.js'
import { touchOperationMessages } from '../db/message.js'
import { noteOperationTrouble, readOperation } from '../db/operation.js'
import { addOutbox } from '../db/outbox.js'
import { patiently } from '../db/patience.js'
import { locate, lockPlace } from '../db/place.js'
import { readSituation } from '../db/situation.js'
import { claimStep, endStep, handOverStep, queueSteps, readStep, reportStep } from '../db/step.js'
import type { Effect } from '../lifecycle/decision.js'
import type { PlanElement, Situation, Step } from '../lifecycle/types.js'
import { type ChangeDeps, frameOf } from './deps.js'
import { advance, applyEffects, followUp, type Gathered, gather, showJob, startOperations, stepJob } from './follow.js'

export interface Claim {
  stepId: string
  operationId: string
  claim: number
  attempt: number
  way: 'do' | 'undo'
  /** How many workers died carrying out this step in this way. */
  deaths: number
}

export type StepOutcome =
  | { kind: 'done'; result?: Record<string, unknown>; effects?: Effect[]; elements?: PlanElement[] }
  /** `trouble` is for people: a sentence with a reference; `refusal` is the code of a no for good. With `retryInMs` the step is tried again, else the operation is undone. */
  | { kind: 'failed'; trouble: string; retryInMs: number | null; refusal?: string }

/** Takes the claim on an attempt of a step, with the situation it works in; null when there is nothing (more) to do. */
export async function claimAttempt(
  deps: ChangeDeps,
  stepId: string,
  attempt: number,
): Promise<{ claim: Claim; situation: Situation } | null> {
  return patiently(() => claim(deps, stepId, attempt))
}

function claim(deps: ChangeDeps, stepId: string, attempt: number): Promise<{ claim: Claim; situation: Situation } | null> {
  return deps.db.transaction().execute(async (tx) => {
    const frame = await frameOf(deps, tx)
    const claimed = await claimStep(tx, stepId, attempt, frame.now)
    const step = claimed && (await readStep(tx, stepId))
    if (!claimed || !step) return null
    const customerId = await locate(tx, { operation: step.operation_id })
    const situation = await readSituation(tx, customerId ?? null, frame)
    const { claim, deaths } = claimed
    const way = claimed.state === 'undoing' ? 'undo' : 'do'
    return { claim: { stepId, operationId: step.operation_id, claim, attempt, way, deaths }, situation }
  })
}

/** This process stops in the middle of an attempt: the queue gives it to another one, in `delayMs`, and nobody died. */
export async function handOver(deps: ChangeDeps, { stepId, attempt, claim }: Claim, delayMs: number): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await handOverStep(tx, stepId, claim)
    await addOutbox(tx, [stepJob(stepId, attempt, delayMs)])
  })
}

/** A sign of life; false says that the claim is lost and the work must stop. Messages follow the progress. */
export async function reportProgress(deps: ChangeDeps, claim: Claim, fraction: number, sentence: string | null): Promise<boolean> {
  const held = await deps.db.transaction().execute(async (tx) => {
    if (!(await reportStep(tx, claim.stepId, claim.claim, fraction, sentence))) return false
    await addOutbox(tx, (await touchOperationMessages(tx, claim.operationId)).map(showJob))
    return true
  })
  if (held) deps.nudge()
  return held
}

/** Ends an attempt: result, what it changed, and the operation's next move, in one transaction under the claim. `lost`: nothing was written. */
export async function reportOutcome(deps: ChangeDeps, claim: Claim, outcome: StepOutcome): Promise<'written' | 'lost'> {
  const answer = await patiently(() => end(deps, claim, outcome))
  deps.nudge()
  return answer
}

function end(deps: ChangeDeps, claim: Claim, outcome: StepOutcome): Promise<'written' | 'lost'> {
  return deps.db.transaction().execute(async (tx) => {
    const customerId = (await locate(tx, { operation: claim.operationId })) ?? null
    await lockPlace(tx, customerId)
    const frame = await frameOf(deps, tx)
    const told = outcome.kind === 'done' ? { result: outcome.result ?? {} } : { sentence: outcome.trouble }
    if (!(await endStep(tx, claim.stepId, claim.claim, { state: endState(claim, outcome), now: frame.now, ...told }))) return 'lost'
    const g = gather({ frame, customerId, actor: 'system' })
    g.operations.add(claim.operationId)
    const retryInMs = await retryOf(tx, claim, outcome)
    if (retryInMs === null) await conclude(deps, tx, g, { claim, outcome })
    else {
      const queued = await queueSteps(tx, [claim.stepId], claim.way === 'undo' ? 'undoing' : 'queued')
      g.outbox.push(...queued.map((s) => stepJob(s.id, s.attempt, retryInMs)))
    }
    await followUp(deps, tx, g)
    return 'written'
  })
}

/** A failed attempt is made again, but for one that people want cancelled anyway. */
async function retryOf(tx: Tx, claim: Claim, outcome: StepOutcome): Promise<number | null> {
  if (outcome.kind === 'done' || outcome.retryInMs === null) return null
  const operation = claim.way === 'do' ? await readOperation(tx, claim.operationId) : undefined
  return operation?.cancelling ? null : outcome.retryInMs
}

/** The step is over: what it brought is written, and its operation moves on. */
async function conclude(deps: ChangeDeps, tx: Tx, g: Gathered, { claim, outcome }: { claim: Claim; outcome: StepOutcome }): Promise<void> {
  if (outcome.kind === 'failed') await noteOperationTrouble(tx, claim.operationId, outcome.trouble, outcome.refusal ?? null)
  if (outcome.kind === 'done' && (outcome.effects?.length || outcome.elements)) {
    const situation = await readSituation(tx, g.customerId, g.frame)
    if (outcome.elements) await g.writePlan(tx, situation, { operationId: claim.operationId, elements: outcome.elements })
    await applyEffects(deps, tx, situation, outcome.effects ?? [], g)
  }
  await advance(deps, tx, g, claim.operationId)
  await startOperations(deps, tx, g)
}

function endState(claim: Claim, outcome: StepOutcome): Step['state'] {
  if (outcome.kind === 'done') return claim.way === 'undo' ? 'undone' : 'done'
  return claim.way === 'undo' ? 'stuck' : 'failed'
}
