/** A measurement goes on record, and with it what became of the click that it was made for. */

import { newId } from '../db/id.js'
import * as rows from '../db/write.js'
import { verdictOf } from '../lifecycle/measurement.js'
import type { Of, Writing, Written } from './writing.js'

/** Writes what a job measured, as the effect says it. */
export async function addMeasurement(w: Writing, { measurement }: Of<'add-measurement'>): Promise<Written> {
  const id = newId('mea')
  const verdict = verdictOf(w.situation, measurement)
  await rows.insertMeasurement(w.tx, { ...measurement, verdict, id, at: w.situation.now }, w.customerId)
  const { elements: _, ...after } = measurement
  const environment = w.situation.environments.find((e) => e.id === measurement.environmentId)
  return {
    changed: true,
    subject: environment?.name ?? measurement.environmentId,
    after: {
      measurement: id,
      ...after,
      ...(verdict ? { verdict: verdict === 'counts' ? 'the signature counts' : 'the signature is void' } : {}),
    },
    // The message of what was clicked says what became of it.
    requests: w.situation.requests
      .filter((r) => r.kind === measurement.purpose && r.subject === measurement.environmentId)
      .map((r) => r.id),
  }
}
