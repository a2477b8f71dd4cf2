/** A small vendor with two customers, and a `change` that writes down what it is asked. */
import type { CommandContext, Queries } from '../../commands/command.js'
import type { Outcome, PersonAsk } from '../../src/lifecycle/ask.js'
import { type Kind, rolesOf } from '../../src/lifecycle/kinds.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import type { Actor, Customer, Environment, Situation, VendorRole } from '../../src/lifecycle/types.js'

const now = new Date('2026-03-02T09:00:00Z')

function customer(slug: string, channel: string | null = null): Customer {
  return { id: `c-${slug}`, slug, name: slug, state: 'onboarding', channel, legacy: true, policyVersion: '1', since: now }
}

function environment(name: string, kind: Kind, customerId: string | null): Environment {
  const instances = rolesOf(kind).map((role) => ({
    id: `i-${name}-${role}`,
    environmentId: `e-${name}`,
    role,
    name,
    version: '24.1',
    ordered: { class: 'dummy' as const, volunteers: 3 },
    measured: { version: '24.1', class: 'dummy' as const, volunteers: 3, at: now, operationId: null },
    everything: null,
    mustMatch: null,
    database: null,
  }))
  return {
    id: `e-${name}`,
    customerId,
    kind,
    name,
    number: 1,
    state: 'ready',
    source: 'base',
    version: '24.1',
    instances,
    since: now,
    readyAt: now,
  }
}

const acme = customer('acme', 'C_ACME')
const customers = [acme, customer('zenith')]
const environments = [
  { ...environment('acme-demo', 'demo', acme.id), customer: 'acme' },
  { ...environment('acme-sandbox', 'sandbox', acme.id), customer: 'acme' },
  { ...environment('zenith-demo', 'demo', 'c-zenith'), customer: 'zenith' },
  { ...environment('community', 'community', null), customer: null },
]

function situation(of: Customer | null): Situation {
  const none = {
    operations: [],
    requests: [],
    signatures: [],
    files: [],
    iterations: [],
    documents: [],
    deviations: [],
    measurements: [],
    freezes: [],
  }
  return {
    now,
    policy: policyOf(policySchema.parse({})),
    versions: ['24.1', '24.2'],
    program: '1.0.0',
    customer: of,
    people: of ? [{ userId: 'U_LEAD', role: 'lead' }] : [],
    environments: of ? environments.filter(({ customerId }) => customerId === of.id) : [],
    community: environments.find(({ kind }) => kind === 'community') ?? null,
    golive: null,
    access: of
      ? [{ id: 'a1', environmentId: 'e-acme-sandbox', userId: 'U_LEAD', role: 'designer', grantedBy: 'U_PM', at: now, until: null }]
      : [],
    ...none,
  }
}

const named = (slug: string | null) => customers.find((each) => each.slug === slug) ?? null

export const queries: Queries = {
  actor: async () => vendor('pm'),
  customers: async () => customers,
  environments: async () => environments,
  environmentsOf: async (slug) => environments.filter(({ customer }) => customer === slug),
  customer: async (slug) => customers.find((each) => each.slug === slug) ?? null,
  environment: async (name) => environments.find((each) => each.name === name) ?? null,
  near: async (what) => (what === 'customer' ? customers.map(({ slug }) => slug) : environments.map(({ name }) => name)),
  situation: async (slug) => (slug === null || named(slug) ? situation(named(slug)) : null),
  async situationOfEnvironment(name) {
    const found = environments.find((each) => each.name === name)
    return found ? situation(named(found.customer)) : null
  },
  steps: async () => [],
  audit: async (slug) => [
    { seq: 1, at: now, actor: 'U_PM', verb: 'env-create', subject: 'acme-sandbox', why: null },
    { seq: 2, at: now, actor: 'U_PM', verb: 'customer-sign', subject: slug ?? 'system', why: 'signed' },
  ],
  customerOfChannel: async (channel) => customers.find((each) => each.channel === channel) ?? null,
}

export function vendor(...roles: VendorRole[]): Actor {
  return { party: 'vendor', userId: 'U_PM', roles }
}

/** A context that remembers what `change` was asked. */
export function context(given: Partial<CommandContext> & { outcome?: Outcome } = {}): CommandContext & { asked: PersonAsk[] } {
  const asked: PersonAsk[] = []
  const { outcome = { kind: 'agreed', say: 'Agreed.', repeated: false, slug: null }, ...rest } = given
  return {
    actor: vendor('pm', 'sales', 'engineer', 'qa', 'admin'),
    userId: 'U_PM',
    channel: 'C_OPS',
    queries,
    async change(ask) {
      asked.push(ask)
      return outcome
    },
    asked,
    ...rest,
  }
}
