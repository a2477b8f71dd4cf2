/** News of environments, and who hears it. */
import type { Effect } from './decision.js'
import type { Environment } from './types.js'

/** The customer hears of an environment from its hand-over to its end, but not of Demo, which is the vendor's (R4). */
export function announce(event: string, environment: Environment, data?: Record<string, string | number>): Effect {
  const audience = environment.customerId && environment.kind !== 'demo' ? 'both' : 'ops'
  return { do: 'announce', event, audience, environment: environment.name, ...(data ? { data } : {}) }
}
