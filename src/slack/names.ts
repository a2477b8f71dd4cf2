/** What Slack calls people, told within a moment: a click waits no longer for a name than it can spare, and is recorded without one. */
import type { KnownName } from '../lifecycle/profile.js'
import type { SlackClient } from './client.js'

export interface NamesOptions {
  client: Pick<SlackClient, 'nameOf'>
  /** The newest name on record, with its date. */
  remembered(userId: string): Promise<KnownName | null>
  /** Whether somebody has a role here; of others nothing is looked up, and nothing kept. */
  isSomebody(userId: string): Promise<boolean>
  waitMs?: number
  now?: () => Date
}

export interface Names {
  /** Never throws, and takes hardly longer than `waitMs`; `handle` is the user name that came with the payload. Null: not available. */
  of(person: { userId: string; handle: string | null }): Promise<KnownName | null>
}

/** Of Slack's three seconds; a look-up that comes later serves the next click. */
const WAIT_MS = 400
/** A name is looked up again after this time: people marry, and rename themselves. */
const FRESH_MS = 12 * 3_600_000
/** After a look-up that brought nothing. */
const AGAIN_MS = 60_000
/** Side by side; Slack takes about a hundred a minute. */
const MOST = 4
const REMEMBERED = 5_000

/** Names from Slack's profiles, looked up once for all who ask, at most four side by side, and not while Slack asked to wait. */
export function createNames({ client, remembered, isSomebody, waitMs = WAIT_MS, now = () => new Date() }: NamesOptions): Names {
  const known = new Map<string, KnownName>()
  const asking = new Map<string, Promise<KnownName | null>>()
  const notBefore = new Map<string, number>()
  let pausedUntil = 0
  let open = 0
  const fresh = (name: KnownName | null | undefined) => (name && now().getTime() - name.at.getTime() < FRESH_MS ? name : null)

  function keep(userId: string, name: KnownName): KnownName {
    if (known.size >= REMEMBERED) known.clear()
    known.set(userId, name)
    return name
  }

  async function ask(userId: string): Promise<KnownName | null> {
    if (!(await isSomebody(userId))) return null
    const before = fresh(await remembered(userId))
    if (before) return keep(userId, before)
    const at = now()
    if (open >= MOST || at.getTime() < Math.max(pausedUntil, notBefore.get(userId) ?? 0)) return null
    open += 1
    const told = await client.nameOf(userId).finally(() => {
      open -= 1
    })
    if (told.kind === 'named' && told.name) return keep(userId, { name: told.name, from: 'slack', at })
    if (told.kind === 'later') pausedUntil = at.getTime() + told.retryAfterMs
    if (notBefore.size >= REMEMBERED) notBefore.clear()
    notBefore.set(userId, at.getTime() + AGAIN_MS)
    return null
  }

  function askOnce(userId: string): Promise<KnownName | null> {
    const under = asking.get(userId)
    if (under) return under
    // A name is a nicety: whatever goes wrong, it is not available.
    const answer = ask(userId)
      .catch(() => null)
      .finally(() => asking.delete(userId))
    asking.set(userId, answer)
    return answer
  }

  return {
    async of({ userId, handle }) {
      const name = fresh(known.get(userId)) ?? (await within(waitMs, askOnce(userId)))
      return name ?? (handle ? { name: handle, from: 'payload', at: now() } : null)
    },
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
