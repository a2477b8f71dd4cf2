/** Finding what a command is about: the customer or environment that was named, or the one whose channel this is. */
import type { Refusal } from '../src/lifecycle/decision.js'
import type { Environment, Situation } from '../src/lifecycle/types.js'
import type { CommandContext } from './command.js'
import { meant } from './nearest.js'
import { shown } from './shown.js'

export type Found<Value> = { found: Value } | { refusal: Refusal }

const notFound = (code: string, text: string): { refusal: Refusal } => ({ refusal: { code, rule: 'R3', text } })

/** The slug of a customer that exists: the named one, else the channel's. */
export async function customerOf(typed: string | undefined, context: CommandContext): Promise<Found<string>> {
  const slug = await customerOrEverything(typed, context)
  if ('refusal' in slug || slug.found !== null) return slug as Found<string>
  return notFound('customer-missing', "Say which customer: this channel is no customer's. `/customer list` shows them.")
}

/** As `customerOf`, but null (no customer in particular) where none is named and the channel is no customer's. */
export async function customerOrEverything(typed: string | undefined, { queries, channel }: CommandContext): Promise<Found<string | null>> {
  if (typed === undefined) return { found: (await queries.customerOfChannel(channel))?.slug ?? null }
  if (await queries.customer(typed)) return { found: typed }
  const slugs = await queries.near('customer', typed)
  return notFound('unknown-customer', `There is no customer ${shown(typed)}.${meant(typed, slugs)}`)
}

/** The name of an environment that exists or existed. */
export async function environmentOf(typed: string, { queries }: CommandContext): Promise<Found<{ name: string; customer: string | null }>> {
  const environment = await queries.environment(typed)
  if (environment) return { found: environment }
  const names = await queries.near('environment', typed)
  return notFound('unknown-environment', `There is no environment ${shown(typed)}.${meant(typed, names)}`)
}

/** Everything about one customer. */
export async function situationOf(typed: string | undefined, context: CommandContext): Promise<Found<Situation>> {
  const slug = await customerOf(typed, context)
  if ('refusal' in slug) return slug
  const situation = await context.queries.situation(slug.found)
  return situation ? { found: situation } : notFound('unknown-customer', `There is no customer ${shown(slug.found)}.`)
}

/** An environment together with everything about its customer, or about Community. */
export async function environmentWithSituation(
  typed: string,
  context: CommandContext,
): Promise<Found<{ environment: Environment; situation: Situation }>> {
  const known = await environmentOf(typed, context)
  if ('refusal' in known) return known
  const situation = await context.queries.situationOfEnvironment(typed)
  const environment = [...(situation?.environments ?? []), situation?.community].find((each) => each?.name === typed)
  if (situation && environment) return { found: { environment, situation } }
  return notFound('unknown-environment', `There is no environment ${shown(typed)}.`)
}
