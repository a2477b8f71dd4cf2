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
  /** What people read of it: the beginning, where it is long. */
  what: string
  /** SHA-256 over all that was found: the same difference has the same, whatever `what` shows of it. */
  foundSha256: string
  /** False: the check could not be executed. */
  executed: boolean
  impact: string
  /** An open critical one blocks (R15, R22). */
  critical: boolean
  raisedBy: string
  raisedAt: Date
  disposition: 'open' | 'accepted' | 'rejected' | 'corrected' | 'superseded'
  /** QA's last word, which stays when the deviation is corrected, superseded, or open again because it was found again. */
  decision: 'accepted' | 'rejected' | null
  disposedBy: string | null
  disposedAt: Date | null
  reason: string | null
  /** The execution in which its check passed: `<document> execution <n>`. */
  correctedBy: string | null
  correctedAt: Date | null
  /** The number of the deviation that the same check has now. */
  supersededBy: string | null
}
