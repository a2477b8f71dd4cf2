/**
 * The forms in which an identifier is remembered and looked for. Of each identifier the first form tells it from others, the rest are its
 * other spellings. What is searched and what is not is said in `leak-statement.ts`: whoever changes the one changes the other.
 */
import { comparable } from '../product/index.js'

const words = { letters: /\p{L}+/gu, letterOrDigit: /[\p{L}\d]+/gu }
/** Names and addresses have no more parts than this, and numbers no more groups of digits. */
const longest = 7
/** Letters that are no letter with an accent to Unicode, though people leave the stroke out. */
const undivided: Record<string, string> = {
  ...{ ø: 'o', ß: 'ss', ł: 'l', æ: 'ae', œ: 'oe', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ħ: 'h', ŧ: 't' },
}

/** A text as all functions here want it: no case, no accents, no strokes. */
export function folded(text: string): string {
  return comparable(text).replace(/[øßłæœđðþıħŧ]/g, (letter) => undivided[letter] ?? letter)
}

/** E-mail addresses in a text, whatever punctuation stands around them. */
export function emails(text: string): string[] {
  if (!text.includes('@')) return []
  return (text.match(/[\p{L}\d_%+&-]+(?:\.[\p{L}\d_%+&-]+)*@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*/gu) ?? [])
    .map((address) => address.replace(/^[^\p{L}\d]+|[^\p{L}\d]+$/gu, ''))
    .filter((address) => /[^@]@[^@]/.test(address))
}

/** The same, and what they are if a sentence goes on behind the full stop without a blank. */
export function possibleEmails(text: string): string[] {
  return emails(text).flatMap((address) => {
    const [mailbox = '', domain = ''] = address.split('@')
    const labels = domain.split('.')
    return labels.length < 3 ? [address] : labels.slice(1).map((_, at) => `${mailbox}@${labels.slice(0, at + 2).join('.')}`)
  })
}

const dates = /(?<![\d./-])(?:(?:19|20)\d\d-[01]\d-[0-3]\d(?:[t ]\d\d(?=[: ]))?|\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d)(?![./-]?\d)/g

/** Telephone numbers, each in its forms: its last nine digits, and for those who leave the country or the area out, its last eight. */
export function phones(text: string): string[][] {
  return digitRuns(text)
    .flatMap((run) => run.split(/[/]/))
    .map(digitsOf)
    .filter(isPhone)
    .map((digits) => [...(digits.length > 8 ? [digits.slice(-9)] : [`only ${digits}`]), digits.slice(-8)])
}

/** Everything in a text that could be a telephone number: groups of digits that follow each other, as one. */
export function possiblePhones(text: string): string[] {
  return digitRuns(text)
    .flatMap((run) => runs(run.match(/\d+/g) ?? [], 1))
    .map(digitsOf)
    .filter(isPhone)
    .flatMap((digits) => (digits.length > 8 ? [digits.slice(-9), `only ${digits.slice(-8)}`] : [digits]))
}

function digitRuns(text: string): string[] {
  return text.replace(dates, ' x ').match(/\d[\d\s().\-–/+]{5,}\d/g) ?? []
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '').replace(/^0+/, '')
}

function isPhone(digits: string): boolean {
  return digits.length >= 8 && digits.length <= 15
}

/** What could be a number of a person: the whole text, and each word of it, if it has a digit and six characters. */
export function numbers(text: string): string[] {
  if (!/\d/.test(text)) return []
  const parts = [text, ...chunks(text).flatMap((chunk) => [chunk, ...chunk.split(/[./]/)])].map((part) => part.replace(/[^\p{L}\d]/gu, ''))
  return [...new Set(parts)].filter((part) => part.length >= 6 && part.length <= 40 && /\d/.test(part))
}

