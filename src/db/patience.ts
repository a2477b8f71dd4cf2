/** What waited for a lock in vain is tried again: nothing of it was written. */

/** PostgreSQL's codes for a lock that was not to be had in time, and for a deadlock that chose us. */
const inTheWay = ['55P03', '40P01']
/**
 * With the pool's lock_timeout of 2 s a background task waits half a minute; after that whoever gave it the work does so again. A person, whom
 * Slack shows "Working…" meanwhile, is told after ten seconds that it could not be done.
 */
const tries = { machine: 15, person: 5 }

/** Whether an error says that somebody else's lock was in the way, so that nothing was done. */
export function isBusy(error: unknown): boolean {
  return inTheWay.includes(String((error as { code?: unknown } | null)?.code))
}

/** Carries out `work`, a whole transaction, again while locks are in its way; the last error is thrown. `who` waits for it. */
export async function patiently<T>(work: () => Promise<T>, who: keyof typeof tries = 'machine'): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt === tries[who] || !isBusy(error)) throw error
    }
  }
}
