/** The last report of an instance as it lies in the folder: only what is as it was issued is compared with. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { configurationReportSchema } from '../schema/configuration-report.js'
import type { ConfigurationReportData, TableContent } from '../types.js'
import type { ReportTask, Row } from './parts.js'
import { rowsOfFile } from './spool.js'

/** A record is read whole; one that is larger was made when all rows stood in it. */
const LARGEST = 48 * 1024 * 1024

export type Earlier = { known: true; data: ConfigurationReportData; folder: string } | { known: false; why: string }

/** Reads the earlier report's record and checks it against the checksum on record. What cannot be used comes back with the reason. */
export async function readEarlier(folder: string, { record, sha256 }: NonNullable<ReportTask['earlier']>): Promise<Earlier> {
  const file = join(folder, record)
  const found = await stat(file).catch(() => null)
  if (!found) return { known: false, why: 'its record is no longer in the folder of documents' }
  if (found.size > LARGEST) return { known: false, why: 'its record is of an older form, and too large to be compared' }
  const text = await readFile(file)
  if (createHash('sha256').update(text).digest('hex') !== sha256)
    return { known: false, why: 'its record is not as it was issued: the checksum differs' }
  const parsed = configurationReportSchema.safeParse(JSON.parse(text.toString('utf8')))
  if (!parsed.success) return { known: false, why: 'its record is of an older form, without database tables' }
  return { known: true, data: parsed.data, folder }
}

/** Whether the file beside an earlier report is as it was issued. */
export async function isAsIssued(folder: string, { name, sha256 }: NonNullable<TableContent['file']>): Promise<boolean> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(join(folder, name))) hash.update(chunk as Buffer)
  } catch {
    return false // it is gone
  }
  return hash.digest('hex') === sha256
}

/** The rows of a table in an earlier report. */
export async function* rowsIn(folder: string, { listed, file }: TableContent): AsyncGenerator<Row> {
  if (file) yield* rowsOfFile(join(folder, file.name))
  else yield* listed ?? []
}
