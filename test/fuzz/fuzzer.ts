/** What all fuzzers of the edge share: hostile text, hostile data, and the bound on the time that one input may take. */
import fc from 'fast-check'

export interface Fuzzer {
  /** What takes the input. */
  name: string
  /** Throws, with the input, where one of `runs` inputs is a fault or takes too long. */
  run(runs: number): Promise<void> | void
}

/** Generous: a machine under load pauses. What is quadratic takes longer on the long inputs. */
const PATIENCE_MS = 1_500

/** What `work` gives; throws where it took too long. */
export function timely<Result>(work: () => Result): Result {
  const began = performance.now()
  const result = work()
  const ms = performance.now() - began
  if (ms > PATIENCE_MS) throw new Error(`took ${Math.round(ms)} ms`)
  return result
}

const words = [
  'constructor',
  '__proto__',
  'toString',
  'null',
  'NaN',
  '\0',
  '\ud83d',
  '\udc00',
  '\u202e',
  '\ufeff',
  '%00',
  '../',
  '<@U1>',
  '"',
  "'",
]
const repeated = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...words, 'a', '-', '--x=', '" ', '<', '&lt;', '“', ' ', 'token', '://', '{', '['),
      fc.string({ maxLength: 4 }),
    ),
    fc.nat(4_000),
  )
  .map(([piece, times]) => piece.repeat(times))

/** Text as nobody types it: of any characters, halves of characters and NUL included, short mostly, now and then of up to 60,000. */
export const text = fc.oneof(
  { weight: 20, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 10, arbitrary: fc.string({ maxLength: 60 }) },
  { weight: 10, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: repeated },
)

/** `given` or anything at all in its place. */
export const or = <Value>(given: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 6, arbitrary: given },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )
