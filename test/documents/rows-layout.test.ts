/** How a table's rows are laid out, by what they hold. */
import { layoutOf } from '../../src/documents/rows-layout.js'

const body = { portrait: { width: 487, height: 698 }, landscape: { width: 734, height: 451 } }
const layout = (titles: string[], rows: (string | null)[][], key = 1) => layoutOf({ titles, key, rows }, body, false)
const many = (width: number, rows = 40) =>
  Array.from({ length: rows }, (_, n) => Array.from({ length: width }, (_, at) => `value ${n} ${at}`))
const titles = (width: number) => Array.from({ length: width }, (_, at) => `column ${at}`)

test('what is the same in every row is said once, and one column stays', () => {
  const rows = [
    ['A', 'en', null],
    ['B', 'en', null],
  ]
  expect(layout(['code', 'language', 'note'], rows).said).toEqual([1, 2])
  expect(layout(['code'], [['A'], ['A']])).toMatchObject({ said: [], groups: [[{ column: 0 }]] })
})

test('few columns stand upright, more of them on their side, and their widths make up the page', () => {
  const widths = (columns: number) => layout(titles(columns), many(columns)).groups[0]?.reduce((sum, { width }) => sum + width, 0)
  expect([layout(titles(4), many(4)).landscape, widths(4)]).toEqual([false, expect.closeTo(487)])
  expect([layout(titles(14), many(14)).landscape, widths(14)]).toEqual([true, expect.closeTo(734)])
})

test('what fits on no page is parted into groups, each with the key, and no column is lost', () => {
  const { groups, turned } = layout(titles(40), many(40), 2)
  expect([groups.length > 1, turned]).toEqual([true, false])
  for (const group of groups) expect(group.slice(0, 2).map(({ column }) => column)).toEqual([0, 1])
  expect([...new Set(groups.flat().map(({ column }) => column))]).toEqual(Array.from({ length: 40 }, (_, at) => at))
})

test('few rows of many columns are turned', () => {
  const { turned, groups } = layout(titles(40), many(40, 2))
  expect([turned, groups[0]?.length]).toEqual([true, 40])
})

test('numbers stand to the right', () => {
  const [[code, beds] = []] = layout(
    ['code', 'beds'],
    [
      ['A', '12'],
      ['B', null],
      ['C', '-3.5'],
    ],
  ).groups
  expect([code?.right, beds?.right]).toEqual([false, true])
})
