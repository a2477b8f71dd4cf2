/** The worker: one attempt of one step. Claim → do or undo → report, and nothing is written once the claim is lost. Faults of jobs end here. */
import { type Job, must, refusalOf, type StepContext, type StepDefinition, type StepResult, StepUnfinished } from '../../jobs/job.js'
import type { ChangeDeps } from '../change/deps.js'
import { type Claim, claimAttempt, handOver, reportOutcome, reportProgress, type StepOutcome } from '../change/steps.js'
import type { JobName, Situation, Step } from '../lifecycle/types.js'
import { type ContextSource, stepContext } from './context.js'

export interface WorkerDeps extends ContextSource {
  change: ChangeDeps
  /** The list of jobs. */
  jobs: Record<JobName, Job>
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void; error(fields: object, text: string): void }
  /** A short id under which the log holds what people are not shown. */
  reference(): string
  /** How often a sign of life goes out. */
  heartbeatMs: number
  /** Called before and after each attempt's work; tests kill the process here. */
  observe?(when: 'before' | 'after', step: Step, way: 'do' | 'undo'): void | Promise<void>
}

/** How the queue hands an attempt over. */
export interface Delivery {
  /** This process stops. */
  signal?: AbortSignal
}

/**
 * A step whose workers died this often is set aside: something about it kills them, and each death takes other customers' steps along.
 * A rollout kills a step once, a machine that is out of memory a few times; ten in a row, at a lock of 30 s each, are five minutes of harm.
 */
const mostDeaths = 10
/** Work that a stopping process lets go waits this long for the queue to be rid of its job. */
const handOverMs = 500

/** Carries out the attempt that a queue job names. Safe to call twice, late, or side by side. */
export async function runAttempt(deps: WorkerDeps, stepId: string, attempt: number, delivery: Delivery = {}): Promise<void> {
  const claimed = await claimAttempt(deps.change, stepId, attempt)
  if (!claimed) return
  const { claim, situation } = claimed
  const abort = new AbortController()
  const halt = () => abort.abort(new Error('this process stops'))
  delivery.signal?.addEventListener('abort', halt)
  if (delivery.signal?.aborted) halt()
  const pulse = startPulse(deps, claim, abort)
  try {
    const attempted = { claim, situation, lost: abort.signal }
    const outcome = await attemptOutcome(deps, attempted, pulse.progress)
    await pulse.stop()
    if (delivery.signal?.aborted && outcome.kind === 'failed' && outcome.retryInMs !== null) await handOver(deps.change, claim, handOverMs)
    else await report(deps, attempted, outcome)
  } finally {
    delivery.signal?.removeEventListener('abort', halt)
    await pulse.stop()
  }
}

interface Attempted {
  claim: Claim
  situation: Situation
  /** Aborted: the claim is lost, or this process stops. */
  lost: AbortSignal
}

/** A result that cannot be written is the step's failure: else it would be carried out again for ever. */
async function report(deps: WorkerDeps, attempted: Attempted, outcome: StepOutcome): Promise<void> {
  const answer = await reportOutcome(deps.change, attempted.claim, outcome).catch((error) => {
    if (outcome.kind === 'failed') throw error
    return reportOutcome(deps.change, attempted.claim, failure(deps, attempted, null, error))
  })
  const { stepId, attempt } = attempted.claim
  if (answer === 'lost') deps.log.warn({ stepId, attempt }, 'step: the claim was lost, nothing was written')
}

async function attemptOutcome(deps: WorkerDeps, attempted: Attempted, progress: StepContext['progress']): Promise<StepOutcome> {
  const { claim, situation } = attempted
  let step: Step | null = null
  try {
    const context = await stepContext(deps, { claim, situation, progress, giveUp: (error) => givenUp(deps, attempted, step, error) })
    step = must(
      context.steps.find((s) => s.id === claim.stepId),
      `the step ${claim.stepId}`,
    )
    if (claim.deaths >= mostDeaths) return setAside(deps, claim, step)
    await deps.observe?.('before', step, claim.way)
    const result = await perform(deps.jobs[context.operation.plan.job], step, claim, context)
    await deps.observe?.('after', step, claim.way)
    return { kind: 'done', ...result }
  } catch (error) {
    return failure(deps, attempted, step, error)
  }
}

