/** As much of SQL's conditions as product definitions use for parting rows. What it does not know, it takes for true. */

export type Row = Readonly<Record<string, string | null>>
export type Tables = ReadonlyMap<string, readonly Row[]>

/** Is the condition true for the row? None at all is. */
export function isTrue(condition: string | null | undefined, row: Row, tables: Tables): boolean {
  if (condition == null) return true
  const text = unwrapped(condition.trim().replace(/\s+/g, ' ').replaceAll('"', '').replaceAll('public.', ''))
  const both = split(text, ' and ')
  if (both.length > 1) return both.every((part) => isTrue(part, row, tables))
  const either = split(text, ' or ')
  if (either.length > 1) return either.some((part) => isTrue(part, row, tables))
  if (text.endsWith(' is not true')) return !isTrue(text.slice(0, -' is not true'.length), row, tables)
  const negated = /^not (?!exists)(.*)$/.exec(text)?.[1]
  return negated ? !isTrue(negated, row, tables) : simple(text, row, tables)
}

function simple(text: string, row: Row, tables: Tables): boolean {
  if (/^\w+$/.test(text)) return row[text] === 't' || row[text] === 'true'
  const inside = /^(\w+) in \(select (\w+) from (\w+) where (.*)\)$/.exec(text)
  if (inside) {
    const [, column = '', id = '', table = '', where] = inside
    return (tables.get(table) ?? []).some((other) => other[id] === row[column] && isTrue(where, other, tables))
  }
  const starts = /^starts_with\((\w+), '(.*)'\)$/.exec(text)
  if (starts) return (row[starts[1] ?? ''] ?? '').startsWith(starts[2] ?? '')
  const compared = /^(\w+)(?:::text)? (=|is distinct from) (?:null|'(.*)')$/.exec(text)
  if (compared) return (compared[2] === '=') === (truth(row[compared[1] ?? ''] ?? null) === (compared[3] ?? null))
  return true
}

/** `t` and `true` are the same value, once as COPY and once as SQL writes it. */
function truth(value: string | null): string | null {
  return value === 't' ? 'true' : value === 'f' ? 'false' : value
}

function unwrapped(text: string): string {
  return text.startsWith('(') && closing(text) === text.length - 1 ? unwrapped(text.slice(1, -1).trim()) : text
}

function closing(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')' && --depth === 0) return at
  }
  return -1
}

/** Splits at a word that stands outside of parentheses. */
function split(text: string, word: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')') depth--
    if (depth === 0 && text.startsWith(word, at)) {
      parts.push(text.slice(from, at))
      from = at + word.length
    }
  }
  return [...parts, text.slice(from)]
}
