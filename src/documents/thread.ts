/** The thread in which documents are drawn and reports are written, so that whoever asks for them is not held up (`desk.ts` starts it). */
import { parentPort } from 'node:worker_threads'
import { render } from './render.js'
import type { ReportFacts, ReportOutcome, ReportTask, Row, TableHead } from './report/parts.js'
import { ReportWriter } from './report/write.js'
import type { DocumentData } from './types.js'

/** What is asked of the thread; `report` tells the reports apart that are being written at the same time. */
export type Question =
  | { ask: 'render'; data: DocumentData }
  | { ask: 'begin'; report: number; task: ReportTask }
  | { ask: 'table'; report: number; head: TableHead }
  | { ask: 'rows'; report: number; rows: readonly Row[] }
  | { ask: 'finish'; report: number; facts: ReportFacts }
  | { ask: 'discard'; report: number }

/** What a document comes back as: bytes change hands, they are not copied. */
export interface Drawn {
  pdf: Uint8Array<ArrayBuffer>
  json: string
  sha256: string
}

/** Every question is answered once, in its own time, by its id. */
export type Answer = { id: number } & ({ told: Drawn | ReportOutcome | undefined } | { error: Error })

const reports = new Map<number, ReportWriter>()

async function answer(question: Question): Promise<Drawn | ReportOutcome | undefined> {
  if (question.ask === 'render') {
    const { pdf, ...record } = await render(question.data)
    return { ...record, pdf: new Uint8Array(pdf) }
  }
  if (question.ask === 'begin') {
    reports.set(question.report, await ReportWriter.begin(question.task))
    return undefined
  }
  const writer = reports.get(question.report)
  if (!writer && question.ask === 'discard') return undefined // it never began, or that thread is gone
  if (!writer) throw new Error(`writing a report: it was not begun`)
  switch (question.ask) {
    case 'table':
      return void (await writer.table(question.head))
    case 'rows':
      return void (await writer.rows(question.rows))
    case 'finish':
      return writer.finish(question.facts)
    case 'discard':
      reports.delete(question.report)
      return void (await writer.discard())
    default:
      return question satisfies never
  }
}

parentPort?.on('message', ({ id, question }: { id: number; question: Question }) => {
  answer(question).then(
    (told) =>
      parentPort?.postMessage(
        { id, told } satisfies Answer,
        told && 'pdf' in told && typeof told.pdf !== 'string' ? [told.pdf.buffer] : [],
      ),
    (error: unknown) => parentPort?.postMessage({ id, error: error instanceof Error ? error : new Error(String(error)) } satisfies Answer),
  )
})
