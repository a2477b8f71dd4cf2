/** What jobs measured of instances, and what of it a signature, the promotion and the checklist rest on (R28, R30, R37). */
import { identifying } from './differences.js'
import { hashOf } from './hash.js'
import { isLive, signatureOf } from './situation.js'
import type { BoundKind, Difference, Environment, Measurement, Request, Signature, Situation } from './types.js'

const boundKinds: ReadonlySet<string> = new Set<BoundKind>(['validation-complete', 'sign-g4', 'sign-g6'])

/** Whether a signature of that kind is bound to a configuration that a job measured: before it is asked for, and again after the click. */
export function isBound(kind: string): kind is BoundKind {
  return boundKinds.has(kind)
}

/** The newest measurement of an environment's Main for a signature; with a purpose, for that one. */
export function newestMeasurement(s: Situation, environment: Environment, purpose?: Measurement['purpose']): Measurement | undefined {
  return s.measurements
    .filter((m) => m.environmentId === environment.id && (purpose ? m.purpose === purpose : isBound(m.purpose)))
    .reduce<Measurement | undefined>((newest, m) => (newest && newest.at > m.at ? newest : m), undefined)
}

/** What such a request shows and binds: the newest measurement, once there is one for this very signature. */
export function shownMeasurement(s: Situation, kind: BoundKind, environment: Environment): Measurement | undefined {
  return newestMeasurement(s, environment, kind) && newestMeasurement(s, environment)
}

/** What a signature about an environment is bound to: its name, version and the whole configuration of its Main (R30, R37). */
export function boundTo(environment: Environment, m: Omit<Measurement, 'id' | 'at' | 'verdict'>): unknown {
  return [environment.name, m.instanceId, ...identifying(m)]
}

/** What the measurement after a click makes of it, for good: it counts where what was shown is what stands; null where no click waited. */
export function verdictOf(s: Situation, measurement: Omit<Measurement, 'id' | 'at' | 'verdict'>): Measurement['verdict'] {
  const signature = s.signatures.find((x) => x.id === measurement.signatureId)
  const environment = s.environments.find((e) => e.id === measurement.environmentId)
  if (!signature) return null
  return environment && hashOf(boundTo(environment, measurement)) === signature.hash ? 'counts' : 'void'
}

/** The measurement that was made after a click. */
export function measuredAfter(s: Situation, signature: Signature): Measurement | undefined {
  return s.measurements.find((m) => m.signatureId === signature.id)
}

/** `counts` once the instance was measured again and is what was shown; `void` when it is not, or is gone; until then `pending`. */
export function standingOf(s: Situation, signature: Signature): 'counts' | 'pending' | 'void' {
  if (!signature.awaits) return 'counts'
  const after = measuredAfter(s, signature)
  if (after) return after.verdict ?? 'void'
  const environment = s.environments.find((e) => e.id === signature.subject)
  return environment && isLive(environment) && environment.state !== 'ending' ? 'pending' : 'void'
}

/** The newest signature of a kind about an environment, if it counts. */
export function countedSignature(s: Situation, kind: BoundKind, subject: string): Signature | undefined {
  const signature = signatureOf(s, kind, subject)
  return signature && standingOf(s, signature) === 'counts' ? signature : undefined
}

/** Whether somebody clicked, and the instance is still to be measured. */
export function pendingSignature(s: Situation, kind: BoundKind, subject: string): Signature | undefined {
  const signature = signatureOf(s, kind, subject)
  return signature && standingOf(s, signature) === 'pending' ? signature : undefined
}

/** VAL Main as it was signed valid (R37); undefined until then, and where the signature is from before it was measured. */
export function asSignedValid(s: Situation, val: Environment): Measurement | undefined {
  const signature = countedSignature(s, 'validation-complete', val.id)
  return signature && measuredAfter(s, signature)
}

/** The signature that a granted request became; undefined where it became none. */
export function signatureBy(s: Situation, request: Request): Signature | undefined {
  const last = request.verdicts.at(-1)
  return s.signatures.find(
    (x) => x.kind === request.kind && x.subject === request.subject && x.userId === last?.userId && x.at.getTime() === last.at.getTime(),
  )
}

/** What a measurement found when it was compared; null where that could not be measured, undefined where it was not compared. */
export function differencesFrom(m: Measurement, other: Measurement['compared'][number]['with']): Difference[] | null | undefined {
  return m.compared.find((c) => c.with === other)?.differences
}
