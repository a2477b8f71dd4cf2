import fc from 'fast-check'
import type { Value } from '../../src/product/canonical.js'
import { Mask, UnclassifiedColumn } from '../../src/product/mask.js'
import { bent, clinic } from './product.js'

const policy = { level: 'pseudonymised', k: 5 } as const
const once = new Mask(clinic, '24.2', policy)
type Named = Record<string, Value>

function masked(table: string, row: Named, by: Mask = once): Named {
  const columns = Object.keys(row)
  const mask = by.rows(table, columns)
  return Object.fromEntries(mask(Object.values(row)).map((value, at) => [columns[at], value]))
}

const person: Named = {
  id: '7',
  volunteer_number: 'V0000007',
  first_name: 'Grace',
  middle_name: 'B.',
  last_name: 'Hopper',
  birth_date: '1986-12-09',
  sex: 'female',
  height_cm: '167.5',
  national_id: 'AB 12 34 56 C',
  registered_on: '2020-03-01',
  notes: 'Calls herself Amazing Grace.',
}

test('R36 nothing that names a person is left, and what is clinical stays', () => {
  const result = masked('volunteers', person)
  for (const column of ['volunteer_number', 'first_name', 'middle_name', 'last_name', 'birth_date', 'national_id', 'notes']) {
    expect(result[column]).not.toBe(person[column])
  }
  expect(result['id']).not.toBe('7')
  expect(result).toMatchObject({ sex: 'female', height_cm: '167.5', middle_name: null, national_id: null, notes: null })
})

test('R36 a column that the definition does not classify stops the copy before the first row', () => {
  expect(() => once.rows('volunteers', ['id', 'mothers_maiden_name'])).toThrow(UnclassifiedColumn)
  expect(() => once.rows('volunteers', ['id', 'mothers_maiden_name'])).toThrow(
    'R36: volunteers holds volunteers, and the product definition does not classify mothers_maiden_name',
  )
  const unclassified = bent(({ tables }) => delete tables['appointments']?.columns['note']?.class)
  expect(() => new Mask(unclassified, '24.2', policy).rows('appointments', ['volunteer_id', 'note'])).toThrow(UnclassifiedColumn)
  expect(() => once.rows('appointments', ['note'])).not.toThrow()
  expect(() => once.rows('appointments', ['starts_at'])).toThrow('the person (volunteer_id)')
})

test('R36 free text is blanked, to an empty text where a constraint needs one', () => {
  expect(masked('volunteer_conditions', { volunteer_id: '7', verbatim: 'as told by her sister', comment: 'x' })).toMatchObject({
    verbatim: '',
    comment: null,
  })
  expect(masked('volunteer_conditions', { volunteer_id: '7', verbatim: null })).toMatchObject({ verbatim: null })
  expect(
    masked('audit_events', { id: '1', volunteer_id: '7', old_value: '{"name":"Grace"}', new_value: '{}', reason: 'she asked' }),
  ).toMatchObject({ old_value: null, new_value: null, reason: null })
})

test('R36 the same person is the same in every table and every time, and another under another mask', () => {
  const again = masked('volunteers', person)
  expect(again).toEqual(masked('volunteers', person))
  const other = masked('volunteers', person, new Mask(clinic, '24.2', policy))
  expect([other['first_name'], other['last_name'], other['volunteer_number']]).not.toEqual([
    again['first_name'],
    again['last_name'],
    again['volunteer_number'],
  ])
  const contact = (email: string, id: string) => masked('volunteer_contacts', { volunteer_id: id, email })['email']
  expect(contact('g@navy.example', '7')).toBe(contact('g@navy.example', '7'))
  expect(contact('g@navy.example', '7')).not.toBe(contact('grace@home.example', '7'))
  expect(contact('g@navy.example', '7')).not.toBe(contact('g@navy.example', '8'))
  expect(contact('g@navy.example', '7')).toMatch(/^[0-9a-f]{20}@masked\.example$/)
})

