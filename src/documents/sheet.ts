/** The paper under the drawing: A4 pages, margins, colours, running heads and feet. Wraps pdfkit. */
import PDFDocument from 'pdfkit'
import { FONTS, type FontName, printable } from './fonts.js'
import type { Tone } from './paper.js'

const A4 = { width: 595.28, height: 841.89 }
/** Stands for the number of pages while they are counted: as wide as the widest. */
const MANY = 9999
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

/** What only a first drawing tells, and the second one writes. */
export interface Counted {
  pages: number
}

/**
 * Pages one after the other, none held: a page has its head and foot from the start. How many there will be is known from a first drawing
 * whose bytes nobody takes.
 */
export class Sheet {
  readonly pdf: PDFKit.PDFDocument
  private readonly chunks: Buffer[] = []
  private page = 0
  private style: Style = {}

  /** Without `counted` this is the drawing that counts: it writes nothing. */
  constructor(
    title: string,
    issuedAt: string,
    private readonly running: Running,
    private readonly counted: Counted | null,
  ) {
    const at = new Date(issuedAt)
    // PDF/A-3: everything that is needed to show the file in decades is inside it, and the JSON record may be attached.
    const options = { size: 'A4', margins: MARGIN, pdfVersion: '1.7', subset: 'PDF/A-3b', font: FONTS.plain, lang: 'en' } as const
    this.pdf = new PDFDocument({
      ...options,
      autoFirstPage: false,
      compress: counted !== null,
      info: { Title: title, Author: 'Slipway', Creator: 'Slipway', CreationDate: at, ModDate: at },
    } as PDFKit.PDFDocumentOptions)
    this.pdf.on('pageAdded', () => this.begin())
    this.pdf.on('data', (chunk: Buffer) => {
      if (counted) this.chunks.push(chunk)
    })
    this.pdf.addPage()
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

  get y(): number {
    return this.pdf.y
  }

  set y(value: number) {
    this.pdf.x = MARGIN.left
    this.pdf.y = value
  }

  /** The number of the page, beginning with 1. */
  get pageNumber(): number {
    return this.page
  }

  get landscape(): boolean {
    return this.pdf.page.width > this.pdf.page.height
  }

  /** Height of a page's body, and width, in either direction. */
  bodyOf(landscape: boolean): { width: number; height: number } {
    const [width, height] = landscape ? [A4.height, A4.width] : [A4.width, A4.height]
    return { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom }
  }

  /** Goes on to a new page unless so much room is left on this one. */
  room(height: number): void {
    if (this.y + height > this.bottom) this.newPage()
  }

  /** A new page, in the direction of the one before unless another is asked for. */
  newPage(landscape = this.landscape): void {
    this.pdf.addPage({ size: 'A4', layout: landscape ? 'landscape' : 'portrait', margins: MARGIN })
    this.y = MARGIN.top
  }

  /** Takes what was drawn so far, so that it is not held. */
  taken(): Buffer {
    return Buffer.concat(this.chunks.splice(0))
  }

  /** Names a place on this page, for links and the list of bookmarks. */
  place(name: string, y: number): void {
    this.pdf.addNamedDestination(name, 'XYZ', MARGIN.left, y, null)
  }

  /** Makes a strip of the page a link to a place. */
  link(y: number, height: number, name: string): void {
    this.pdf.goTo(MARGIN.left, y, this.width, height, name)
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

  /** Attaches the record where there is one, and ends the file; returns what is left of it to take. */
  async finish(attachment: { name: string; json: Buffer; at: string } | null): Promise<Buffer> {
    if (attachment) {
      const at = new Date(attachment.at)
      this.pdf.file(attachment.json, {
        name: attachment.name,
        type: 'application/json',
        description: 'The record that this document shows',
        creationDate: at,
        modifiedDate: at,
        relationship: 'Source',
      } as PDFKit.Mixins.PDFAttachmentOptions)
    }
    const ended = new Promise<void>((resolve) => this.pdf.once('end', resolve))
    this.pdf.end()
    await ended
    return this.taken()
  }

  /** Head and foot of a page that was added, in the middle of a text as well: what that text is drawn with is as it was before. */
  private begin(): void {
    this.page += 1
    const { style } = this
    const { y } = this.pdf
    if (this.page > 1) this.head(this.running)
    this.foot(this.running, this.page, this.counted?.pages ?? MANY)
    this.use(style)
    this.y = y
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

  private use(style: Style): PDFKit.PDFDocument {
    this.style = style
    const { font = 'plain', size = 9, colour = INK.text } = style
    // By path: pdfkit opens a font again at every use of a registered name whose file it already has.
    return this.pdf.font(FONTS[font]).fontSize(size).fillColor(colour)
  }

  private clean(text: string, { font = 'plain' }: Style): string {
    return printable(text, font)
  }
}
