/** The configuration report: everything that is configured in one instance, with a checksum per element and one for the whole (R19). */
import { productUtc } from './clocks.js'
import { type Block, type Cell, count, type Fact, fixed, type Paper, type RowsBlock, roleTitle, type Section } from './paper.js'
import { bytes, coverFacts, instanceFacts, revisionHistory } from './parts.js'
import { inWords, text } from './rows.js'
import { source, sources } from './sources.js'
import type { ConfigurationReportData, TableContent, TableDifference } from './types.js'

/** The rows of the table with that number in the record, read when they are drawn. */
type RowsOf = (table: number) => Promise<readonly (readonly (string | null)[])[]>

/** The report as it is drawn: what changed first, then checksums, then every table. */
export function configurationReportPaper(data: ConfigurationReportData, rowsOf: RowsOf): Paper {
  const rows = data.elements.value.reduce((sum, element) => sum + element.rows, 0)
  return {
    title: 'Configuration Report',
    subtitle: `${data.environment.value.kind} · ${data.instance.value.name} (${roleTitle(data.instance.value.role)})`,
    status: { text: 'AS CAPTURED', tone: 'plain' },
    cover: [
      ...coverFacts(data),
      ...instanceFacts(data),
      ['Installed version', data.version.value],
      ['Captured', `${productUtc(data.content.at, data)} by Slipway`],
      ['Contents', `${count(data.elements.value.length)} elements, ${count(data.content.value.tables.length)} tables, ${count(rows)} rows`],
      ['Changed since the last', changedInShort(data)],
      ['Checksum of the whole', fixed(data.everything.value), source(data.everything, data)],
    ],
    sections: [changes(data), revisionHistory(data), checksums(data), elements(data), sources(data), ...contents(data, rowsOf)],
  }
}

function changedInShort(data: ConfigurationReportData): string {
  const { earlier, impossible, tables } = data.comparison.value
  if (!earlier) return 'This is the first report of the instance.'
  if (impossible) return `Not compared with revision ${earlier.revision}: ${impossible}.`
  const total = (what: 'added' | 'removed' | 'changed') => count(tables.reduce((sum, table) => sum + table[what], 0))
  const rows = `${total('added')} added, ${total('removed')} removed, ${total('changed')} changed`
  return `${rows}, in ${count(tables.length)} tables (since revision ${earlier.revision}, ${productUtc(earlier.issuedAt, data)})`
}

function changes(data: ConfigurationReportData): Section {
  const { earlier, tables } = data.comparison.value
  const facts: Fact[] = earlier ? [['Checksum of its record', fixed(earlier.sha256)]] : []
  const told = tables.flatMap((table) => changesOf(table, data))
  return {
    title: 'What changed since the last report',
    blocks: [
      { block: 'text', text: `${changedInShort(data).replace(/\.$/, '')}.` },
      ...(facts.length > 0 ? [{ block: 'facts' as const, rows: facts }] : []),
      ...told,
    ],
  }
}

function changesOf(table: TableDifference, { elements: listed, content }: ConfigurationReportData): Block[] {
  const element = listed.value.find((each) => each.element === table.element)?.title ?? table.element
  const shape = content.value.tables.find((each) => each.element === table.element && each.table === table.table)
  const key = shape?.columns.slice(0, shape.key).map(inWords).join(', ') ?? 'key'
  const total = table.added + table.removed + table.changed
  const rest = total - table.shown.length
  const columns = [
    ...table.columnsAdded.map((column) => `new column: ${inWords(column)}`),
    ...table.columnsRemoved.map((column) => `column gone: ${inWords(column)}`),
  ]
  return [
    {
      block: 'heading',
      text: `${element} · ${table.title}: ${count(table.added)} added, ${count(table.removed)} removed, ${count(table.changed)} changed`,
    },
    ...(columns.length > 0 ? [{ block: 'note' as const, text: columns.join(' · ') }] : []),
    ...(total > 0
      ? [
          {
            block: 'table' as const,
            dense: true,
            columns: [
              { title: 'Change', share: 10 },
              { title: `Row (${key})`, share: 26 },
              { title: 'Column', share: 16 },
              { title: 'Before', share: 24 },
              { title: 'After', share: 24 },
            ],
            rows: table.shown.flatMap(changeRows),
            none: '',
          },
        ]
      : []),
    ...(rest > 0
      ? [{ block: 'note' as const, text: `and ${count(rest)} more rows, which are counted here and stand in the two reports` }]
      : []),
  ]
}

