/** The course of an operation, played with every outcome of every step (fast-check). */
import fc from 'fast-check'
import { nextMove } from '../../src/lifecycle/advance.js'
import type { Operation, Step } from '../../src/lifecycle/types.js'

type Playing = Pick<Step, 'id' | 'ordinal' | 'stage' | 'state'>
interface Course {
  operation: Pick<Operation, 'state' | 'verb' | 'cancelling'>
  steps: Playing[]
  begun: number[]
  undone: number[]
  end: string | null
}

const verbs = ['create', 'migrate', 'promote', 'extract', 'teardown', 'rollback'] as const
const outcome = fc.record({ fails: fc.boolean(), cancels: fc.boolean(), pick: fc.nat(7) })
const game = fc.record({
  verb: fc.constantFrom(...verbs),
  stages: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 }),
  script: fc.array(outcome, { minLength: 60, maxLength: 60 }),
  failing: fc.boolean(),
})

/** R42, as the rule says it and not as the code does: what ends is not brought back. */
const brooksNoUndo = (verb: Operation['verb']) => verb === 'teardown' || verb === 'rollback'

function start(verb: Operation['verb'], stages: number[]): Course {
  const widths = [1, ...stages]
  const steps = widths
    .flatMap((width, stage) => Array.from({ length: width }, () => stage))
    .map((stage, ordinal) => ({ id: String(ordinal), ordinal, stage, state: 'pending' as Step['state'] }))
  return { operation: { state: 'planning', verb, cancelling: false }, steps, begun: [], undone: [], end: null }
}

/** Carries out the move as `change/follow.ts` does. Returns whether anything moved. */
function move(course: Course): boolean {
  const next = nextMove(course.operation, course.steps)
  if (next.do === 'wait') return false
  if (next.do === 'undo') course.operation.state = 'undoing'
  if (next.do === 'end') {
    if (next.result === 'planned') course.operation.state = course.operation.cancelling ? 'cancelled' : 'running'
    else course.operation.state = next.result
    if (course.operation.state !== 'running') course.end = course.operation.state
  }
  if (next.do === 'queue')
    for (const id of next.steps) {
      const step = course.steps[Number(id)]
      if (!step) throw new Error(`queueing step ${id}`)
      step.state = next.as
      course[next.as === 'queued' ? 'begun' : 'undone'].push(step.stage)
    }
  return true
}

/** One step that is under way ends, as the script says. */
function report(course: Course, { fails, cancels, pick }: { fails: boolean; cancels: boolean; pick: number }, failing: boolean): boolean {
  const busy = course.steps.filter((s) => s.state === 'queued' || s.state === 'undoing')
  const step = busy[pick % Math.max(1, busy.length)]
  if (!step) return false
  const bad = failing && fails
  step.state = step.state === 'undoing' ? (bad ? 'stuck' : 'undone') : bad ? 'failed' : 'done'
  const mayCancel = course.operation.state === 'planning' || (course.operation.state === 'running' && !brooksNoUndo(course.operation.verb))
  if (failing && cancels && mayCancel) course.operation.cancelling = true
  return true
}

function play({ verb, stages, script, failing }: typeof game extends fc.Arbitrary<infer G> ? G : never): Course {
  const course = start(verb, stages)
  for (const line of script) {
    while (move(course)) {
      const active = course.steps.filter((s) => s.state === 'queued' || s.state === 'undoing')
      expect(new Set(active.map((s) => s.stage)).size).toBeLessThanOrEqual(1)
    }
    if (course.end || !report(course, line, failing)) break
  }
  while (move(course));
  return course
}

test('R40 whatever its steps do, an operation comes to an end', () => {
  fc.assert(
    fc.property(game, (g) => ['done', 'undone', 'stuck', 'cancelled'].includes(play(g).end ?? 'none')),
    { numRuns: 400 },
  )
})

test('R34 no step begins before the stages before it are done, and undoing goes backwards', () => {
  const sorted = (numbers: number[], direction: 1 | -1) => numbers.every((n, i) => i === 0 || (n - (numbers[i - 1] ?? n)) * direction >= 0)
  fc.assert(
    fc.property(game, (g) => {
      const { begun, undone } = play(g)
      return sorted(begun, 1) && sorted(undone, -1)
    }),
    { numRuns: 400 },
  )
})

test('R1 done means that every step is done; undone, that whatever began is undone; stuck, that people are needed', () => {
  fc.assert(
    fc.property(game, (g) => {
      const { end, steps, operation } = play(g)
      if (end === 'done') expect(steps.every((s) => s.state === 'done')).toBe(true)
      if (end === 'undone') expect(steps.every((s) => s.state === 'undone' || s.state === 'pending')).toBe(true)
      if (end === 'stuck')
        expect(steps.some((s) => s.state === 'stuck' || (brooksNoUndo(operation.verb) && s.state === 'failed'))).toBe(true)
      return true
    }),
    { numRuns: 400 },
  )
})

test('R42 a teardown or rollback that runs is never undone', () => {
  fc.assert(
    fc.property(game, (g) => {
      const { operation, undone } = play(g)
      return !brooksNoUndo(operation.verb) || undone.every((stage) => stage === 0)
    }),
    { numRuns: 300 },
  )
})

test('R40 without trouble everything is done', () => {
  fc.assert(
    fc.property(game, (g) => play({ ...g, failing: false }).end === 'done'),
    { numRuns: 100 },
  )
})
