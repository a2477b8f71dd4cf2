/** A customer half way to going live, for the tests of the views. */
import { allowedIn, type Kind, rolesOf } from '../../src/lifecycle/kinds.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import type {
  Deviation,
  Document,
  Environment,
  EnvironmentState,
  GoLive,
  Iteration,
  Operation,
  PlanElement,
  Request,
  RequestKind,
  Situation,
  Slot,
  Step,
} from '../../src/lifecycle/types.js'
import { deviation as openDeviation } from '../support/deviation.js'

export const now = new Date('2026-05-12T09:30:00Z')
export const hash = 'ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12'

/** A moment so many hours before (or after, if negative) now. */
export function ago(hours: number): Date {
  return new Date(now.getTime() - hours * 3_600_000)
}

export function environment(kind: Kind, state: EnvironmentState = 'ready', more: Partial<Environment> = {}): Environment {
  const name = kind === 'community' ? 'community' : `acme-${kind}${kind === 'val' ? '-1' : ''}`
  return {
    id: `env-${kind}`,
    customerId: kind === 'community' ? null : 'cus-1',
    kind,
    name,
    number: 1,
    state,
    source: kind === 'val' || kind === 'prod' ? 'acme-preprod' : 'base',
    version: '24.2',
    since: ago(50),
    readyAt: state === 'ready' ? ago(49) : null,
    instances: rolesOf(kind).map((role) => ({
      id: `ins-${kind}-${role}`,
      environmentId: `env-${kind}`,
      role,
      name: role === 'single' ? name : `${name}-${role}`,
      version: '24.2',
      ordered: { class: allowedIn(kind, role), volunteers: 1203 },
      measured: { version: '24.2', class: allowedIn(kind, role), volunteers: 1203, at: ago(50), operationId: null },
      everything: hash,
      mustMatch: hash,
      database: `acme_${kind}_${role}_1`,
    })),
    ...more,
  }
}

export const vendorSlot: Slot = { id: '1', party: 'vendor', roles: ['vendor:engineer', 'vendor:qa'], not: ['U_PM'] }
export const customerSlot: Slot = { id: '2', party: 'customer', roles: ['customer:lead'], not: [] }

export function element(title: string, rows: number, more: Partial<PlanElement> = {}): PlanElement {
  return { element: title.toLowerCase(), title, rows, disposition: 'carried', role: 'main', ...more }
}

export function operation(more: Partial<Operation> = {}): Operation {
  return {
    id: 'op-7f3a2b',
    customerId: 'cus-1',
    environmentId: 'env-sandbox',
    verb: 'create',
    state: 'waiting',
    plan: {
      job: 'clone',
      data: { source: 'acme-demo' },
      steps: [],
      elements: [
        element('Roles', 12),
        element('Sites', 4),
        element('Users', 31, { disposition: 'reset' }),
        element('Roles', 12, { role: 'test' }),
      ],
    },
    planHash: hash,
    requestedBy: 'U_PM',
    requestedAt: ago(2),
    runAt: null,
    postponed: 0,
    startedAt: null,
    endedAt: null,
    trouble: null,
    cancelling: false,
    slots: [vendorSlot, customerSlot],
    ...more,
  }
}

export function step(title: string, more: Partial<Step> = {}): Step {
  return {
    id: `step-${title}`,
    operationId: 'op-7f3a2b',
    ordinal: 1,
    stage: 1,
    name: title.toLowerCase(),
    title,
    role: 'main',
    state: 'done',
    attempt: 1,
    progress: 1,
    sentence: null,
    result: null,
    startedAt: ago(1),
    endedAt: null,
    ...more,
  }
}

export function request(kind: RequestKind, subject: string, more: Partial<Request> = {}): Request {
  return {
    id: 'req-1',
    kind,
    subject,
    customerId: 'cus-1',
    version: 3,
    hash,
    slots: [kind.startsWith('sign-iq') || kind === 'sign-g4' ? vendorSlot : customerSlot],
    verdicts: [],
    state: 'open',
    openedAt: ago(5),
    dueAt: null,
    ...more,
  }
}

export const iteration: Iteration = {
  id: 'it-2',
  number: 2,
  state: 'review',
  specification: hash,
  program: '1.4.0',
  version: '24.2',
  filesHash: hash,
  resultHash: hash,
  balanced: true,
  report: {
    entities: [
      { entity: 'volunteers', extracted: 1210, loaded: 1203, rejected: 5, excluded: 0, merged: 2 },
      { entity: 'appointments', extracted: 8422, loaded: 8420, rejected: 2, excluded: 0, merged: 0 },
    ],
    rejects: [{ entity: 'volunteers', reason: 'bad-date', count: 5 }],
    testVolunteers: [
      { number: '1004', example: 'most conditions' },
      { number: '1177', example: 'oldest' },
    ],
  },
  at: ago(6),
}

export const iq: Document = {
  id: 'doc-1',
  number: 'IQ-0003',
  revision: 1,
  kind: 'iq',
  environmentId: 'env-val',
  instanceId: 'ins-val-main',
  operationId: 'op-7f3a2b',
  file: '/srv/documents/acme/IQ-0003.pdf',
  sha256: hash,
  change: 'Executed',
  askedBy: 'U_ENG',
  at: ago(3),
  execution: 1,
  outcome: 'pass',
}

export const deviation: Deviation = openDeviation('env-val', {
  id: 'dev-1',
  number: 'DEV-ACME-VAL-1-1',
  instanceId: 'ins-val-main',
  document: iq.number,
  check: 'IQ-08',
  what: 'IQ-08 Built-in roles: expected 9, found 8',
  impact: 'Not fulfilled, or not known to be: The roles that the product ships with are all there.',
  raisedAt: ago(3),
})

export const golive: GoLive = { id: 'go-1', date: '2026-06-12', state: 'open', startedBy: 'U_PM', startedAt: ago(30) }

/** The whole situation, with what a test wants otherwise. */
export function situation(more: Partial<Situation> = {}): Situation {
  const people = { U_SALES: ['sales'], U_PM: ['pm'], U_ENG: ['engineer'], U_ENG2: ['engineer'], U_QA: ['qa'], U_ADMIN: ['admin'] }
  return {
    now,
    policy: policyOf(policySchema.parse({ people })),
    versions: ['24.1', '24.2'],
    program: '1.0.0',
    customer: {
      id: 'cus-1',
      slug: 'acme',
      name: 'Acme Clinic',
      state: 'onboarding',
      channel: 'C_ACME',
      legacy: true,
      policyVersion: '1',
      since: ago(400),
    },
    people: [
      { userId: 'U_OWNER', role: 'owner' },
      { userId: 'U_LEAD', role: 'lead' },
      { userId: 'U_CQA', role: 'qa' },
    ],
    environments: (['demo', 'sandbox', 'migration', 'preprod', 'val', 'prod'] as const).map((kind) => environment(kind)),
    community: environment('community'),
    operations: [],
    requests: [],
    signatures: [],
    files: [
      { name: 'volunteers.csv', bytes: 12_400_000, sha256: hash, registeredAt: ago(40) },
      { name: 'specification.yaml', bytes: 8_400, sha256: hash, registeredAt: ago(40) },
    ],
    iterations: [iteration],
    golive: null,
    measurements: [],
    documents: [iq],
    access: [
      { id: 'acc-1', environmentId: 'env-demo', userId: 'U_LEAD', role: 'explorer', grantedBy: 'U_PM', at: ago(9), until: ago(-24) },
    ],
    deviations: [deviation],
    freezes: [],
    ...more,
  }
}
