/** Draws tables: columns by share, rows as high as their longest cell, the head again on every page. */
import type { Block, Cell, Fact } from './paper.js'
import { INK, type Sheet, type Style, TONES } from './sheet.js'

type Table = Extract<Block, { block: 'table' }>
interface Placed {
  x: number
  width: number
  align: 'left' | 'right'
}

/** The room above and below a cell's text, between its lines, and the style of a head. */
interface Look {
  y: number
  lineGap?: number
  head?: Style
}

const PAD = { x: 4, y: 3.5 }
/** Rows that are looked up, not read one after the other, stand closer. */
const DENSE = { y: 1.6, lineGap: 0.4 }
const LEAD: Style = { size: 8, font: 'bold' }
const SMALL: Style = { size: 7.5, colour: INK.soft, lineGap: 0.5 }
/** A cell with more text than this is gone on with in a row of its own, so that no row is higher than a page. */
const LONGEST = 1200

export function drawTable(sheet: Sheet, table: Table): void {
  if (table.rows.length === 0) {
    sheet.paragraph(table.none, { colour: INK.soft })
    return
  }
  const places = placesOf(sheet, table)
  const look: Look = table.dense ? DENSE : { y: PAD.y }
  sheet.room(tableStart(sheet, table))
  drawHead(sheet, table, places)
  for (const [index, row] of table.rows.entries()) {
    for (const piece of pieces(row)) {
      const height = heightOf(sheet, piece, places, look)
      if (sheet.y + height > sheet.bottom) {
        sheet.newPage()
        drawHead(sheet, table, places)
      }
      if (index % 2 === 1) sheet.box({ x: sheet.left, y: sheet.y, width: sheet.width, height }, INK.shade)
      drawCells(sheet, piece, places, look)
      sheet.gap(height)
      sheet.rule(sheet.y)
    }
  }
}

/** The height of a table's head with its first row, so that neither is left alone at a page's foot; at most a third of a page. */
export function tableStart(sheet: Sheet, table: Table): number {
  const [first = []] = table.rows
  const [piece = []] = pieces(first)
  const row = heightOf(sheet, piece, placesOf(sheet, table), table.dense ? DENSE : { y: PAD.y })
  return Math.max(48, Math.min(24 + row, 220))
}

/** Label and value side by side: the way facts are listed; below the value in small print what measured it. */
export function drawFacts(sheet: Sheet, rows: Fact[], size = 9): void {
  const label = { x: sheet.left, width: sheet.width * 0.28 - PAD.x }
  const value = { x: sheet.left + sheet.width * 0.28, width: sheet.width * 0.72 - PAD.x }
  const soft: Style = { size, colour: INK.soft }
  for (const [name, cell, note = ''] of rows) {
    const all = pieces([cell])
    for (const [index, [content = '']] of all.entries()) {
      const [text, small] = [index === 0 ? name : '', index === all.length - 1 ? note : '']
      const high = sheet.height(textOf(content), value.width, styleOf(content, size))
      const noteHigh = small ? sheet.height(small, value.width, SMALL) : 0
      const height = Math.max(sheet.height(text, label.width, soft), high + noteHigh) + PAD.y * 2
      sheet.room(height)
      const y = sheet.y
      sheet.put(text, { ...label, y: y + PAD.y }, soft)
      sheet.put(textOf(content), { ...value, y: y + PAD.y }, styleOf(content, size))
      if (small) sheet.put(small, { ...value, y: y + PAD.y + high }, SMALL)
      sheet.y = y + height
      sheet.rule(sheet.y)
    }
  }
}

function placesOf(sheet: Sheet, { columns }: Table): Placed[] {
  const shares = columns.reduce((sum, { share }) => sum + share, 0)
  let x = sheet.left
  return columns.map(({ share, align }): Placed => {
    const width = (sheet.width * share) / shares
    x += width
    return { x: x - width, width, align: align ?? 'left' }
  })
}

function drawHead(sheet: Sheet, { columns }: Table, places: Placed[]): void {
  const style: Style = { font: 'bold', size: 8, colour: '#ffffff' }
  const height = Math.max(...columns.map(({ title }, index) => sheet.height(title, inner(places[index]), style))) + PAD.y * 2
  sheet.box({ x: sheet.left, y: sheet.y, width: sheet.width, height }, INK.brand)
  const titles = columns.map(({ title }) => title)
  drawCells(sheet, titles, places, { y: PAD.y, head: style })
  sheet.gap(height)
}

function drawCells(sheet: Sheet, row: Cell[], places: Placed[], { y: pad, lineGap, head }: Look): void {
  const y = sheet.y
  for (const [index, cell] of row.entries()) {
    const place = places[index]
    if (!place) continue
    const style = { ...(head ?? styleOf(cell)), align: place.align, ...(lineGap === undefined ? {} : { lineGap }) }
    const lead = leadOf(cell)
    const top = y + pad + leadHeight(sheet, lead, inner(place))
    if (lead) sheet.put(lead, { x: place.x + PAD.x, y: y + pad, width: inner(place) }, LEAD)
    sheet.put(textOf(cell), { x: place.x + PAD.x, y: top, width: inner(place) }, style)
  }
  sheet.y = y
}

function heightOf(sheet: Sheet, row: Cell[], places: Placed[], { y, lineGap }: Look): number {
  const gap = lineGap === undefined ? {} : { lineGap }
  const heights = row.map((cell, index) => {
    const width = inner(places[index])
    return sheet.height(textOf(cell), width, { ...styleOf(cell), ...gap }) + leadHeight(sheet, leadOf(cell), width)
  })
  return Math.max(0, ...heights) + y * 2
}

function inner(place: Placed | undefined): number {
  return (place?.width ?? 0) - PAD.x * 2
}

function leadOf(cell: Cell): string {
  return typeof cell === 'string' ? '' : (cell.lead ?? '')
}

function leadHeight(sheet: Sheet, lead: string, width: number): number {
  return lead ? sheet.height(lead, width, LEAD) : 0
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text
}

function styleOf(cell: Cell, size = 8): Style {
  if (typeof cell === 'string') return { size }
  if (cell.tone) return { size, font: 'bold', colour: TONES[cell.tone] }
  return cell.fixed ? { size: size - 1.2, font: 'fixed' } : { size }
}

function pieces(row: Cell[]): Cell[][] {
  const longest = Math.max(0, ...row.map((cell) => textOf(cell).length))
  if (longest <= LONGEST) return [row]
  return Array.from({ length: Math.ceil(longest / LONGEST) }, (_, index) =>
    row.map((cell) => {
      const text = textOf(cell).slice(index * LONGEST, (index + 1) * LONGEST)
      return typeof cell === 'string' ? text : { ...cell, text }
    }),
  )
}
