/** Small tables as preformatted text: they read the same on every device and in every client. */
import type { KnownBlock } from '@slack/types'

type Cell = string | number

const width = 34
const characters = 2_900

/** Rows under their headings; numbers to the right, long cells shortened, rows beyond `max` counted. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[], max = 60): KnownBlock {
  const shown = rows.slice(0, max).map((row) => row.map(cellText))
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
  const letters = [...cell.slice(0, 4 * width).replace(/\s+/g, ' ')]
  return letters.length > width ? `${letters.slice(0, width - 1).join('')}…` : letters.join('')
}

function padded(text: string, size: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, size - [...text].length))
  return right ? space + text : text + space
}
