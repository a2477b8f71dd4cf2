/** The short answer to who asked; everybody else sees the request's or operation's own message. */
import type { PersonAsk } from '../src/lifecycle/ask.js'
import { refusal, said } from '../src/views/refusal.js'
import type { View } from '../src/views/view.js'
import type { CommandContext } from './command.js'

/** Asks `change` and puts its answer into words. */
export async function ask(wanted: PersonAsk, { change }: Pick<CommandContext, 'change'>): Promise<View> {
  const outcome = await change(wanted)
  return outcome.kind === 'refused' ? refusal(outcome.refusal) : said(outcome.say ?? 'Done.')
}
