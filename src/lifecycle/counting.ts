/** Which way of counting a plan was made by (R34): what one release counts, the next may count otherwise. */
import type { Operation, Plan } from './types.js'

/**
 * Raised whenever a plan's lines come out otherwise for the same source. 1 (nothing in the plan): the audit trail is carried under a mask,
 * lists that the migration program loads whole are counted twice, no parts. 2: the trail is dropped, those lists are left out, parts.
 */
export const COUNTING = 2

/** The plan with its lines, and the way in which they were counted. */
export function counted(plan: Plan, elements: Plan['elements']): Plan {
  return { ...plan, data: { ...plan.data, counting: COUNTING }, elements }
}

/** Whether a plan has lines that another release counted: what happens now cannot be held against them. */
export function countedOtherwise({ plan }: Pick<Operation, 'plan'>): boolean {
  return plan.elements.length > 0 && plan.data['counting'] !== COUNTING
}
