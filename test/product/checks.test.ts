import { applicableChecks, identityText, judge, releaseExpectations, rowsAsText } from '../../src/product/index.js'
import { bent, clinic } from './product.js'

const applicable = (expected: Record<string, string>, product = clinic) => applicableChecks(product, '24.2', expected)
const find = (id: string, expected: Record<string, string> = {}) => {
  const found = applicable(expected).find(({ check }) => check.id === id)
  if (!found) throw new Error(`no ${id}`)
  return found
}

test('R22 a check expects what it is told or what the product says, and is blocked when nobody says', () => {
  expect(find('IQ-04', { fingerprint: 'abc' }).expected).toBe('abc')
  expect(find('IQ-04').expected).toBeUndefined()
  expect(judge(find('IQ-04'), 'abc', '')).toMatchObject({ result: 'blocked', expected: '(no expectation given)' })
  expect(find('IQ-08').expected).toBe('9')
})

test('R22 a check passes on equality alone and is blocked when it could not be executed', () => {
  const version = find('IQ-02', releaseExpectations(clinic, '24.2'))
  expect(judge(version, '24.2', 'raw')).toMatchObject({ id: 'IQ-02', result: 'pass', evidence: 'raw' })
  expect(judge(version, '24.1', '')).toMatchObject({ result: 'fail', expected: '24.2', actual: '24.1' })
  expect(judge(version, undefined, '')).toMatchObject({ result: 'blocked', actual: '(not executed)' })
  expect(judge(version, undefined, '', 'no such table')).toMatchObject({ result: 'blocked', actual: '(not executed: no such table)' })
})

test('R16 which volunteers are expected decides which checks apply', () => {
  const ids = (volunteers: string) => applicable({ volunteers }).map(({ check }) => check.id)
  expect(ids('dummy')).toEqual(expect.arrayContaining(['IQ-16']))
  expect(ids('dummy')).not.toEqual(expect.arrayContaining(['IQ-17']))
  expect(ids('obfuscated')).toEqual(expect.arrayContaining(['IQ-17']))
  expect(ids('real').filter((id) => ['IQ-16', 'IQ-17', 'IQ-18'].includes(id))).toEqual([])
})

test('R35 quarantine and secrets count every value that is not reset', () => {
  const { procedure } = find('IQ-12')
  expect(procedure).toMatchObject({ kind: 'query', sql: expect.stringContaining(`"endpoint"::text is distinct from null`) })
  expect(procedure).not.toMatchObject({ sql: expect.stringContaining('password') && expect.stringContaining(`"secret"::text`) })
  expect(find('IQ-13').procedure).toMatchObject({ sql: expect.stringContaining(`"password_hash"::text is distinct from null`) })
})

test('R35 a product without secrets has nothing to count', () => {
  const open = bent(({ tables }) => {
    for (const table of Object.values(tables)) {
      delete table.settings
      for (const column of Object.values(table.columns)) column.policy = 'must-match'
    }
  })
  expect(applicable({}, open).find(({ check }) => check.id === 'IQ-13')?.procedure).toEqual({ kind: 'query', sql: 'select 0' })
})

test('R32 changing and removing audit entries is tried, statement by statement', () => {
  for (const id of ['IQ-14', 'IQ-15']) {
    const { procedure, expected } = find(id)
    expect(expected).toBe('42501')
    expect(procedure.kind === 'refused' && procedure.statements.map((sql) => sql.slice(0, 6))).toEqual([
      'insert',
      id === 'IQ-14' ? 'update' : 'delete',
    ])
  }
})

test('rows and identities are compared as text', () => {
  expect(
    rowsAsText([
      [1, null, true],
      ['a', 'b', false],
    ]),
  ).toBe('1 | ∅ | true\na | b | false')
  const identity = { name: 'acme-val-1', url: 'https://x.example', customer: 'acme', environment: 'acme-val-1', role: 'main' as const }
  expect(identityText(identity)).toBe('acme-val-1 | https://x.example | acme | acme-val-1 | main')
})

test('a release says which schema files must be applied', () => {
  expect(releaseExpectations(clinic, '24.1')['migrations']).toBe(
    ['001_foundation', '002_configuration', '003_study_design', '004_volunteers', '005_audit'].map((file) => `24.1/${file}.sql`).join('\n'),
  )
})
