/** Draws a paper: cover, contents, numbered sections. */
import type { Block, Paper, Section } from './paper.js'
import { INK, Sheet, TONES, UNCONTROLLED } from './sheet.js'
import { drawFacts, drawTable } from './table.js'
import type { DocumentHead } from './types.js'

interface Slot {
  page: number
  y: number
}

/** Draws the paper and attaches its record. The same paper gives the same bytes. */
export async function draw(paper: Paper, head: DocumentHead, record: { json: string; sha256: string }): Promise<Buffer> {
  const sheet = new Sheet(`${paper.title} ${head.number}`, head.issuedAt)
  drawCover(sheet, paper, { ...head, sha256: record.sha256 })
  sheet.newPage()
  const slots = reserveContents(sheet, paper.sections)
  const pages = paper.sections.map((section, index) => drawSection(sheet, section, index + 1))
  fillContents(sheet, paper.sections, slots, pages)
  const name = `${head.number}-r${head.revision}.json`
  return sheet.finish(
    { title: paper.title, number: head.number, revision: head.revision, checksum: record.sha256 },
    { name, json: record.json, at: head.issuedAt },
  )
}

function drawCover(sheet: Sheet, paper: Paper, { number, revision, sha256 }: { number: string; revision: number; sha256: string }): void {
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
  sheet.paragraph('Document checksum: SHA-256 of the record (JSON) attached to this file', { size: 8, colour: INK.soft })
  sheet.gap(2)
  sheet.paragraph(sha256, { font: 'fixed', size: 8.5 })
  sheet.gap(10)
  sheet.paragraph(UNCONTROLLED, { font: 'bold', size: 9 })
}

function reserveContents(sheet: Sheet, sections: Section[]): Slot[] {
  sheet.paragraph('Contents', { font: 'bold', size: 15, colour: INK.brand })
  sheet.gap(6)
  const slots = sections.map(() => {
    sheet.room(17)
    const slot = { page: sheet.pageIndex, y: sheet.y }
    sheet.gap(17)
    return slot
  })
  sheet.gap(14)
  return slots
}

function fillContents(sheet: Sheet, sections: Section[], slots: Slot[], pages: number[]): void {
  for (const [index, { page, y }] of slots.entries()) {
    sheet.pdf.switchToPage(page)
    const place = { x: sheet.left, y, width: sheet.width }
    sheet.line(String(index + 1), place, { colour: INK.soft })
    sheet.line(sections[index]?.title ?? '', { ...place, x: place.x + 26, width: place.width - 60 })
    sheet.line(String((pages[index] ?? 0) + 1), place, { align: 'right', colour: INK.soft })
    sheet.rule(y + 14)
  }
}

/** Returns the index of the page on which the section begins. */
function drawSection(sheet: Sheet, section: Section, number: number): number {
  if (section.apart) sheet.newPage()
  else sheet.room(96)
  const page = sheet.pageIndex
  sheet.pdf.outline.addItem(`${number}  ${section.title}`)
  sheet.paragraph(`${number}  ${section.title}`, { font: 'bold', size: 13, colour: INK.brand })
  sheet.gap(5)
  for (const block of section.blocks) {
    drawBlock(sheet, block)
    sheet.gap(9)
  }
  sheet.gap(10)
  return page
}

function drawBlock(sheet: Sheet, block: Block): void {
  switch (block.block) {
    case 'text':
      sheet.paragraph(block.text)
      break
    case 'list':
      drawList(sheet, block.items)
      break
    case 'heading':
      sheet.room(64)
      sheet.paragraph(block.text, { font: 'bold', size: 10 })
      break
    case 'facts':
      drawFacts(sheet, block.rows)
      break
    case 'table':
      drawTable(sheet, block)
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
