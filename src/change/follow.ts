/** What every change brings with it: follow-ups until the situation is settled, requests, messages, audit, outbox. */

import { type AuditEntry, appendAudit, systemChain } from '../db/audit.js'
import type { Tx } from '../db/connection.js'
import { noteDue } from '../db/due.js'
import { wishMessages } from '../db/message.js'
import { lockOperation, updateOperation, writePlan } from '../db/operation.js'
import { addOutbox, type OutboxRow } from '../db/outbox.js'
import { insertRequest, renewRequest, updateRequest } from '../db/request.js'
import { readSituation, type SituationFrame, toOperation } from '../db/situation.js'
import { queueSteps, readSteps } from '../db/step.js'
import { type Move, nextMove } from '../lifecycle/advance.js'
import type { Effect } from '../lifecycle/decision.js'
import { canonicalJson } from '../lifecycle/hash.js'
import { type MessageWish, wantedMessages } from '../lifecycle/messages.js'
import { nextDue } from '../lifecycle/next-due.js'
import { ended, planned } from '../lifecycle/operation.js'
import { wantedRequests } from '../lifecycle/requests.js'
import { settle } from '../lifecycle/settle.js'
import type { Operation, PlanElement, Situation } from '../lifecycle/types.js'
import type { ChangeDeps } from './deps.js'
import { type Written, writeEffect } from './effects.js'

const passes = 12

/** What one transaction gathers on its way. */
export interface Gathered {
  frame: SituationFrame
  customerId: string | null
  actor: string
  /** Who the acting person is now; what follows by itself is the system's. */
  profileId: string | null
  entries: AuditEntry[]
  operations: Set<string>
  requests: Set<string>
  start: Set<string>
  wishes: MessageWish[]
  outbox: OutboxRow[]
  add(effect: Effect, written: Written): boolean
  writePlan(tx: Tx, situation: Situation, planned: { operationId: string; elements: PlanElement[] }): Promise<void>
}

/** Begins one transaction's gathering, for whoever acts about a customer (null: about Community and the system). */
export function gather(start: { frame: SituationFrame; customerId: string | null; actor: string; profileId?: string | null }): Gathered {
  const g: Gathered = {
    profileId: null,
    ...start,
    entries: [],
    operations: new Set(),
    requests: new Set(),
    start: new Set(),
    wishes: [],
    outbox: [],
    add(effect, written) {
      if (written.customerId) g.customerId = written.customerId
      for (const id of written.operations ?? []) g.operations.add(id)
      for (const id of written.requests ?? []) g.requests.add(id)
      for (const id of written.start ?? []) g.start.add(id)
      g.wishes.push(...(written.announcements ?? []))
      if (written.changed)
        g.entries.push({ actor: g.actor, verb: effect.do, subject: written.subject, before: written.before, after: written.after })
      return written.changed
    },
    async writePlan(tx, situation, { operationId, elements }) {
      const operation = situation.operations.find((o) => o.id === operationId)
      if (!operation) return
      operation.plan = await writePlan(tx, operation, elements)
      g.operations.add(operationId)
      g.entries.push({ actor: g.actor, verb: 'plan', subject: operationId, after: { elements } })
    },
  }
  return g
}

/** Brings every operation that started, or may go on, to its next steps. */
export async function startOperations(deps: ChangeDeps, tx: Tx, g: Gathered): Promise<void> {
  for (const id of [...g.start]) {
    g.start.delete(id)
    await advance(deps, tx, g, id)
  }
}

/** Moves one operation on; its end is decided in the same transaction. The place's lock is held by the caller. */
export async function advance(deps: ChangeDeps, tx: Tx, g: Gathered, operationId: string): Promise<void> {
  const row = await lockOperation(tx, operationId)
  if (!row) return
  const operation = toOperation(row)
  const move = nextMove(operation, await readSteps(tx, operationId))
  g.operations.add(operationId)
  await carryOutMove(deps, tx, g, { id: operationId, state: operation.state }, move)
}

async function carryOutMove(
  deps: ChangeDeps,
  tx: Tx,
  g: Gathered,
  { id: operationId, state: before }: Pick<Operation, 'id' | 'state'>,
  move: Move,
): Promise<void> {
  switch (move.do) {
    case 'wait':
      return
    case 'queue': {
      const queued = await queueSteps(tx, move.steps, move.as)
      g.outbox.push(...queued.map((s) => stepJob(s.id, s.attempt)))
      return
    }
    case 'undo':
      await updateOperation(tx, { id: operationId, state: 'undoing' }, g.frame.now)
      g.entries.push({ actor: 'system', verb: 'undo', subject: operationId, before: { state: before }, after: { state: 'undoing' } })
      return advance(deps, tx, g, operationId)
    case 'end': {
      const s = await readSituation(tx, g.customerId, g.frame)
      const operation = s.operations.find((o) => o.id === operationId)
      const decision =
        move.result === 'planned'
          ? planned(s, { operationId })
          : ended(s, { operationId, result: move.result, trouble: operation?.trouble ?? null })
      if (decision.ok) await applyEffects(deps, tx, s, decision.effects, g)
      return startOperations(deps, tx, g)
    }
    default:
      return move satisfies never
  }
}

