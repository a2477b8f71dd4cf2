/** Inputs for what reads specifications, and what must hold for every one of them. */
import fc from 'fast-check'
import { specificationText } from '../../src/demo/dump-specification.js'
import { parseSpecification } from '../../src/migration/specification.js'

/** No input of these sizes needs a hundredth of it; what is quadratic or worse in something that an input can grow does. */
export const patienceMs = 4_000

/** Does something and throws where it took too long. */
export function soon<T>(work: () => T): T {
  const began = performance.now()
  const result = work()
  const took = performance.now() - began
  if (took > patienceMs) throw new Error(`it took ${Math.round(took)} ms`)
  return result
}

const traps = [
  '__proto__',
  'constructor',
  'toString',
  '\0',
  '=1+1',
  '[',
  '{',
  '- ',
  '? ',
  '&a',
  '*a',
  '!!binary',
  '%YAML 1.1\n---\n',
  '<<',
  '|',
  "'",
  '"',
  '\t',
  '~',
  'null',
]
/** Short texts, many of them with a meaning somewhere. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(...traps),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
)
const long = specificationText({ version: 2, customField: 'x' })

const short = `version: 1
sources: { p: { file: p.csv, quote: null, dates: [DD/MM/YYYY] }, r: { rows: [{ A: 1 }] } }
maps: { m: { codes: { a: b, "1": null }, otherwise: { value: x } } }
entities:
  volunteers:
    source: p
    key: [A]
    exclude: [{ column: B, matches: "^x" , reason: why }]
    duplicates: { on: [a] }
    fields: { a: { from: A, map: m, extract: "(.)", range: { min: 1 } }, b: { constant: 1 }, c: { concat: [A, B] } }
  contacts: { mappings: [{ source: r, key: [A], fields: { v: { from: A, reference: volunteers } } }] }
`

/** Cuts, doubles and replaces pieces of a text that is good. */
export const mutated = fc
  .tuple(
    // The long one takes twenty times as long to read.
    fc.oneof({ weight: 60, arbitrary: fc.constant(short) }, { weight: 1, arbitrary: fc.constant(long) }),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(40), anyText, fc.boolean()), { minLength: 1, maxLength: 6 }),
  )
  .map(([text, cuts]) =>
    cuts.reduce((now, [where, length, insert, twice]) => {
      const at = Math.floor(where * now.length)
      const piece = now.slice(at, at + length)
      return now.slice(0, at) + insert + (twice ? piece + piece : '') + now.slice(at + length)
    }, text),
  )

/** YAML of any shape. */
export const yamlLike = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyText.map((text) => JSON.stringify(text)),
    fc.constantFrom('1', 'true', '~', '2020-01-01'),
    fc.array(tie('node'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(fc.oneof(anyText, fc.constantFrom('version', 'sources', 'maps', 'entities', 'fields', 'key', 'file')), tie('node')), {
        maxLength: 4,
      })
      .map((pairs) => `{${pairs.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(', ')}}`),
  ),
})).node

/** A specification or a refusal of it, soon. */
export function specificationHolds(text: string): void {
  const outcome = soon(() => parseSpecification(text))
  if (outcome.ok) {
    outcome.file.lineOf(['entities', 'volunteers', 'fields', 'x'])
    return
  }
  if (!outcome.refusal.code.startsWith('specification-') || (outcome.refusal.findings?.length ?? 0) > 50)
    throw new Error(JSON.stringify(outcome))
  if (outcome.refusal.text.includes('Maximum call stack')) throw new Error(outcome.refusal.text)
}
