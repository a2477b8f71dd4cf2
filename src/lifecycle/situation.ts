/** Questions that several rules ask of a situation. */
import { hashOf } from './hash.js'
import type { Kind } from './kinds.js'
import type { PolicyEntry, PolicyKey } from './policy.js'
import type { Actor, Document, Environment, Iteration, Operation, OperationState, Request, Signature, Situation, Slot } from './types.js'

const over = new Set<Environment['state']>(['destroyed', 'promoted', 'failed'])

/** Whether an environment still stands, or is being made (R2 counts these). */
export function isLive(environment: Environment): boolean {
  return !over.has(environment.state)
}

/** The customer's environment of a kind that still stands; the newest if several (Demos). */
export function liveOf(s: Situation, kind: Kind): Environment | undefined {
  return s.environments.filter((e) => e.kind === kind && isLive(e)).at(-1)
}

/** The newest environment of a kind that stands, is being made, or stood once; what was asked for and never came about does not count. */
export function lastOf(s: Situation, kind: Kind): Environment | undefined {
  return s.environments.filter((e) => e.kind === kind && (isLive(e) || e.readyAt !== null)).at(-1)
}

export function environmentById(s: Situation, id: string | null): Environment | undefined {
  return s.environments.find((e) => e.id === id) ?? (s.community?.id === id ? (s.community ?? undefined) : undefined)
}

export function environmentByName(s: Situation, name: string): Environment | undefined {
  return s.environments.find((e) => e.name === name) ?? (s.community?.name === name ? s.community : undefined)
}

const holding = new Set<OperationState>(['planning', 'waiting', 'running', 'undoing', 'stuck'])

/** Whether the operation holds its environment's lock (R40): from the request on, approvals included; a scheduled teardown holds none. */
export function holdsLock(operation: Operation): boolean {
  return holding.has(operation.state)
}

/** The operation that holds the environment, as its own or because it reads from it as a source (R40). */
export function lockOn(s: Situation, environment: Environment): Operation | undefined {
  return s.operations.find((o) => holdsLock(o) && (o.environmentId === environment.id || o.plan.data['source'] === environment.name))
}

