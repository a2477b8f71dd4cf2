/** What happens to an environment when an operation on it begins: it is being built, or it is ending. */
import type { Effect } from './decision.js'
import { environmentById } from './situation.js'
import type { EnvironmentState, Operation, OperationVerb, Situation } from './types.js'

const states: Record<OperationVerb, EnvironmentState | null> = {
  create: 'building',
  migrate: 'building',
  promote: 'building',
  teardown: 'ending',
  rollback: 'ending',
  extract: null,
  qualify: null,
  endorse: null,
  measure: null,
  register: null,
}

/** The state in which an operation under way leaves its environment; null where it only reads. */
export function stateDuring(verb: OperationVerb): EnvironmentState | null {
  return states[verb]
}

/** The operation runs, and its environment says so. */
export function begin(s: Situation, operation: Operation): Effect[] {
  const environment = environmentById(s, operation.environmentId)
  const state = stateDuring(operation.verb)
  return [
    { do: 'set-operation', id: operation.id, state: 'running' },
    ...(environment && state ? [{ do: 'set-environment', name: environment.name, state } as Effect] : []),
  ]
}
