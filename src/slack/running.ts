/** The listeners that run at the moment, so that a stop can wait for them: Bolt itself waits for none. */

export interface Running {
  track<Result>(work: Promise<Result>): Promise<Result>
  /** Resolves with true once nothing runs any more, or with false at the deadline. */
  drained(deadlineMs: number): Promise<boolean>
}

/** Counts work that was begun and has not ended. */
export function createRunning(): Running {
  const running = new Set<Promise<unknown>>()
  return {
    track(work) {
      const ended: Promise<unknown> = work.then(
        () => running.delete(ended),
        () => running.delete(ended),
      )
      running.add(ended)
      return work
    },
    async drained(deadlineMs) {
      const end = Date.now() + deadlineMs
      while (running.size > 0 && Date.now() < end) {
        await Promise.race([Promise.all(running), pause(end - Date.now())])
      }
      return running.size === 0
    },
  }
}

/** Waits, without keeping the process alive. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)).unref())
}
