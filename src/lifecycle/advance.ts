/** What an operation does next, from its steps alone. Steps of one stage run side by side; stage 0 is the dry run. */
import type { Operation, Step } from './types.js'

export type Move =
  | { do: 'wait' }
  | { do: 'queue'; steps: string[]; as: 'queued' | 'undoing' }
  | { do: 'undo' }
  | { do: 'end'; result: 'planned' | 'done' | 'undone' | 'stuck' }

type State = Pick<Operation, 'state' | 'verb' | 'cancelling'>
type Progressing = Pick<Step, 'id' | 'ordinal' | 'stage' | 'state'>

const underWay = (step: Progressing) => step.state === 'queued' || step.state === 'running' || step.state === 'undoing'

/** What was destroyed cannot be brought back: these only go forward, and wait for people when they cannot. */
export function goesForwardOnly(verb: Operation['verb']): boolean {
  return verb === 'teardown' || verb === 'rollback'
}

/** The next move; called after every report, and safe to call at any time. */
export function nextMove(operation: State, steps: Progressing[]): Move {
  switch (operation.state) {
    case 'planning':
      return forward(
        operation,
        steps.filter((s) => s.stage === 0),
        'planned',
      )
    case 'running':
      return forward(operation, steps, 'done')
    case 'undoing':
      return backward(steps)
    default:
      return { do: 'wait' }
  }
}

function forward(operation: State, steps: Progressing[], result: 'planned' | 'done'): Move {
  const failed = steps.some((s) => s.state === 'failed')
  if (failed || (operation.cancelling && result === 'done')) {
    if (steps.some(underWay)) return { do: 'wait' }
    // A dry run touched nothing, so that even what only goes forward can end there.
    return result === 'done' && goesForwardOnly(operation.verb) ? { do: 'end', result: 'stuck' } : { do: 'undo' }
  }
  const open = steps.filter((s) => s.state !== 'done')
  if (open.length === 0) return { do: 'end', result }
  const stage = Math.min(...open.map((s) => s.stage))
  const next = open.filter((s) => s.stage === stage && s.state === 'pending')
  return next.length > 0 ? { do: 'queue', steps: next.map((s) => s.id), as: 'queued' } : { do: 'wait' }
}

/** Every step that was begun is undone, the last stage first; a step that never began has nothing to undo. */
function backward(steps: Progressing[]): Move {
  if (steps.some(underWay)) return { do: 'wait' }
  if (steps.some((s) => s.state === 'stuck')) return { do: 'end', result: 'stuck' }
  const begun = steps.filter((s) => s.state === 'done' || s.state === 'failed')
  if (begun.length === 0) return { do: 'end', result: 'undone' }
  const stage = Math.max(...begun.map((s) => s.stage))
  return { do: 'queue', steps: begun.filter((s) => s.stage === stage).map((s) => s.id), as: 'undoing' }
}
