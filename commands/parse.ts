/** From what was typed after a slash command to a command's arguments, or to a complaint that says what to type instead. */
import { parseArgs } from 'node:util'
import type { z } from 'zod'
import type { Command } from './command.js'
import { meant } from './nearest.js'
import { shown } from './shown.js'

export type Parsed<Value> = { ok: true; value: Value } | { ok: false; complaint: string }

const complain = (complaint: string) => ({ ok: false, complaint }) as const

/** Splits a line into words. Quotes hold several words together; phones' smart quotes and dashes count as plain ones. */
export function splitWords(line: string): Parsed<string[]> {
  const plain = line.replace(/[“”„‟«»]/g, '"').replace(/[‘’‚‛]/g, "'")
  const words: string[] = []
  const pattern = /\s*((?:--?|[—–―])[^\s=]+=)?(?:"([^"]*)"(?=\s|$)|'((?:[^']|'(?!\s|$))*)'(?=\s|$)|(<[^>]*>|\S+))/gy
  for (const found of plain.trimEnd().matchAll(pattern)) {
    const [, flag = '', double, single, bare = ''] = found
    if (/^["']/.test(bare)) return complain(`The quote that opens at ${shown(plain.slice(found.index).trim())} is never closed. Close it.`)
    words.push(dashes(flag) + unescaped(double ?? single ?? (flag ? bare : dashes(bare))))
  }
  return { ok: true, value: words.filter((word) => word !== '') }
}

/** Phones turn `--` into a dash: `—from` is `--from`, `2026–09–01` is `2026-09-01`. */
function dashes(word: string): string {
  return word.replace(/^[—–―](?=[a-z])/i, '--').replace(/[—–―−‐‑]/g, '-')
}

/** Slack escapes `&`, `<` and `>` in what people type, and wraps links: `<https://x|x>` is `https://x`. */
function unescaped(word: string): string {
  return word
    .replace(/<((?:https?|mailto):[^|>]*)(?:\|[^>]*)?>/g, (_, link: string) => link.replace(/^mailto:/, ''))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** Names a command's words and flags and checks them; a complaint ends with how the command is typed. */
export function parseCommand<Args>(command: Command<Args>, typed: readonly string[]): Parsed<Args> {
  const named = nameWords(command, typed)
  if (!named.ok) return named
  const checked = command.args.safeParse(named.value)
  return checked.success ? { ok: true, value: checked.data } : complain(complaints(checked.error))
}

function complaints(error: z.ZodError): string {
  return [...new Set(error.issues.map(({ message }) => message))].join('\n')
}

function nameWords({ words, flags }: Command, typed: readonly string[]): Parsed<Record<string, string>> {
  const options = Object.fromEntries(flags.map((flag) => [flag, { type: 'string' as const }]))
  const { tokens } = parseArgs({ args: [...typed], options, strict: false, allowPositionals: true, tokens: true })
  const named = new Map<string, string>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') {
      positionals.push(token.value)
      continue
    }
    const wrong = flagTrouble(token, flags, named)
    if (wrong) return complain(wrong)
    named.set(token.name, token.value ?? '')
  }
  const extra = positionals[words.length]
  if (extra !== undefined) return complain(`${shown(extra)} is one word too many. Put a text of several words in quotes: "like this".`)
  for (const [index, value] of positionals.entries()) named.set(words[index] ?? '', value)
  return { ok: true, value: Object.fromEntries(named) }
}

interface FlagToken {
  name: string
  rawName: string
  value?: string | undefined
  inlineValue?: boolean | undefined
}

function flagTrouble({ name, rawName, value, inlineValue }: FlagToken, flags: readonly string[], seen: Map<string, string>): string | null {
  if (!flags.includes(name)) {
    const known = flags.length > 0 ? `It takes ${flags.map((flag) => `\`--${flag}\``).join(', ')}.` : 'It takes no flags.'
    return `${shown(rawName)} is no flag of this command. ${known}${meant(name, flags)}`
  }
  if (seen.has(name)) return `\`--${name}\` is given twice. Say it once.`
  const missing = value === undefined || value === '' || (!inlineValue && /^--[a-z]/.test(value))
  return missing ? `\`--${name}\` needs a value after it.` : null
}
