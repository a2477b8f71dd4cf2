/** What jobs measured of instances, by checksums and counts: never a value. */
import type { RequestKind } from './types.js'

/** Signatures that are bound to the configuration that a job measured. */
export type BoundKind = Extract<RequestKind, 'validation-complete' | 'sign-g4' | 'sign-g6'>

/** An element that is not what it was compared with, or `version`, `schema` or `root`: no value of it, only how many rows there are and were. */
export interface Difference {
  element: string
  title: string
  rows: number
  were: number
}

/** One element as a job found it. */
export interface MeasuredElement {
  element: string
  title: string
  rows: number
  sha256: string
  mustMatch: string
}

/** An instance as a job found it, by checksums; those of its elements stay in the database. */
export interface Measurement {
  id: string
  environmentId: string
  instanceId: string
  operationId: string
  purpose: 'iq' | 'extract' | BoundKind
  /** The click after which it was made; null where it was made before anybody was asked. */
  signatureId: string | null
  version: string
  fingerprint: string
  everything: string
  mustMatch: string
  volunteers: number
  /** What became of the click after which it was made; null where there was none. */
  verdict: 'counts' | 'void' | null
  /** With its own IQ, with what the signer was shown, with VAL as signed valid, with the lists that the migration loaded. Null: could not be. */
  compared: { with: 'iq' | 'shown' | 'val' | 'lists'; differences: Difference[] | null }[]
  /** Number and revision of the configuration report that shows it. */
  document: string | null
  at: Date
}
