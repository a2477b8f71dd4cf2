/** The record of all that is configured in one instance (R19). `everything` and `mustMatch` are Merkle roots, as the product room makes them. */
import { z } from 'zod'
import { measured } from '../measured.js'
import { environment, file, head, instance, moment, rows, sha256 } from './parts.js'

const value = z.string().nullable()

/** One database table's share of an element. The rows are listed, or lie in a file beside the report. */
export const tableContent = z.strictObject({
  element: z.string(),
  table: z.string(),
  title: z.string(),
  /** The key's columns first; `key` says how many they are. */
  columns: z.array(z.string()),
  key: z.int().min(0),
  rows,
  /** Over the rows as the file has them: one JSON array a line. */
  sha256,
  listed: z.array(z.array(value)).optional(),
  file: file.optional(),
})

/** How a table's rows differ from those of an earlier report. `shown` are the first of them. */
const tableDifference = z.strictObject({
  element: z.string(),
  table: z.string(),
  title: z.string(),
  added: rows,
  removed: rows,
  changed: rows,
  columnsAdded: z.array(z.string()),
  columnsRemoved: z.array(z.string()),
  shown: z.array(
    z.strictObject({
      change: z.enum(['added', 'removed', 'changed']),
      key: z.array(value),
      fields: z.array(z.strictObject({ column: z.string(), before: value, after: value })),
    }),
  ),
})

const comparison = z.strictObject({
  /** The report that this one is compared with; null where it is the first. */
  earlier: z.strictObject({ revision: z.int(), issuedAt: moment, sha256 }).nullable(),
  /** Why they could not be compared. */
  impossible: z.string().nullable(),
  /** The tables that differ. */
  tables: z.array(tableDifference),
})

export const configurationReportSchema = z.strictObject({
  kind: z.literal('configuration-report'),
  ...head,
  environment,
  instance,
  version: measured(z.string(), ['inventory'], {
    says: 'The version that is installed',
    brokenBy: 'R19 the version in a report is the one that the database says, whatever the register has',
  }),
  fingerprint: measured(sha256, ['inventory'], {
    says: 'The fingerprint of the database schema',
    brokenBy: 'R19 a report says what stands in the database at that moment: rows, checksums, and what changed since the last',
  }),
  everything: measured(sha256, ['inventory'], {
    says: 'The checksum of the whole configuration',
    brokenBy: 'R19 a report says what stands in the database at that moment: rows, checksums, and what changed since the last',
  }),
  mustMatch: measured(sha256, ['inventory'], {
    says: 'The checksum of what must match',
    brokenBy: 'R19 a report says what stands in the database at that moment: rows, checksums, and what changed since the last',
  }),
  /** Titles of the elements that "must match" leaves out whole. Older records did not say. */
  leftOut: measured(z.array(z.string()), ['release'], {
    says: 'The elements that the checksum of what must match leaves out, for a migration loads them',
    brokenBy: 'R37 a configuration report names the elements that must-match leaves out, as the definition of the product has them',
  }).optional(),
  elements: measured(z.array(z.strictObject({ element: z.string(), title: z.string(), rows, sha256 })), ['inventory'], {
    says: 'Rows and checksum of each element',
    brokenBy: 'R19 a report says what stands in the database at that moment: rows, checksums, and what changed since the last',
  }),
  /** Tables with more rows than the limit are not listed: their rows lie in a file. */
  content: measured(z.strictObject({ rowLimit: rows, tables: z.array(tableContent) }), ['inventory'], {
    says: 'The configuration, row by row',
    brokenBy: 'R19 a report says what stands in the database at that moment: rows, checksums, and what changed since the last',
  }),
  comparison: measured(comparison, ['inventory'], {
    says: 'What changed since the last report of the instance',
    brokenBy: 'R19 a report says what stands in the database at that moment: rows, checksums, and what changed since the last',
  }),
})
