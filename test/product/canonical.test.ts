import fc from 'fast-check'
import { type CanonicalTable, canonicalRow, canonicalTable, canonicalValue, compareKeys, type Value } from '../../src/product/canonical.js'
import { canonicalQueries } from '../../src/product/index.js'
import { clinic } from './product.js'

const shape = (table: string) => canonicalTable(clinic, '24.2', table)
const names = (table: string) => [...shape(table).key, ...shape(table).values].map(({ name }) => name)

test('R19 database ids never appear: pointers become natural keys, to any depth', () => {
  expect(names('role_permissions')).toEqual(['role_id.name', 'permission_id.code'])
  expect(names('panel_tests')).toEqual(['lab_panel_id.lab_id.code', 'lab_panel_id.code', 'lab_test_id.code', 'position'])
  for (const table of Object.keys(clinic.definition.tables)) expect(names(table)).not.toContain('id')
})

test.each([
  ['text', 'Cafe\u0301\r\nline\rend ', 'Café\nline\nend '],
  ['text', '', ''],
  ['integer', '007', '7'],
  ['number', '1.500', '1.5'],
  ['number', '-0.00', '0'],
  ['number', '100', '100'],
  ['number', '+.5', '0.5'],
  ['number', '1.5e3', '1500'],
  ['number', '15e-4', '0.0015'],
  ['number', 'NaN', 'NaN'],
  ['boolean', 't', 'true'],
  ['boolean', 'f', 'false'],
  ['date', '2026-01-31', '2026-01-31'],
  ['timestamp', '2026-01-31 10:30:00.5+01', '2026-01-31T09:30:00.500000Z'],
  ['timestamp', '2026-01-01 00:15:00-05:30', '2026-01-01T05:45:00.000000Z'],
  ['timestamp', '2026-01-01 00:15:00', '2026-01-01T00:15:00.000000Z'],
  ['timestamp', '2026-01-01 00:15:00.123456+00', '2026-01-01T00:15:00.123456Z'],
  ['timestamp', 'infinity', 'infinity'],
  ['json', '{"b": [1.0, {"d":null,"c":"x"}], "10": 1, "9": 2}', '{"10":1,"9":2,"b":[1,{"c":"x","d":null}]}'],
] as const)('a %s %j is %j, and stays so', (type, given, canonical) => {
  expect(canonicalValue(type, given)).toBe(canonical)
  expect(canonicalValue(type, canonical)).toBe(canonical)
})

test('numbers keep their value', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(Number(canonicalValue('number', String(number)))).toBe(number + 0)
    }),
  )
})

test('keys are ordered as UTF-8 bytes, null first, as the database orders them', () => {
  const text = fc.option(fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(text, text, (a, b) => {
      const bytes = (value: Value) => (value === null ? Buffer.alloc(0) : Buffer.concat([Buffer.of(0), Buffer.from(value)]))
      expect(Math.sign(compareKeys([a], [b]))).toBe(Buffer.compare(bytes(a), bytes(b)))
    }),
  )
})

test('R19 a secret shows only whether it is set', () => {
  const row = ['mail-out', null, 'smtp://x', 'true', 'mail', '{}', 'hunter2', 'Mail']
  const integrations = shape('outbound_integrations')
  expect(integrations.values.map(({ name }) => name)).toEqual(['account', 'enabled', 'endpoint', 'kind', 'options', 'secret', 'title'])
  const read = canonicalRow(integrations, row)
  expect(read.values).toEqual([null, 'false', 'true', 'mail', '{}', '(secret, set)', 'Mail'])
  expect(JSON.stringify(read)).not.toContain('hunter2')
})

describe('R37 settings are weighed by their key', () => {
  const settings: CanonicalTable = shape('general_settings')
  const row = (key: string, value: Value) => canonicalRow(settings, [key, 'true', 'a note', value])

  test('an ordinary one must match', () => {
    expect(settings.values.map(({ name }) => name)).toEqual(['integration', 'note', 'value'])
    expect(row('date.format', 'x').mustMatch).toBe(row('date.format', 'x').everything)
  })
  test('one of the environment is in the full form only', () => {
    expect(row('mail.host', 'a').everything).not.toBe(row('mail.host', 'b').everything)
    expect(row('mail.host', 'a').mustMatch).toBeUndefined()
  })
  test('a longer rule wins: the password among the mail settings is a secret', () => {
    expect(row('mail.password', 'a').everything).toBe(row('mail.password', 'b').everything)
    expect(row('mail.password', 'a').everything).not.toBe(row('mail.password', '').everything)
    expect(row('mail.password', null).everything).toBe(row('mail.password', '').everything)
  })
  test('an ignored one is nowhere', () => {
    const system = shape('system_settings')
    expect(canonicalRow(system, ['health.last-start', null, 'now'])).toEqual({ key: ['health.last-start'], values: [] })
  })
})

test('the statements of an element come table by table, ordered by the canonical key', () => {
  const [first, second] = canonicalQueries(clinic, '24.2', 'dictionaries')
  expect([first?.shape.table, second?.shape.table]).toEqual(['dictionaries', 'dictionary_terms'])
  expect(second?.sql).toMatch(
    /from public\."dictionary_terms" as t0 left join public\."dictionaries" as t1 on t1."id" = t0."dictionary_id" order by normalize/,
  )
  expect(canonicalQueries(clinic, '24.1', 'devices').map(({ shape: { table } }) => table)).toEqual(['devices'])
})
