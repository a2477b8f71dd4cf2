/** A customer's patterns: RE2's language (no look-around, no back references), whose matching takes time in proportion to the text only. */
import { RE2JS, RE2JSException } from 're2js'
import { pattern as limits } from './limits.js'

/** A compiled pattern. */
export interface Pattern {
  matches(text: string): boolean
  /** The first group of the first match, or the whole match where the group is not there; undefined: no match. */
  extract(text: string): string | undefined
}

/** Compiles a pattern; undefined where it is none, is longer than 500 characters or compiles to more than 2,000 instructions. */
export function compilePattern(source: string): Pattern | undefined {
  const compiled = source.length > limits.length ? undefined : compiledOf(source)
  if (!compiled || compiled.programSize() > limits.instructions) return undefined
  return {
    matches: (text) => compiled.test(text),
    extract: (text) => {
      const matcher = compiled.matcher(text)
      if (!matcher.find()) return undefined
      return (matcher.groupCount() > 0 ? matcher.group(1) : null) ?? matcher.group(0) ?? undefined
    },
  }
}

function compiledOf(source: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source)
  } catch (error) {
    // A pattern that does not compile is a finding in the specification, no fault of ours.
    if (error instanceof RE2JSException) return undefined
    throw error
  }
}
