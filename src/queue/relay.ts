/** The relay: outbox rows become jobs of the queue. A row is dropped only after the queue has the job, so a crash in between adds it again, under the same id. */
import type { Db } from '../db/connection.js'
import { dropOutbox, type QueueName, takeOutbox } from '../db/outbox.js'
import type { Queues } from './queues.js'

const batch = 200
/** Jobs of this name are coalesced by channel. The sweeper's are not: they are what helps when the queue keeps the mark of a job that it lost. */
const coalesced = 'show'

export interface Relay {
  /** There is something to send: returns at once. */
  nudge(): void
  /** Stops after what is under way. */
  stop(): Promise<void>
}

/** Starts relaying; besides nudges it looks every `pollMs`, for rows of other processes and for retries whose time has come. */
export function startRelay({
  db,
  queues,
  pollMs,
  onError,
}: {
  db: Db
  queues: Queues
  pollMs: number
  onError: (error: unknown) => void
}): Relay {
  let stopped = false
  let again = false
  let running: Promise<void> | null = null

  async function run(): Promise<void> {
    do {
      again = false
      // A lost queue or database is not this process's end: the rows wait, and the next look tries again.
      await drain(db, queues).catch(onError)
    } while (again && !stopped)
  }
  function nudge(): void {
    if (stopped) return
    again = true
    running ??= run().finally(() => {
      running = null
      if (again && !stopped) nudge()
    })
  }
  const timer = setInterval(nudge, pollMs)
  return {
    nudge,
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}

async function drain(db: Db, queues: Queues): Promise<void> {
  for (;;) {
    const sent = await db.transaction().execute(async (tx) => {
      const rows = await takeOutbox(tx, batch)
      for (const queue of new Set(rows.map((row) => row.queue as QueueName))) {
        const jobs = rows.filter((row) => row.queue === queue).map(toJob)
        await queues.queue(queue).addBulk(jobs)
      }
      await dropOutbox(
        tx,
        rows.map((row) => row.id),
      )
      return rows.length
    })
    if (sent < batch) return
  }
}

/** Ids only; kept nowhere after the run. Work on a channel's messages is coalesced: one active, one waiting. */
function toJob(row: { queue: string; name: string; job_id: string; data: Record<string, unknown> }) {
  const channel = row.data['channel']
  return {
    name: row.name,
    data: row.data,
    opts: {
      jobId: row.job_id,
      removeOnComplete: true,
      removeOnFail: true,
      ...(row.name === coalesced ? { deduplication: { id: String(channel), keepLastIfActive: true } } : {}),
    },
  }
}
