/** Short answers to one person: a refusal with its reason (R39), a fault with its reference, a plain sentence. */
import type { Refusal } from '../lifecycle/decision.js'
import { context, prose, section, type View, view } from './view.js'
import { reference as quoted } from './words.js'

const refusals = new WeakMap<View, Refusal>()

/** The refusal that a view of `refusal` shows; null for any other view. */
export function refusalIn(view: View): Refusal | null {
  return refusals.get(view) ?? null
}

/** Why not: what is missing, who can provide it, and the rule. */
export function refusal(why: Refusal): View {
  const { text, rule, who } = why
  const help = who ? `Who can help: ${prose(who)}` : null
  const shown = view(`Refused: ${prose(text)}`, [
    section(`:no_entry_sign: *Refused*\n${prose(text)}`),
    context(help, `Rule ${prose(rule)}`),
  ])
  refusals.set(shown, why)
  return shown
}

/** Something broke on our side; the log has the rest under the reference. */
export function fault(reference: string): View {
  const text = 'This did not work, and it is not your doing.'
  return view(`${text} Reference ${quoted(reference)}`, [
    section(`:warning: *Something broke on our side*\n${text} Please try again in a minute.`),
    context(`If it stays like this, tell the people who run Slipway: reference ${quoted(reference)}`),
  ])
}

/** A plain sentence. */
export function said(text: string): View {
  return view(prose(text), [section(prose(text))])
}
