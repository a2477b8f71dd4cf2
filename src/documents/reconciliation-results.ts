/** What one run did with the files, in tables: rejected, left out, changed, mapped, counted and hashed. Rows go by number, never by content. */
import { type Cell, count, fixed, type Section } from './paper.js'
import { countTable } from './parts.js'
import type { ReconciliationReportData } from './types.js'

const byReason = [
  { title: 'Entity', share: 18 },
  { title: 'Reason', share: 42 },
  { title: 'Rows', share: 10, align: 'right' as const },
  { title: 'The first of them', share: 30 },
]

const rowNumbers = 'Rows are numbered as a spreadsheet shows them, the header being row 1; what stands in them is not repeated here.'

/** Rejected records by reason, with rows of the file as examples. */
export function rejects({ rejects: listed }: ReconciliationReportData): Section {
  return {
    title: 'Rejected records by reason',
    blocks: [
      { block: 'text', text: `A row with several faults counts under the first. ${rowNumbers}` },
      { block: 'table', columns: byReason, rows: listed.value.map(reasonRow), none: 'No record was rejected.' },
    ],
  }
}

/** Rows that a rule of the specification left out, by rule. */
export function exclusions({ exclusions: listed }: ReconciliationReportData): Section {
  const none = unmeasured(listed, 'No row was left out.')
  return {
    title: 'Rows left out by the specification',
    blocks: [{ block: 'table', columns: byReason, rows: listed.value.map(reasonRow), none }],
  }
}

function reasonRow({ entity, reason, count: rows, examples }: ReconciliationReportData['rejects']['value'][number]): Cell[] {
  return [entity, reason, count(rows), examples ? placesText(examples, rows) : 'not measured']
}

/** `volunteers.csv 12, 40, 77 …` */
function placesText(places: { file: string; row: number }[], rows: number): string {
  const files = [...new Set(places.map(({ file }) => file))]
  const told = files.map((file) => `${file}: ${places.flatMap((place) => (place.file === file ? [place.row] : [])).join(', ')}`)
  return `${told.join('; ')}${rows > places.length ? ', …' : ''}`
}

/** What was loaded otherwise than it stood in the file, by field. */
export function warnings({ warnings: listed }: ReconciliationReportData): Section {
  return {
    title: 'Loaded otherwise than it stood in the file',
    blocks: [
      {
        block: 'table',
        columns: [
          { title: 'Entity', share: 18 },
          { title: 'Field', share: 18 },
          { title: 'What happened', share: 36 },
          { title: 'File', share: 18 },
          { title: 'Rows', share: 10, align: 'right' },
        ],
        rows: listed.value.map(({ entity, field, what, file, count: rows }) => [entity, field ?? 'the row', what, file, count(rows)]),
        none: unmeasured(listed, 'Everything was loaded as it stood there, or as a rule of the specification turned it.'),
      },
    ],
  }
}

/** How often each code of the source came, and what it became. */
export function codes({ codes: listed }: ReconciliationReportData): Section {
  return {
    title: 'Code frequencies',
    blocks: [
      {
        block: 'text',
        text: `Every code that came, in rows that were read as far as its field. Codes that a map of the specification lacks may be anything, a name even: they are told by their rows. ${rowNumbers}`,
      },
      {
        block: 'table',
        columns: [
          { title: 'Map', share: 13 },
          { title: 'Field', share: 22 },
          { title: 'In the source', share: 31 },
          { title: 'In the product', share: 24 },
          { title: 'Rows', share: 10, align: 'right' },
        ],
        rows: listed.value.map((code) => [code.list, code.field, sourceCell(code), targetCell(code), count(code.count)]),
        none: unmeasured(listed, 'No field goes through a map.'),
      },
    ],
  }
}

type Code = ReconciliationReportData['codes']['value'][number]

function sourceCell({ source, unmapped, count: rows }: Code): Cell {
  if (!unmapped) return source || '“”'
  return `not in the map: ${count(unmapped.distinct)} different, ${placesText(unmapped.examples, rows)}`
}

function targetCell({ target, unmapped }: Code): Cell {
  if (!unmapped) return target ?? '(empty)'
  if (unmapped.became === 'replaced') return `${target ?? '(empty)'}, as for any other`
  return { text: unmapped.became === 'rejected' ? 'not mapped, rejected' : 'not mapped, left empty', tone: 'bad' }
}

/** What stands in place of an empty table: that there was nothing, or that nobody looked. */
function unmeasured({ measuredBy }: { measuredBy: string }, none: string): string {
  return measuredBy === 'none' ? 'Not measured: this load was made before it was.' : none
}

/** By element what the dry run counted for the plan, and what stood in the database after the load (R34). */
export function counted({ counts }: ReconciliationReportData): Section {
  return {
    title: 'The plan, and what was counted in the database',
    blocks: [countTable(counts.value, unmeasured(counts, 'The plan named no counts.'))],
  }
}

/** Rows and SHA-256 (hex) of each loaded table. */
export function hashes({ tables, masked }: ReconciliationReportData): Section {
  const before = masked.value ? ' Checksums are those of the records before they were masked.' : ''
  return {
    title: 'Result per table',
    blocks: [
      {
        block: 'table',
        columns: [
          { title: 'Table', share: 34 },
          { title: 'Rows', share: 12, align: 'right' },
          { title: 'SHA-256 of the loaded records', share: 54 },
        ],
        rows: tables.value.map(({ table, rows, sha256 }) => [table, count(rows), fixed(sha256)]),
        none: unmeasured(tables, 'Nothing was loaded.'),
      },
      {
        block: 'text',
        text: `The same files, specification, program and product version give the same checksums.${before}`,
      },
    ],
  }
}
