/** Looks, while a process works, whether a newer Slipway has migrated the database meanwhile. */
import type { Db } from '../db/connection.js'
import { refuseNewer } from '../db/migrate.js'
import { StateError } from '../db/state-error.js'

interface Watch {
  /** Resolves, with what is to be said, when the process must stop; never before, and never rejects. */
  newer: Promise<StateError>
  stop(): Promise<void>
}

/** Looks every `everyMs`. A look that fails is reported, and the next one comes. */
export function watchState(db: Db, everyMs: number, onError: (error: unknown) => void): Watch {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let looking = Promise.resolve()
  let tell: (error: StateError) => void = () => undefined
  const newer = new Promise<StateError>((resolve) => {
    tell = resolve
  })
  const look = async () => {
    try {
      await refuseNewer(db)
    } catch (error) {
      // A database that is away for a moment is no newer one.
      if (!(error instanceof StateError)) return onError(error)
      stopped = true
      tell(error)
    }
  }
  const next = () => {
    if (stopped) return
    timer = setTimeout(() => {
      looking = look().then(next)
    }, everyMs)
  }
  next()
  return {
    newer,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await looking
    },
  }
}
