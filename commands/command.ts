/** What a command is: one verb of one word, with its help, its arguments and a `run` that returns a View. */
import type { z } from 'zod'
import type { Outcome, PersonAsk } from '../src/lifecycle/ask.js'
import type { Refusal } from '../src/lifecycle/decision.js'
import type { PolicyKey } from '../src/lifecycle/policy.js'
import type { Actor, Customer, Environment, Situation, Step } from '../src/lifecycle/types.js'
import type { View } from '../src/views/view.js'

/** Reading, handed in; never writes. A slug or name that nobody knows gives null. */
export interface Queries {
  /** The actor as policy and the customers' people know them now. */
  actor(userId: string): Promise<Actor>
  customers(): Promise<Customer[]>
  environments(): Promise<(Environment & { customer: string | null })[]>
  /** One customer's environments; Community is nobody's. */
  environmentsOf(slug: string): Promise<(Environment & { customer: string | null })[]>
  customer(slug: string): Promise<Customer | null>
  /** An environment that exists or existed, with its customer's slug (null: Community, which is nobody's); null where nobody knows the name. */
  environment(name: string): Promise<{ name: string; customer: string | null } | null>
  /** Slugs or names that may have been meant by what was typed: at most some hundred, however many there are. */
  near(what: 'customer' | 'environment', typed: string): Promise<string[]>
  situation(slug: string | null): Promise<Situation | null>
  situationOfEnvironment(name: string): Promise<Situation | null>
  steps(operationId: string): Promise<Step[]>
  audit(
    slug: string | null,
    limit: number,
  ): Promise<
    { seq: number; at: Date; actor: string; verb: string; subject: string; why: string | null; before?: unknown; after?: unknown }[]
  >
  /** The customer whose shared channel this is, so that `[customer]` may be left out there. */
  customerOfChannel(channel: string): Promise<Customer | null>
}

/** How a command ended that asked for no change: what the trail says of it (R32). */
export interface CommandHeard {
  how: 'shown' | 'explained' | 'not-understood' | 'refused'
  /** `/env show`; the word alone where no verb was understood. */
  what: string
  refusal: Refusal | null
}

export interface CommandContext {
  actor: Actor
  userId: string
  channel: string
  /** Carries out a person's ask in one transaction; the payload's dedupe key is bound in already. */
  change(ask: PersonAsk): Promise<Outcome>
  queries: Queries
  /** Told once for each command, also of one that asked for a change. */
  heard?(ended: CommandHeard): void
}

export interface Command<Args = unknown> {
  /** As people type it, prefix left out: `/env create <kind> [customer]`. */
  usage: string
  /** One sentence. */
  help: string
  example: string
  /** Any of these policy entries lets a person ask; none: every person of the vendor. Help lists only what the caller may do. */
  policy: readonly PolicyKey[]
  /** The names of the positional words, in order. */
  words: readonly string[]
  /** The names of the flags; each takes a value. */
  flags: readonly string[]
  /** Words and flags by name, as typed → the arguments, or complaints that name the value and what to do instead. */
  args: z.ZodType<Args>
  run(args: Args, context: CommandContext): Promise<View>
}

/** Declares a command; only so that `run` gets the type of `args`. */
export function defineCommand<Args>(command: Command<Args>): Command<Args> {
  return command
}