/** Numbers of four or five characters, of letters and digits, with the punctuation that they have: each is a word by itself. */
export function shortNumbers(text: string): string[] {
  if (!/\d/.test(text)) return []
  return chunks(text)
    .flatMap((chunk) => [...new Set([...chunk.split('/'), ...chunk.split(/[./]/)])])
    .flatMap((part) => {
      const word = part.replace(/^[^\p{L}\d]+|[^\p{L}\d]+$/gu, '')
      const { length } = word.replace(/[^\p{L}\d]/gu, '')
      return length >= 4 && length < 6 && /\d/.test(word) && /\p{L}/u.test(word) ? [word] : []
    })
}

/** What stands between blanks and the punctuation that no number has within it. */
function chunks(text: string): string[] {
  return text.split(/[^\p{L}\d./_-]+|\.{2,}/u)
}

/** All forms of a name of at least two parts: whichever comes first. */
export function names(...parts: (string | null | undefined)[]): string[] {
  const each = parts.map((part) => folded(part ?? '').match(words.letters) ?? []).filter((part) => part.length > 0)
  const turned = each.map((_, at) => [...each.slice(at), ...each.slice(0, at)].flat().join(''))
  return each.length < 2 ? [] : [...new Set(turned)].filter((form) => form.length >= 5)
}

/** All forms of a name that stands in one text, such as a contact's: also without its first part behind a title. */
export function wholeName(text: string): string[] {
  const parts = text.match(words.letters) ?? []
  const forms = names(...parts)
  return forms.length === 0 ? [] : [...forms, ...titled(parts.slice(1).join(' '))]
}

/** A surname as it stands behind a title. */
export function titled(surname: string | null | undefined): string[] {
  const form = (folded(surname ?? '').match(words.letters) ?? []).join('')
  return form.length >= 3 ? [`titled ${form}`] : []
}

/** Of people in daily life: by `Dr` and `Prof.` staff are called. */
const titles = new Set(
  'mr mrs ms miss mx herr herrn frau hr fr fru dhr mevr mevrouw mw meneer mijnheer heer m mme mlle monsieur madame sig signor signora sr sra senor senora pan pani'.split(
    ' ',
  ),
)

/** Everything in a text that could be a name. */
export function possibleNames(text: string): string[] {
  const parts = text.match(words.letters) ?? []
  const behind = parts.flatMap((part, at) => (titles.has(part) ? prefixes(parts.slice(at + 1, at + 5)) : []))
  return [...runs(parts, 2), ...behind.map((form) => `titled ${form}`)]
}

function prefixes(parts: readonly string[]): string[] {
  return parts.map((_, at) => parts.slice(0, at + 1).join(''))
}

/** An address, if it has a number, and the same with the number at the other end: a street alone is no secret. */
export function street(text: string): string[] {
  const parts = streetParts(text)
  const form = parts.join('')
  if (form.length < 6 || !/\d/.test(form) || !/\p{L}/u.test(form)) return []
  const turns = parts.flatMap((part, at) => (at > 0 && (/\d/.test(part) || /\d/.test(parts[at - 1] ?? '')) ? [at] : []))
  return [...new Set([form, ...turns.map((at) => [...parts.slice(at), ...parts.slice(0, at)].join(''))])]
}

/** Everything in a text that could be an address. */
export function possibleStreets(text: string): string[] {
  return /\d/.test(text) ? runs(streetParts(text), 1).filter((form) => form.length >= 6 && /\d/.test(form) && /\p{L}/u.test(form)) : []
}

/** The words of an address without `nr.` before its number. */
function streetParts(text: string): string[] {
  return (text.match(words.letterOrDigit) ?? [])
    .filter((part) => !/^(nr|no|num|nummer|number|numero|huisnummer)$/.test(part))
    .map((part) => part.replace(/^(?:nr|no)(?=\d)/, ''))
}

/** Words that follow each other, as one: at least so many, at most seven. */
function runs(parts: readonly string[], least: number): string[] {
  const found: string[] = []
  for (let at = 0; at < parts.length; at++) {
    let run = ''
    for (let to = at; to < Math.min(parts.length, at + longest); to++) {
      run += parts[to]
      if (to - at + 1 >= least) found.push(run)
    }
  }
  return found
}
