/** Many settled situations in which time matters, and what follows in them at a moment. */
import fc from 'fast-check'
import type { Effect } from '../../src/lifecycle/decision.js'
import { canonicalJson } from '../../src/lifecycle/hash.js'
import { type Kind, kinds } from '../../src/lifecycle/kinds.js'
import { wantedRequests } from '../../src/lifecycle/requests.js'
import { settle } from '../../src/lifecycle/settle.js'
import { environmentByName } from '../../src/lifecycle/situation.js'
import type { Access, Environment, Operation, Situation } from '../../src/lifecycle/types.js'
import { deviation } from '../support/deviation.js'
import {
  afterPromotion,
  beforePromotion,
  counted,
  day,
  endorsed,
  env,
  golive,
  hour,
  iqs,
  iteration,
  later,
  measurement,
  now,
  op,
  request,
  signature,
  signed,
  situation,
  withData,
} from '../support/situation.js'

export const frozen = { customerId: null, reason: 'audit', by: 'U_QA', at: now }

export const access = (until: Date | null): Access => ({
  id: `acc-${until?.getTime()}`,
  environmentId: 'env-acme-demo',
  userId: 'U_LEAD',
  role: 'user',
  grantedBy: 'U_PM',
  at: later(-day),
  until,
})

/** A customer who went live an hour ago. */
export const live = (more: Partial<Omit<Situation, 'customer'>>): Situation =>
  situation({ ...more, customer: { state: 'live', since: later(-hour) }, golive: golive({ state: 'done' }) })

/** What follows at a moment and did not at `s.now`: a report repeats itself until its week is over. */
export function follows(s: Situation, at: Date): Effect[] {
  const known = new Set(settle(s).map(canonicalJson))
  return settle({ ...s, now: at }).filter((effect) => !known.has(canonicalJson(effect)))
}

export const wanted = (s: Situation, at: Date) => wantedRequests({ ...s, now: at })

/** The one look that may find nothing: a minute later, at a teardown that waits only for its notices to be posted (R31). */
export function isLookedAtAgain(s: Situation, at: Date): boolean {
  return at.getTime() - s.now.getTime() === 60_000 && settle({ ...s, untold: [] }).length > settle(s).length
}

const within = (from: number, to: number) =>
  fc.integer({ min: Math.floor(from / 1000), max: Math.floor(to / 1000) }).map((s) => later(s * 1000))
const ofTheDay = within(-2 * day, 2 * day)

const bases = fc.constantFrom<(() => Situation)[]>(
  () => situation(),
  () => situation({ customer: { state: 'prospect' } }),
  () => beforePromotion(),
  () => afterPromotion(),
  () => live({ environments: [env('prod'), env('sandbox'), env('preprod', 'frozen')] }),
  () => ({ ...beforePromotion(), operations: [] }),
)

