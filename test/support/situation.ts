/** Situations in few words, for the tests of the rules. */

import { hashOf } from '../../src/lifecycle/hash.js'
import { environmentName, type Kind, kinds, rolesOf, type VolunteerClass } from '../../src/lifecycle/kinds.js'
import { boundTo } from '../../src/lifecycle/measurement.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import { filesHash, scriptsHash } from '../../src/lifecycle/situation.js'
import type {
  BoundKind,
  Customer,
  Document,
  Environment,
  EnvironmentState,
  Iteration,
  Measurement,
  Operation,
  OperationVerb,
  Person,
  Request,
  RequestKind,
  Signature,
  Situation,
} from '../../src/lifecycle/types.js'
import { customerQa, lead } from './actors.js'

export {
  admin,
  customerQa,
  engineer,
  engineer2,
  lead,
  member,
  otherLead,
  owner,
  pm,
  qa,
  sales,
  stranger,
  vendor,
} from './actors.js'
export { effectsOf, of, refusalOf, stateGiven } from './effects.js'

import { golive } from './golive.js'

export { golive }

export const now = new Date('2026-05-12T09:30:00Z')
export const hour = 3_600_000
export const day = 24 * hour
export const later = (ms: number, from = now) => new Date(from.getTime() + ms)

export const policy = policyOf(policySchema.parse({ people: { U_PM: ['pm'] } }))
const people: Person[] = [lead, customerQa].map((a) => ({
  userId: a.userId,
  role: a.party === 'customer' ? (a.roles[0] ?? 'lead') : 'lead',
}))

/** A customer in onboarding with a legacy database, its final files registered, and nothing built yet. */
export function situation(more: Partial<Omit<Situation, 'customer'>> & { customer?: Partial<Customer> | null } = {}): Situation {
  const { customer, ...rest } = more
  const base: Customer = {
    id: 'cus-1',
    slug: 'acme',
    name: 'Acme Research',
    state: 'onboarding',
    channel: 'C_ACME',
    legacy: true,
    policyVersion: '1',
    since: later(-100 * day),
  }
  return {
    now,
    policy,
    versions: ['24.1', '24.2'],
    program: '1.0.0',
    customer: customer === null ? null : { ...base, ...customer },
    people,
    environments: [],
    community: null,
    operations: [],
    requests: [],
    signatures: [],
    files: [{ name: 'dump.csv', bytes: 10, sha256: 'aa', registeredAt: now }],
    iterations: [],
    golive: null,
    documents: [],
    measurements: [],
    access: [],
    deviations: [],
    freezes: [],
    ...rest,
  }
}

export function env(
  kind: Kind,
  state: EnvironmentState = 'ready',
  more: Partial<Environment> & { class?: VolunteerClass } = {},
): Environment {
  const { class: held, ...rest } = more
  const number = rest.number ?? 1
  const name = rest.name ?? environmentName('acme', kind, number)
  const id = `env-${name}`
  const allowed: Partial<Record<string, VolunteerClass>> = kinds[kind].volunteers
  return {
    id,
    customerId: kind === 'community' ? null : 'cus-1',
    kind,
    name,
    number,
    state,
    source: 'base',
    version: '24.2',
    since: later(-day),
    readyAt: ['ready', 'frozen', 'destroyed', 'promoted', 'ending'].includes(state) ? later(-day) : null,
    instances: rolesOf(kind).map((role) => ({
      id: `ins-${name}-${role}`,
      environmentId: id,
      role,
      name: role === 'single' ? name : `${name}-${role}`,
      version: '24.2',
      ordered: { class: allowed[role] ?? 'none', volunteers: 0 },
      measured: { version: '24.2', class: held ?? allowed[role] ?? 'none', volunteers: 0, at: later(-day), operationId: null },
      everything: 'every',
      mustMatch: 'must',
      database: null,
    })),
    ...rest,
  }
}

let counter = 0
const id = (prefix: string) => `${prefix}-${++counter}`

export function op(verb: OperationVerb, environment: Environment | null, more: Partial<Operation> = {}): Operation {
  return {
    id: id('op'),
    customerId: environment?.customerId ?? 'cus-1',
    environmentId: environment?.id ?? null,
    verb,
    state: 'done',
    plan: { job: 'provision', data: {}, steps: [], elements: [] },
    planHash: 'plan',
    requestedBy: 'U_PM',
    requestedAt: later(-hour),
    runAt: null,
    postponed: 0,
    startedAt: null,
    endedAt: later(-hour / 2),
    trouble: null,
    cancelling: false,
    slots: [],
    ...more,
  }
}

/** An operation whose plan carries these facts. */
export const withData = (data: Operation['plan']['data']): Pick<Operation, 'plan'> => ({
  plan: { job: 'merge', data, steps: [], elements: [] },
})

export function iteration(number: number, state: Iteration['state'], more: Partial<Iteration> = {}): Iteration {
  return {
    id: `itr-${number}`,
    number,
    state,
    specification: 'spec',
    program: '1.0.0',
    version: '24.2',
    filesHash: filesHash(situation()),
    resultHash: `result-${number}`,
    balanced: true,
    report: null,
    at: later(-10 * day),
    ...more,
  }
}

