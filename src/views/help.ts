/** Help, made from the registry of commands: what the caller may say, with an example of each. */
import { code, context, escaped, header, lines, section, type View, view } from './view.js'

export interface HelpEntry {
  usage: string
  help: string
  example: string
}

/** Help on one word with examples, or on everything in short. */
export function help(entries: readonly HelpEntry[], word: string | null): View {
  if (entries.length === 0) return nothing(word)
  const text = word ? `How to use ${escaped(word)}` : 'What you can say to Slipway'
  if (word === null) return view(text, [header(text), ...groups(entries), context('Each word also takes `help`, with examples.')])
  const told = entries.map(({ usage, help, example }) => section(`${code(usage)}\n${escaped(help)}\n_For example_ ${code(example)}`))
  return view(text, [header(word), ...told])
}

function groups(entries: readonly HelpEntry[]) {
  const words = new Map<string, string[]>()
  for (const { usage, help } of entries) {
    const word = usage.trim().split(/\s+/)[0] ?? ''
    words.set(word, [...(words.get(word) ?? []), `${code(usage)}\n${escaped(help)}`])
  }
  return [...words].flatMap(([word, told]) => lines([`*${escaped(word)}*`, ...told]))
}

function nothing(word: string | null): View {
  const what = word ? `with ${code(word)}` : 'here'
  const text = `There is nothing that you may do ${what}.`
  return view(text, [section(text), context('Who may do what is written in the policy; an admin can change it.')])
}
