/** The documents room: data in, a document out. The record (JSON) is the document; the PDF shows it and carries it, or names its file. */
export { concludeDestruction, concludeIq, concludeReconciliation } from './conclusion.js'
export { renderDocument, writeReport } from './desk.js'
export { type Measured, measuredBy } from './measured.js'
export { contentSha256, type RenderedDocument } from './render.js'
export { type ReportFacts, type ReportPart, type ReportTask, ROW_LIMIT } from './report/parts.js'
export type * from './types.js'
