/** Makes a configuration report from rows as they come: record, comparison with the last report, PDF; whole or not at all. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BegunFile, beginFile } from '../../files.js'
import { type Configuration, sameConfiguration } from '../../lifecycle/differences.js'
import { canonical } from '../canonical.js'
import { configurationReportPaper } from '../configuration-report.js'
import { draw } from '../draw.js'
import { fileStem } from '../file-names.js'
import { configurationReportSchema } from '../schema/configuration-report.js'
import type { Comparison, ConfigurationReportData, TableContent, TableDifference } from '../types.js'
import { compareRows, differs } from './differences.js'
import { type Earlier, isAsIssued, readEarlier, rowsIn } from './earlier.js'
import type { ReportFacts, ReportOutcome, ReportTask, Row, TableHead } from './parts.js'
import { Spool } from './spool.js'

/** A larger record lies beside the PDF and is not put into it as well: a file that is mailed and printed stays small. */
const LARGEST_ATTACHED = 1024 * 1024

/** Draws the PDF of a report; tests that look at records only leave it out. */
export type DrawReport = typeof draw

export class ReportWriter {
  private constructor(
    private readonly task: ReportTask,
    private readonly spool: Spool,
    private readonly drawing: DrawReport,
  ) {}

  static async begin(task: ReportTask, drawing: DrawReport = draw): Promise<ReportWriter> {
    return new ReportWriter(task, await Spool.begin(join(task.folder, task.name), task.rowLimit), drawing)
  }

  table(head: TableHead): Promise<void> {
    return this.spool.table(head)
  }

  rows(rows: readonly Row[]): Promise<void> {
    return this.spool.rows(rows)
  }

  /** All rows came. Writes record, files beside it and PDF under their names, or, where nothing changed since the last report, nothing. */
  async finish(facts: ReportFacts): Promise<ReportOutcome> {
    const { folder, name, earlier } = this.task
    await this.spool.end()
    const last = earlier ? await readEarlier(folder, earlier) : null
    if (last && alike(last, facts)) return { alike: true }
    const data = this.dataOf(facts, await this.comparison(last))
    const begun: BegunFile[] = []
    try {
      const record = await beginFile(join(folder, `${name}.json`))
      begun.push(record)
      const { sha256, bytes } = await this.writeRecord(record, data)
      const pdf = await beginFile(join(folder, `${name}.pdf`))
      begun.push(pdf)
      const file = fileStem(name, sha256)
      const paper = configurationReportPaper(data, (table) => this.listed(table))
      const json = bytes <= LARGEST_ATTACHED ? await readFile(record.part) : null
      const pages = await this.drawing(paper, data, { sha256, json, file: `${file}.json` }, (chunk) => pdf.write(chunk))
      // Rows last: what dies before has left nothing that no record names.
      await record.keep(join(folder, `${file}.json`))
      await pdf.keep(join(folder, `${file}.pdf`))
      const beside = await this.spool.keepBeside(folder)
      return { alike: false, pdf: `${file}.pdf`, record: `${file}.json`, sha256, beside, pages }
    } finally {
      for (const each of begun) await each.discard()
    }
  }

  /** Removes everything that has no name yet; to be called in any case. */
  discard(): Promise<void> {
    return this.spool.discard()
  }

  private dataOf(facts: ReportFacts, comparison: Comparison): ConfigurationReportData {
    const { measuredBy, at } = facts.everything
    const content = { rowLimit: this.task.rowLimit, tables: this.spool.tables.map(({ content: each }) => each) }
    return { ...facts, content: { value: content, measuredBy, at }, comparison: { value: comparison, measuredBy, at } }
  }

  /** The canonical record, the rows put in from the spool; its checksum is that of exactly these bytes. */
  private async writeRecord(record: BegunFile, data: ConfigurationReportData): Promise<{ sha256: string; bytes: number }> {
    const empty = { ...data.content, value: { ...data.content.value, tables: [] } }
    const checked = configurationReportSchema.parse({ ...data, content: empty })
    const place = `"content":${canonical(empty)}`
    const whole = canonical(checked)
    const at = whole.indexOf(place) + place.lastIndexOf(']')
    const hash = createHash('sha256')
    let bytes = 0
    const put = async (chunk: Buffer) => {
      hash.update(chunk)
      bytes += chunk.length
      await record.write(chunk)
    }
    await put(Buffer.from(whole.slice(0, at)))
    for await (const chunk of this.spool.entriesOf()) await put(chunk)
    await put(Buffer.from(whole.slice(at)))
    await record.close()
    return { sha256: hash.digest('hex'), bytes }
  }

  private async listed(table: number): Promise<Row[]> {
    const rows: Row[] = []
    for await (const row of this.spool.read(table)) rows.push(row)
    return rows
  }

  private async comparison(last: Earlier | null): Promise<Comparison> {
    const { earlier } = this.task
    if (!earlier || !last) return { earlier: null, impossible: null, tables: [] }
    const { revision, at: issuedAt, sha256 } = earlier
    const named = { revision, issuedAt, sha256 }
    if (!last.known) return { earlier: named, impossible: last.why, tables: [] }
    const before = new Map(last.data.content.value.tables.map((each) => [placeOf(each), each]))
    const tables: TableDifference[] = []
    for (const [at, { content }] of this.spool.tables.entries()) {
      const was = before.get(placeOf(content))
      before.delete(placeOf(content))
      if (was?.sha256 === content.sha256 && was.columns.join() === content.columns.join()) continue
      if (was?.file && !(await isAsIssued(last.folder, was.file)))
        return { earlier: named, impossible: `the file ${was.file.name} is not as it was issued`, tables: [] }
      tables.push(await this.difference(last.folder, was, { at, content }))
    }
    for (const was of before.values()) tables.push(await this.difference(last.folder, was, null))
    return { earlier: named, impossible: null, tables: tables.filter(differs) }
  }

  private async difference(
    folder: string,
    was: TableContent | undefined,
    is: { at: number; content: Omit<TableContent, 'listed'> } | null,
  ): Promise<TableDifference> {
    const { element, table, title, columns, key } = is?.content ?? (was as TableContent)
    const shape = { columns, key }
    const before = was ? { shape: was, rows: rowsIn(folder, was) } : { shape, rows: none() }
    const after = { shape, rows: is ? this.spool.read(is.at) : none() }
    return { element, table, title, ...(await compareRows(before, after)) }
  }
}

/** The same configuration in the same database and version: another report would say the same. */
function alike(last: Earlier, facts: ReportFacts): boolean {
  if (!last.known) return false
  const place = ({ instance, environment }: ReportFacts) => canonical([instance.value, environment.value])
  return place(last.data) === place(facts) && sameConfiguration(configurationIn(last.data), configurationIn(facts))
}

function configurationIn({ version, fingerprint, everything, mustMatch }: ReportFacts): Configuration {
  return { version: version.value, fingerprint: fingerprint.value, everything: everything.value, mustMatch: mustMatch.value }
}

function placeOf({ element, table }: Pick<TableContent, 'element' | 'table'>): string {
  return `${element} ${table}`
}

async function* none(): AsyncGenerator<Row> {}
