/** What passes between the job that has a report made and the thread that makes it. */
import type { ConfigurationReportData, TableContent } from '../types.js'

export type Row = readonly (string | null)[]

/** A table of which rows come: all that is known of it before. */
export type TableHead = Pick<TableContent, 'element' | 'table' | 'title' | 'columns' | 'key'>

/**
 * Up to so many rows of a table are listed in the report: that is about twenty pages, more than anybody reads through. The rows of a larger
 * table lie beside it as a file, which a program compares, and the report has their number and checksum.
 */
export const ROW_LIMIT = 1_000

/** Where a report is to lie, and the last one of the same instance. */
export interface ReportTask {
  /** The folder of the customer's documents. */
  folder: string
  /** `<number>-r<revision>`: files are named `<name>-<first 8 of the checksum>`. */
  name: string
  rowLimit: number
  /** The record of the last report, in the same folder, with the checksum that is on record. */
  earlier: { record: string; revision: number; at: string; sha256: string } | null
}

/** What is known when all rows have come: the report without what the thread itself makes out. */
export type ReportFacts = Omit<ConfigurationReportData, 'content' | 'comparison'>

/** What the job hands over: the tables with their rows as they are read, and the rest at the end. */
export type ReportPart = ({ part: 'table' } & TableHead) | { part: 'rows'; rows: Row[] } | { part: 'facts'; facts: ReportFacts }

/** `alike`: nothing changed since the last report, which stands; nothing was written. Else the files, by their names in the folder. */
export type ReportOutcome = { alike: true } | { alike: false; pdf: string; record: string; sha256: string; beside: string[]; pages: number }