function changeRows({ change, key, fields }: TableDifference['shown'][number]): Cell[][] {
  const row = key.map(text).join(' · ')
  const tone = ({ added: 'good', removed: 'bad', changed: 'caution' } as const)[change]
  if (fields.length === 0) return [[{ text: change, tone }, row, '', '', '']]
  return fields.map(({ column, before, after }, index) => [
    index === 0 ? { text: change, tone } : '',
    index === 0 ? row : '',
    inWords(column),
    text(before),
    text(after),
  ])
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
      { block: 'note', text: `All three ${source(data.everything, data)}.` },
      {
        block: 'text',
        text: `The first is the root over the checksums of all elements. The second leaves out what may differ from instance to instance (names, addresses, integrations)${leftOut(data)}; two instances are configured alike, but for that, when theirs are equal. The third is the fingerprint of the database schema.`,
      },
    ],
  }
}

function leftOut({ leftOut: named }: ConfigurationReportData): string {
  const lists = ' and the lists that a migration loads, which are compared with what its run emitted'
  if (!named) return lists
  return named.value.length > 0 ? `${lists}: ${named.value.join(', ')}` : ''
}

function elements(data: ConfigurationReportData): Section {
  const { elements: listed, content } = data
  return {
    title: 'Elements',
    blocks: [
      {
        block: 'table',
        dense: true,
        columns: [
          { title: 'Element', share: 31 },
          { title: 'Rows', share: 8, align: 'right' },
          { title: 'SHA-256', share: 61 },
        ],
        rows: listed.value.map(({ title, rows, sha256 }) => [title, count(rows), fixed(sha256)]),
        none: 'The product defines no element.',
      },
      { block: 'note', text: `Rows and checksums were ${source(listed, data)}.` },
      {
        block: 'text',
        text: `In the tables that follow a dash is no value and “” the empty text; of a secret only whether it is set is ever read. A column with the same value in every row is said once above the table. A table with more than ${count(content.value.rowLimit)} rows is not listed: that is about twenty pages, more than anybody reads through. Its rows lie in a file beside this report, one JSON array a line, whose SHA-256 stands in its place here and in the record.`,
      },
    ],
  }
}

function contents({ elements: listed, content }: ConfigurationReportData, rowsOf: RowsOf): Section[] {
  return listed.value.map(({ element, title }): Section => {
    const blocks = content.value.tables.flatMap((table, index): Block[] =>
      table.element === element ? [rowsBlock(table, () => rowsOf(index))] : [],
    )
    return { title, blocks: blocks.length > 0 ? blocks : [{ block: 'text', text: 'This version of the product has no table for it.' }] }
  })
}

function rowsBlock({ title, columns, key, rows, file, sha256 }: TableContent, read: () => ReturnType<RowsOf>): RowsBlock {
  const named = columns.slice(0, key).map(inWords).join(', ')
  const note = file
    ? `${count(rows)} rows, each named by ${named}, in the file ${file.name} (${bytes(file.bytes)}, SHA-256 ${sha256}). Columns: ${columns.map(inWords).join(', ')}.`
    : rows === 0
      ? 'No rows.'
      : `${count(rows)} ${rows === 1 ? 'row' : 'rows'}, named by ${named}`
  return { block: 'rows', title, columns, key, note, rows: file || rows === 0 ? null : read }
}
