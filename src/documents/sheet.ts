/** The paper under the drawing: A4 pages, margins, colours, running heads and feet. Wraps pdfkit. */
import PDFDocument from 'pdfkit'
import { FONTS, type FontName, printable } from './fonts.js'
import type { Tone } from './paper.js'

const MARGIN = { left: 54, right: 54, top: 78, bottom: 66 }
export const INK = { text: '#1b2733', soft: '#5b6b7a', rule: '#cfd8e0', shade: '#f3f6f9', brand: '#12324a' }
export const TONES: Record<Tone, string> = { good: '#17714a', bad: '#b3261e', caution: '#8a5a00', plain: '#2f6690' }
const SOFT_TONES: Record<Tone, string> = { good: '#e6f4ec', bad: '#fbe9e7', caution: '#fdf3df', plain: '#e8f0f6' }

export interface Style {
  font?: FontName
  size?: number
  colour?: string
  align?: 'left' | 'right'
  lineGap?: number
}

/** What is said at the head and foot of every page. */
export interface Running {
  title: string
  number: string
  revision: number
  checksum: string
}

export const UNCONTROLLED = 'Exported and printed copies are uncontrolled.'

export class Sheet {
  readonly pdf: PDFKit.PDFDocument
  private readonly chunks: Buffer[] = []

  constructor(title: string, issuedAt: string) {
    const at = new Date(issuedAt)
    // PDF/A-3: everything that is needed to show the file in decades is inside it, and the JSON record may be attached.
    const options = {
      size: 'A4',
      margins: MARGIN,
      bufferPages: true,
      pdfVersion: '1.7',
      subset: 'PDF/A-3b',
      font: FONTS.plain,
      lang: 'en',
    } as const
    this.pdf = new PDFDocument({
      ...options,
      info: { Title: title, Author: 'Slipway', Creator: 'Slipway', CreationDate: at, ModDate: at },
    } as PDFKit.PDFDocumentOptions)
    this.pdf.on('data', (chunk: Buffer) => this.chunks.push(chunk))
  }

  get left(): number {
    return MARGIN.left
  }

  get width(): number {
    return this.pdf.page.width - MARGIN.left - MARGIN.right
  }

  get bottom(): number {
    return this.pdf.page.height - MARGIN.bottom
  }

  /** The height of a page between head and foot. */
  get body(): number {
    return this.bottom - MARGIN.top
  }

  get y(): number {
    return this.pdf.y
  }

  set y(value: number) {
    this.pdf.x = MARGIN.left
    this.pdf.y = value
  }

  get pageIndex(): number {
    const { start, count } = this.pdf.bufferedPageRange()
    return start + count - 1
  }

  /** Goes on to a new page unless so much room is left on this one. */
  room(height: number): void {
    if (this.y + height > this.bottom) this.newPage()
  }

  newPage(): void {
    this.pdf.addPage()
    this.y = MARGIN.top
  }

  gap(height: number): void {
    this.y += height
  }

  height(text: string, width: number, style: Style = {}): number {
    return this.use(style).heightOfString(this.clean(text, style), { width, lineGap: style.lineGap ?? 1.5 })
  }

  /** Writes at a place, wrapped to a width; does not move on. */
  put(text: string, place: { x: number; y: number; width: number }, style: Style = {}): void {
    this.use(style).text(this.clean(text, style), place.x, place.y, {
      width: place.width,
      align: style.align ?? 'left',
      lineGap: style.lineGap ?? 1.5,
    })
  }

  /** Writes one line at a place, wherever it is, the margins included. */
  line(text: string, place: { x: number; y: number; width: number }, style: Style & { centred?: boolean } = {}): void {
    const align = style.centred ? 'center' : (style.align ?? 'left')
    const { margins } = this.pdf.page
    const kept = margins.bottom
    margins.bottom = 0
    this.use(style).text(this.clean(text, style), place.x, place.y, { width: place.width, align, lineBreak: false, height: 20 })
    margins.bottom = kept
  }

  /** Writes a paragraph over the whole width and goes on below it; breaks over pages by itself. */
  paragraph(text: string, style: Style = {}): void {
    this.use(style).text(this.clean(text, style), MARGIN.left, this.y, { width: this.width, lineGap: style.lineGap ?? 2 })
  }

  rule(y: number, colour = INK.rule): void {
    this.pdf
      .lineWidth(0.5)
      .strokeColor(colour)
      .moveTo(MARGIN.left, y)
      .lineTo(MARGIN.left + this.width, y)
      .stroke()
  }

  box(place: { x: number; y: number; width: number; height: number }, fill: string, radius = 0): void {
    this.pdf.roundedRect(place.x, place.y, place.width, place.height, radius).fill(fill)
  }

  softTone(tone: Tone): string {
    return SOFT_TONES[tone]
  }

  /** Stamps every page with its head and foot, now that their number is known; attaches the record; returns the file. */
  async finish(running: Running, attachment: { name: string; json: string; at: string }): Promise<Buffer> {
    const { start, count } = this.pdf.bufferedPageRange()
    for (let page = start; page < start + count; page++) {
      this.pdf.switchToPage(page)
      if (page > start) this.head(running)
      this.foot(running, page + 1, count)
    }
    const at = new Date(attachment.at)
    this.pdf.file(Buffer.from(attachment.json, 'utf8'), {
      name: attachment.name,
      type: 'application/json',
      description: 'The record that this document shows',
      creationDate: at,
      modifiedDate: at,
      relationship: 'Source',
    } as PDFKit.Mixins.PDFAttachmentOptions)
    const ended = new Promise<void>((resolve) => this.pdf.once('end', resolve))
    this.pdf.end()
    await ended
    return Buffer.concat(this.chunks)
  }

  private head({ title, number, revision }: Running): void {
    const style = { size: 8, colour: INK.soft }
    this.line(title, { x: this.left, y: 40, width: this.width * 0.6 }, { ...style, font: 'bold', colour: INK.brand })
    this.line(`${number} · Revision ${revision}`, { x: this.left, y: 40, width: this.width }, { ...style, align: 'right' })
    this.rule(56)
  }

  private foot({ checksum }: Running, page: number, pages: number): void {
    const y = this.pdf.page.height - 44
    const style = { size: 7.5, colour: INK.soft }
    this.rule(y - 8)
    this.line(UNCONTROLLED, { x: this.left, y, width: this.width }, style)
    this.line(
      `SHA-256 ${checksum.slice(0, 16)}…`,
      { x: this.left, y, width: this.width },
      { ...style, font: 'fixed', size: 6.5, centred: true },
    )
    this.line(`Page ${page} of ${pages}`, { x: this.left, y, width: this.width }, { ...style, align: 'right' })
  }

  /** The width of a line of text. */
  lineWidth(text: string, style: Style): number {
    return this.use(style).widthOfString(this.clean(text, style))
  }

  private use({ font = 'plain', size = 9, colour = INK.text }: Style): PDFKit.PDFDocument {
    // By path: pdfkit opens a font again at every use of a registered name whose file it already has.
    return this.pdf.font(FONTS[font]).fontSize(size).fillColor(colour)
  }

  private clean(text: string, { font = 'plain' }: Style): string {
    return printable(text, font)
  }
}