/** Named, so that people know where to look before they ask for it again. */
function setAside(deps: WorkerDeps, claim: Claim, { title, name, role }: Step): StepOutcome {
  const reference = deps.reference()
  deps.log.error({ reference, step: name, role, operation: claim.operationId, way: claim.way, deaths: claim.deaths }, 'step set aside')
  const trouble = `“${title}” is set aside: ${claim.deaths} workers that carried it out died. Find out why before it is asked for again (reference ${reference}).`
  return { kind: 'failed', trouble, retryInMs: null }
}

async function perform(job: Job, step: Step, claim: Claim, context: StepContext): Promise<StepResult> {
  if (step.stage === 0) return claim.way === 'do' ? { elements: await job.plan(context) } : {}
  const definition: StepDefinition | undefined = job.steps.find((s) => s.name === step.name && fits(s, step))
  if (!definition) throw new Error(`carrying out ${job.name}: it has no step ${step.name}`)
  if (claim.way === 'do') return (await definition.do(context)) ?? {}
  await definition.undo?.(context)
  return {}
}

/** A job may have two steps of one name for different instances (Main's copy and Test's). */
function fits(definition: StepDefinition, step: Step): boolean {
  if (definition.for === 'once' || definition.for === 'each') return true
  return definition.for === 'test' ? step.role === 'test' : step.role !== 'test'
}

/** What the log says of an attempt beside the error. */
function aboutOf({ claim, situation }: Attempted, step: Step | null) {
  return {
    step: step?.name,
    role: step?.role,
    operation: claim.operationId,
    attempt: claim.attempt,
    way: claim.way,
    customer: situation.customer?.slug ?? null,
  }
}

/** After how long a step that failed with a fault is tried again; null: this was its last attempt. */
function retryInMs(deps: WorkerDeps, { claim, situation }: Attempted): number | null {
  const operation = situation.operations.find((o) => o.id === claim.operationId)
  const { attempts, backoffMs } = operation ? deps.jobs[operation.plan.job].retry : { attempts: 1, backoffMs: 0 }
  const limit = claim.way === 'undo' ? attempts * 2 : attempts
  return claim.attempt < limit ? backoffMs * 2 ** Math.min(claim.attempt - 1, 6) : null
}

/** `StepContext.giveUp`. */
function givenUp(deps: WorkerDeps, attempted: Attempted, step: Step | null, error: unknown): string {
  if (attempted.lost.aborted || refusalOf(error) || retryInMs(deps, attempted) !== null) throw error
  const reference = deps.reference()
  deps.log.error({ ...aboutOf(attempted, step), reference, err: error }, 'step goes on without')
  return reference
}

function failure(deps: WorkerDeps, attempted: Attempted, step: Step | null, error: unknown): StepOutcome {
  const about = aboutOf(attempted, step)
  const refusal = refusalOf(error)
  if (refusal) {
    deps.log.warn({ ...about, rule: refusal.rule, code: refusal.code }, 'step refused')
    return { kind: 'failed', trouble: `${refusal.message} (${refusal.rule})`, retryInMs: null, refusal: refusal.code }
  }
  const reference = deps.reference()
  if (attempted.lost.aborted) deps.log.warn({ ...about, reference, reason: String(attempted.lost.reason) }, 'step let go')
  else deps.log.error({ ...about, reference, err: error }, 'step failed')
  const unfinished = error instanceof StepUnfinished ? `${error.message} (${error.rule})` : null
  const trouble = unfinished ?? `${step?.title ?? 'A step'} did not succeed (reference ${reference}).`
  return { kind: 'failed', trouble, retryInMs: retryInMs(deps, attempted) }
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
