/** Writes one effect of a rule: the row, what the audit trail says of it, and which messages it touches. */

import type { Tx } from './db/connection.js'
import { newId } from './db/id.js'
import { reviveSteps } from './db/step.js'
import * as rows from './db/write.js'
import type { Effect } from './lifecycle/decision.js'
import { hashOf } from './lifecycle/hash.js'
import type { MessageWish } from './lifecycle/messages.js'
import { environmentByName } from './lifecycle/situation.js'
import type { Plan, Situation } from './lifecycle/types.js'

export interface Writing {
  tx: Tx
  situation: Situation
  customerId: string | null
  actor: string
  /** The steps of a job for an environment's instances: handed in, for jobs are another room. */
  expand(job: Plan['job'], roles: Plan['steps'][number]['role'][], data: Plan['data']): Plan['steps']
}

export interface Written {
  changed: boolean
  subject: string
  before?: unknown
  after?: unknown
  operations?: string[]
  requests?: string[]
  start?: string[]
  announcements?: MessageWish[]
  /** The row id of a customer that was just added. */
  customerId?: string
}

type Of<D extends Effect['do']> = Extract<Effect, { do: D }>
type Writers = { [D in Effect['do']]: (w: Writing, e: Of<D>) => Promise<Written> }

const still: Written = { changed: false, subject: '' }

function environmentId(w: Writing, name: string): Promise<string> {
  const known = environmentByName(w.situation, name)
  return known ? Promise.resolve(known.id) : rows.environmentIdOf(w.tx, name)
}

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

