/** The configuration report: everything that is configured in one instance, with a checksum per element and one for the whole (R19). */
import { type Block, type Cell, count, fixed, type Paper, roleTitle, type Section, utc } from './paper.js'
import { coverFacts, instanceFacts, revisionHistory } from './parts.js'
import type { ConfigurationReportData } from './types.js'

/** More columns than this do not fit side by side; the rows are then listed field by field. */
const MOST_COLUMNS = 6

/** The report as it is drawn. */
export function configurationReportPaper(data: ConfigurationReportData): Paper {
  const rows = data.elements.value.reduce((sum, element) => sum + element.rows, 0)
  return {
    title: 'Configuration Report',
    subtitle: `${data.environment.value.kind} · ${data.instance.value.name} (${roleTitle(data.instance.value.role)})`,
    status: { text: 'AS CAPTURED', tone: 'plain' },
    cover: [
      ...coverFacts(data),
      ...instanceFacts(data.environment, data.instance),
      ['Installed version', data.version.value],
      ['Captured', `${utc(data.content.at)} by Slipway`],
      ['Contents', `${count(data.elements.value.length)} elements, ${count(rows)} rows`],
      ['Checksum of the whole', fixed(data.everything.value)],
    ],
    sections: [revisionHistory(data), checksums(data), elements(data), ...data.content.value.map(content)],
  }
}

function checksums(data: ConfigurationReportData): Section {
  return {
    title: 'Checksums of the whole',
    blocks: [
      {
        block: 'facts',
        rows: [
          ['Everything', fixed(data.everything.value)],
          ['Keys that must match', fixed(data.mustMatch.value)],
          ['Database schema', fixed(data.fingerprint.value)],
        ],
      },
      {
        block: 'text',
        text: 'The first is the root over the checksums of all elements. The second leaves out what may differ from instance to instance (names, addresses, integrations); two instances are configured alike when theirs are equal. The third is the fingerprint of the database schema.',
      },
    ],
  }
}

function elements({ elements: listed }: ConfigurationReportData): Section {
  return {
    title: 'Elements',
    blocks: [
      {
        block: 'table',
        columns: [
          { title: 'Element', share: 38 },
          { title: 'Rows', share: 10, align: 'right' },
          { title: 'SHA-256', share: 52 },
        ],
        rows: listed.value.map(({ title, rows, sha256 }) => [title, count(rows), fixed(sha256)]),
        none: 'The product defines no element.',
      },
    ],
  }
}

function content({ title, rows }: ConfigurationReportData['content']['value'][number]): Section {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  if (columns.length <= MOST_COLUMNS) return { title, blocks: [tableOf(columns, rows)] }
  const blocks = rows.flatMap((row, index): Block[] => [
    { block: 'heading', text: `${title} ${index + 1} of ${rows.length}` },
    { block: 'facts', rows: columns.filter((column) => column in row).map((column): [string, Cell] => [column, shown(row[column])]) },
  ])
  return { title, blocks }
}

function tableOf(columns: string[], rows: Record<string, string | null>[]): Block {
  return {
    block: 'table',
    columns: columns.map((column) => ({ title: column, share: share(column, rows) })),
    rows: rows.map((row) => columns.map((column) => shown(row[column]))),
    none: 'No rows.',
  }
}

/** Wider columns for longer texts, within reason. */
function share(column: string, rows: Record<string, string | null>[]): number {
  const longest = rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), column.length)
  return Math.min(Math.max(longest, 6), 40)
}

/** Nothing, and the empty text, are not the same: the one is a dash, the other quotation marks. */
function shown(value: string | null | undefined): Cell {
  if (value === null || value === undefined) return '–'
  return value === '' ? '“”' : value
}
