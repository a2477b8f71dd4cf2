import fc from 'fast-check'
import { migrated } from './support.js'

const specification = `version: 1
sources:
  people: { file: people.csv, dates: [DD/MM/YYYY], nulls: ["NULL"] }
  ills: { file: ills.csv }
maps:
  sex: { codes: { M: male, F: female, "9": null } }
entities:
  conditions: { source: ills, key: [TERM], fields: { name: TERM }, duplicates: { on: [name] } }
  volunteers:
    source: people
    key: [NO]
    exclude: [{ column: SEX, in: [T], reason: test record }]
    duplicates: { on: [last_name, birth_date] }
    fields:
      status: { constant: active }
      first_name: { from: LAST, default: unknown }
      last_name: LAST
      birth_date: { from: BORN, date: true, range: { max: today } }
      sex: { from: SEX, map: sex }
      registered_on: { constant: 2020-01-01 }
      notes: NOTE
  medical-conditions:
    source: ills
    key: [NO]
    duplicates: { on: [volunteer_id, condition_id] }
    fields:
      volunteer_id: { from: NO, reference: volunteers }
      condition_id: { from: TERM, reference: conditions, onProblem: blank }
      verbatim: TERM
`

const number = fc.oneof(fc.integer({ min: 1, max: 12 }).map(String), fc.constantFrom('', 'NULL', ' 3 '))
const text = fc.oneof(
  fc.constantFrom('Byron', 'BYRON', 'Gómez', 'O"Neill', '"x" jr', '', 'NULL', 'a,b', 'two\nlines', '"'),
  fc.string({ maxLength: 8 }),
)
const born = fc.constantFrom('10/12/1990', '31/02/1990', '01/01/2030', '1990-12-10', '', '10/12/1991')
const sex = fc.constantFrom('M', 'F', '9', 'T', 'X', '')
const cell = (value: string) => fc.boolean().map((quoted) => (quoted ? `"${value.replaceAll('"', '""')}"` : value.replace(/[\r\n]/g, ' ')))
const person = fc.tuple(number, text.chain(cell), born, sex, text.chain(cell)).map((cells) => cells.join(','))
const ill = fc.tuple(number, text.chain(cell)).map((cells) => cells.join(','))
const lines = (row: fc.Arbitrary<string>) =>
  fc.array(fc.oneof({ weight: 9, arbitrary: row }, fc.constantFrom('', ',,', 'x')), { maxLength: 25 })

test('R9 whatever the dump, the books balance, nothing loaded is an orphan, and references point at loaded records', async () => {
  await fc.assert(
    fc.asyncProperty(lines(person), lines(ill), async (people, ills) => {
      const files = {
        'people.csv': ['NO,LAST,BORN,SEX,NOTE', ...people, '"'].join('\n').replace(/"$/, ''),
        'ills.csv': ['NO,TERM', ...ills].join('\n'),
      }
      const { books, tables } = await migrated(files, specification).catch(unreadable)
      if (!books || !tables) return
      for (const { extracted, loaded, rejected, excluded, merged, table } of books.entities) {
        expect(loaded + rejected + excluded + merged).toBe(extracted)
        expect(tables[table]?.rows.length).toBe(loaded)
      }
      expect(books).toMatchObject({ balanced: true, orphans: 0 })
      const ids = new Set(tables['volunteers']?.records.map(({ id }) => id))
      expect(tables['volunteer_conditions']?.records.every(({ volunteer_id }) => ids.has(volunteer_id ?? ''))).toBe(true)
      expect(tables['volunteers']?.records.every(({ last_name, birth_date, sex: mapped }) => last_name && birth_date && mapped)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

/** A quotation that never ends is refused as a whole, which is right. */
function unreadable(error: Error): { books?: undefined; tables?: undefined } {
  expect(error.message).toContain('unreadable-source')
  return {}
}
