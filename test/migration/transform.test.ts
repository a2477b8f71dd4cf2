import { dateFormat, instant, readDate } from '../../src/migration/dates.js'
import { specificationSchema } from '../../src/migration/schema.js'
import type { TargetColumn } from '../../src/migration/target.js'
import { type Applied, compileField } from '../../src/migration/transform.js'

const maps = {
  sex: { codes: { M: 'male', F: 'female', '9': null }, otherwise: 'reject' as const },
  open: { codes: { A: 'active' }, otherwise: { value: 'other' } },
}

function apply(rule: unknown, cells: Record<string, string>, target: Partial<TargetColumn> = {}): Applied {
  const parsed = specificationSchema.parse({
    version: 1,
    sources: { s: { rows: [{ A: '' }] } },
    entities: { e: { source: 's', key: ['A'], fields: { f: rule } } },
  })
  const field = parsed.entities['e']?.mappings[0]?.fields['f']
  if (!field) throw new Error('no field')
  const names = Object.keys(cells)
  return compileField(field, {
    columnAt: (name) => names.indexOf(name),
    isNull: (value) => value === 'NULL',
    dates: ['DD/MM/YYYY', 'D.M.YY'],
    twoDigitYearsFrom: 1930,
    maps,
    timeZone: 'Europe/Amsterdam',
    today: '2026-06-30',
    target: { name: 'f', type: 'text', required: false, ...target },
    onCode: () => {},
  })(Object.values(cells))
}

const date = { type: 'date' } as const

test.each([
  ['from', 'A', { A: 'x' }, {}, 'x'],
  ['trim, by default', 'A', { A: '  x\t' }, {}, 'x'],
  ['trim off', { from: 'A', trim: false }, { A: ' x ' }, {}, ' x '],
  ['one form of an accented letter', 'A', { A: 'Jose\u0301' }, {}, 'Jos\u00e9'],
  ['constant', { constant: 30 }, { A: '' }, {}, '30'],
  ['concat leaves out what is empty', { concat: ['A', 'B', 'C'], separator: ', ' }, { A: 'x', B: 'NULL', C: 'z' }, {}, 'x, z'],
  ['null word', 'A', { A: ' NULL ' }, {}, null],
  ['default', { from: 'A', default: 'n' }, { A: '' }, {}, 'n'],
  ["the product's default", 'A', { A: '' }, { default: 'true' }, 'true'],
  ['case upper', { from: 'A', case: 'upper' }, { A: 'straße' }, {}, 'STRASSE'],
  ['case title', { from: 'A', case: 'title' }, { A: "ANNE-MARIE o'neill" }, {}, "Anne-Marie O'Neill"],
  ['extract a group', { from: 'A', extract: '^V(\\d+)$' }, { A: 'V123' }, {}, '123'],
  ['extract the match', { from: 'A', extract: '\\d+' }, { A: 'no 12' }, {}, '12'],
  ['map', { from: 'A', map: 'sex' }, { A: 'F' }, {}, 'female'],
  ['map to nothing', { from: 'A', map: 'sex' }, { A: '9' }, {}, null],
  ['map otherwise', { from: 'A', map: 'open' }, { A: 'Q' }, {}, 'other'],
  ['date', { from: 'A', date: true }, { A: '29/02/2024' }, date, '2024-02-29'],
  ['the second format, two digits, last century', { from: 'A', date: true }, { A: '1.2.30' }, date, '1930-02-01'],
  ['two digits, this century', { from: 'A', date: true }, { A: '1.2.29' }, date, '2029-02-01'],
  ['a format of its own', { from: 'A', date: 'DD-MMM-YYYY' }, { A: '05-mar-1999' }, date, '1999-03-05'],
  ['date of a date and time', { from: 'A', date: 'YYYY-MM-DD HH:mm' }, { A: '2020-01-02 23:15' }, date, '2020-01-02'],
  [
    'instant, winter',
    { from: 'A', date: 'YYYY-MM-DD HH:mm' },
    { A: '2020-01-02 23:15' },
    { type: 'timestamp' },
    '2020-01-02T22:15:00.000Z',
  ],
  ['instant, summer', { from: 'A', date: 'YYYY-MM-DD' }, { A: '2020-07-02' }, { type: 'timestamp' }, '2020-07-01T22:00:00.000Z'],
  ['leading zeros', { from: 'A', padZeros: 5 }, { A: '1013' }, {}, '01013'],
  ['decimal comma', { from: 'A', decimal: ',' }, { A: '1.072,5' }, { type: 'number' }, '1072.5'],
  ['integer', 'A', { A: '007' }, { type: 'integer' }, '7'],
  ['range, at its end', { from: 'A', date: true, range: { max: 'today' } }, { A: '30/06/2026' }, date, '2026-06-30'],
  ['a numeric range compares numbers', { from: 'A', range: { min: 5, max: 100 } }, { A: '20' }, { type: 'number' }, '20'],
  ['a problem is blanked if asked', { from: 'A', date: true, onProblem: 'blank' }, { A: '31/02/2000' }, date, null],
] as const)('R8 transform: %s', (_, rule, cells, target, value) => {
  expect(apply(rule, cells, target)).toMatchObject({ ok: true, value })
})

