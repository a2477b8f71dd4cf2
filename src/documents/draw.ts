/** Draws a paper: cover, contents, numbered sections. Twice: the first drawing counts the pages, the second one writes them, none held. */
import type { Block, Paper, Section } from './paper.js'
import { type LaidRows, layRows } from './rows.js'
import { type Counted, INK, type Running, Sheet, TONES, UNCONTROLLED } from './sheet.js'
import { drawFacts, drawTable, tableStart } from './table.js'
import type { DocumentHead } from './types.js'

/** A line of the contents, and the page on which it begins. */
interface Line {
  text: string
  level: 1 | 2
  page: number
}

interface Drawn extends Counted {
  lines: Line[]
}

/** The record that the paper shows. `json` is attached; null where it lies beside the PDF, in the file of that name. */
export interface RecordShown {
  sha256: string
  json: Buffer | null
  file: string
}

type Rows = Extract<Block, { block: 'rows' }>
type Take = (chunk: Buffer) => Promise<void>

/** Draws the paper and attaches its record; `take` gets the file's bytes in order. The same paper gives the same bytes. Returns the number of pages. */
export async function draw(paper: Paper, head: DocumentHead, record: RecordShown, take: Take): Promise<number> {
  const counted = await drawOnce({ paper, head, record, counted: null, take: async () => {} })
  await drawOnce({ paper, head, record, counted, take })
  return counted.pages
}

interface Drawing {
  paper: Paper
  head: DocumentHead
  record: RecordShown
  counted: Drawn | null
  take: Take
}

async function drawOnce({ paper, head, record, counted, take }: Drawing): Promise<Drawn> {
  const { number, revision } = paper.registered ?? head
  const running: Running = { title: paper.title, number, revision, checksum: record.sha256 }
  const sheet = new Sheet(`${paper.title} ${number}`, head.issuedAt, running, counted)
  drawCover(sheet, paper, { ...head, number, revision, record })
  sheet.newPage()
  drawContents(sheet, counted?.lines ?? linesOf(paper.sections))
  const lines: Line[] = []
  for (const [index, section] of paper.sections.entries()) {
    for await (const line of drawSection(sheet, section, index + 1)) {
      if (line) sheet.place(placeOf(lines.push(line) - 1), sheet.y)
      await take(sheet.taken())
    }
  }
  if (counted) {
    const name = paper.registered?.record ?? `${head.number}-r${head.revision}.json`
    await take(await sheet.finish(record.json ? { name, json: record.json, at: head.issuedAt } : null))
  }
  return { pages: sheet.pageNumber, lines }
}

type Cover = DocumentHead & { record: RecordShown }

function drawCover(sheet: Sheet, paper: Paper, { number, revision, record }: Cover): void {
  const { left, width } = sheet
  sheet.box({ x: 0, y: 0, width: sheet.pdf.page.width, height: 196 }, INK.brand)
  sheet.line('SLIPWAY', { x: left, y: 48, width }, { font: 'bold', size: 10, colour: '#9fc3dd' })
  sheet.line(`${number} · Revision ${revision}`, { x: left, y: 48, width }, { size: 10, colour: '#ffffff', align: 'right' })
  sheet.put(paper.title, { x: left, y: 92, width }, { font: 'bold', size: 26, colour: '#ffffff' })
  sheet.put(paper.subtitle, { x: left, y: 134, width }, { size: 13, colour: '#d5e5f0' })
  const { text, tone } = paper.status
  const pill = 26 + sheet.lineWidth(text, { font: 'bold', size: 11 })
  sheet.box({ x: left, y: 220, width: pill, height: 26 }, TONES[tone], 13)
  sheet.line(text, { x: left, y: 227, width: pill }, { font: 'bold', size: 11, colour: '#ffffff', centred: true })
  sheet.y = 268
  drawFacts(sheet, paper.cover, 9.5)
  sheet.gap(16)
  const where = record.json ? 'attached to this file' : `in ${record.file}, which belongs to this file`
  sheet.paragraph(`Document checksum: SHA-256 of the record (JSON) ${where}`, { size: 8, colour: INK.soft })
  sheet.gap(2)
  sheet.paragraph(record.sha256, { font: 'fixed', size: 8.5 })
  sheet.gap(10)
  sheet.paragraph(UNCONTROLLED, { font: 'bold', size: 9 })
}

/** What the contents will list, before the pages are known. The only table of a section is the section. */
function linesOf(sections: Section[]): Line[] {
  return sections.flatMap((section, index) => [
    { text: titleOf(section, index + 1), level: 1 as const, page: 0 },
    ...tablesOf(section).map(({ title }) => ({ text: title, level: 2 as const, page: 0 })),
  ])
}

function titleOf({ title }: Section, number: number): string {
  return `${number}  ${title}`
}

/** The tables that have a line of the contents and a bookmark of their own. */
function tablesOf({ blocks }: Section): Rows[] {
  const tables = blocks.filter((block) => block.block === 'rows')
  return tables.length > 1 ? tables : []
}

