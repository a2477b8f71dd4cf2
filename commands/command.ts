/** What a command is: one verb of one word, with its help, its arguments and a `run` that returns a View. */
import type { Outcome, PersonAsk } from '../src/lifecycle/ask.js'
import type { PolicyKey } from '../src/lifecycle/policy.js'
import type { Actor, Customer, Environment, Situation, Step } from '../src/lifecycle/types.js'
import type { View } from '../src/slack/views/view.js'

/** Reading, handed in; never writes. A slug or name that nobody knows gives null. */
export interface Queries {
  /** The actor as policy and the customers' people know them now. */
  actor(userId: string): Promise<Actor>
  customers(): Promise<Customer[]>
  environments(): Promise<(Environment & { customer: string | null })[]>
  situation(slug: string | null): Promise<Situation | null>
  situationOfEnvironment(name: string): Promise<Situation | null>
  steps(operationId: string): Promise<Step[]>
  audit(
    slug: string | null,
    limit: number,
  ): Promise<{ seq: number; at: Date; actor: string; verb: string; subject: string; why: string | null }[]>
  /** The customer whose shared channel this is, so that `[customer]` may be left out there. */
  customerOfChannel(channel: string): Promise<Customer | null>
}

export interface CommandContext {
  actor: Actor
  userId: string
  channel: string
  /** Carries out a person's ask in one transaction; the payload's dedupe key is bound in already. */
  change(ask: PersonAsk): Promise<Outcome>
  queries: Queries
}

export interface Command<Args = unknown> {
  /** As people type it, prefix left out: `/env create <kind> [customer]`. */
  usage: string
  /** One sentence. */
  help: string
  example: string
  /** Which policy entry says who may; null: every vendor person. Help lists only what the caller may do. */
  policy: PolicyKey | null
  /** Positional words and flags as typed → the arguments, or a clear complaint (zod message). */
  parse(words: { positionals: string[]; flags: Record<string, string | boolean | undefined> }): Args
  /** Names of the flags; boolean ones are said so. */
  flags: Record<string, 'string' | 'boolean'>
  run(args: Args, context: CommandContext): Promise<View>
}
