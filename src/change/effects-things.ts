/** Effects on what stands: customers and their people, environments and instances, access, freezes. */

import { requireAnew } from '../db/due.js'
import { newId } from '../db/id.js'
import * as rows from '../db/write.js'
import { environmentByName } from '../lifecycle/situation.js'
import type { Instance } from '../lifecycle/types.js'
import { environmentId, type Writers, type Writing, type Written } from './writing.js'

const still: Written = { changed: false, subject: '' }

export const thingWriters: Writers<
  | 'add-customer'
  | 'set-customer'
  | 'set-person'
  | 'add-environment'
  | 'set-environment'
  | 'set-instance'
  | 'grant-access'
  | 'revoke-access'
  | 'freeze'
  | 'unfreeze'
> = {
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
    const migration = w.situation.customer?.legacy === true
    await rows.insertEnvironment(w.tx, e.kind === 'community' ? null : w.customerId, { ...e, migration }, w.situation.now)
    return { changed: true, subject: e.name, after: { kind: e.kind, state: 'waiting', source: e.source, version: e.version } }
  },
  'set-environment': async (w, e) => {
    const before = environmentByName(w.situation, e.name)
    const state = before?.state === e.state ? undefined : e.state
    if (!state && !e.version) return still
    const set = { ...(state ? { state } : {}), ...(e.version ? { version: e.version } : {}) }
    await rows.updateEnvironment(w.tx, e.name, set, w.situation.now)
    // Who goes live at this moment may not have seen it: everybody is looked at (R17).
    if (state && before?.kind === 'community') await requireAnew(w.tx, w.situation.now)
    return { changed: true, subject: e.name, before: { state: before?.state, version: before?.version }, after: set }
  },
  'set-instance': async (w, e) => {
    const { do: _, id, ...after } = e
    await rows.updateInstance(w.tx, id, after, w.situation.now)
    const before = instanceById(w, id)
    const said = before && { ...before, orderedVolunteers: before.ordered.volunteers }
    const known = Object.keys(after).map((key) => [key, said?.[key as keyof typeof after] ?? null])
    return { changed: true, subject: before?.name ?? id, before: Object.fromEntries(known), after }
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
      profile_id: w.profileId,
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
      profile_id: w.profileId,
    })
    return {
      changed: true,
      subject: e.customer ? (w.situation.customer?.slug ?? '') : 'everything',
      before: { frozen: false },
      after: { frozen: true, reason: e.reason },
    }
  },
  unfreeze: async (w, e) => {
    await rows.liftFreeze(w.tx, e.customer ? w.customerId : null, w.situation.now)
    // What waited anywhere is looked at again by the next sweeps.
    if (!e.customer) await requireAnew(w.tx, w.situation.now)
    return {
      changed: true,
      subject: e.customer ? (w.situation.customer?.slug ?? '') : 'everything',
      before: { frozen: true },
      after: { frozen: false },
    }
  },
}

function instanceById(w: Writing, id: string): Instance | undefined {
  const environments = [...w.situation.environments, ...(w.situation.community ? [w.situation.community] : [])]
  return environments.flatMap((e) => e.instances).find((i) => i.id === id)
}
