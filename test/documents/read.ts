import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type DocumentData, type RenderedDocument, renderDocument } from '../../src/documents/index.js'

export interface ReadDocument extends RenderedDocument {
  pages: string[]
  attachments: Record<string, string>
  /** All pages as one text, line ends as spaces. */
  text: string
}

/** Renders a document and reads it back as a person would: page by page. */
export async function renderAndRead(data: DocumentData): Promise<ReadDocument> {
  const rendered = await renderDocument(data)
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-document-'))
  const file = path.join(folder, `${data.number}.pdf`)
  try {
    writeFileSync(file, rendered.pdf)
    const read = JSON.parse(
      execFileSync(process.execPath, ['test/support/pdf-text.mjs', file], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
    )
    return { ...rendered, ...read, text: read.pages.join('\n').replace(/\s+/g, ' ') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