type Piece = (s: Situation) => Situation
const pieces = fc.oneof(
  // A standing environment near its limit.
  fc.tuple(fc.constantFrom('sandbox' as const, 'migration' as const, 'val' as const, 'preprod' as const), within(-9 * day, 9 * day)).map(
    ([kind, at]): Piece =>
      (s) =>
        withEnvironment(s, env(kind, 'ready', { readyAt: new Date(at.getTime() - Number(kinds[kind].limitDays) * day) })),
  ),
  fc.tuple(ofTheDay, fc.boolean()).map(
    ([dueAt, lasts]): Piece =>
      (s) => ({ ...s, requests: [...s.requests, request('ask-val', 'x', { dueAt: lasts ? null : dueAt })] }),
  ),
  ofTheDay.map(
    (until): Piece =>
      (s) =>
        withEnvironment({ ...s, access: [...s.access, access(until)] }, env('demo')),
  ),
  // A teardown with its hour, announced or not.
  fc.tuple(fc.constantFrom('sandbox' as const, 'migration' as const), ofTheDay, fc.boolean()).map(
    ([kind, runAt, told]): Piece =>
      (s) => {
        const standing = withEnvironment(s, env(kind))
        const teardown = op('teardown', environmentByName(standing, env(kind).name) ?? null, { state: 'scheduled', endedAt: null, runAt })
        const untold = told || runAt > now ? {} : { untold: [...(s.untold ?? []), teardown.id] }
        return { ...standing, operations: [...standing.operations, teardown], ...untold }
      },
  ),
  // Tried lately, and come to nothing; or still under way.
  fc
    .tuple(
      fc.constantFrom<[Operation['verb'], Kind][]>(
        ['teardown', 'sandbox'],
        ['teardown', 'migration'],
        ['endorse', 'val'],
        ['qualify', 'val'],
        ['extract', 'preprod'],
        ['measure', 'val'],
        ['measure', 'prod'],
      ),
      fc.constantFrom<Operation['state'][]>('undone', 'undone', 'cancelled', 'running', 'waiting', 'stuck'),
      within(-2 * hour, 0),
      fc.nat(2),
    )
    .map(
      ([[verb, kind], state, endedAt, failed]): Piece =>
        (s) => {
          const environment = s.environments.find((e) => e.kind === kind)
          if (!environment) return s
          const data = verb === 'measure' ? { for: kind === 'val' ? 'validation-complete' : 'sign-g4', signature: null, failed } : {}
          const plan = { ...withData(data).plan, job: verb === 'qualify' ? ('conclude' as const) : ('measure' as const) }
          const tried = op(verb, environment, { state, plan, requestedAt: new Date(endedAt.getTime() - 1), endedAt })
          return { ...s, operations: [...s.operations, tried] }
        },
    ),
  // What a signer is shown, as it is and as it is being mended.
  fc.tuple(fc.constantFrom('val' as const, 'prod' as const), within(-25 * hour, 0), fc.boolean()).map(
    ([kind, at, differs]): Piece =>
      (s) => {
        const environment = s.environments.find((e) => e.kind === kind)
        if (!environment) return s
        const compared = differs ? [{ with: 'val' as const, differences: [{ element: 'sites', title: 'Sites', rows: 4, were: 3 }] }] : []
        const found = measurement(environment, kind === 'val' ? 'validation-complete' : 'sign-g4', { at, compared })
        return { ...s, measurements: [...s.measurements, found] }
      },
  ),
  // A qualification: signed, issued with its signatures, or failed with all deviations accepted.
  fc.tuple(fc.constantFrom('sandbox' as const, 'val' as const), fc.constantFrom('signed', 'endorsed', 'failed')).map(
    ([kind, how]): Piece =>
      (s) => {
        const environment = env(kind, 'qualifying')
        const documents = iqs(environment).map((d) => (how === 'failed' ? { ...d, outcome: 'fail' as const } : d))
        return {
          ...withEnvironment(s, environment),
          documents: [...s.documents, ...documents, ...(how === 'endorsed' ? endorsed(documents) : [])],
          signatures: how === 'failed' ? s.signatures : [...s.signatures, ...signed(documents)],
          deviations:
            how === 'failed' ? documents.map((d) => deviation(environment.id, { instanceId: d.instanceId, disposition: 'accepted' })) : [],
        }
      },
  ),
  fc.constant<Piece>((s) => {
    const val = env('val')
    const { signature: clicked, measurements } = counted('validation-complete', val)
    const exported = signature('evidence-exported', val.id)
    return {
      ...withEnvironment(s, val),
      signatures: [...s.signatures, clicked, exported],
      measurements: [...s.measurements, ...measurements],
    }
  }),
  fc.constant<Piece>((s) => ({
    ...s,
    iterations: [iteration(1, 'approved')],
    signatures: [...s.signatures, signature('approve-scripts', 'itr-1')],
  })),
  fc.constant<Piece>((s) => ({ ...s, community: env('community') })),
  fc.tuple(fc.nat(6)).map(
    ([rarely]): Piece =>
      (s) => ({ ...s, freezes: rarely === 0 ? [frozen] : s.freezes }),
  ),
  within(-2 * hour, 0).map(
    (since): Piece =>
      (s) => ({ ...s, customer: s.customer && { ...s.customer, since } }),
  ),
)

/** One environment of a name; the one that comes later stands. */
function withEnvironment(s: Situation, environment: Environment): Situation {
  return { ...s, environments: [...s.environments.filter((e) => e.name !== environment.name), environment] }
}

export const situations = fc
  .tuple(bases, fc.array(pieces, { maxLength: 7 }))
  .map(([base, chosen]) => settled(chosen.reduce((s, piece) => piece(s), base())))

/** What follows is carried out, as far as a later look depends on it. */
function settled(s: Situation): Situation {
  for (let pass = 0; pass < 12; pass += 1) {
    const effects = settle(s).filter((e) => e.do !== 'announce')
    if (effects.length === 0) return s
    s = effects.reduce(carriedOut, s)
  }
  throw new Error('it does not come to rest')
}

function carriedOut(s: Situation, effect: Effect): Situation {
  switch (effect.do) {
    case 'add-operation': {
      const { verb, job, data, environment, slots, runAt } = effect.operation
      const made = op(verb, (environment && environmentByName(s, environment)) || null, {
        plan: { job, data, steps: [], elements: [] },
        ...{ slots, requestedAt: s.now, runAt: runAt ?? null, endedAt: null, state: runAt ? 'scheduled' : 'planning' },
      })
      return { ...s, operations: [...s.operations, made] }
    }
    case 'set-operation':
      return { ...s, operations: s.operations.map((o) => (o.id === effect.id ? { ...o, state: effect.state } : o)) }
    case 'set-request':
      return { ...s, requests: s.requests.map((r) => (r.id === effect.id ? { ...r, state: effect.state } : r)) }
    case 'set-environment':
      return { ...s, environments: s.environments.map((e) => (e.name === effect.name ? { ...e, state: effect.state } : e)) }
    case 'set-customer':
      return { ...s, customer: s.customer && { ...s.customer, state: effect.state ?? s.customer.state, since: s.now } }
    case 'set-golive':
      return { ...s, golive: s.golive && { ...s.golive, state: effect.state } }
    case 'revoke-access':
      return { ...s, access: s.access.filter((a) => a.id !== effect.id) }
    case 'grant-access':
      return { ...s, access: [...s.access, { ...access(null), environmentId: s.community?.id ?? '', userId: effect.userId }] }
    default:
      throw new Error(`carrying out ${effect.do}: the test does not know how`)
  }
}
