/** Brings a channel's messages up to date (R41): in order, paced, one worker a channel at a time; unknown outcomes are looked up, never guessed. */
import { sql } from 'kysely'
import { type ChangeDeps, frameOf } from '../change/deps.js'
import { showJob } from '../change/follow.js'
import { type AuditEntry, appendAudit, systemChain } from '../db/audit.js'
import type { Db, Tx } from '../db/connection.js'
import { forgetPost, type MessageRow, nextMessage, noteAttempt, noteShown, noteTrouble } from '../db/message.js'
import { addOutbox } from '../db/outbox.js'
import { patiently } from '../db/patience.js'
import { readSituation } from '../db/situation.js'
import { readSteps } from '../db/step.js'
import { hashOf } from '../lifecycle/hash.js'
import type { Situation, Step } from '../lifecycle/types.js'
import type { View } from '../views/view.js'

type Later = { kind: 'later'; retryAfterMs: number }
type Never = { kind: 'never'; error: string; mendable?: boolean }

/** What is asked of Slack; `src/slack/client.ts` is it. */
export interface Posting {
  post(message: {
    channel: string
    threadTs?: string | undefined
    deliveryId: string
    view: View
  }): Promise<{ kind: 'posted'; ts: string } | Later | { kind: 'unknown' } | Never>
  find(delivery: {
    channel: string
    threadTs?: string | undefined
    deliveryId: string
    since: Date
  }): Promise<{ kind: 'found'; ts: string } | { kind: 'absent' } | { kind: 'blind' } | Later | Never>
  update(message: { channel: string; ts: string; view: View }): Promise<{ kind: 'posted' } | Later | { kind: 'gone' } | Never>
  pin(message: { channel: string; ts: string }): Promise<{ kind: string; retryAfterMs?: number }>
}

/** Turns a message's row into what stands in Slack; `src/slack/render.ts` is it. */
interface Rendering {
  /** Null where its subject is not (or no longer) there to be shown. */
  show(message: MessageRow, situation: Situation, steps: Step[]): View | null
  /** The operation whose steps the message tells of. */
  operationShown(message: MessageRow, situation: Situation): string | null
}

export interface MessageDeps {
  change: ChangeDeps
  posting: Posting
  rendering: Rendering
  /** Milliseconds between two posts to one channel: Slack takes about one a second. */
  gapMs: number
  /** Puts the operator's command prefix into what a view says. */
  prefixed(view: View): View
  log: { warn(fields: object, text: string): void }
}

/** `asked`: it was Slack that asked to wait. */
type Verdict = { kind: 'shown' } | { kind: 'later'; ms: number; asked?: boolean } | { kind: 'skip' }

/** After a post whose fate is unknown Slack may take a moment to show it. */
const settleMs = 3_000
/** So that the job that ends a pause does not come a moment too early. */
const leewayMs = 20
/** A pin is a nicety: it holds up the channel no longer than this. */
const longestPauseMs = 5_000

/** Another worker is at the channel: what it has not seen any more is looked for after this time. */
const busyMs = 1_000

/** Shows everything that is due in a channel. Returns when nothing is left, or arranges to come again; when told to stop, somebody else does. */
export async function showChannel(deps: MessageDeps, channel: string, signal: AbortSignal): Promise<void> {
  // Slack asked this process to wait: changes and sweeps that come meanwhile must not ask it again. The outbox holds the time.
  if ((pausesOf(deps).get(channel) ?? 0) > Date.now()) return
  await deps.change.db.connection().execute(async (lease) => {
    const { rows } = await sql<{
      held: boolean
    }>`select pg_try_advisory_lock(hashtext('slipway channel'), hashtext(${channel})) as held`.execute(lease)
    if (!rows[0]?.held) return addOutbox(lease, [{ ...showJob(channel), delayMs: busyMs }])
    try {
      await drain(deps, lease, channel, signal)
    } finally {
      await sql`select pg_advisory_unlock(hashtext('slipway channel'), hashtext(${channel}))`.execute(lease)
    }
  })
}

const pauses = new WeakMap<Posting, Map<string, number>>()

function pausesOf({ posting }: MessageDeps): Map<string, number> {
  const known = pauses.get(posting) ?? new Map<string, number>()
  pauses.set(posting, known)
  return known
}

async function drain(deps: MessageDeps, db: Db, channel: string, signal: AbortSignal): Promise<void> {
  const skipped: string[] = []
  for (;;) {
    // A long backlog, at Slack's pace, takes longer than a stop may.
    if (signal.aborted) return addOutbox(db, [showJob(channel)])
    const message = await nextMessage(db, channel, skipped)
    if (!message) return
    const verdict = await showOne(deps, db, message)
    if (verdict.kind === 'skip') skipped.push(message.id)
    if (verdict.kind === 'later') {
      if (verdict.asked) pausesOf(deps).set(channel, Date.now() + verdict.ms)
      await addOutbox(db, [{ ...showJob(channel), delayMs: verdict.ms + leewayMs }])
      return
    }
    if (verdict.kind === 'shown' && deps.gapMs > 0) await new Promise((resolve) => setTimeout(resolve, deps.gapMs))
  }
}

