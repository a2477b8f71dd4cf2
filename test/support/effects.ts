/** What a rule decided, in few words. */
import type { Decision, Effect, Refusal } from '../../src/lifecycle/decision.js'

export const refusalOf = (decision: Decision): Refusal | null => (decision.ok ? null : decision.refusal)
export function effectsOf(decision: Decision): Effect[] {
  if (!decision.ok) throw new Error(`refused: ${decision.refusal.rule} ${decision.refusal.code} ${decision.refusal.text}`)
  return decision.effects
}
/** Effects of one sort. */
export function of<D extends Effect['do']>(effects: Effect[], sort: D): Extract<Effect, { do: D }>[] {
  return effects.filter((e): e is Extract<Effect, { do: D }> => e.do === sort)
}
/** The state that effects give an environment last. */
export const stateGiven = (effects: Effect[], name: string) =>
  of(effects, 'set-environment')
    .filter((e) => e.name === name)
    .at(-1)?.state
