/** News of environments, and who hears it. */
import type { Effect } from './decision.js'
import type { Environment } from './types.js'

/** The customer hears of an environment from its hand-over to its end, but not of Demo, which is the vendor's (R4). */
export function concerned({ customerId, kind }: Environment): 'both' | 'ops' {
  return customerId && kind !== 'demo' ? 'both' : 'ops'
}

/** News of an environment to whom it concerns. */
export function announce(event: string, environment: Environment, data?: Record<string, string | number>): Effect {
  return { do: 'announce', event, audience: concerned(environment), environment: environment.name, ...(data ? { data } : {}) }
}
