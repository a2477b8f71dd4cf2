/** The spellings in which the leak scan (R36) knows an identifier again, and those in which it does not and says so. */
import fc from 'fast-check'
import { LeakScanner } from '../../src/migration/leaks.js'
import { asLoad, product, productVersion } from './support.js'

/** A scanner that was shown one person with everything that names one, by table and column. */
function shown(more: [table: string, row: Record<string, string>][] = []): LeakScanner {
  const scanner = new LeakScanner(product, productVersion)
  const rows: [string, Record<string, string>][] = [
    ['volunteers', { first_name: 'Søren', last_name: 'Møller', national_id: 'AB 12.34.56', volunteer_number: 'R1023' }],
    ['volunteer_contacts', { email: 'kees82@example.org', phone: '+31 6 12345678', street: 'Dorpsstraat 12' }],
    ['volunteer_contacts', { contact_name: 'Zdenka van der Bergh', phone: '12345670' }],
    ['participations', { subject_number: 'S-014' }],
    ['participations', { subject_number: 'S-0142' }],
    ...more,
  ]
  for (const [table, row] of rows) scanner.learner(table, Object.keys(row))(Object.values(row))
  return scanner
}

async function kindsIn(text: string, { table = 'volunteer_conditions', column = 'comment', scanner = shown() } = {}): Promise<string[]> {
  const hits = await scanner.scan(asLoad({ table, columns: ['id', column], rows: [['1', text]] }))
  return hits.map(({ kind }) => kind)
}

const found: [kind: string, text: string][] = [
  ['e-mail', 'Mail kees82@example.org.'],
  ['e-mail', '[kees82@example.org]'],
  ['e-mail', 'e-mail=kees82@example.org'],
  ['e-mail', '<mailto:KEES82@Example.ORG>, please'],
  ['e-mail', '*kees82@example.org*|next'],
  ['e-mail', 'kees82@example.org.Call first'],
  ['phone', '06-12345678'],
  ['phone', '+31 (0)6 12345678'],
  ['phone', '06 12345678/020 1234567'],
  ['phone', '020 1234567, 06 12345678'],
  ['phone', '020 1234567 06 12345678'],
  ['phone', '0031612345678'],
  ['phone', '06.1234.5678'],
  ['phone', '06/12345678'],
  ['phone', '+47 12345670'],
  ['phone', '+4712345670'],
  ['street', '12 Dorpsstraat'],
  ['street', 'Dorpsstraat nr. 12'],
  ['street', 'DORPSSTRAAT No 12, left'],
  ['street', 'Dorpsstraat12'],
  ['name', 'Soren Moller'],
  ['name', 'MØLLER, Søren'],
  ['name', 'Mr Møller'],
  ['name', 'asked Mrs. Moller'],
  ['name', 'mevrouw van der Bergh'],
  ['identifier', 'ab-123456'],
  ['identifier', 'S-014'],
  ['identifier', 'see s-0142, please'],
  ['identifier', 'was R1023.'],
]
test.each(found)('R36 the scan finds an identifier of the source: %s in "%s"', async (kind, text) => {
  expect(await kindsIn(text)).toContain(kind)
})

/** The statement of the IQ that names what the scan does not know. */
const unknown: [statement: RegExp, text: string][] = [
  [/surname alone/, 'ask Møller'],
  [/surname alone/, 'ask Dr Møller'],
  [/first name alone/, 'ask Søren'],
  [/initial/, 'S. Møller'],
  [/other middle name/, 'Søren Peter Møller'],
  [/transliterat/, 'Soeren Moeller'],
  [/one word/, 'SorenMoller called'],
  [/misspelt/, 'Sören Müler'],
  [/\(at\)/, 'kees82 (at) example.org'],
  [/joined by a full stop/, 'ask.kees82@example.org'],
  [/parts of an address/, 'Dorpsstraat'],
  [/abbreviated/, 'Dorpsstr. 12'],
  [/fewer than 8 digits/, '345678'],
  [/number of a person .* other punctuation/, 'S/014'],
]
test.each(unknown)('R36 what the scan does not find is declared: %s, as in "%s"', async (statement, text) => {
  expect(await kindsIn(text)).toEqual([])
  expect(shown().forms().notSearched.join('\n')).toMatch(statement)
})

const quiet = [
  'nothing to see on 2020-01-01, code 12345',
  'R102 and R10234',
  'Mr Smith',
  '12 tablets',
  'S-01',
  'nr. 12',
  '2026-05-01 10:00',
]
test.each(quiet)('R36 what only resembles an identifier is none: "%s"', async (text) => {
  expect(await kindsIn(text)).toEqual([])
})

test('R36 a short number alone in a cell of the configuration or of a coded column is a code: no hit, but counted', async () => {
  const scanner = shown()
  expect(await kindsIn('R1023', { table: 'sites', column: 'name', scanner })).toEqual([])
  expect(await kindsIn('R1023', { table: 'volunteers', column: 'status', scanner })).toEqual([])
  expect(await kindsIn('R1023 was here', { table: 'sites', column: 'name', scanner })).toEqual(['identifier'])
  expect(scanner.forms().suppressed).toEqual([{ rule: expect.stringContaining('code'), hits: 2 }])
})

