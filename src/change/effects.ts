/** Writes one effect of a rule: the row, what the audit trail says of it, and which messages it touches. */

import { newId } from '../db/id.js'
import { reviveSteps } from '../db/step.js'
import * as rows from '../db/write.js'
import type { Effect } from '../lifecycle/decision.js'
import { hashOf } from '../lifecycle/hash.js'
import { environmentByName } from '../lifecycle/situation.js'
import type { Plan } from '../lifecycle/types.js'
import { recordWriters } from './effects-records.js'
import { thingWriters } from './effects-things.js'
import { environmentId, type Of, type Writers, type Writing, type Written } from './writing.js'

export type { Writing, Written } from './writing.js'

async function addOperation(w: Writing, { operation }: Of<'add-operation'>): Promise<Written> {
  const environment = operation.environment ? await environmentId(w, operation.environment) : null
  const roles = environment ? await rows.rolesOfEnvironment(w.tx, environment) : []
  const plan: Plan = { job: operation.job, data: operation.data, steps: w.expand(operation.job, roles, operation.data), elements: [] }
  const id = newId('op')
  await rows.insertOperation(w.tx, {
    id,
    customerId: w.customerId,
    environmentId: environment,
    verb: operation.verb,
    plan,
    planHash: hashOf(plan),
    requestedBy: w.actor,
    profileId: w.profileId,
    requestedAt: w.situation.now,
    runAt: operation.runAt ?? null,
    slots: operation.slots,
  })
  return {
    changed: true,
    subject: id,
    after: { verb: operation.verb, environment: operation.environment, data: operation.data, state: 'planning' },
    operations: [id],
    start: [id],
  }
}

async function setOperation(w: Writing, e: Of<'set-operation'>): Promise<Written> {
  const before = w.situation.operations.find((o) => o.id === e.id)
  await rows.updateOperation(w.tx, e, w.situation.now)
  if (before?.state === 'stuck') await reviveSteps(w.tx, e.id, e.state === 'running')
  const started = before?.state !== e.state && (e.state === 'running' || e.state === 'undoing')
  const nudge = started || e.cancelling === true
  return {
    changed: true,
    subject: e.id,
    before: { state: before?.state, runAt: before?.runAt },
    after: { state: e.state, runAt: e.runAt, trouble: e.trouble, cancelling: e.cancelling },
    operations: [e.id],
    ...(nudge ? { start: [e.id] } : {}),
  }
}

function announce(w: Writing, e: Of<'announce'>): Written {
  const environment = e.environment ? environmentByName(w.situation, e.environment) : undefined
  const tail = hashOf([
    e.event,
    e.environment ?? null,
    e.data ?? null,
    e.event === 'environment-over-limit' ? null : w.situation.now.toISOString(),
  ]).slice(0, 16)
  const audiences = e.audience === 'both' ? (['ops', 'customer'] as const) : ([e.audience] as const)
  const data = { ...e.data, ...(environment || e.environment ? { environment: e.environment ?? '' } : {}) }
  return {
    changed: false,
    subject: e.event,
    announcements: audiences.map((audience) => ({
      key: `announcement.${w.customerId ?? 'system'}.${e.event}.${tail}.${audience}`,
      audience,
      view: 'announcement',
      subject: e.event,
      data,
    })),
  }
}

const writers: Writers<Effect['do']> = {
  ...thingWriters,
  ...recordWriters,
  'add-operation': addOperation,
  'set-operation': setOperation,
  announce: (w, e) => Promise.resolve(announce(w, e)),
}

/** Writes the effect and says what it did. */
export function writeEffect(w: Writing, effect: Effect): Promise<Written> {
  const write = writers[effect.do] as (w: Writing, e: Effect) => Promise<Written>
  return write(w, effect)
}
