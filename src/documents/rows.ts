/** A database table as people read it: what is the same in every row said once, the rest as its widths ask for. */
import type { Block, Cell, RowsBlock } from './paper.js'
import { type Layout, layoutOf } from './rows-layout.js'
import type { Sheet } from './sheet.js'

type Row = readonly (string | null)[]

export interface LaidRows {
  block: RowsBlock
  landscape: boolean
  parts: Block[]
}

/** Reads the rows and lays them out: on a page of which direction, and in which parts. */
export async function layRows(sheet: Sheet, block: RowsBlock): Promise<LaidRows> {
  const note: Block = { block: 'note', text: block.note }
  if (!block.rows) return { block, landscape: sheet.landscape, parts: [note] }
  const rows = await block.rows()
  const layout = layoutOf(
    { titles: block.columns.map(inWords), key: block.key, rows },
    { portrait: sheet.bodyOf(false), landscape: sheet.bodyOf(true) },
    sheet.landscape,
  )
  const said = layout.said.map((column) => `${inWords(block.columns[column] ?? '')}: ${text(rows[0]?.[column])}`)
  const same: Block[] = said.length > 0 ? [{ block: 'note', text: `The same in every row: ${said.join(' · ')}` }] : []
  return { block, landscape: layout.landscape, parts: [note, ...same, ...tables(block, rows, layout)] }
}

function tables({ columns }: RowsBlock, rows: readonly Row[], { groups, turned }: Layout): Block[] {
  if (rows.length === 0) return []
  if (turned) return [turnedTable(columns, rows, groups[0]?.map(({ column }) => column) ?? [])]
  return groups.flatMap((group, index): Block[] => [
    ...(groups.length > 1 ? [{ block: 'note' as const, text: `Columns, part ${index + 1} of ${groups.length}` }] : []),
    {
      block: 'table',
      dense: true,
      columns: group.map(({ column, width, right }) => ({
        title: inWords(columns[column] ?? ''),
        share: width,
        ...(right ? { align: 'right' as const } : {}),
      })),
      rows: rows.map((row) => group.map(({ column }): Cell => text(row[column]))),
      none: 'No rows.',
    },
  ])
}

/** Few rows of many columns: a column a line. */
function turnedTable(columns: readonly string[], rows: readonly Row[], shown: number[]): Block {
  return {
    block: 'table',
    dense: true,
    columns: [
      { title: 'Column', share: 24 },
      ...rows.map((_, index) => ({ title: rows.length === 1 ? 'Value' : `Row ${index + 1}`, share: 76 / rows.length })),
    ],
    rows: shown.map((column) => [inWords(columns[column] ?? ''), ...rows.map((row): Cell => text(row[column]))]),
    none: 'No rows.',
  }
}

/** A column in words: `lab_panel_id.lab_id.code` is the code of the laboratory of the panel. */
export function inWords(column: string): string {
  const steps = column.split('.').map((step, index, all) => (index < all.length - 1 ? step.replace(/_id$/, '') : step))
  return steps.map((step) => step.replaceAll('_', ' ')).join(' › ')
}

/** Nothing, and the empty text, are not the same: the one is a dash, the other quotation marks. */
export function text(value: string | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return value === '' ? '“”' : value
}
