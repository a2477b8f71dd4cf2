/** A document before it is drawn: sections and blocks, no sizes or places. Each kind of document makes one; `draw.ts` draws them all alike. */

export type Tone = 'good' | 'bad' | 'caution' | 'plain'

/** A cell is plain text, or text with a tone (a result), or text in the fixed-width font (a checksum, raw output). */
export type Cell = string | { text: string; tone?: Tone; fixed?: boolean }

interface Column {
  title: string
  /** The share of the width; the shares of a table are added up. */
  share: number
  align?: 'right'
}

export type Block =
  | { block: 'text'; text: string }
  | { block: 'list'; items: string[] }
  | { block: 'heading'; text: string }
  | { block: 'facts'; rows: [label: string, value: Cell][] }
  | { block: 'table'; columns: Column[]; rows: Cell[][]; none: string }
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
  /** The facts of the cover. */
  cover: [label: string, value: Cell][]
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
