/** Effects that put something on record: verdicts, signatures, files, iterations, go-lives, documents. */

import { newId } from '../db/id.js'
import * as rows from '../db/write.js'
import { addMeasurement } from './effects-measurement.js'
import type { Writers } from './writing.js'

export const recordWriters: Writers<
  | 'add-verdict'
  | 'set-request'
  | 'sign'
  | 'set-files'
  | 'add-iteration'
  | 'set-iteration'
  | 'add-golive'
  | 'set-golive'
  | 'add-document'
  | 'add-deviation'
  | 'set-deviation'
  | 'add-measurement'
> = {
  'add-verdict': async (w, e) => {
    const request = w.situation.requests.find((r) => r.id === e.requestId)
    await rows.insertVerdict(w.tx, { ...e, version: request?.version ?? 0, userId: w.actor, profileId: w.profileId, at: w.situation.now })
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
      profileId: w.profileId,
      at: w.situation.now,
      kind: e.kind,
      subject: e.subject,
      role: e.role,
      hash: e.hash,
      comment: e.comment,
      ...(e.awaits ? { awaits: true } : {}),
    })
    return {
      changed: true,
      subject: e.subject,
      after: {
        signature: id,
        kind: e.kind,
        hash: e.hash,
        role: e.role,
        method: 'confirmed click',
        ...(e.awaits ? { awaits: 'measurement' } : {}),
      },
    }
  },
  'add-measurement': addMeasurement,
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
      profile_id: w.profileId,
    })
    return { changed: true, subject: id, after: { date: e.date, state: 'open' } }
  },
  'set-golive': async (w, e) => {
    await rows.updateGolive(w.tx, w.situation.golive?.id ?? '', e.state)
    return { changed: true, subject: w.situation.golive?.id ?? '', before: { state: w.situation.golive?.state }, after: { state: e.state } }
  },
  'add-document': async (w, e) => {
    const { do: _, execution = null, outcome = null, ...document } = e
    const own = { id: newId('doc'), customerId: w.customerId, at: w.situation.now }
    const revision = await rows.insertDocument(w.tx, { ...document, ...own, execution, outcome })
    // A step that refers to what is on record already, or ran twice, issued nothing.
    const known = w.situation.documents.some((d) => d.number === e.number && d.sha256 === e.sha256)
    const executed = e.outcome ? { execution, outcome } : {}
    return { changed: !known, subject: e.number, after: { kind: e.kind, revision, file: e.file, sha256: e.sha256, ...executed } }
  },
  'add-deviation': async (w, e) => {
    const { do: _, ...found } = e
    await rows.insertDeviation(w.tx, {
      ...found,
      id: newId('dev'),
      customerId: w.customerId,
      raisedBy: w.actor,
      raisedAt: w.situation.now,
    })
    const { document, execution, check, what, foundSha256, impact, critical } = e
    return {
      changed: true,
      subject: e.number,
      after: { document, execution, check, what, foundSha256, impact, critical, disposition: 'open' },
    }
  },
  'set-deviation': async (w, e) => {
    const before = w.situation.deviations.find((d) => d.id === e.id)
    const { do: _, id, ...after } = e
    await rows.updateDeviation(w.tx, id, after, { by: w.actor, at: w.situation.now })
    return { changed: true, subject: before?.number ?? e.id, before: { disposition: before?.disposition }, after }
  },
}