function drawContents(sheet: Sheet, lines: Line[]): void {
  sheet.paragraph('Contents', { font: 'bold', size: 15, colour: INK.brand })
  sheet.gap(6)
  const wanted = lines.reduce((sum, { level }) => sum + lineHeight(level), 0)
  // A line or two that would stand alone on the next page are fitted in.
  const left = sheet.bottom - sheet.y
  const squeezed = wanted > left && wanted < left * 1.15 ? left / wanted : 1
  for (const [index, { text, level, page }] of lines.entries()) {
    const height = lineHeight(level) * squeezed
    sheet.room(Math.floor(height))
    const indent = level === 1 ? 0 : 26
    const style = level === 1 ? {} : { size: 8, colour: INK.soft }
    const place = { x: sheet.left, y: sheet.y, width: sheet.width }
    sheet.line(text, { ...place, x: place.x + indent, width: place.width - 60 }, style)
    sheet.line(String(page), place, { ...style, align: 'right', colour: INK.soft })
    sheet.link(place.y - 2, height, placeOf(index))
    sheet.y = place.y + height
    if (level === 1) sheet.rule(sheet.y - 3)
  }
  sheet.gap(14)
}

function lineHeight(level: Line['level']): number {
  return level === 1 ? 17 : 13
}

function placeOf(line: number): string {
  return `line-${line}`
}

/** Yields a line of the contents before what it stands for is drawn, and nothing after each block. */
async function* drawSection(sheet: Sheet, section: Section, number: number): AsyncGenerator<Line | undefined> {
  const title = titleOf(section, number)
  const own = tablesOf(section)
  let bookmark: PDFKit.PDFOutline | undefined
  if (section.apart) sheet.newPage(false)
  for (const [index, block] of section.blocks.entries()) {
    const next = section.blocks[index + 1]
    const laid = block.block === 'rows' ? await layRows(sheet, block) : null
    const landscape = laid?.landscape ?? false
    if (sheet.landscape !== landscape) sheet.newPage(landscape)
    if (!bookmark) {
      sheet.room(Math.max(96, 30 + startOf(sheet, block, next)))
      bookmark = sheet.pdf.outline.addItem(title)
      yield { text: title, level: 1, page: sheet.pageNumber }
      sheet.paragraph(title, { font: 'bold', size: 13, colour: INK.brand })
      sheet.gap(5)
    }
    if (laid && own.includes(laid.block)) {
      sheet.room(80)
      bookmark.addItem(laid.block.title)
      yield { text: laid.block.title, level: 2, page: sheet.pageNumber }
      sheet.paragraph(laid.block.title, { font: 'bold', size: 10 })
      sheet.gap(2)
    }
    if (block.block === 'heading') sheet.room(startOf(sheet, block, next))
    drawBlock(sheet, block, laid)
    sheet.gap(9)
    yield undefined
  }
  sheet.gap(10)
}

/** The least height that a block's beginning takes: a heading is not parted from what follows it, nor a table's head from its first row. */
function startOf(sheet: Sheet, block: Block, next?: Block): number {
  switch (block.block) {
    case 'heading':
      return Math.max(64, 24 + (next ? startOf(sheet, next) : 0))
    case 'table':
      return tableStart(sheet, block)
    case 'text':
      return Math.min(60, sheet.height(block.text, sheet.width)) + (next?.block === 'table' ? 9 + tableStart(sheet, next) : 0)
    default:
      return 40
  }
}

function drawBlock(sheet: Sheet, block: Block, laid: LaidRows | null): void {
  switch (block.block) {
    case 'text':
      sheet.paragraph(block.text)
      break
    case 'note':
      sheet.paragraph(block.text, { size: 8, colour: INK.soft, lineGap: 1 })
      break
    case 'list':
      drawList(sheet, block.items)
      break
    case 'heading':
      sheet.paragraph(block.text, { font: 'bold', size: 10 })
      break
    case 'facts':
      drawFacts(sheet, block.rows)
      break
    case 'table':
      drawTable(sheet, block)
      break
    case 'rows':
      for (const part of laid?.parts ?? []) {
        drawBlock(sheet, part, null)
        sheet.gap(part.block === 'table' ? 7 : 3)
      }
      break
    case 'verdict':
      drawVerdict(sheet, block)
      break
    case 'raw':
      sheet.room(48)
      sheet.paragraph(block.title, { font: 'bold', size: 8.5 })
      sheet.gap(3)
      sheet.paragraph(block.text, { font: 'fixed', size: 6.8 })
      break
    default:
      block satisfies never
  }
}

function drawList(sheet: Sheet, items: string[]): void {
  for (const item of items) {
    const place = { x: sheet.left + 12, width: sheet.width - 12 }
    const height = sheet.height(item, place.width)
    sheet.room(height)
    const y = sheet.y
    sheet.put('•', { x: sheet.left, y, width: 10 }, { colour: INK.soft })
    sheet.put(item, { ...place, y })
    sheet.y = y + height + 3
  }
}

function drawVerdict(sheet: Sheet, { tone, title, text }: Extract<Block, { block: 'verdict' }>): void {
  const width = sheet.width - 28
  const height = sheet.height(text, width) + 44
  sheet.room(height)
  const y = sheet.y
  sheet.box({ x: sheet.left, y, width: sheet.width, height }, sheet.softTone(tone), 3)
  sheet.box({ x: sheet.left, y, width: 5, height }, TONES[tone])
  sheet.put(title, { x: sheet.left + 18, y: y + 11, width }, { font: 'bold', size: 13, colour: TONES[tone] })
  sheet.put(text, { x: sheet.left + 18, y: y + 31, width })
  sheet.y = y + height
}
