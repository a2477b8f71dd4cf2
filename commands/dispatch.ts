/** From a slash command as Slack delivers it to the view that answers it: which command, its arguments, its run. */
import { help } from '../src/views/help.js'
import { refusal, refusalIn, said } from '../src/views/refusal.js'
import type { View } from '../src/views/view.js'
import type { Command, CommandContext } from './command.js'
import { verbsOf, type Word, wordNames } from './index.js'
import { may } from './may.js'
import { meant } from './nearest.js'
import { parseCommand, splitWords } from './parse.js'
import { prefixed } from './prefix.js'
import { shown } from './shown.js'
import { storable } from './storable.js'

export interface Spoken {
  /** The slash command without slash and prefix: `env`. */
  word: string
  /** What was typed after it. */
  text: string
}

/** Answers a slash command. Only the vendor's people have commands; everybody else has buttons (R30, R38). */
export async function answerCommand(spoken: Spoken, context: CommandContext, prefix: string): Promise<View> {
  const { party } = context.actor
  if (party !== 'vendor') {
    context.heard?.({ how: 'refused', what: `/${spoken.word}`, refusal: notVendor(party) })
    return refusal(notVendor(party))
  }
  return prefixed(await answer(spoken, context), prefix, wordNames)
}

/** Why somebody who is not of the vendor gets nothing by a command. */
export function notVendor(party: 'customer' | 'stranger' | 'system') {
  const text =
    party === 'customer'
      ? 'Commands are for the people of the vendor. All that you decide has a button in your channel.'
      : 'You have no role in Slipway yet, so there is nothing that you may see or do here.'
  return { code: 'not-vendor', rule: 'R30', text, ...(party === 'customer' ? {} : { who: 'an admin can add you to the policy file' }) }
}

async function answer({ word, text }: Spoken, context: CommandContext): Promise<View> {
  const known = wordNames.find((name) => name === word)
  const unclear = (sentence: string) => notUnderstood(context, `/${word}`, sentence)
  if (!known) return unclear(`\`/${word}\` is no command of Slipway.${meant(word, wordNames)}`)
  const typed = splitWords(storable(text))
  if (!typed.ok) return unclear(typed.complaint)
  const [verb, ...rest] = typed.value
  if (verb === undefined || isHelp(verb)) return helpOn(known, rest[0], context)
  const command = verbsOf(known).get(verb.toLowerCase())
  if (!command) return unknownVerb(known, verb, context)
  if (rest.length === 1 && isHelp(rest[0])) return helpOn(known, verb, context)
  return run(command, rest, context)
}

const isHelp = (typed: string | undefined) => /^(--?h(elp)?|help|\?)$/i.test(typed ?? '')

async function run(command: Command, typed: string[], context: CommandContext): Promise<View> {
  const parsed = parseCommand(command, typed)
  const what = command.usage.split(' ', 2).join(' ')
  if (parsed.ok) {
    const view = await command.run(parsed.value, context)
    const why = refusalIn(view)
    context.heard?.({ how: why ? 'refused' : 'shown', what, refusal: why })
    return view
  }
  return notUnderstood(context, what, `${parsed.complaint}\nHow to say it: \`${command.usage}\`\nFor example: \`${command.example}\``)
}

function notUnderstood({ heard }: CommandContext, what: string, sentence: string): View {
  heard?.({ how: 'not-understood', what, refusal: null })
  return said(sentence)
}

async function allowed(word: Word, { actor, queries }: CommandContext): Promise<Map<string, Command>> {
  const policy = (await queries.situation(null))?.policy
  return new Map([...verbsOf(word)].filter(([, command]) => (policy ? may(actor, command.policy, policy) : command.policy.length === 0)))
}

async function helpOn(word: Word, verb: string | undefined, context: CommandContext): Promise<View> {
  context.heard?.({ how: 'explained', what: `/${word}`, refusal: null })
  const verbs = await allowed(word, context)
  const one = verb === undefined ? undefined : verbs.get(verb.toLowerCase())
  return help(one ? [one] : [...verbs.values()], `/${word}`)
}

async function unknownVerb(word: Word, verb: string, context: CommandContext): Promise<View> {
  const verbs = [...(await allowed(word, context)).keys()]
  const list = verbs.map((name) => `\`${name}\``).join(', ')
  const sentence = `${shown(verb)} is nothing that \`/${word}\` knows.${meant(verb, verbs)}\nWith \`/${word}\` you can say: ${list}, \`help\`.`
  return notUnderstood(context, `/${word}`, sentence)
}
