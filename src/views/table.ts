/** Small tables as preformatted text: they read the same on every device and in every client. */
import type { KnownBlock } from '@slack/types'

type Cell = string | number

/** Characters that one line holds. */
const places = { thread: 44, channel: 70 }
const widest = 34
const most = 64
const characters = 2_900

/** Rows under their headings; numbers to the right, the last column shortened to what the line has left, further rows counted. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[], place: keyof typeof places = 'thread'): KnownBlock {
  const shown = fitted(
    rows.slice(0, most).map((row) => row.map(cellText)),
    headings,
    place,
  )
  const widths = headings.map((heading, at) => Math.max(heading.length, ...shown.map((row) => [...(row[at] ?? '')].length)))
  const right = headings.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number' || row[at] === ''))
  const lines = [headings, ...shown].map((row) =>
    row
      .map((cell, at) => padded(cell, widths[at] ?? 0, right[at] === true))
      .join('  ')
      .trimEnd(),
  )
  return preformatted(lines, rows.length - shown.length)
}

function fitted(rows: string[][], headings: readonly string[], place: keyof typeof places): string[][] {
  const last = headings.length - 1
  const taken = headings.slice(0, last).map((heading, at) => Math.max(heading.length, ...rows.map((row) => row[at]?.length ?? 0)) + 2)
  const left = Math.max(12, places[place] - taken.reduce((sum, each) => sum + each, 0))
  return rows.map((row) => row.map((cell, at) => (at === last ? clipped(cell, left) : cell)))
}

function clipped(text: string, max: number): string {
  const letters = [...text]
  return letters.length > max ? `${letters.slice(0, max - 1).join('')}…` : text
}

function preformatted(lines: string[], left: number): KnownBlock {
  const kept: string[] = []
  let room = characters
  for (const each of lines) {
    room -= each.length + 1
    if (room < 0) break
    kept.push(each)
  }
  const more = left + lines.length - kept.length
  const text = [...kept, ...(more > 0 ? [`…and ${more} more`] : [])].join('\n')
  return { type: 'rich_text', elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }], border: 0 }] }
}

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return String(Math.trunc(cell)).replace(/\B(?=(\d{3})+$)/g, ',')
  return clipped(cell.slice(0, 4 * widest).replace(/\s+/g, ' '), widest)
}

function padded(text: string, size: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, size - [...text].length))
  return right ? space + text : text + space
}