async function showOne(deps: MessageDeps, db: Db, message: MessageRow & { parent_ts: string | null }): Promise<Verdict> {
  // A reply waits for its parent, which is older and therefore comes first; one that Slack refuses holds its thread only.
  if (message.parent_key && !message.parent_ts) return { kind: 'skip' }
  const frame = await frameOf(deps.change, db)
  const situation = await readSituation(db, message.customer_id, frame)
  const about = deps.rendering.operationShown(message, situation)
  const steps = about ? await readSteps(db, about) : []
  const view = deps.rendering.show(message, situation, steps)
  if (!view) {
    await noteShown(db, message.id, { dirty: message.dirty, hash: '' })
    return { kind: 'skip' }
  }
  const shown = { view: deps.prefixed(view), hash: hashOf(view) }
  if (message.ts && message.shown_hash === shown.hash) {
    await noteShown(db, message.id, { dirty: message.dirty, hash: shown.hash })
    return { kind: 'skip' }
  }
  return message.ts ? update(deps, db, { ...message, ts: message.ts }, shown) : post(deps, db, message, shown)
}

interface Shown {
  view: View
  hash: string
}

async function update(deps: MessageDeps, db: Db, message: MessageRow & { ts: string }, { view, hash }: Shown): Promise<Verdict> {
  const outcome = await deps.posting.update({ channel: message.channel, ts: message.ts, view })
  switch (outcome.kind) {
    case 'posted':
      await onRecord(deps, db, message, [edited(message, hash)], (tx) => noteShown(tx, message.id, { dirty: message.dirty, hash }))
      return { kind: 'shown' }
    case 'gone':
      await onRecord(deps, db, message, [{ ...byUs('message-gone', message), before: placeOf(message) }], (tx) =>
        forgetPost(tx, message.id),
      )
      return { kind: 'later', ms: 0 }
    default:
      return put(deps, db, message, outcome)
  }
}

async function post(
  deps: MessageDeps,
  db: Db,
  message: MessageRow & { parent_ts: string | null },
  { view, hash }: Shown,
): Promise<Verdict> {
  const place = { channel: message.channel, threadTs: message.parent_ts ?? undefined, deliveryId: message.id }
  if (message.attempted_at) {
    // An earlier attempt may have reached Slack: posting again would show it twice. Too early a look would not see it.
    const settling = message.attempted_at.getTime() + settleMs - Date.now()
    if (settling > 0) return { kind: 'later', ms: settling }
    const found = await deps.posting.find({ ...place, since: message.attempted_at })
    if (found.kind === 'found') return posted(deps, db, message, { ts: found.ts, hash: '' })
    if (found.kind === 'later' || found.kind === 'never') return put(deps, db, message, found)
  }
  await noteAttempt(db, message.id, new Date())
  const outcome = await deps.posting.post({ ...place, view })
  if (outcome.kind === 'posted') return posted(deps, db, message, { ts: outcome.ts, hash })
  if (outcome.kind === 'unknown') return { kind: 'later', ms: settleMs }
  // Slack said that it did not take it: there is nothing to look for next time.
  await forgetPost(db, message.id)
  return put(deps, db, message, outcome)
}

async function posted(deps: MessageDeps, db: Db, message: MessageRow, { ts, hash }: { ts: string; hash: string }): Promise<Verdict> {
  const place = placeOf({ ...message, ts })
  const sent = { ...byUs('message-sent', message), after: { ...place, view: message.view, ...(hash ? { shown: hash } : {}) } }
  const pinned = message.pin ? [{ ...byUs('message-pinned', message), after: { ...place, outcome: await pin(deps, place) } }] : []
  await onRecord(deps, db, message, [sent, ...pinned], (tx) =>
    noteShown(tx, message.id, { dirty: hash ? message.dirty : message.shown, ts, hash }),
  )
  return { kind: 'shown' }
}

/** What was done in Slack, and the trail of it (R32), in one transaction. Dying before it, the worker does the same again and says so again. */
async function onRecord(
  deps: MessageDeps,
  db: Db,
  message: MessageRow,
  entries: AuditEntry[],
  note: (tx: Tx) => Promise<void>,
): Promise<void> {
  await patiently(() =>
    db.transaction().execute(async (tx) => {
      await note(tx)
      await appendAudit(tx, message.customer_id ?? systemChain, await deps.change.clock.now(tx), entries)
    }),
  )
}

const byUs = (verb: string, { key }: MessageRow) => ({ actor: 'system', verb, subject: key })
const placeOf = ({ channel, ts }: Pick<MessageRow, 'channel' | 'ts'>) => ({ channel, ts: ts ?? '' })

/** `shown` is the checksum of what stands there: it changes with the content, and tells nothing of it. */
function edited(message: MessageRow, hash: string): AuditEntry {
  return { ...byUs('message-edited', message), before: { shown: message.shown_hash }, after: { ...placeOf(message), shown: hash } }
}

/** Before the post is noted: a worker that dies here finds the post again and pins it. Asked to wait, it waits once. */
async function pin({ posting }: MessageDeps, message: { channel: string; ts: string }): Promise<string> {
  const outcome = await posting.pin(message)
  if (outcome.kind !== 'later') return outcome.kind
  await new Promise((resolve) => setTimeout(resolve, Math.min(outcome.retryAfterMs ?? 0, longestPauseMs)))
  return (await posting.pin(message)).kind
}

/** Slack said not now, or never; what people can mend is tried again with the next change or sweep. */
async function put(deps: MessageDeps, db: Db, message: MessageRow, outcome: Later | Never): Promise<Verdict> {
  if (outcome.kind === 'later') return { kind: 'later', ms: outcome.retryAfterMs, asked: true }
  deps.log.warn({ channel: message.channel, message: message.key, error: outcome.error }, 'Slack does not take this message')
  if (!outcome.mendable) {
    const entry = { ...byUs('message-not-taken', message), after: { ...placeOf(message), error: outcome.error } }
    await onRecord(deps, db, message, [entry], (tx) => noteTrouble(tx, message.id, outcome.error))
  }
  return { kind: 'skip' }
}
