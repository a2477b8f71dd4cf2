/** What a job is: named steps with `do` and, where something is left behind, `undo`; and the small context that a step gets. */
import type { renderDocument, writeReport } from '../src/documents/index.js'
import { type Driver, DriverRefused, type InstanceAddress, type Progress } from '../src/drivers/driver.js'
import type { Effect } from '../src/lifecycle/decision.js'
import type { MeasuredConfiguration } from '../src/lifecycle/differences.js'
import type { InstanceRole } from '../src/lifecycle/kinds.js'
import type { Profile } from '../src/lifecycle/profile.js'
import type { Environment, Instance, JobName, Operation, Plan, PlanElement, Situation, Step } from '../src/lifecycle/types.js'
import type { runApart } from '../src/migration/index.js'
import type { Product } from '../src/product/index.js'
import type { Answer } from './probe.js'

/** What steps work with, the same for every operation. */
export interface Tools {
  driver: Driver
  product: Product
  /** Starts the migration program on a customer's files, apart from this process. */
  runApart: typeof runApart
  /** Makes a document: its record, and the PDF that shows it. */
  renderDocument: typeof renderDocument
  /** Writes a configuration report from rows as they are read. */
  writeReport: typeof writeReport
  intakeDir: string
  documentsDir: string
  /** The address under which people reach an instance; part of its identity. */
  urlOf(instance: string): string
  /** Who answers under such an address: this instance, by the mark of its answer, or anything. */
  probe(url: string, instance: string): Promise<Answer>
}

/** A database on record, by the server's key in the settings, with the operation that made it and which sealed secrets are still kept. */
interface EverAllotted extends InstanceAddress {
  serverKey: string
  operationId: string
  kept: { application: boolean; maintenance: boolean }
}

/** `postedAt` is null where Slack never took the notice; times are the product's clock, `ts` is Slack's own. */
export interface Notices {
  announced: {
    audience: 'ops' | 'customer'
    event: string
    until: string | null
    wishedAt: Date
    postedAt: Date | null
    ts: string | null
    trouble: string | null
  }[]
  postponed: { by: string; at: Date; until: string }[]
}

export interface StepContext extends Tools {
  situation: Situation
  operation: Operation
  environment: Environment | null
  role: InstanceRole | null
  /** When this attempt began, product time: the situation is as it was read then. */
  now: Date
  /** Product time now: what this step measures is dated by it, at the measuring. */
  moment(): Date
  /** Who people were when they acted, by the id that verdicts, signatures and operations carry. */
  profiles: ReadonlyMap<string, Profile>
  /** Steps of this operation that ended before, with their results. */
  steps: Step[]
  /** The operation that built the environment, with its steps; null while that is the present one, or none did. */
  built: { operation: Operation; steps: Step[] } | null
  progress: Progress
  /**
   * For a step that can say what it could not do: throws the fault again while the step is tried again, at its last attempt logs it and gives
   * the reference under which the log has it. A refusal, and a fault of an attempt that is let go, are always thrown.
   */
  giveUp(error: unknown): string
  /** The database that this operation makes for an instance: its name is on record before it is created, and the same at every retry. */
  allot(instance: Instance): Promise<InstanceAddress>
  /** Where an instance stands now; null when it has no database. */
  standing(instance: Instance): Promise<InstanceAddress | null>
  /** Every database of an instance that is not verified gone. */
  allotted(instance: Instance): Promise<InstanceAddress[]>
  /** Every database that an instance ever had, gone or not; without secrets. */
  everAllotted(instance: Instance): Promise<EverAllotted[]>
  /** Rows per table of the migration program's dry run that is kept under this key (SHA-256 of all that it depends on); null: none is. */
  keptDryRun(key: string): Promise<Record<string, number> | null>
  keepDryRun(key: string, tables: Record<string, number>): Promise<void>
  /** Verified gone, secret forgotten (R42). */
  gone(address: InstanceAddress): Promise<void>
  /** What was announced of the environment's end since the operation was asked for, and who moved its hour (R31). */
  notices(): Promise<Notices>
  /** A measurement as it is compared, element by element; null when there is none of that id. */
  measured(id: string): Promise<MeasuredConfiguration | null>
  /** The steps of another operation of this customer, with their results. */
  stepsOf(operationId: string): Promise<Step[]>
  /** The customer's audit trail up to now, oldest first, for the archive (R42). */
  auditExtract(): Promise<unknown[]>
}

export interface StepResult {
  /** Counts and checksums for people and for later steps; nothing personal or secret. */
  result?: Record<string, unknown>
  effects?: Effect[]
  /** Only a job's `plan` step gives these: the dry run (R34). */
  elements?: PlanElement[]
}

export interface StepDefinition {
  name: string
  title: string
  /** `once`, for every instance of the environment side by side, or for one of them. A single counts as Main. */
  for: 'once' | 'each' | 'main' | 'test'
  /** Left out of the plan where it does not apply. */
  when?(data: Plan['data']): boolean
  do(context: StepContext): Promise<StepResult | undefined>
  undo?(context: StepContext): Promise<void>
}

export interface Job {
  name: JobName
  retry: { attempts: number; backoffMs: number }
  /** The dry run: reads only. */
  plan(context: StepContext): Promise<PlanElement[]>
  steps: StepDefinition[]
}

/** A step that says no for good, in a sentence fit for people: trying again would not help. */
export class StepRefused extends Error {
  override readonly name = 'StepRefused'

  constructor(
    readonly rule: string,
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** What may yet come about and is tried again; in the end people are told this sentence, for they can mend it. */
export class StepUnfinished extends Error {
  override readonly name = 'StepUnfinished'

  constructor(
    readonly rule: string,
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** A step's or a driver's no for good; null for a fault. */
export function refusalOf(error: unknown): Pick<StepRefused, 'rule' | 'code' | 'message'> | null {
  return error instanceof StepRefused || error instanceof DriverRefused ? error : null
}

/** Fails a programming error loudly: what the plan guarantees is there. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`carrying out a step: ${what} is missing`)
  return value
}

/** The instance that a step works on. */
export function instanceIn(context: StepContext): Instance {
  const environment = must(context.environment, 'the environment')
  return must(
    environment.instances.find((i) => i.role === context.role),
    `the instance ${context.role}`,
  )
}

/** The operation that made an environment's instances, and what its steps found. */
export interface Built {
  operation: Operation
  steps: Step[]
  resultOf(step: string, role?: InstanceRole | null): Record<string, unknown>
}

/** What an IQ needs to know of the making of the instance that it looks at: from the operation that made it, whichever carries out the IQ. */
export function builtOf(context: StepContext): Built {
  const { operation, steps } = context.built ?? context
  return { operation, steps, resultOf: (step, role = context.role) => resultOf({ steps, role: context.role }, step, role) }
}

/** When an earlier step measured what it left: as its result says, else (a step from before results said so) when it ended; null where it never did. */
export function measuredAt({ steps }: Pick<Built, 'steps'>, name: string, role: InstanceRole | null): Date | null {
  const step = steps.find((s) => s.name === name && (s.role === role || s.role === null))
  const at = step?.result?.['at']
  return typeof at === 'string' ? new Date(at) : (step?.endedAt ?? null)
}

/** The result of an earlier step of the same operation. */
export function resultOf(
  context: Pick<StepContext, 'steps' | 'role'>,
  name: string,
  role: InstanceRole | null = context.role,
): Record<string, unknown> {
  return context.steps.find((s) => s.name === name && (s.role === role || s.role === null))?.result ?? {}
}
