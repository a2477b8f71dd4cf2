/** The migration program in a process of its own (`child.ts`): the rows stream here, and what the customer's files do to it ends there. */
import { serialize } from 'node:v8'
import type { LoadTable, Product } from '../product/index.js'
import { type Bounds, Conversation } from './conversation.js'
import type { LeakHit } from './leaks.js'
import { type Answer, type Commission, pieces, type Question } from './messages.js'
import type { Reconciliation } from './reconciliation.js'
import { MigrationRefused, type Refused } from './refusal.js'
import type { TestVolunteer } from './review.js'
import type { MaskMeasures } from './run-mask.js'

export interface ApartOptions extends Omit<Commission, 'product'>, Bounds {
  product: Product
}

/** A run in another process, otherwise like `MigrationRun`. While rows are read a refusal comes as `MigrationRefused`. */
export interface ApartRun {
  tables(): AsyncGenerator<LoadTable>
  reconciliation(): Reconciliation
  leakScan(table: LoadTable): Promise<LeakHit[]>
  maskMeasures(): Promise<MaskMeasures>
  testVolunteers(): TestVolunteer[]
  /** To be called in any case: the process is gone when it resolves. */
  end(): Promise<void>
}

/**
 * Reads and checks the registered specification and dump, and makes a run ready, all in a child process. Each run has one process, so that
 * there are never more than a worker has steps under way (`WORKER_CONCURRENCY`).
 */
export async function runApart(options: ApartOptions): Promise<{ ok: true; run: ApartRun } | Refused> {
  const { product, limits, signal, ...rest } = options
  const conversation = new Conversation({ limits, signal })
  const commission: Commission = { ...rest, product: serialize(product).toString('base64') }
  try {
    await told(conversation, { ask: 'start', commission }, 'done')
    return { ok: true, run: new Apart(conversation) }
  } catch (error) {
    await conversation.end()
    if (error instanceof MigrationRefused) return { ok: false, refusal: error.refusal }
    throw error
  }
}

class Apart implements ApartRun {
  #end: Extract<Answer, { tell: 'end' }> | undefined

  constructor(private readonly conversation: Conversation) {}

  async *tables(): AsyncGenerator<LoadTable> {
    for (;;) {
      const answer = await told(this.conversation, { ask: 'table' }, 'table', 'end')
      if (answer.tell === 'end') {
        this.#end = answer
        return
      }
      yield { table: answer.table, columns: answer.columns, rows: this.#rows() }
    }
  }

  /** The next piece is on its way while this one is written: never more than two are held. */
  async *#rows(): AsyncGenerator<readonly (string | null)[]> {
    const fetch = () => {
      const piece = told(this.conversation, { ask: 'rows' }, 'rows')
      piece.catch(() => undefined) // whoever takes the piece hears of it
      return piece
    }
    for (let coming = fetch(); ; ) {
      const { rows, last } = await coming
      if (!last) coming = fetch()
      yield* rows
      if (last) return
    }
  }

  reconciliation(): Reconciliation {
    return this.#ended.reconciliation
  }

  testVolunteers(): TestVolunteer[] {
    return this.#ended.volunteers
  }

  get #ended() {
    if (!this.#end) throw new Error('reconciling a migration run: its tables are not consumed yet')
    return this.#end
  }

  async leakScan({ table, columns, rows }: LoadTable): Promise<LeakHit[]> {
    await told(this.conversation, { ask: 'scan', table, columns }, 'done')
    for await (const piece of pieces(rows)) await told(this.conversation, { ask: 'scan-rows', rows: piece }, 'done')
    return (await told(this.conversation, { ask: 'hits' }, 'hits')).hits
  }

  async maskMeasures(): Promise<MaskMeasures> {
    return (await told(this.conversation, { ask: 'mask' }, 'mask')).measures
  }

  end(): Promise<void> {
    return this.conversation.end()
  }
}

/** Asks, and insists on an answer of a certain kind. */
async function told<T extends Answer['tell']>(
  conversation: Conversation,
  question: Question,
  ...wanted: T[]
): Promise<Extract<Answer, { tell: T }>> {
  const answer = await conversation.ask(question)
  if (!wanted.some((kind) => kind === answer.tell))
    throw new Error(`asking the migration process to ${question.ask}: it told ${answer.tell}`)
  return answer as Extract<Answer, { tell: T }>
}
