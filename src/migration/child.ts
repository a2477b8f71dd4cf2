/** The process that reads one customer's files for one run: it knows nothing else, answers what it is asked, and ends with whoever asks. */
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { deserialize } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { LoadTable, Product } from '../product/index.js'
import type { LeakSearch } from './leaks.js'
import { type Answer, type Commission, pieces, type Question, type Rows, type SignOfLife } from './messages.js'
import { MigrationRefused } from './refusal.js'
import { type MigrationRun, runMigration } from './run.js'
import { readSpecification } from './specification.js'

const aliveMs = 1_000
/** Everything else goes first: other customers' steps, the database, the bot. */
const niceness = 10

/** Answers one question after the other; a stream stands where the question before left it. */
class Clerk {
  #run: MigrationRun | undefined
  #tables: AsyncGenerator<LoadTable> | undefined
  #pieces: AsyncGenerator<Rows> | undefined
  #next: IteratorResult<Rows> | undefined
  #search: LeakSearch | undefined

  constructor(private readonly reading: (file: string) => void) {}

  async answer(question: Question): Promise<Answer> {
    switch (question.ask) {
      case 'start':
        return this.#start(question.commission)
      case 'table':
        return this.#table()
      case 'rows':
        return this.#rows()
      case 'scan':
        this.#search = this.#started.leakSearch(question.table, question.columns)
        return { tell: 'done' }
      case 'scan-rows':
        for (const row of question.rows) this.#search?.look(row)
        return { tell: 'done' }
      case 'hits':
        return { tell: 'hits', hits: this.#search?.hits() ?? [] }
      case 'mask':
        return { tell: 'mask', measures: this.#started.maskMeasures() }
      default:
        return question satisfies never
    }
  }

  get #started(): MigrationRun {
    if (!this.#run) throw new Error('answering: no run was started')
    return this.#run
  }

  async #start({ product, ...rest }: Commission): Promise<Answer> {
    this.reading('specification.yaml')
    const read = await readSpecification(rest.folder, rest.registered)
    if (!read.ok) return { tell: 'refused', refusal: read.refusal }
    const started = await runMigration({
      ...rest,
      specification: read.file,
      product: deserialize(Buffer.from(product, 'base64')) as Product,
      reading: this.reading,
    })
    if (!started.ok) return { tell: 'refused', refusal: started.refusal }
    this.#run = started.run
    this.#tables = started.run.tables()
    return { tell: 'done' }
  }

  async #table(): Promise<Answer> {
    const next = await this.#tables?.next()
    if (!next || next.done)
      return { tell: 'end', reconciliation: this.#started.reconciliation(), volunteers: this.#started.testVolunteers() }
    const { table, columns, rows } = next.value
    this.#pieces = pieces(rows)
    this.#next = await this.#pieces.next()
    return { tell: 'table', table, columns }
  }

  /** One piece ahead, so that the last one is known to be it. */
  async #rows(): Promise<Answer> {
    const [stream, piece] = [this.#pieces, this.#next]
    if (!stream || !piece) throw new Error('answering: no table was taken')
    if (!piece.done) this.#next = await stream.next()
    return { tell: 'rows', rows: piece.done ? [] : piece.value, last: piece.done === true || this.#next?.done === true }
  }
}

/** A thread of its own: it sees that the parent is gone even while this one is lost in a row. */
const watch = `
const { parent } = require('node:worker_threads').workerData
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, 1000)`

function live(): void {
  let file: string | undefined
  const send = (message: Answer | SignOfLife) => process.send?.(message)
  const tellAlive = () => send({ alive: true, file, rss: process.memoryUsage.rss() })
  const clerk = new Clerk((name) => {
    file = name
    tellAlive()
  })
  setInterval(tellAlive, aliveMs).unref()
  new Worker(watch, { eval: true, workerData: { parent: process.ppid } }).unref()
  process.on('disconnect', () => process.exit(0))
  // A terminal's interrupt goes to all of us: the parent decides what becomes of the run.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
  process.on('message', (question: Question) => {
    clerk.answer(question).then(send, (error: Error) => send(told(error)))
  })
}

/** A refusal in the middle of a stream is still one; everything else is our fault, and its words are for the log. */
function told(error: Error): Answer {
  if (error instanceof MigrationRefused) return { tell: 'refused', refusal: error.refusal }
  return { tell: 'fault', name: error.name, message: error.message, stack: error.stack }
}

/** Where memory runs out, this process is the one to go, and it never goes before others. Not every system knows how. */
function humble(): void {
  try {
    setPriority(niceness)
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // Without it the limits that the parent keeps are all there is.
  }
}

humble()
live()
