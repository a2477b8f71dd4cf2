/** The nearest known word to a mistyped one. */
import { closest, distance } from 'fastest-levenshtein'

/** Letters that only changed places are one slip of the finger, though two edits. */
const sorted = (word: string) => [...word].sort().join('')

/** The candidate that was probably meant, or null when none is near. Up to a third of the letters may be wrong, but always one. */
export function nearest(typed: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0 || typed === '') return null
  const word = typed.toLowerCase()
  const found = closest(word, [...candidates])
  const begun = candidates.filter((candidate) => word.length >= 2 && candidate.startsWith(word))
  if (begun.length === 1) return begun[0] ?? null
  if (sorted(word) === sorted(found)) return found
  return distance(word, found) <= Math.max(1, Math.floor(Math.max(word.length, found.length) / 3)) ? found : null
}

/** ` Did you mean \`x\`?`, or nothing. */
export function meant(typed: string, candidates: readonly string[]): string {
  const found = nearest(typed, candidates)
  return found ? ` Did you mean \`${found}\`?` : ''
}
