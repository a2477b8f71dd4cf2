/** Who may ask for what, as help needs to know it. `change` decides; this only keeps help to what makes sense for the caller. */
import type { Policy, PolicyKey } from '../src/lifecycle/policy.js'
import type { Actor } from '../src/lifecycle/types.js'

/** Whether any of the policy entries lets the actor ask; an empty list means every person of the vendor. */
export function may(actor: Actor, keys: readonly PolicyKey[], policy: Policy): boolean {
  if (actor.party !== 'vendor') return false
  const roles = actor.roles.map((role) => `vendor:${role}`)
  return keys.length === 0 || keys.some((key) => policy.verbs[key].ask.some((role) => roles.includes(role)))
}