test('R36 hits that a rule takes back are counted by rule: members of staff, words that three people share', async () => {
  const scanner = shown(['1', '2', '3'].map((id) => ['volunteer_conditions', { id, comment: 'protocol ABC1234' }]))
  expect(await kindsIn('Soren Moller', { table: 'users', column: 'full_name', scanner })).toEqual([])
  expect(await kindsIn('by Møller, Søren', { table: 'users', column: 'full_name', scanner })).toEqual([])
  expect(await kindsIn('as ABC1234 says', { table: 'sites', column: 'name', scanner })).toEqual([])
  const suppressed = new Map(scanner.forms().suppressed.map(({ rule, hits }) => [rule, hits]))
  expect([...suppressed.keys()].filter((rule) => /staff/.test(rule)).map((rule) => suppressed.get(rule))).toEqual([2])
  expect([...suppressed.keys()].filter((rule) => /three/.test(rule)).map((rule) => suppressed.get(rule))).toEqual([1])
})

const letter = fc.constantFrom(...'abcdefghijklmnoprstuvwzåäöøéèçłßñ')
const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''))
const word = fc.array(letter, { minLength: 4, maxLength: 9 }).map((all) => all.join('').replace(/^./, (first) => first.toUpperCase()))
const person = fc.record({
  first: word,
  last: word,
  mailbox: fc.stringMatching(/^[a-z][a-z0-9]{3,8}$/),
  mobile: digits(8),
  street: word.map((each) => `${each}weg`),
  house: fc.integer({ min: 1, max: 999 }),
  subject: digits(3),
  id: digits(8),
})
type Person = typeof person extends fc.Arbitrary<infer P> ? P : never

const parted = (text: string, by: string) => (text.match(/..?.?/g) ?? []).join(by)
const spellings: [kind: string, spell: (whose: Person, by: string) => string][] = [
  ['name', ({ first, last }) => `${first} ${last}`],
  ['name', ({ first, last }) => `${last}, ${first}`],
  ['name', ({ last }) => `Mrs. ${last}`],
  ['e-mail', ({ mailbox }) => `${mailbox}@example.org`],
  ['phone', ({ mobile }, by) => `06${by}${parted(mobile, by)}`],
  ['phone', ({ mobile }, by) => `+31 (0)6 ${parted(mobile, by)}`],
  ['phone', ({ mobile }) => `00316${mobile}/020 1234567`],
  ['street', ({ street, house }) => `${street} ${house}`],
  ['street', ({ street, house }) => `${house} ${street}`],
  ['street', ({ street, house }) => `${street} nr. ${house}`],
  ['identifier', ({ subject }) => `S-${subject}`],
  ['identifier', ({ id }, by) => `NI${by === ' ' ? '' : by}${id}`],
]
const around = [
  '',
  ' ',
  '.',
  ', ',
  '; ',
  ' (',
  ')',
  '[',
  ']',
  '<',
  '>',
  ' "',
  "'",
  ' - ',
  '=',
  ': ',
  '*',
  '!',
  '?',
  '…',
  '\n',
  ' “',
  '”',
  '|',
  '{',
  '}',
]
const cases: ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.normalize('NFD'),
  (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ø', 'o').replaceAll('ł', 'l').replaceAll('ß', 'ss'),
]

test('R36 an identifier is found in every spelling, within any punctuation, between any other words', () => {
  const [before, after] = [fc.constantFrom('', 'ask', 'as told by the nurse'), fc.constantFrom('', 'again', 'was late today')]
  const punctuation = fc.constantFrom(...around)
  const opening = punctuation.map((each) => (each === '.' ? '. ' : each))
  fc.assert(
    fc.property(
      fc.record({
        whose: person,
        spelling: fc.constantFrom(...spellings),
        by: fc.constantFrom(' ', '-', '.', '/'),
        change: fc.constantFrom(...cases),
      }),
      fc.tuple(before, opening, punctuation, after),
      ({ whose, spelling: [kind, spell], by, change }, [said, left, right, then]) => {
        const scanner = new LeakScanner(product, productVersion)
        const rows: [string, Record<string, string>][] = [
          ['volunteers', { first_name: whose.first, last_name: whose.last, national_id: `NI ${whose.id}` }],
          [
            'volunteer_contacts',
            { email: `${whose.mailbox}@example.org`, phone: `+31 6 ${whose.mobile}`, street: `${whose.street} ${whose.house}` },
          ],
          ['participations', { subject_number: `S-${whose.subject}` }],
        ]
        for (const [table, row] of rows) scanner.learner(table, Object.keys(row))(Object.values(row))
        const search = scanner.search('volunteer_conditions', ['comment'])
        search.look([
          `${said}${/^$|[\s\W]$/.test(said) || /^\W/.test(left) ? '' : ' '}${left}${change(spell(whose, by))}${right}${/^\W/.test(right) ? '' : ' '}${then}`,
        ])
        expect(search.hits().map((hit) => hit.kind)).toContain(kind)
      },
    ),
    { numRuns: 1_000 },
  )
})
