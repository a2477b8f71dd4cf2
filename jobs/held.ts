/** What stands in an instance now, beside what the approved plan says should stand there (R34): counted anew by whoever asks, in the plan's lines. */
import type { InstanceAddress } from '../src/drivers/driver.js'
import type { PlanElement } from '../src/lifecycle/types.js'
import { type ElementCount, elementOf, heldPlan } from '../src/product/index.js'
import type { Reconciled } from './counts.js'
import { builtOf, instanceIn, type StepContext } from './job.js'

/** A line of what stands there: an element with all its rows, whatever brought them. */
export interface Held extends Omit<Reconciled, 'disposition'> {
  /** How its rows came, by the plan: `carried and reset`, `loaded`. */
  disposition: string
  /** Rows that the plan left behind; none of them is among `planned`. */
  left?: number
  /** It grows with use: there may be more than were planned, never fewer. */
  grows?: true
}

/**
 * Counts the step's instance at `at`, element by element, against the plan of the operation that made it. Empty where that planned no rows;
 * null where the instance could not be counted.
 */
export async function heldCounts(context: StepContext, at: InstanceAddress): Promise<Held[] | null> {
  const instance = instanceIn(context)
  const planned = builtOf(context).operation.plan.elements.filter(({ role }) => role === instance.role)
  if (planned.length === 0) return []
  try {
    const found = await context.driver.dryRun(at, heldPlan(context.product, instance.version))
    return found.flatMap((line) => heldLine(context, planned, line))
  } catch (error) {
    if (context.progress.signal.aborted) throw error
    return null
  }
}

/** Nothing is said of what a plan from before there was a dry run of the migration program left to its books. */
function heldLine({ product }: StepContext, planned: readonly PlanElement[], { element, title, rows, parts }: ElementCount): Held[] {
  const lines = planned.filter((line) => line.element === element)
  if (lines.some(({ disposition, rows: said, parts: told }) => disposition === 'migrated' && said === 0 && !told)) return []
  const into = lines.filter(({ disposition }) => disposition !== 'dropped')
  const left = sum(lines.filter(({ disposition }) => disposition === 'dropped'))
  const told = into.every((line) => line.parts) ? partsOf(into, parts) : undefined
  return [
    {
      element,
      title,
      disposition: [...new Set(into.filter((line) => line.rows > 0).map(({ disposition }) => disposition))].join(' and ') || 'none',
      planned: sum(into),
      actual: rows,
      ...(told ? { parts: told } : {}),
      ...(left > 0 ? { left } : {}),
      ...(elementOf(product, element).class === 'audit' ? { grows: true as const } : {}),
    },
  ]
}

function partsOf(planned: readonly PlanElement[], found: ElementCount['parts']): NonNullable<Held['parts']> {
  const all = planned.flatMap(({ parts = [] }) => parts)
  return found.map(({ rows, ...part }) => ({
    ...part,
    planned: sum(all.filter(({ table, unit }) => table === part.table && unit === part.unit)),
    actual: rows,
  }))
}

function sum(lines: readonly { rows: number }[]): number {
  return lines.reduce((all, { rows }) => all + rows, 0)
}
