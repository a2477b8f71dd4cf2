/** A document before it is drawn: sections and blocks, no sizes or places. Each kind of document makes one; `draw.ts` draws them all alike. */

export type Tone = 'good' | 'bad' | 'caution' | 'plain'

/** A cell is plain text, or text with a tone (a result), or text in the fixed-width font (a checksum, raw output); `lead` is a line above it. */
export type Cell = string | { text: string; tone?: Tone; fixed?: boolean; lead?: string }

interface Column {
  title: string
  /** The share of the width; the shares of a table are added up. */
  share: number
  align?: 'right'
}

/** A label, a value, and in small print what is to be known of it. */
export type Fact = [label: string, value: Cell, note?: string]

/** A database table with its rows, laid out by what they hold; read when they are drawn, so that one table's are held at a time. */
export interface RowsBlock {
  block: 'rows'
  title: string
  /** Columns by their canonical names, the key's first; `key` says how many. */
  columns: string[]
  key: number
  /** What is said above the table. */
  note: string
  /** Null where the rows lie beside the document. */
  rows: (() => Promise<readonly (readonly (string | null)[])[]>) | null
}

export type Block =
  | { block: 'text'; text: string }
  /** Small print: what measured a value and when, or how something is to be read. */
  | { block: 'note'; text: string }
  | { block: 'list'; items: string[] }
  | { block: 'heading'; text: string }
  | { block: 'facts'; rows: Fact[] }
  | { block: 'table'; columns: Column[]; rows: Cell[][]; none: string; dense?: boolean }
  | RowsBlock
  | { block: 'verdict'; tone: Tone; title: string; text: string }
  | { block: 'raw'; title: string; text: string }

export interface Section {
  title: string
  /** Begins on a new page. */
  apart?: boolean
  blocks: Block[]
}

export interface Paper {
  title: string
  subtitle: string
  status: { text: string; tone: Tone }
  /** The number and revision that it is registered by, where that is not the record's own. */
  registered?: { number: string; revision: number; record: string }
  /** The facts of the cover. */
  cover: Fact[]
  sections: Section[]
}

/** A checksum or an identifier, in the fixed-width font. */
export function fixed(text: string): Cell {
  return { text, fixed: true }
}

/** `2025-11-22T01:38:00.000Z` → `2025-11-22 01:38:00 UTC`. */
export function utc(at: string): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? at : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** 1234567 → `1 234 567`, with spaces that do not break. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u00a0')
}

/** The role of an instance as people say it. */
export function roleTitle(role: 'main' | 'test' | 'single'): string {
  return { main: 'Main', test: 'Test', single: 'Single instance' }[role]
}
