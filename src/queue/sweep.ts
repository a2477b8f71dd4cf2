/** The sweeper: what a crash, a lost queue or the mere passing of time left undone is taken up again. Every worker runs it; it is safe side by side. */
import { type ChangeDeps, changeBySystem } from '../change.js'
import { showJob, stepJob } from '../change-follow.js'
import { forgetAnswers } from '../db/answered.js'
import { readDirtyChannels } from '../db/message.js'
import { addOutbox } from '../db/outbox.js'
import { readDue } from '../db/situation.js'
import { readSilentSteps } from '../db/step.js'

const day = 86_400_000

/** One sweep: deadlines that are due, steps of which nothing was heard for `silentMs`, channels with messages to show. */
export async function sweep(deps: ChangeDeps, silentMs: number): Promise<void> {
  const now = await deps.clock.now(deps.db)
  for (const customerId of await readDue(deps.db, now)) await changeBySystem(deps, { verb: 'customer-due', customerId })
  await deps.db.transaction().execute(async (tx) => {
    const silent = await readSilentSteps(tx, silentMs)
    const channels = await readDirtyChannels(tx)
    await addOutbox(tx, [...silent.map((s) => stepJob(s.id, s.attempt)), ...channels.map(showJob)])
  })
  await forgetAnswers(deps.db, new Date(Date.now() - day))
  deps.nudge()
}

/** Sweeps now and then every `everyMs`; a sweep that fails is reported and the next one comes. */
export function startSweeper(
  deps: ChangeDeps,
  { everyMs, silentMs, onError }: { everyMs: number; silentMs: number; onError: (error: unknown) => void },
): { stop(): Promise<void> } {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const next = () => {
    running = sweep(deps, silentMs)
      .catch(onError)
      .then(() => {
        if (!stopped) timer = setTimeout(next, everyMs)
      })
  }
  next()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