/** How people are told what holds an environment: the first request's name (R40). */
export function sayLock(s: Situation, lock: Operation): string {
  const about = environmentById(s, lock.environmentId)?.name
  const by = lock.requestedBy === 'system' ? 'the lifecycle' : `<@${lock.requestedBy}>`
  return `the ${lock.verb}${about ? ` of \`${about}\`` : ''} that ${by} asked for (${lock.state})`
}

/** The newest signature of a kind about a subject: who signs again, signs anew. */
export function signatureOf(s: Situation, kind: Signature['kind'], subject: string): Signature | undefined {
  return s.signatures.filter((x) => x.kind === kind && x.subject === subject).at(-1)
}

/** The newest revision of each instance's IQ. */
export function iqDocuments(s: Situation, environment: Environment): Document[] {
  return environment.instances.flatMap((i) => s.documents.filter((d) => d.kind === 'iq' && d.instanceId === i.id).slice(-1))
}

/**
 * Whether the instance's newest IQ passed, with accepted deviations or none. One that was issued before outcomes were recorded counts where
 * its environment was handed over with it; one that still waits for its hand-over is executed again.
 */
export function iqPassed(s: Situation, environment: Environment, instanceId: string): boolean {
  const iq = iqDocuments(s, environment).find((d) => d.instanceId === instanceId)
  if (!iq) return false
  return iq.outcome === null ? environment.state !== 'qualifying' : iq.outcome !== 'fail'
}

/** Whether every instance of the environment has an IQ that passed, and each is signed (R22). */
export function iqSigned(s: Situation, environment: Environment): boolean {
  const signed = (d: Document) => signatureOf(s, 'sign-iq', d.id) !== undefined
  return environment.instances.every((i) => iqPassed(s, environment, i.id)) && iqDocuments(s, environment).every(signed)
}

/** Whether each signed IQ was issued with its signature: a document of its own, made after the one that was signed (R22). */
export function iqEndorsed(s: Situation, environment: Environment): boolean {
  return iqDocuments(s, environment).every((iq) =>
    s.documents.some((d) => d.kind === 'signed-iq' && d.instanceId === iq.instanceId && d.at >= iq.at),
  )
}

const builds = new Set<Operation['verb']>(['create', 'migrate', 'promote'])

/** The operation that built the environment as it stands, whenever that was. */
export function builderOf(s: Situation, environmentId: string | null): Operation | undefined {
  return s.operations.filter((o) => builds.has(o.verb) && o.environmentId === environmentId && o.state === 'done').at(-1)
}

/** The registered files as one hash: what G1 and an iteration are bound to. */
export function filesHash(s: Situation): string {
  return hashOf(s.files.map((f) => [f.name, f.bytes, f.sha256]).sort((a, b) => String(a[0]).localeCompare(String(b[0]))))
}

/** The newest iteration that came about; one that failed says nothing about the scripts. */
export function newestIteration(s: Situation): Iteration | undefined {
  return s.iterations.filter((i) => i.state !== 'failed').at(-1)
}

/** The iteration whose scripts the customer approved, if it is still the newest word (R9). */
export function approvedIteration(s: Situation): Iteration | undefined {
  const newest = newestIteration(s)
  return newest?.state === 'approved' ? newest : undefined
}

/** What the approval of the scripts is bound to (R9): specification, program and product version, as one hash. */
export function scriptsHash(iteration: Iteration): string {
  return hashOf([iteration.specification, iteration.program, iteration.version])
}

/** Whether VAL was made with the scripts that are approved now, so that PROD can be what VAL validated (R37). Without a legacy database that falls away. */
export function sameScripts(s: Situation, val: Environment): boolean {
  if (!s.customer?.legacy) return true
  const approved = approvedIteration(s)
  const made = s.operations.find((o) => o.verb === 'create' && o.environmentId === val.id)
  return approved !== undefined && made?.plan.data['scripts'] === scriptsHash(approved)
}

/** What a merge with the migration output is bound to: the files and the approved scripts (R9, R30, R37). */
export function mergeData(s: Situation): Record<string, string | boolean> {
  const approved = s.customer?.legacy ? approvedIteration(s) : undefined
  return approved ? { migration: true, filesHash: filesHash(s), scripts: scriptsHash(approved) } : { migration: false }
}

export function entryOf(s: Situation, key: PolicyKey): PolicyEntry {
  return s.policy.verbs[key]
}

/** Whether one of the actor's roles, as the server knows them, is among the roles of a policy list. */
export function hasRole(actor: Actor, roles: readonly string[]): boolean {
  if (actor.party !== 'vendor' && actor.party !== 'customer') return false
  return actor.roles.some((role) => roles.includes(`${actor.party}:${role}`))
}

/** Approval slots of a policy entry; nobody in `not` may fill one (R30: not the asker; G4: not who implemented). */
export function slotsOf(entry: PolicyEntry, not: string[]): Slot[] {
  return entry.approve.map((roles, index) => ({
    id: String(index + 1),
    party: roles[0]?.startsWith('customer:') ? 'customer' : 'vendor',
    roles,
    not,
  }))
}

/** Roles as people say them: `vendor:qa, customer:lead` → `QA of the vendor or lead of the customer`. */
export function sayRoles(roles: readonly string[]): string {
  const said = roles.map((role) => {
    const [party, name] = role.split(':')
    return `${name === 'qa' ? 'QA' : name === 'pm' ? 'PM' : name} of the ${party}`
  })
  return said.join(' or ')
}

/** The open request of a kind about a subject. */
export function openRequest(s: Situation, kind: Request['kind'], subject: string): Request | undefined {
  return s.requests.find((r) => r.kind === kind && r.subject === subject && r.state === 'open')
}
