/** Makes a document whose data is held as a whole: its record, and the PDF that shows it. Runs in the drawing thread (`desk.ts`). */
import { canonical, sha256 } from './canonical.js'
import { configurationReportPaper } from './configuration-report.js'
import { contentSha256 } from './content-sha256.js'
import { destructionRecordPaper } from './destruction-record.js'
import { draw } from './draw.js'
import { iqPaper } from './iq.js'
import type { Paper } from './paper.js'
import { reconciliationReportPaper } from './reconciliation-report.js'
import { sources } from './sources.js'
import { type DocumentData, documentSchema } from './types.js'

export interface RenderedDocument {
  pdf: Buffer
  /** The canonical record; `sha256` is the checksum of exactly these bytes. */
  json: string
  sha256: string
}

/** Makes the document. The same data gives the same bytes, whenever and wherever it is made. Throws where a statement is without its measurement. */
export async function render(given: DocumentData): Promise<RenderedDocument> {
  const data = documentSchema.parse(given)
  const json = canonical(data)
  const checksum = sha256(json)
  const chunks: Buffer[] = []
  const record = { json: Buffer.from(json), sha256: checksum, file: `${data.number}-r${data.revision}.json` }
  await draw(withSources(data), data, record, async (chunk) => {
    chunks.push(chunk)
  })
  return { pdf: Buffer.concat(chunks), json, sha256: checksum }
}

/** Every document ends with what measured what; a report says so before its tables. */
function withSources(data: DocumentData): Paper {
  const paper = paperOf(data)
  return data.kind === 'configuration-report' ? paper : { ...paper, sections: [...paper.sections, sources(data)] }
}

function paperOf(data: DocumentData): Paper {
  switch (data.kind) {
    case 'iq':
      return iqPaper(data, contentSha256(data))
    case 'configuration-report':
      return configurationReportPaper(data, async (table) => data.content.value.tables[table]?.listed ?? [])
    case 'reconciliation-report':
      return reconciliationReportPaper(data)
    case 'destruction-record':
      return destructionRecordPaper(data)
    default:
      return data satisfies never
  }
}