test.each([
  ['missing-required', { from: 'A', required: true }, '', {}],
  ['missing-required', 'A', 'NULL', { required: true }],
  ['missing-required', { from: 'A', map: 'sex', required: true }, '9', {}],
  ['missing-required', { from: 'A', map: 'sex', required: true, onProblem: 'blank' }, 'Q', {}],
  ['unmapped-code', { from: 'A', map: 'sex' }, 'Q', {}],
  ['unmapped-code', { from: 'A', map: 'sex' }, 'toString', {}],
  ['unmapped-code', 'A', 'divers', { codes: ['male', 'female'] }],
  ['bad-date', { from: 'A', date: true }, '31/02/1985', date],
  ['bad-date', { from: 'A', date: true }, '1985-01-31', date],
  ['bad-date', 'A', 'yesterday', date],
  ['bad-date', 'A', '25:00', { type: 'timestamp' }],
  ['bad-date', 'A', '0000-00-00', { type: 'timestamp' }],
  ['bad-date', 'A', '2020-01-01T25:00:00', { type: 'timestamp' }],
  ['bad-date', 'A', '2020-02-30', date],
  ['bad-value', 'A', '{"a":', { type: 'json' }],
  ['bad-value', 'A', '"\\u0000"', { type: 'json' }],
  ['out-of-range', { from: 'A', date: true, range: { min: '1900-01-01', max: 'today' } }, '01/07/2026', date],
  ['out-of-range', { from: 'A', date: true, range: { min: '1900-01-01' } }, '31/12/1899', date],
  ['out-of-range', { from: 'A', range: { min: 50, max: 260 } }, '1.78', { type: 'number' }],
  ['no-match', { from: 'A', extract: '^\\d+$' }, 'A1', {}],
  ['bad-value', 'A', 'tall', { type: 'number' }],
  ['bad-value', 'A', '1.5', { type: 'integer' }],
  ['bad-value', 'A', 'yes', { type: 'boolean' }],
  ['damaged-text', 'A', 'a\0b', {}],
] as const)('R8 reason %s: %j of %p', (problem, rule, cell, target) => {
  expect(apply(rule, { A: cell }, target as Partial<TargetColumn>)).toEqual({ ok: false, problem })
})

test('a blanked problem is told', () => {
  expect(apply({ from: 'A', map: 'sex', onProblem: 'blank' }, { A: 'Q' })).toEqual({ ok: true, value: null, blanked: 'unmapped-code' })
})

test.each(['YYYY', 'MM/YYYY', 'DD/MM/YYYY YYYY', 'hello', ''])('%p is no date format', (format) => {
  expect(dateFormat(format)).toBeUndefined()
})

test.each(['2023-02-29', '2023-13-01', '2023-00-10', '2023-04-31', '0099-01-01', ' 2023-01-01', '2023-1-1'])(
  'there is no day %p',
  (day) => {
    const format = dateFormat('YYYY-MM-DD')
    expect(format && readDate(day, [format], 1930)).toBeUndefined()
  },
)

test('the hour that a clock change doubles is its first, the one it skips is moved on', () => {
  expect(instant('2025-10-26T02:30:00', 'Europe/Amsterdam')).toBe('2025-10-26T00:30:00.000Z')
  expect(instant('2025-03-30T02:30:00', 'Europe/Amsterdam')).toBe('2025-03-30T01:30:00.000Z')
})