export function signature(kind: RequestKind, subject: string, more: Partial<Signature> = {}): Signature {
  return { id: id('sig'), kind, subject, userId: 'U_LEAD', role: 'customer:lead', hash: 'h', comment: null, at: later(-hour), ...more }
}

export function request(kind: RequestKind, subject: string, more: Partial<Request> = {}): Request {
  return {
    id: id('req'),
    kind,
    subject,
    customerId: 'cus-1',
    version: 1,
    hash: 'abcdef0123',
    slots: [],
    verdicts: [],
    state: 'open',
    openedAt: later(-hour),
    dueAt: null,
    ...more,
  }
}

/** What a job measured of an environment's Main; as it was at its IQ, in VAL and after the load. */
export function measurement(environment: Environment, purpose: Measurement['purpose'], more: Partial<Measurement> = {}): Measurement {
  return {
    id: id('mea'),
    verdict: more.signatureId ? 'counts' : null,
    environmentId: environment.id,
    instanceId: environment.instances[0]?.id ?? '',
    operationId: 'op-measure',
    purpose,
    signatureId: null,
    version: environment.version,
    fingerprint: 'finger',
    everything: 'every',
    mustMatch: 'must',
    volunteers: 0,
    compared: [{ with: 'iq', differences: [] }, ...(environment.kind === 'prod' ? [{ with: 'val' as const, differences: [] }] : [])],
    document: null,
    at: later(-2 * hour),
    ...more,
  }
}

/** A click on what was measured, and the measurement after it, which agrees. */
export function counted(kind: BoundKind, environment: Environment, more: Partial<Signature> = {}, found: Partial<Measurement> = {}) {
  const shown = measurement(environment, kind, found)
  const hash = hashOf(boundTo(environment, shown))
  const clicked = signature(kind, environment.id, { awaits: true, hash, ...more })
  return {
    signature: clicked,
    measurements: [shown, measurement(environment, kind, { ...found, signatureId: clicked.id, at: later(-hour) })],
  }
}

/** The IQ of each instance, unsigned. */
export function iqs(environment: Environment): Document[] {
  return environment.instances.map((i) => ({
    id: `doc-${i.id}`,
    number: `IQ-${i.name.toUpperCase()}`,
    revision: 1,
    kind: 'iq',
    environmentId: environment.id,
    instanceId: i.id,
    operationId: null,
    file: 'iq.pdf',
    sha256: `sha-${i.id}`,
    change: null,
    askedBy: null,
    at: later(-2 * hour),
    execution: 1,
    outcome: 'pass',
  }))
}

export const signed = (documents: Document[], at = later(-hour)) =>
  documents.map((d) => signature('sign-iq', d.id, { userId: 'U_QA', at, role: 'vendor:qa' }))

/** The signed copies of these IQs. */
export const endorsed = (documents: Document[]): Document[] =>
  documents.map((d) => ({ ...d, id: `${d.id}-signed`, number: `${d.number}-SIGNED`, kind: 'signed-iq', at: now }))

/** VAL signed complete with the approved scripts, the go-live open, G1 and G2 done: promotion is what comes next. */
export function beforePromotion(more: Parameters<typeof situation>[0] = {}): Situation {
  const [preprod, val, approved] = [env('preprod'), env('val'), iteration(1, 'approved')]
  const s = situation(more)
  const legacy = s.customer?.legacy
  const validation = counted('validation-complete', val)
  const extract = op('extract', preprod, { requestedAt: later(-day), endedAt: later(-day) })
  return {
    ...s,
    environments: [preprod, val, ...s.environments],
    iterations: legacy ? [approved] : [],
    golive: golive(),
    operations: [
      op('create', val, { ...withData(legacy ? { scripts: scriptsHash(approved) } : {}), requestedAt: later(-9 * day) }),
      extract,
      ...s.operations,
    ],
    signatures: [validation.signature, signature('confirm-files', 'liv-1', { hash: filesHash(s), at: later(-30 * hour) }), ...s.signatures],
    measurements: [...validation.measurements, measurement(preprod, 'extract', { operationId: extract.id }), ...s.measurements],
  }
}

/** As far as the promotion: PROD stands and waits for G4. */
export function afterPromotion(more: Parameters<typeof situation>[0] = {}): Situation {
  const prod = env('prod', 'qualifying')
  const s = beforePromotion(more)
  return {
    ...s,
    environments: [...s.environments.map((e) => (e.kind === 'preprod' ? { ...e, state: 'frozen' as const } : e)), prod],
    operations: [
      ...s.operations,
      op('promote', prod, {
        ...withData({ source: 'acme-preprod', filesHash: filesHash(s), validated: 'mea', extracted: 'mea' }),
        requestedBy: 'U_ENG',
        endedAt: later(-5 * hour),
      }),
    ],
    documents: [...s.documents, ...iqs(prod)],
    measurements: [...s.measurements, measurement(prod, 'sign-g4'), measurement(prod, 'sign-g6')],
  }
}