test('R36 dates of a person move together, by at most half a year, and never not at all', () => {
  const day = fc
    .date({ min: new Date('1930-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10))
  const days = (text: Value) => Date.parse(text ?? '') / 86_400_000
  fc.assert(
    fc.property(
      fc.nat({ max: 2 ** 30 - 1 }).map((n) => n + 1),
      day,
      day,
      (id, birth, registered) => {
        const row = masked('volunteers', { id: String(id), birth_date: birth, registered_on: registered })
        const appointment = masked('appointments', { volunteer_id: String(id), starts_at: `${registered} 09:30:00+00` })
        const moved = days(row['birth_date'] ?? null) - days(birth)
        expect(days(row['registered_on'] ?? null) - days(registered)).toBe(moved)
        expect(appointment['starts_at']).toBe(`${row['registered_on']} 09:30:00+00`)
        expect(Math.abs(moved)).toBeGreaterThanOrEqual(1)
        expect(Math.abs(moved)).toBeLessThanOrEqual(182)
      },
    ),
  )
})

test('R36 no text of the source survives in a column that names or tells', () => {
  const told = Object.entries(clinic.definition.tables).flatMap(([table, { columns, person: whose }]) =>
    Object.entries(columns).flatMap(([column, { class: kind }]) =>
      kind === 'identifying' || kind === 'free-text' ? [{ table, column, whose: whose ?? '' }] : [],
    ),
  )
  expect(told.length).toBeGreaterThan(15)
  fc.assert(
    fc.property(fc.constantFrom(...told), fc.string({ minLength: 3 }), ({ table, column, whose }, text) => {
      const value = masked(table, { [whose]: '7', [column]: `zq${text}` })[column]
      expect(value ?? '').not.toContain(`zq${text}`)
    }),
  )
})

test('null stays null, and a date that is none is left out', () => {
  const columns = Object.keys(clinic.definition.tables['volunteers']?.columns ?? {})
  const empty = Object.fromEntries(columns.map((column) => [column, null]))
  expect(masked('volunteers', empty)).toEqual(empty)
  expect(masked('volunteers', { id: '7', birth_date: 'infinity' })['birth_date']).toBeNull()
})

test('tables without volunteers pass unchanged, whatever their columns', () => {
  expect(masked('roles', { name: 'Investigator', strange: 'x' })).toEqual({ name: 'Investigator', strange: 'x' })
})
test('R36 invented names and streets are marked as such', () => {
  expect(masked('volunteers', person)['last_name']).toMatch(/-Mock$/)
  expect(
    masked('volunteer_contacts', { volunteer_id: '7', street: '1 Main Street', contact_name: 'Walter Fletcher', phone: '1' }),
  ).toMatchObject({
    street: expect.stringContaining(' Mock '),
    contact_name: expect.stringMatching(/-Mock$/),
    phone: expect.stringMatching(/^\+1-555-01/),
  })
})

test('R36 kept text passes by code list only, in the spelling of the list', () => {
  const country = (value: string) => masked('volunteer_contacts', { volunteer_id: '7', country: value })['country']
  expect(['NL', 'nl', 'as', 'Holland'].map(country)).toEqual(['NL', 'NL', 'AS', null])
  expect(masked('appointments', { volunteer_id: '7', purpose: 'see Ms Hopper' })['purpose']).toBe('other')
  expect(masked('medications', { id: '1', name: 'PARACETAMOL', atc_code: 'N02BE01' })).toEqual({
    id: '1',
    name: 'Paracetamol',
    atc_code: 'N02BE01',
  })
  const unlisted = bent(({ tables }) => delete tables['volunteers']?.columns['sex']?.codes)
  expect(() => new Mask(unlisted, '24.2', policy).rows('volunteers', ['id', 'sex'])).toThrow(UnclassifiedColumn)
})

test('R36 two entries of a list never become one, and each that no list has gets a number of its own', () => {
  const by = new Mask(clinic, '24.2', policy)
  const rows = by.rows('medications', ['id', 'name'])
  const names = ['Paracetamol', 'PARACETAMOL', 'call Grace', 'Call Grace!', 'Ibuprofen'].map((name) => rows(['1', name])[1])
  expect(names).toEqual(['Paracetamol', 'Medications 1', 'Medications 2', 'Medications 3', 'Ibuprofen'])
  expect(by.replaced()).toEqual([{ table: 'medications', column: 'name', entries: 3 }])
})

test('R13 new ids are a permutation: none is lost, none meets another, references stay right', () => {
  const id = (value: number) => masked('volunteers', { id: String(value) })['id']
  const drawn = Array.from({ length: 20_000 }, (_, at) => id(at + 1))
  expect(new Set(drawn).size).toBe(drawn.length)
  expect(drawn.filter((each) => !(Number(each) >= 1 && Number(each) <= 2 ** 30))).toEqual([])
  expect(drawn.filter((each, at) => Number(each) === at + 1).length).toBeLessThan(3)
  expect(masked('participations', { volunteer_id: '7' })['volunteer_id']).toBe(id(7))
  expect(masked('participations', { volunteer_id: '7', id: '7' })['id']).not.toBe(id(7))
  expect(masked('audit_events', { volunteer_id: '7', id: '1' })['volunteer_id']).toBe(id(7))
  const large = [2 ** 30 + 1, 2 ** 40, 2 ** 52].map(id)
  expect(large.filter((each) => Number(each) <= 2 ** 30)).toEqual([])
  expect(new Set(large).size).toBe(3)
  expect(() => id(0)).toThrow('no positive number')
})

test('R13 at the level identifiers only what identifies is replaced', () => {
  const result = masked('volunteers', person, new Mask(clinic, '24.2', { level: 'identifiers', k: 5 }))
  expect(result).toMatchObject({ id: '7', birth_date: '1986-12-09', registered_on: '2020-03-01', national_id: null, notes: null })
  expect([result['last_name'], result['volunteer_number']]).not.toEqual([person['last_name'], person['volunteer_number']])
})

test('R13 k-anonymity: values become coarser only as far as it takes, the same for everybody', () => {
  const columns = ['id', 'birth_date', 'sex', 'height_cm']
  const coarser = new Mask(clinic, '24.2', { level: 'k-anonymous', k: 2 }).generalisation('volunteers', columns)
  const rows = [
    ['1', '1981-05-02', 'female', '171.3'],
    ['2', '1984-01-01', 'female', '174.0'],
    ['3', '1991-05-02', 'male', '183.0'],
    ['4', '1993-12-31', 'male', '181.5'],
  ]
  for (const row of rows) coarser?.learn(row)
  coarser?.settle()
  expect(rows.map((row) => coarser?.apply(row))).toEqual([
    ['1', '1980-01-01', 'female', '170'],
    ['2', '1980-01-01', 'female', '170'],
    ['3', '1990-01-01', 'male', '180'],
    ['4', '1990-01-01', 'male', '180'],
  ])
})
