/** The worker: one attempt of one step. Claim → do or undo → report, and nothing is written once the claim is lost. Faults of jobs end here. */
import { jobs } from '../../jobs/index.js'
import { type StepContext, type StepDefinition, StepRefused, type StepResult } from '../../jobs/job.js'
import type { ChangeDeps } from '../change.js'
import { type Claim, claimAttempt, reportOutcome, reportProgress, type StepOutcome } from '../change-steps.js'
import type { Situation, Step } from '../lifecycle/types.js'
import { type ContextSource, stepContext } from './context.js'

export interface WorkerDeps extends ContextSource {
  change: ChangeDeps
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void; error(fields: object, text: string): void }
  /** A short id under which the log holds what people are not shown. */
  reference(): string
  /** How often a sign of life goes out. */
  heartbeatMs: number
  /** Called before and after each attempt's work; tests kill the process here. */
  observe?(when: 'before' | 'after', step: Step, way: 'do' | 'undo'): void | Promise<void>
}

/** An attempt whose worker died this often is given up: something about the step kills workers. */
const deaths = 25

/** Carries out the attempt that a queue job names. Safe to call twice, late, or side by side. */
export async function runAttempt(deps: WorkerDeps, stepId: string, attempt: number): Promise<void> {
  const claimed = await claimAttempt(deps.change, stepId, attempt)
  if (!claimed) return
  const { claim, situation } = claimed
  const abort = new AbortController()
  const pulse = startPulse(deps, claim, abort)
  try {
    const context = await stepContext(deps, { claim, situation, progress: pulse.progress })
    const outcome = await attemptOutcome(deps, claim, situation, context)
    await pulse.stop()
    if ((await reportOutcome(deps.change, claim, outcome)) === 'lost')
      deps.log.warn({ stepId, attempt }, 'step: the claim was lost, nothing was written')
  } finally {
    await pulse.stop()
  }
}

async function attemptOutcome(deps: WorkerDeps, claim: Claim, situation: Situation, context: StepContext): Promise<StepOutcome> {
  const step = context.steps.find((s) => s.id === claim.stepId)
  if (!step) throw new Error(`carrying out step ${claim.stepId}: it is not part of its operation`)
  const job = jobs[context.operation.plan.job]
  if (claim.claim > deaths * job.retry.attempts)
    return { kind: 'failed', trouble: 'The workers that carried it out died again and again.', retryInMs: null }
  try {
    await deps.observe?.('before', step, claim.way)
    const result = await perform(job.name, step, claim, context)
    await deps.observe?.('after', step, claim.way)
    return { kind: 'done', ...result }
  } catch (error) {
    return failure(
      deps,
      { step, claim, attempts: job.retry.attempts, backoffMs: job.retry.backoffMs, customer: situation.customer?.slug ?? null },
      error,
    )
  }
}

async function perform(name: keyof typeof jobs, step: Step, claim: Claim, context: StepContext): Promise<StepResult> {
  const job = jobs[name]
  if (step.stage === 0) return claim.way === 'do' ? { elements: await job.plan(context) } : {}
  const definition: StepDefinition | undefined = job.steps.find((s) => s.name === step.name && fits(s, step))
  if (!definition) throw new Error(`carrying out ${name}: it has no step ${step.name}`)
  if (claim.way === 'do') return (await definition.do(context)) ?? {}
  await definition.undo?.(context)
  return {}
}

/** A job may have two steps of one name for different instances (Main's copy and Test's). */
function fits(definition: StepDefinition, step: Step): boolean {
  if (definition.for === 'once' || definition.for === 'each') return true
  return definition.for === 'test' ? step.role === 'test' : step.role !== 'test'
}

interface Attempted {
  step: Step
  claim: Claim
  attempts: number
  backoffMs: number
  customer: string | null
}

function failure(deps: WorkerDeps, { step, claim, attempts, backoffMs, customer }: Attempted, error: unknown): StepOutcome {
  const about = { step: step.name, role: step.role, operation: claim.operationId, attempt: claim.attempt, way: claim.way, customer }
  if (error instanceof StepRefused) {
    deps.log.warn({ ...about, rule: error.rule, code: error.code }, 'step refused')
    return { kind: 'failed', trouble: `${error.message} (${error.rule})`, retryInMs: null }
  }
  const reference = deps.reference()
  deps.log.error({ ...about, reference, err: error }, 'step failed')
  const limit = claim.way === 'undo' ? attempts * 2 : attempts
  const trouble = `${step.title} did not succeed (reference ${reference}).`
  return { kind: 'failed', trouble, retryInMs: claim.attempt < limit ? backoffMs * 2 ** Math.min(claim.attempt - 1, 6) : null }
}

/** Signs of life while a step works; a lost claim aborts it. Progress is sent at most once per heartbeat. */
function startPulse(deps: WorkerDeps, claim: Claim, abort: AbortController) {
  let latest: [number, string | null] = [0, null]
  let busy: Promise<void> = Promise.resolve()
  const beat = () => {
    busy = busy
      .then(async () => {
        if (!(await reportProgress(deps.change, claim, ...latest))) abort.abort(new Error('the claim on this step was lost'))
      })
      // A missed heartbeat is made up for by the next one; the claim in the database decides.
      .catch((error) => deps.log.warn({ err: error, operation: claim.operationId }, 'sign of life'))
  }
  const timer = setInterval(beat, deps.heartbeatMs)
  return {
    progress: {
      signal: abort.signal,
      report(fraction: number, sentence: string) {
        latest = [fraction, sentence]
      },
    },
    async stop() {
      clearInterval(timer)
      await busy
    },
  }
}
