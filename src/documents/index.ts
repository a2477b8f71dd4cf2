/** The documents room: data in, a document out. The record (JSON) is the document; the PDF shows it and carries it inside. */
import { canonical, sha256 } from './canonical.js'
import { configurationReportPaper } from './configuration-report.js'
import { destructionRecordPaper } from './destruction-record.js'
import { draw } from './draw.js'
import { iqPaper } from './iq.js'
import type { Paper } from './paper.js'
import { reconciliationReportPaper } from './reconciliation-report.js'
import { type DocumentData, documentSchema } from './types.js'

export { concludeDestruction, concludeIq, concludeReconciliation } from './conclusion.js'
export { type Measured, measuredBy } from './measured.js'
export type * from './types.js'

export interface RenderedDocument {
  pdf: Buffer
  /** The canonical record; `sha256` is the checksum of exactly these bytes. */
  json: string
  sha256: string
}

/** What signers sign: the SHA-256 of the record without its signatures, so that signing does not change what was signed. */
export function contentSha256(data: DocumentData): string {
  return sha256(canonical({ ...data, signatures: undefined }))
}

/** Makes the document. The same data gives the same bytes, whenever and wherever it is made. Throws where a statement is without its measurement. */
export async function renderDocument(given: DocumentData): Promise<RenderedDocument> {
  const data = documentSchema.parse(given)
  const json = canonical(data)
  const checksum = sha256(json)
  const pdf = await draw(paperOf(data), data, { json, sha256: checksum })
  return { pdf, json, sha256: checksum }
}

function paperOf(data: DocumentData): Paper {
  switch (data.kind) {
    case 'iq':
      return iqPaper(data, contentSha256(data))
    case 'configuration-report':
      return configurationReportPaper(data)
    case 'reconciliation-report':
      return reconciliationReportPaper(data)
    case 'destruction-record':
      return destructionRecordPaper(data)
    default:
      return data satisfies never
  }
}
