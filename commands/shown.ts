/** What a person typed, made fit to be shown back; the views escape it. */

const LONGEST = 60

/** Typed text in quotes for a sentence: one line, not too long, and no tick that would end a code span. */
export function shown(typed: unknown): string {
  const characters = [...String(typed).replaceAll('`', "'").replace(/\s+/g, ' ').trim()]
  return `“${characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : characters.join('')}”`
}
