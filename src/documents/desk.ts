/** Hands documents to the thread that draws them; the thread is started when it is needed, and ended when nothing has been for a while. */
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { RenderedDocument } from './render.js'
import type { ReportOutcome, ReportPart, ReportTask } from './report/parts.js'
import type { Answer, Drawn, Question } from './thread.js'
import type { DocumentData } from './types.js'

/** A thread takes about a third of a second and 60 MB to start: it is kept while documents follow one another. */
const keptMs = 3_000
/** A document that takes more ends the thread, never the process: the step is tried again and then stands there as failed. */
const heapMb = 256

/** Sources run as they are only in tests. */
const asSource = extname(__filename) === '.ts' ? ['-r', join(__dirname, '../../test/support/register.cjs')] : []

interface Waiting {
  resolve(told: Drawn | ReportOutcome | undefined): void
  reject(error: Error): void
}

let worker: Worker | undefined
let waiting = new Map<number, Waiting>()
let last = 0
/** Reports that are being written: the thread knows of them, and waits for rows as long as the database takes to read them. */
let open = 0
let idle: NodeJS.Timeout | undefined

/** Makes a document in the thread: the same data gives the same bytes. Throws where a statement is without its measurement. */
export async function renderDocument(data: DocumentData): Promise<RenderedDocument> {
  const { pdf, json, sha256 } = (await ask({ ask: 'render', data })) as Drawn
  return { pdf: Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength), json, sha256 }
}

/**
 * Writes a configuration report from rows as they come; the next are asked for when these are written. Returns the files, or that nothing
 * changed since the last report. What fails leaves no file that has a name.
 */
export async function writeReport(task: ReportTask, parts: AsyncIterable<ReportPart>): Promise<ReportOutcome> {
  last += 1
  const report = last
  open += 1
  try {
    await ask({ ask: 'begin', report, task })
    for await (const each of parts) {
      if (each.part === 'facts') return (await ask({ ask: 'finish', report, facts: each.facts })) as ReportOutcome
      const { part, ...rest } = each
      await ask('rows' in rest ? { ask: 'rows', report, rows: rest.rows } : { ask: 'table', report, head: rest })
    }
    throw new Error(`writing ${task.name}: its rows ended without its facts`)
  } finally {
    open -= 1
    await ask({ ask: 'discard', report })
  }
}

function ask(question: Question): Promise<Drawn | ReportOutcome | undefined> {
  clearTimeout(idle)
  const thread = worker ?? start()
  thread.ref()
  last += 1
  const id = last
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    thread.postMessage({ id, question })
  })
}

function start(): Worker {
  const thread = new Worker(join(__dirname, `thread${extname(__filename)}`), {
    env: {},
    execArgv: asSource,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  })
  thread.on('message', (answer: Answer) => hear(thread, answer))
  let broken: Error | undefined
  thread.on('error', (error) => {
    broken = error
  })
  thread.on('exit', () => {
    if (worker !== thread) return
    worker = undefined
    const left = waiting
    waiting = new Map()
    for (const each of left.values()) each.reject(new Error('drawing a document: the thread ended', { cause: broken }))
  })
  worker = thread
  return thread
}

function hear(thread: Worker, answer: Answer): void {
  const asked = waiting.get(answer.id)
  waiting.delete(answer.id)
  if ('error' in answer) asked?.reject(answer.error)
  else asked?.resolve(answer.told)
  if (waiting.size > 0 || open > 0) return
  thread.unref()
  idle = setTimeout(() => end(thread), keptMs)
  idle.unref()
}

/** Between two parts of a report nothing waits for long; whoever asks after the end gets a new thread. */
function end(thread: Worker): void {
  if (worker === thread) worker = undefined
  void thread.terminate()
}
