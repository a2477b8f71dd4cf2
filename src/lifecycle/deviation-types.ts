/** What an IQ came to, and deviations: today those of IQs, later those of drift, changes and findings too. */
export type IqOutcome = 'pass' | 'pass-with-deviations' | 'fail'

/** What was found not to be as it should be, where, how grave it is, and what became of it (R15, R22). What was found never changes. */
export interface Deviation {
  id: string
  /** `DEV-<ENVIRONMENT>-<n>`, never reused. */
  number: string
  environmentId: string
  instanceId: string | null
  /** The document and the execution that found it, and by which check; null where no document did. */
  document: string | null
  execution: number | null
  check: string | null
  what: string
  impact: string
  /** An open critical one blocks (R15, R22). */
  critical: boolean
  raisedBy: string
  raisedAt: Date
  disposition: 'open' | 'accepted' | 'rejected' | 'corrected'
  disposedBy: string | null
  disposedAt: Date | null
  reason: string | null
  /** The execution that no longer showed it: `<document> execution <n>`. */
  correctedBy: string | null
}
