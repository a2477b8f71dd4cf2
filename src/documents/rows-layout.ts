/** How a table's rows fit on paper: pure, by the number of characters; what is longer than expected wraps. */

type Row = readonly (string | null)[]

interface Given {
  titles: readonly string[]
  /** How many of the first columns name a row. */
  key: number
  rows: readonly Row[]
}

interface Body {
  width: number
  height: number
}

/** A column's number and width in points; numbers stand to the right. */
interface LaidColumn {
  column: number
  width: number
  right: boolean
}

export interface Layout {
  landscape: boolean
  /** Columns with the same value in every row, said once. */
  said: number[]
  /** The others; in several groups, each with the key, where they do not fit side by side. */
  groups: LaidColumn[][]
  /** Columns one below the other, rows side by side. */
  turned: boolean
}

interface Measured {
  column: number
  /** So that nothing wraps, and so that no word is broken. */
  natural: number
  least: number
  right: boolean
}

/** Points that a character of 8 points takes on average, in a cell and in the bold head; and the room beside a cell's text. */
const CHARACTER = 4.4
const HEAD_CHARACTER = 5
const BESIDE = 9
const LINE = 10
/** A cell wraps rather than be wider. */
const WIDEST = 260
const LONGEST_WORD = 18
/** So few rows are turned where their columns do not fit side by side. */
const FEW = 3
/** Pages that another direction must save to be worth a new page. */
const WORTH = 0.6

/** Chooses direction, columns and their widths so that the table takes the fewest pages at a size that people read. */
export function layoutOf({ titles, key, rows }: Given, body: Record<'portrait' | 'landscape', Body>, landscapeNow: boolean): Layout {
  const said = saidOnce(titles, rows)
  const columns = titles.flatMap((title, column) => (said.includes(column) ? [] : [measure(column, title, rows)]))
  const choices = [false, true].flatMap((landscape) => {
    const page = landscape ? body.landscape : body.portrait
    const group = fitted(columns, page.width)
    if (!group) return []
    const pages = heightOf(group, rows) / page.height + (landscape === landscapeNow ? 0 : WORTH)
    return [{ pages, layout: { landscape, said, groups: [group], turned: false } }]
  })
  const best = choices.sort((a, b) => a.pages - b.pages)[0]
  if (best) return best.layout
  if (rows.length <= FEW) return { landscape: landscapeNow, said, groups: [columns.map(natural)], turned: true }
  return { landscape: true, said, groups: grouped(columns, key, body.landscape.width), turned: false }
}

/** One column stays, so that there is a table: the last of the key's. */
function saidOnce(titles: readonly string[], rows: readonly Row[]): number[] {
  if (rows.length < 2) return []
  const same = titles.flatMap((_, column) => (rows.every((row) => row[column] === rows[0]?.[column]) ? [column] : []))
  return same.length === titles.length ? same.slice(1) : same
}

function measure(column: number, title: string, rows: readonly Row[]): Measured {
  let [longest, word] = [1, 1]
  let right = true
  for (const row of rows) {
    const value = row[column]
    if (value === null || value === undefined) continue
    if (right && !/^-?\d+(\.\d+)?$/.test(value)) right = false
    for (const line of value.split('\n')) longest = Math.max(longest, line.length)
    for (const part of value.split(/[\s/-]+/)) word = Math.max(word, part.length)
  }
  const head = Math.max(...title.split(' ').map((part) => part.length))
  const least = Math.max(Math.min(word, LONGEST_WORD) * CHARACTER, Math.min(head, LONGEST_WORD) * HEAD_CHARACTER) + BESIDE
  return { column, least, natural: Math.max(least, Math.min(longest * CHARACTER + BESIDE, WIDEST)), right: right && rows.length > 0 }
}

function natural({ column, natural: width, right }: Measured): LaidColumn {
  return { column, width, right }
}

/** Widths that make up the page's; undefined where the columns do not fit. */
function fitted(columns: readonly Measured[], width: number): LaidColumn[] | undefined {
  const [all, least] = [sum(columns.map((c) => c.natural)), sum(columns.map((c) => c.least))]
  if (least > width) return undefined
  if (all <= width) return columns.map((c) => ({ column: c.column, right: c.right, width: (c.natural * width) / all }))
  const share = (width - least) / (all - least)
  return columns.map((c) => ({ column: c.column, right: c.right, width: c.least + (c.natural - c.least) * share }))
}

function heightOf(group: readonly LaidColumn[], rows: readonly Row[]): number {
  return sum(rows.map((row) => Math.max(...group.map(({ column, width }) => linesOf(row[column], width))) * LINE + 4))
}

function linesOf(value: string | null | undefined, width: number): number {
  if (!value) return 1
  return sum(value.split('\n').map((line) => Math.max(1, Math.ceil((line.length * CHARACTER) / (width - BESIDE + 1)))))
}

/** As many columns in a group as fit beside the key. */
function grouped(columns: readonly Measured[], key: number, width: number): LaidColumn[][] {
  const keys = columns.filter(({ column }) => column < key)
  const groups: Measured[][] = []
  let group: Measured[] = []
  for (const column of columns.filter((each) => each.column >= key)) {
    if (group.length > 0 && !fitted([...keys, ...group, column], width)) {
      groups.push(group)
      group = []
    }
    group.push(column)
  }
  return [...groups, group].map((each) => fitted([...keys, ...each], width) ?? [...keys, ...each].map(natural))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
