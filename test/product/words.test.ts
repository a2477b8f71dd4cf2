/** Checks in words: a reader is never shown `42501` or `0 | 0` alone, and never words that say another thing than was found. */
import { applicableChecks, clinicDir, judge, loadProduct } from '../../src/product/index.js'

const clinic = loadProduct(clinicDir)
const expected = { volunteers: 'none', version: '24.2' }
const judged = (id: string, actual: string) => {
  const found = applicableChecks(clinic, '24.2', expected).find(({ check }) => check.id === id)
  if (!found) throw new Error(`there is no check ${id}`)
  return judge(found, actual, 'raw')
}

test('a refusal says what the database refused with, and that it did not', () => {
  expect(judged('IQ-14', '42501')).toMatchObject({
    result: 'pass',
    actual: '42501',
    inWords: { actual: 'refused: permission denied (SQLSTATE 42501)' },
  })
  expect(judged('IQ-14', '99X99').inWords?.actual).toBe('refused (SQLSTATE 99X99)')
  expect(judged('IQ-14', 'not refused')).toMatchObject({ result: 'fail', inWords: { actual: 'not refused: the attempt went through' } })
})

test('counts say what was counted', () => {
  expect(judged('IQ-18', '3')).toMatchObject({ result: 'fail', inWords: { expected: '0 volunteers', actual: '3 volunteers' } })
})

test('what does not fit the words is shown as it was found', () => {
  for (const odd of ['3 | 4', '3\n4']) expect(judged('IQ-18', odd)).not.toHaveProperty('inWords')
})

test('every check of the clinic whose result is a number or a code has words', () => {
  const bare = applicableChecks(clinic, '24.2', expected)
    .filter(({ expected: value }) => /^(\d+|[0-9A-Z]{5})( \| \d+)*$/.test(value ?? ''))
    .filter((each) => !judge(each, each.expected, 'raw').inWords)
  expect(bare.map(({ check }) => check.id)).toEqual([])
})