/** The queue's job for one attempt of a step; the id is deterministic, so adding it again runs nothing. */
export function stepJob(stepId: string, attempt: number, delayMs = 0): OutboxRow {
  return { queue: 'steps', name: 'step', jobId: `${stepId}.${attempt}`, data: { stepId, attempt }, delayMs }
}

/** Writes effects and gathers what they touched. */
export async function applyEffects(deps: ChangeDeps, tx: Tx, situation: Situation, effects: Effect[], g: Gathered): Promise<boolean> {
  let changed = false
  for (const effect of effects) {
    const { customerId, actor } = g
    const profileId = actor === 'system' ? null : g.profileId
    const written = await writeEffect({ tx, situation, customerId, actor, profileId, expand: deps.expand }, effect)
    changed = g.add(effect, written) || changed
  }
  return changed
}

/** Follow-ups, requests, messages, outbox, and last the audit trail, whose head is the narrowest lock. */
export async function followUp(deps: ChangeDeps, tx: Tx, g: Gathered): Promise<void> {
  const actor = g.actor
  g.actor = 'system'
  const situation = await settled(deps, tx, g)
  await syncRequests(tx, situation, g)
  const fresh = g.requests.size > 0 ? await readSituation(tx, g.customerId, g.frame) : situation
  await syncMessages(deps, tx, fresh, g)
  await addOutbox(tx, g.outbox)
  await noteDue(tx, g.customerId, nextDue(fresh))
  g.actor = actor
  await appendAudit(tx, g.customerId ?? systemChain, g.frame.now, g.entries)
}

async function settled(deps: ChangeDeps, tx: Tx, g: Gathered): Promise<Situation> {
  for (let pass = 0; pass < passes; pass += 1) {
    const situation = await readSituation(tx, g.customerId, g.frame)
    const changed = await applyEffects(deps, tx, situation, settle(situation), g)
    const starting = g.start.size > 0
    await startOperations(deps, tx, g)
    // Reading it is most of what a change costs: not again where nothing was written since.
    if (!changed) return starting ? readSituation(tx, g.customerId, g.frame) : situation
  }
  throw new Error(`settling the situation of ${g.customerId ?? 'the system'}: it did not come to rest in ${passes} passes`)
}

/** Opens what should be asked, renews what changed (verdicts fall away, R30), voids what is asked no more. */
async function syncRequests(tx: Tx, s: Situation, g: Gathered): Promise<void> {
  const wanted = wantedRequests(s)
  const open = s.requests.filter((r) => r.state === 'open')
  for (const w of wanted) {
    const present = open.find((r) => r.kind === w.kind && r.subject === w.subject)
    if (present?.hash === w.hash && canonicalJson(present.slots) === canonicalJson(w.slots)) continue
    const id = present?.id ?? (await insertRequest(tx, g.customerId, w, g.frame.now))
    if (present) await renewRequest(tx, id, w, present.version + 1)
    g.requests.add(id)
    g.entries.push({
      actor: 'system',
      verb: present ? 'renew-request' : 'open-request',
      subject: id,
      after: { kind: w.kind, about: w.subject, hash: w.hash },
    })
  }
  for (const stale of open.filter((r) => !wanted.some((w) => w.kind === r.kind && w.subject === r.subject))) {
    await updateRequest(tx, stale.id, 'void')
    g.requests.add(stale.id)
    g.entries.push({ actor: 'system', verb: 'void-request', subject: stale.id, after: { kind: stale.kind } })
  }
}

async function syncMessages(deps: ChangeDeps, tx: Tx, fresh: Situation, g: Gathered): Promise<void> {
  if (g.entries.length + g.wishes.length + g.operations.size + g.requests.size === 0) return
  // The same news from two passes of settling is one message, and one statement may touch a row once only.
  const wishes = [...new Map([...g.wishes, ...wantedMessages(fresh, g)].map((w) => [w.key, w])).values()]
  const channels = { ops: deps.opsChannel, customer: fresh.customer?.channel ?? null }
  const placed = wishes.flatMap((w) => (channels[w.audience] ? [{ ...w, channel: String(channels[w.audience]) }] : []))
  const { channels: dirty } = await wishMessages(tx, g.customerId, placed, g.frame.now)
  g.outbox.push(...dirty.map(showJob))
}

/** Asks the worker to bring a channel's messages up to date. */
export function showJob(channel: string): OutboxRow {
  return { queue: 'messages', name: 'show', jobId: `show.${channel}.${process.hrtime.bigint().toString(36)}`, data: { channel } }
}