const writers: Writers = {
  'add-customer': async (w, e) => {
    const id = await rows.insertCustomer(w.tx, e, w.situation.policy.version, w.situation.now)
    return {
      changed: true,
      subject: e.slug,
      after: { name: e.name, state: 'prospect', channel: e.channel, legacy: e.legacy },
      customerId: id,
    }
  },
  'set-customer': async (w, e) => {
    const { do: _, ...after } = e
    await rows.updateCustomer(w.tx, w.customerId ?? '', after, w.situation.now)
    return { changed: true, subject: w.situation.customer?.slug ?? '', before: { state: w.situation.customer?.state }, after }
  },
  'set-person': async (w, e) => {
    await rows.setPerson(w.tx, w.customerId ?? '', e.userId, e.role)
    return { changed: true, subject: e.userId, before: w.situation.people.find((p) => p.userId === e.userId)?.role ?? null, after: e.role }
  },
  'add-environment': async (w, e) => {
    await rows.insertEnvironment(w.tx, e.kind === 'community' ? null : w.customerId, e, w.situation.now)
    return { changed: true, subject: e.name, after: { kind: e.kind, state: 'waiting', source: e.source, version: e.version } }
  },
  'set-environment': async (w, e) => {
    const before = environmentByName(w.situation, e.name)
    if (before?.state === e.state) return still
    await rows.updateEnvironment(w.tx, e.name, e.state, w.situation.now)
    return { changed: true, subject: e.name, before: { state: before?.state }, after: { state: e.state } }
  },
  'set-instance': async (w, e) => {
    const { do: _, id, ...after } = e
    await rows.updateInstance(w.tx, id, after)
    return { changed: true, subject: id, after }
  },
  'add-operation': addOperation,
  'set-operation': setOperation,
  'add-verdict': async (w, e) => {
    const request = w.situation.requests.find((r) => r.id === e.requestId)
    await rows.insertVerdict(w.tx, { ...e, version: request?.version ?? 0, userId: w.actor, at: w.situation.now })
    return {
      changed: true,
      subject: e.requestId,
      after: { kind: request?.kind, subject: request?.subject, slot: e.slot, verdict: e.verdict, hash: request?.hash, comment: e.comment },
      requests: [e.requestId],
    }
  },
  'set-request': async (w, e) => {
    await rows.updateRequest(w.tx, e.id, e.state)
    return { changed: true, subject: e.id, before: { state: 'open' }, after: { state: e.state }, requests: [e.id] }
  },
  sign: async (w, e) => {
    const id = newId('sig')
    await rows.insertSignature(w.tx, {
      id,
      customerId: w.customerId,
      userId: w.actor,
      at: w.situation.now,
      kind: e.kind,
      subject: e.subject,
      role: e.role,
      hash: e.hash,
      comment: e.comment,
    })
    return {
      changed: true,
      subject: e.subject,
      after: { signature: id, kind: e.kind, hash: e.hash, role: e.role, method: 'confirmed click' },
    }
  },
  'withdraw-signatures': async (w, e) => {
    const withdrawn = await rows.withdrawSignatures(w.tx, e.kind, e.subject, w.situation.now)
    return { changed: withdrawn > 0, subject: e.subject, after: { withdrawn: e.kind } }
  },
  'set-files': async (w, e) => {
    await rows.replaceFiles(w.tx, w.customerId ?? '', e.files, w.situation.now)
    return {
      changed: true,
      subject: 'intake',
      before: w.situation.files.map((f) => [f.name, f.bytes, f.sha256]),
      after: e.files.map((f) => [f.name, f.bytes, f.sha256]),
    }
  },
  'add-iteration': async (w, e) => {
    await rows.insertIteration(w.tx, { ...e.iteration, id: newId('itr'), customerId: w.customerId ?? '', at: w.situation.now })
    return {
      changed: true,
      subject: `iteration ${e.iteration.number}`,
      after: {
        state: e.iteration.state,
        specification: e.iteration.specification,
        filesHash: e.iteration.filesHash,
        resultHash: e.iteration.resultHash,
      },
    }
  },
  'set-iteration': async (w, e) => {
    const before = w.situation.iterations.find((i) => i.id === e.id)
    await rows.updateIteration(w.tx, e)
    return {
      changed: true,
      subject: `iteration ${before?.number}`,
      before: { state: before?.state },
      after: { state: e.state, resultHash: e.resultHash },
    }
  },
  'add-golive': async (w, e) => {
    const id = newId('liv')
    await rows.insertGolive(w.tx, {
      id,
      customer_id: w.customerId ?? '',
      date: e.date,
      state: 'open',
      started_by: w.actor,
      started_at: w.situation.now,
    })
    return { changed: true, subject: id, after: { date: e.date, state: 'open' } }
  },
  'set-golive': async (w, e) => {
    await rows.updateGolive(w.tx, w.situation.golive?.id ?? '', e.state)
    return { changed: true, subject: w.situation.golive?.id ?? '', before: { state: w.situation.golive?.state }, after: { state: e.state } }
  },
  'add-document': async (w, e) => {
    const { do: _, ...document } = e
    const revision = await rows.insertDocument(w.tx, { ...document, id: newId('doc'), customerId: w.customerId, at: w.situation.now })
    return { changed: true, subject: e.number, after: { kind: e.kind, revision, file: e.file, sha256: e.sha256 } }
  },
  'grant-access': async (w, e) => {
    await rows.insertAccess(w.tx, {
      id: newId('acc'),
      environment_id: await environmentId(w, e.environment),
      user_id: e.userId,
      role: e.role,
      granted_by: w.actor,
      at: w.situation.now,
      until: e.until,
    })
    return { changed: true, subject: e.environment, after: { user: e.userId, role: e.role, until: e.until } }
  },
  'revoke-access': async (w, e) => {
    const before = w.situation.access.find((a) => a.id === e.id)
    await rows.revokeAccess(w.tx, e.id, w.situation.now)
    return { changed: true, subject: before?.environmentId ?? e.id, before: { user: before?.userId, role: before?.role }, after: null }
  },
  freeze: async (w, e) => {
    await rows.insertFreeze(w.tx, {
      id: newId('frz'),
      customer_id: e.customer ? w.customerId : null,
      reason: e.reason,
      by: w.actor,
      at: w.situation.now,
    })
    return {
      changed: true,
      subject: e.customer ? (w.situation.customer?.slug ?? '') : 'everything',
      after: { frozen: true, reason: e.reason },
    }
  },
  unfreeze: async (w, e) => {
    await rows.liftFreeze(w.tx, e.customer ? w.customerId : null, w.situation.now)
    return { changed: true, subject: e.customer ? (w.situation.customer?.slug ?? '') : 'everything', after: { frozen: false } }
  },
  announce: (w, e) => Promise.resolve(announce(w, e)),
  audit: (_, e) => Promise.resolve({ changed: false, subject: e.subject, before: e.before, after: e.after }),
}

/** Writes the effect and says what it did. */
export function writeEffect(w: Writing, effect: Effect): Promise<Written> {
  const write = writers[effect.do] as (w: Writing, e: Effect) => Promise<Written>
  return write(w, effect)
}
