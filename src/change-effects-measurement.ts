/** A measurement goes on record, and with it what became of the click that it was made for. */
import type { Of, Writing, Written } from './change-writing.js'
import { newId } from './db/id.js'
import * as rows from './db/write.js'
import { hashOf } from './lifecycle/hash.js'
import { boundTo } from './lifecycle/measurement.js'

export async function addMeasurement(w: Writing, { measurement }: Of<'add-measurement'>): Promise<Written> {
  const id = newId('mea')
  await rows.insertMeasurement(w.tx, { ...measurement, id, at: w.situation.now }, w.customerId)
  const { elements: _, ...after } = measurement
  const signature = w.situation.signatures.find((x) => x.id === measurement.signatureId)
  const environment = w.situation.environments.find((e) => e.id === measurement.environmentId)
  const counts = signature && environment && hashOf(boundTo(environment, { ...measurement, id, at: w.situation.now })) === signature.hash
  return {
    changed: true,
    subject: environment?.name ?? measurement.environmentId,
    after: { measurement: id, ...after, ...(signature ? { verdict: counts ? 'the signature counts' : 'the signature is void' } : {}) },
    // The message of what was clicked says what became of it.
    requests: w.situation.requests
      .filter((r) => r.kind === measurement.purpose && r.subject === measurement.environmentId)
      .map((r) => r.id),
  }
}
