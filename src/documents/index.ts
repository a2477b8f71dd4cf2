/** The documents room: data in, a document out. The record (JSON) is the document; the PDF shows it and carries it, or names its file. */
import { iqSchema } from './schema/iq.js'
import type { IqData } from './types.js'

export { agrees, concludeDestruction, concludeIq, concludeReconciliation, toldLate } from './conclusion.js'
export { contentSha256 } from './content-sha256.js'
export { renderDocument, writeReport } from './desk.js'
export {
  begunAbout,
  compared,
  fileStem,
  filesAbout,
  NOT_RECORDED,
  recordOf,
  rowsNamedIn,
  spoiltFiles,
} from './file-names.js'
export { type Measured, measuredBy } from './measured.js'
export type { RenderedDocument } from './render.js'
export { type ReportFacts, type ReportPart, type ReportTask, ROW_LIMIT } from './report/parts.js'
export type * from './types.js'

/** An IQ's record from its file; null where it is not shaped as an IQ is now. */
export function readIq(json: string): IqData | null {
  return iqSchema.safeParse(JSON.parse(json)).data ?? null
}
