/** The forms in which an identifier is looked for: without case, accents, punctuation and blanks, names in any order of their parts. */
import { comparable } from '../product/index.js'

const words = { letters: /[\p{L}]+/gu, letterOrDigit: /[\p{L}\d]+/gu }
/** Names and addresses have no more parts than this. */
const longest = 7

/** E-mail addresses in a text. */
export function emails(text: string): string[] {
  return text.toLowerCase().match(/[^\s<>,;:"'()]+@[^\s<>,;:"'()]+/g) ?? []
}

/** The digits of telephone numbers in a text, without leading zeros; `+31 6 12` and `0031-6-12` are one. */
export function phones(text: string): string[] {
  return (text.match(/\d[\d\s().\-/]{5,}\d/g) ?? [])
    .map((run) => run.replace(/\D/g, '').replace(/^0+/, ''))
    .flatMap((digits) => (digits.length >= 8 ? [digits] : []))
}

/** What could be a number of a person: the whole text, and each word of it, if it has a digit and six characters. */
export function numbers(text: string): string[] {
  const parts = [text, ...text.split(/[\s,;:()<>"'{}[\]]+/)].map((part) => comparable(part).replace(/[^\p{L}\d]/gu, ''))
  return [...new Set(parts)].filter((part) => part.length >= 6 && part.length <= 40 && /\d/.test(part))
}

/** All forms of a name of at least two parts: whichever comes first. */
export function names(...parts: (string | null | undefined)[]): string[] {
  const each = parts.map((part) => plain(part ?? '', words.letters)).filter((part) => part.length > 0)
  const turned = each.map((_, at) => [...each.slice(at), ...each.slice(0, at)].flat().join(''))
  return each.length < 2 ? [] : [...new Set(turned)].filter((form) => form.length >= 5)
}

/** All forms of a name that stands in one text, such as a contact's. */
export function wholeName(text: string): string[] {
  return names(...plain(text, words.letters))
}

/** An address, if it has a number: a street alone is no secret. */
export function street(text: string): string[] {
  const form = plain(text, words.letterOrDigit).join('')
  return form.length >= 6 && /\d/.test(form) && /\p{L}/u.test(form) ? [form] : []
}

/** Everything in a text that could be a name. */
export function possibleNames(text: string): string[] {
  return runs(plain(text, words.letters))
}

/** Everything in a text that could be an address. */
export function possibleStreets(text: string): string[] {
  return /\d/.test(text) ? runs(plain(text, words.letterOrDigit)).filter((form) => /\d/.test(form)) : []
}

function plain(text: string, pattern: RegExp): string[] {
  return comparable(text).match(pattern) ?? []
}

/** Two to seven words that follow each other, as one. */
function runs(parts: readonly string[]): string[] {
  const found: string[] = []
  for (let at = 0; at < parts.length; at++) {
    let run = parts[at] ?? ''
    for (let to = at + 1; to < Math.min(parts.length, at + longest); to++) {
      run += parts[to]
      found.push(run)
    }
  }
  return found
}
