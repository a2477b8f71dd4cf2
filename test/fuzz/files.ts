/** Fuzzers of everything that reads a customer's files: whatever comes in, a refusal or a result comes out, soon, and never a fault. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { dateFormat, readDate } from '../../src/migration/dates.js'
import { staysInside } from '../../src/migration/intake.js'
import { LineGuard } from '../../src/migration/line-guard.js'
import { compilePattern } from '../../src/migration/pattern.js'
import { MigrationRefused } from '../../src/migration/refusal.js'
import { openSource, UnreadableSource } from '../../src/migration/source.js'
import type { TargetColumn } from '../../src/migration/target.js'
import { compileField } from '../../src/migration/transform.js'
import { anyText, mutated, patienceMs, soon, specificationHolds, yamlLike } from './specifications.js'

export interface Fuzzer {
  name: string
  /** Makes `runs` inputs; rejects with the smallest that does harm. */
  run(runs: number): Promise<void>
}

const encodings = [
  'utf8',
  'windows-1252',
  'latin1',
  'utf16le',
  'utf16be',
  'utf16',
  'utf32',
  'utf7',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
  'cp437',
  'koi8-r',
]
const mark = fc.constantFrom(',', ';', '\t', '|', '"', "'", 'a', ' ', '.', '*', '^', ']', '\\')
const csvPiece = fc.oneof(
  fc.constantFrom('"', '""', '\n', '\r\n', '\r', ',', ';', '\t', '\0', '\ufeff', 'é', 'Ã©', '\ud800', '😀', ''),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('A,B\n', 'A;B\r\n', '1,2\n', '"x\ny",z\n'),
)
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each)),
  fc
    .tuple(fc.array(csvPiece, { maxLength: 60 }), fc.constantFrom(...encodings))
    .map(([pieces, encoding]) => iconv.encode(pieces.join(''), encoding)),
)

async function sourceHolds(
  folder: string,
  content: Buffer,
  options: { delimiter: string; quote: string | null; encoding: string; damagedText: 'warn' | 'repair' | 'reject' },
): Promise<void> {
  if (options.delimiter === options.quote) return
  await writeFile(join(folder, 'x.csv'), content)
  const began = performance.now()
  try {
    const source = { file: 'x.csv', format: 'csv' as const, dates: ['YYYY-MM-DD'], twoDigitYearsFrom: 1930, nulls: [], ...options }
    const { rows, seal } = await openSource(folder, source)
    let count = 0
    for await (const _row of rows) count += 1
    if (seal.bytes !== content.length || seal.rows !== count) throw new Error('it was not read to the end')
  } catch (error) {
    if (!(error instanceof UnreadableSource || error instanceof MigrationRefused)) throw error
  }
  if (performance.now() - began > patienceMs) throw new Error('it took too long')
}

const types = ['text', 'integer', 'number', 'boolean', 'date', 'timestamp', 'json'] as const
const value = fc.oneof(
  anyText,
  fc.constantFrom('31/12/1999', '2020-02-30', '1e999', '-0', '١٢', '1.234,5', '9'.repeat(40), '2024-03-31T02:30:00', '0000-00-00'),
  fc.string({ unit: fc.constantFrom('0', '1', '9', '-', '/', '.', ':', ' ', 'J', 'a', 'n'), maxLength: 24 }),
)
const formats = fc.oneof(
  fc.constantFrom('DD/MM/YYYY', 'YYYY-MM-DD HH:mm', 'D.M.YY', 'DD-MMM-YYYY'),
  fc.string({ unit: fc.constantFrom('Y', 'M', 'D', 'H', 'm', 's', '/', '-', '(', '[', '\\', '\n', '*'), maxLength: 16 }),
)
const patterns = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      'a',
      '(',
      ')',
      '*',
      '+',
      '?',
      '{',
      '9',
      '}',
      '[',
      ']',
      '^',
      '$',
      '|',
      '\\',
      'd',
      'p',
      'L',
      '.',
      '-',
      ':',
      '<',
      '=',
    ),
    maxLength: 30,
  }),
  anyText,
  fc.stringMatching(/^[ -~]{0,40}$/),
)

function fieldHolds(text: string, format: string, pattern: string, type: TargetColumn['type']): void {
  soon(() => {
    const compiled = compilePattern(pattern)
    compiled?.matches(text)
    compiled?.extract(text)
    const known = dateFormat(format)
    if (known) readDate(text, [known], 1930)
    const rule = {
      from: 'A',
      trim: true,
      decimal: ',' as const,
      required: false,
      onProblem: 'reject' as const,
      case: 'title' as const,
      ...(compiled ? { extract: pattern } : {}),
      ...(known ? { date: [format] } : {}),
      range: { min: 1, max: 'today' as const },
    }
    const apply = compileField(rule, {
      columnAt: () => 0,
      isNull: () => false,
      dates: ['YYYY-MM-DD'],
      twoDigitYearsFrom: 1930,
      maps: {},
      timeZone: 'Europe/Amsterdam',
      today: '2026-06-30',
      target: { name: 'a', type, required: false },
      onCode: () => undefined,
    })
    const applied = apply([text])
    if (!applied.ok && typeof applied.problem !== 'string') throw new Error('no reason')
  })
}

function nameHolds(name: string): void {
  const inside = soon(() => staysInside(name))
  if (inside && !join('/intake/acme', name).startsWith('/intake/acme/')) throw new Error(`${name} leads out`)
}

function linesHold(pieces: string[]): void {
  const guard = new LineGuard()
  for (const piece of pieces) soon(() => guard.fits(piece))
  const lines = pieces.join('').split(/\r\n|\r|\n/).length
  if (guard.line !== lines) throw new Error(`${guard.line} lines counted, ${lines} there`)
}

const checked = (property: fc.IProperty<never> | fc.IAsyncProperty<never>, runs: number) =>
  fc.assert(property as fc.IAsyncProperty<never>, { numRuns: runs })

/** Every parser of customers' files, each to be run with any number of inputs. */
export const fileFuzzers: Fuzzer[] = [
  { name: 'specification: mutations of good ones', run: (runs) => checked(fc.property(mutated, specificationHolds) as never, runs) },
  { name: 'specification: any YAML', run: (runs) => checked(fc.property(fc.oneof(yamlLike, anyText), specificationHolds) as never, runs) },
  {
    name: 'dump: bytes in every encoding',
    async run(runs) {
      const folder = await mkdtemp(join(tmpdir(), 'slipway-fuzz-'))
      const options = fc.record({
        delimiter: mark,
        quote: fc.option(mark),
        encoding: fc.constantFrom(...encodings),
        damagedText: fc.constantFrom('warn', 'repair', 'reject'),
      })
      try {
        await checked(fc.asyncProperty(bytes, options, (content, given) => sourceHolds(folder, content, given as never)) as never, runs)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  },
  {
    name: 'dump: lines',
    run: (runs) =>
      checked(fc.property(fc.array(fc.oneof(csvPiece, fc.constantFrom('\r', '\n')), { maxLength: 30 }), linesHold) as never, runs),
  },
  {
    name: 'values: dates, numbers, patterns',
    run: (runs) => checked(fc.property(value, formats, patterns, fc.constantFrom(...types), fieldHolds) as never, runs),
  },
  {
    name: 'names of files',
    run: (runs) =>
      checked(
        fc.property(
          fc.oneof(
            anyText,
            fc.array(fc.constantFrom('..', '.', 'a', '', '/', '\\', 'C:', '\0', ' '), { maxLength: 8 }).map((parts) => parts.join('/')),
          ),
          nameHolds,
        ) as never,
        runs,
      ),
  },
]
