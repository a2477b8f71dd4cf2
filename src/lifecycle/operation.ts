/** What follows when an operation's plan is ready, when it ends, and when somebody cancels or resumes it. */
import { goesForwardOnly } from './advance.js'
import { announce } from './announce.js'
import { begin, stateDuring } from './begin.js'
import { dropped } from './click.js'
import { agree, type Decision, type Effect, refuse } from './decision.js'
import { noticeMs } from './destroy.js'
import { kinds } from './kinds.js'
import { measured } from './measuring.js'
import { executed } from './qualification.js'
import { environmentById, environmentByName } from './situation.js'
import type { Environment, Operation, Situation } from './types.js'

/** The dry run is done: with approvals it waits, a teardown waits for its hour, everything else runs (R34, R30). */
export function planned(s: Situation, ask: { operationId: string }): Decision {
  const operation = s.operations.find((o) => o.id === ask.operationId)
  if (operation?.state !== 'planning') return agree([])
  if (operation.cancelling) return agree(dropped(s, operation, 'cancelled'))
  if (operation.slots.length > 0) return agree([{ do: 'set-operation', id: operation.id, state: 'waiting' }])
  if (!operation.runAt) return agree(begin(s, operation))
  const environment = environmentById(s, operation.environmentId)
  if (!environment || operation.verb !== 'teardown')
    return agree([{ do: 'set-operation', id: operation.id, state: 'scheduled', runAt: operation.runAt }])
  // Planning took its time: what is announced now leaves the whole notice from now.
  const runAt = new Date(Math.max(operation.runAt.getTime(), s.now.getTime() + noticeMs(s)))
  return agree([
    { do: 'set-operation', id: operation.id, state: 'scheduled', runAt },
    announce('teardown-scheduled', environment, { until: runAt.toISOString() }),
  ])
}

/** The last step, or the last undo, is behind us. */
export function ended(s: Situation, ask: { operationId: string; result: 'done' | 'undone' | 'stuck'; trouble: string | null }): Decision {
  const operation = s.operations.find((o) => o.id === ask.operationId)
  if (!operation) return agree([])
  const set: Effect = { do: 'set-operation', id: operation.id, state: ask.result, ...(ask.trouble ? { trouble: ask.trouble } : {}) }
  const environment = environmentById(s, operation.environmentId)
  const follow = ask.result === 'done' ? done(s, operation, environment) : broken(s, operation, environment, ask.result)
  return agree([set, ...follow])
}

function done(s: Situation, operation: Operation, environment: Environment | undefined): Effect[] {
  if (!environment) return []
  const source = environmentByName(s, String(operation.plan.data['source']))
  switch (operation.verb) {
    case 'create':
    case 'migrate':
      return made(environment)
    case 'promote':
      return [...made(environment), ...(source ? [{ do: 'set-environment', name: source.name, state: 'frozen' } as Effect] : [])]
    // That it is gone is told by the step that looked for it, with what was found (jobs/teardown.ts).
    case 'teardown':
      return [{ do: 'set-environment', name: environment.name, state: endOf(s, environment) }, ...accessEnds(s, environment)]
    case 'rollback':
      return [
        { do: 'set-environment', name: environment.name, state: 'destroyed' },
        ...accessEnds(s, environment),
        ...(source ? [{ do: 'set-environment', name: source.name, state: 'ready' } as Effect] : []),
        { do: 'set-golive', state: 'rolled-back' },
        { do: 'announce', event: 'golive-rolled-back', audience: 'both' },
      ]
    case 'qualify':
      return executed(s, operation, environment)
    case 'measure':
      return measured(s, operation)
    case 'extract':
    case 'endorse':
    case 'register':
      return []
    default:
      return operation.verb satisfies never
  }
}

/** How an environment ends: Pre-PROD of a live customer as promoted (R15), everything else as destroyed. */
export function endOf(s: Situation, environment: Environment): 'promoted' | 'destroyed' {
  return environment.kind === 'preprod' && s.customer?.state === 'live' ? 'promoted' : 'destroyed'
}

/** Access ends with what it was to. */
function accessEnds(s: Situation, environment: Environment): Effect[] {
  return s.access.filter((a) => a.environmentId === environment.id).map((a) => ({ do: 'revoke-access', id: a.id }))
}

/** Controlled environments are handed over only with a signed IQ (R22); the others are ready at once. */
function made(environment: Environment): Effect[] {
  if (kinds[environment.kind].controlled) return [{ do: 'set-environment', name: environment.name, state: 'qualifying' }]
  return [{ do: 'set-environment', name: environment.name, state: 'ready' }, announce('environment-ready', environment)]
}

function broken(s: Situation, operation: Operation, environment: Environment | undefined, result: 'undone' | 'stuck'): Effect[] {
  if (!environment) return []
  const source = environmentByName(s, String(operation.plan.data['source']))
  const unfrozen: Effect[] =
    operation.verb === 'promote' && result === 'undone' && source?.state === 'frozen'
      ? [{ do: 'set-environment', name: source.name, state: 'ready' }]
      : []
  const iteration = s.iterations.find((i) => i.state === 'running')
  const lost: Effect[] = operation.verb === 'migrate' && iteration ? [{ do: 'set-iteration', id: iteration.id, state: 'failed' }] : []
  if (result === 'stuck') return [...lost, ...held(operation, environment)]
  // What stands as it stood (Migration's last iteration, say, when its remaking ended before it began) stays what it was.
  const never = ['create', 'promote', 'migrate'].includes(operation.verb) && ['waiting', 'building'].includes(environment.state)
  return [...lost, ...unfrozen, ...(never ? [{ do: 'set-environment', name: environment.name, state: 'failed' } as Effect] : [])]
}

/** People are needed; what was only read stays usable. */
function held(operation: Operation, environment: Environment): Effect[] {
  return [
    ...(stateDuring(operation.verb) ? [{ do: 'set-environment', name: environment.name, state: 'stuck' } as Effect] : []),
    { do: 'announce', event: 'operation-stuck', audience: 'ops', environment: environment.name },
  ]
}

/** Before it runs, cancelling drops it; while it runs, the steps under way end and everything is undone. */
export function cancel(s: Situation, ask: { operationId: string }): Decision {
  const operation = s.operations.find((o) => o.id === ask.operationId)
  if (!operation) return refuse('R40', 'unknown-operation', 'This operation is not known here.')
  switch (operation.state) {
    case 'planning':
    case 'running':
      if (operation.state === 'running' && goesForwardOnly(operation.verb))
        return refuse('R42', 'no-way-back', `A ${operation.verb} that runs has no way back.`)
      if (operation.cancelling) return refuse('R40', 'cancelling-already', 'It is being cancelled already.')
      return agree(
        [{ do: 'set-operation', id: operation.id, state: operation.state, cancelling: true }],
        'Cancelling: what was made is being undone.',
      )
    case 'waiting':
    case 'scheduled':
      return agree(dropped(s, operation, 'cancelled'), 'Cancelled.')
    default:
      return refuse('R40', 'not-running', `It is ${operation.state}; there is nothing to cancel.`)
  }
}

/** After people removed the obstacle, a stuck operation goes on where it stopped. */
export function resume(s: Situation, ask: { operationId: string }): Decision {
  const operation = s.operations.find((o) => o.id === ask.operationId)
  if (operation?.state !== 'stuck') return refuse('R40', 'not-stuck', 'Only a stuck operation can be resumed.')
  const forward = goesForwardOnly(operation.verb)
  const environment = environmentById(s, operation.environmentId)
  const state = stateDuring(operation.verb)
  return agree(
    [
      { do: 'set-operation', id: operation.id, state: forward ? 'running' : 'undoing' },
      ...(environment && state ? [{ do: 'set-environment', name: environment.name, state } as Effect] : []),
    ],
    'Resumed.',
  )
}
