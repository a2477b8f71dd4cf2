/** Deviations in few words, for the tests of the rules. */
import type { Deviation } from '../../src/lifecycle/types.js'
import { hour, later } from './situation.js'

let counter = 0

/** An open critical deviation that an IQ's execution found. */
export function deviation(environmentId: string, more: Partial<Deviation> = {}): Deviation {
  return {
    id: `dev-${++counter}`,
    number: 'DEV-1',
    environmentId,
    instanceId: null,
    document: 'IQ',
    execution: 1,
    check: 'IQ-01',
    what: 'expected this, found that',
    foundSha256: '0'.repeat(64),
    executed: true,
    impact: 'none known',
    critical: true,
    raisedBy: 'system',
    raisedAt: later(-hour),
    disposition: 'open',
    decision: null,
    disposedBy: null,
    disposedAt: null,
    reason: null,
    correctedBy: null,
    correctedAt: null,
    supersededBy: null,
    ...more,
  }
}
