/** What checks expect and find, as people read it: `42501` and `0 | 0` are the database's words. */
import type { Check } from './definition.js'

/** What PostgreSQL calls its refusals. */
const REFUSALS: Record<string, string> = {
  '42501': 'permission denied',
  '25006': 'the transaction is read-only',
  '23514': 'a check constraint is violated',
  '23503': 'a foreign key is violated',
  '23505': 'a unique constraint is violated',
  '23502': 'a value is missing',
  P0001: 'raised by a trigger or function',
  '57014': 'cancelled',
}

/** Expectation and finding in words; nothing where the product has none for this check, or the values do not fit them. */
export function inWords({ kind, words }: Check, expected: string, actual: string): { inWords?: { expected: string; actual: string } } {
  const said = [expected, actual].map((value) => (kind === 'refused' ? refusal(value) : filled(words, value)))
  const [one, other] = said
  return one === undefined || other === undefined ? {} : { inWords: { expected: one, actual: other } }
}

function refusal(value: string): string {
  if (value === 'not refused') return 'not refused: the attempt went through'
  const meaning = REFUSALS[value]
  return meaning ? `refused: ${meaning} (SQLSTATE ${value})` : `refused (SQLSTATE ${value})`
}

/** One row, with as many columns as the words have places; else undefined, and the value is shown as it is. */
function filled(words: string | undefined, value: string): string | undefined {
  const columns = value.split(' | ')
  const places = new Set(words?.match(/\{\d+\}/g))
  if (!words || value.includes('\n') || places.size !== columns.length) return undefined
  return words.replace(/\{(\d+)\}/g, (_, place: string) => columns[Number(place) - 1] ?? '')
}
