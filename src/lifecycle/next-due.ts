/** When a situation is to be looked at again though nobody asks: what `due_at` of a place is (db/due.ts). */
import type { Effect } from './decision.js'
import { noticeMs, waitsForNotice } from './destroy.js'
import { retryMs } from './endings.js'
import { canonicalJson } from './hash.js'
import { kinds } from './kinds.js'
import { isBound } from './measurement.js'
import { freshMs, mendingMs } from './measuring.js'
import { settle } from './settle.js'
import { isLive } from './situation.js'
import type { Operation, Situation } from './types.js'

const [minute, day] = [60_000, 86_400_000]
const week = 7 * day

/**
 * The earliest moment at which something follows from the situation by the mere passing of time; null where nothing ever does. Takes a
 * situation that is settled, its requests opened; of one that is not, it gives `now`, for something follows already.
 *
 * No rule is repeated here: `moments` names where the clock can matter, and `settle` says whether it does. So what a freeze or a lock holds
 * up has no moment (whoever lifts it computes anew), and a follow-up that compares something new with `now` needs its moment below;
 * test/lifecycle/next-due.test.ts fails without.
 *
 * One wait is for messages, not for time: a teardown whose hour has come while a notice is not posted (R31) is looked at every minute, and at
 * the end of that wait. The weekly report (R31) follows anew with each week.
 */
export function nextDue(s: Situation): Date | null {
  const already = settle(s)
  if (already.some((effect) => !isReport(effect))) return s.now
  const known = new Set(already.map(canonicalJson))
  const follows = (at: Date) => settle({ ...s, now: at }).some((effect) => !known.has(canonicalJson(effect)))
  const again = lookAgain(s)
  const times = [...new Set(moments(s).filter((time) => time > s.now.getTime() && (again === null || time < again)))].sort((a, b) => a - b)
  const next = times.find((time) => follows(new Date(time))) ?? again
  return next === null ? null : new Date(next)
}

/** Reports repeat themselves until their week is over: whoever wrote this week's has no more to do. */
function isReport(effect: Effect): boolean {
  return effect.do === 'announce' && effect.event === 'environment-over-limit'
}

/** When to ask again whether the notices are posted, if a teardown waits for nothing else; milliseconds. */
function lookAgain(s: Situation): number | null {
  if (!s.operations.some((o) => waitsForNotice(s, o))) return null
  return settle({ ...s, untold: [] }).some((effect) => !isReport(effect)) ? s.now.getTime() + minute : null
}

/** Every moment at which a follow-up may compare differently with `now`, in milliseconds; in any order, also past ones. */
function moments(s: Situation): number[] {
  return [
    ...s.requests.flatMap((r) => (r.state === 'open' && r.dueAt ? r.dueAt.getTime() : [])),
    ...s.access.flatMap((a) => a.until?.getTime() ?? []),
    ...s.operations.flatMap((o) => momentsOf(s, o)),
    ...s.measurements.flatMap((m) => (isBound(m.purpose) ? [m.at.getTime() + freshMs, m.at.getTime() + mendingMs] : [])),
    ...reports(s),
  ]
}

/** Its hour, with the end of its wait for the notice; and when what did not come about may be asked for again. */
function momentsOf(s: Situation, { state, runAt, endedAt }: Operation): number[] {
  if (state === 'scheduled') return runAt ? [runAt.getTime(), runAt.getTime() + noticeMs(s)] : []
  return (state === 'undone' || state === 'cancelled') && endedAt ? [endedAt.getTime() + retryMs] : []
}

/** The next report of each environment that may stand for so long only (R31). */
function reports(s: Situation): number[] {
  return s.environments.filter(isLive).flatMap(({ kind, readyAt }) => {
    const limit = kinds[kind].limitDays
    if (limit === null || !readyAt) return []
    const first = readyAt.getTime() + limit * day
    const weeks = Math.floor((s.now.getTime() - first) / week) + 1
    return first + Math.max(0, weeks) * week
  })
}
