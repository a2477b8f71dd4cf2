/** What follows by itself from a situation: level-triggered, so a follow-up that was missed once comes the next time. Applied until nothing follows. */
import { dropped } from './click.js'
import type { Effect } from './decision.js'
import { teardown, teardownOf } from './destroy.js'
import { checklist, prodOf, stepDone } from './golive.js'
import { kinds } from './kinds.js'
import { announce } from './operation.js'
import { environmentById, iqSigned, isLive, lastOf, liveOf, lockOn, signatureOf } from './situation.js'
import type { Environment, Operation, Situation } from './types.js'

const day = 86_400_000

/** The next follow-ups, or none when the situation is settled. */
export function settle(s: Situation): Effect[] {
  return [...expired(s), ...hours(s), ...handOvers(s), ...extraction(s), ...goingLive(s), ...teardowns(s), ...overLimit(s)]
}

function expired(s: Situation): Effect[] {
  const requests = s.requests
    .filter((r) => r.state === 'open' && r.dueAt && r.dueAt <= s.now)
    .flatMap((r) => [
      { do: 'set-request', id: r.id, state: 'expired' } as Effect,
      ...(r.kind === 'approve'
        ? dropped(
            s,
            s.operations.find((o) => o.id === r.subject),
            'expired',
          )
        : []),
    ])
  const access = s.access
    .filter((a) => a.until && a.until <= s.now)
    .flatMap((a) => {
      const environment = environmentById(s, a.environmentId)
      const event: Effect[] = environment
        ? [
            {
              do: 'announce',
              event: 'access-revoked',
              audience: 'both',
              environment: environment.name,
              data: { user: a.userId, role: a.role },
            },
          ]
        : []
      return [{ do: 'revoke-access', id: a.id } as Effect, ...event]
    })
  return [...requests, ...access]
}

/** Scheduled operations whose hour has come; one that finds its environment held waits in line (R40). */
function hours(s: Situation): Effect[] {
  return s.operations
    .filter((o) => o.state === 'scheduled' && o.runAt && o.runAt <= s.now)
    .filter((o) => !busyWithOther(s, o))
    .map((o) => ({ do: 'set-operation', id: o.id, state: 'running' }))
}

function busyWithOther(s: Situation, operation: Operation): boolean {
  const environment = environmentById(s, operation.environmentId)
  const lock = environment && lockOn(s, environment)
  return s.freezes.length > 0 || (lock !== undefined && lock.id !== operation.id)
}

/** A controlled environment is handed over when each instance's IQ is signed (R22); PROD also needs its turn in the checklist (G5). */
function handOvers(s: Situation): Effect[] {
  return s.environments
    .filter((e) => e.state === 'qualifying' && iqSigned(s, e) && (e.kind !== 'prod' || stepDone(s, 'G5')))
    .flatMap((e) => [{ do: 'set-environment', name: e.name, state: 'ready' } as Effect, announce('environment-ready', e)])
}

/** G2 follows G1 without anybody asking: the report of the agreed source (R10, R28). */
function extraction(s: Situation): Effect[] {
  if (s.golive?.state !== 'open' || checklist(s)[1]?.state !== 'open' || s.freezes.length > 0) return []
  const started = s.golive.startedAt
  const tried = s.operations.some(
    (o) =>
      o.verb === 'extract' &&
      o.requestedAt >= started &&
      (o.state !== 'undone' || s.now.getTime() - (o.endedAt ?? s.now).getTime() < day / 24),
  )
  const source = liveOf(s, 'preprod')
  if (tried || !source || lockOn(s, source)) return []
  return [
    {
      do: 'add-operation',
      operation: { verb: 'extract', job: 'extract', environment: source.name, data: { purpose: 'preprod' }, slots: [] },
    },
  ]
}

/** G6 is signed: the customer is live, and gets Community in Sandbox's place (R17). */
function goingLive(s: Situation): Effect[] {
  if (s.golive?.state !== 'open' || s.customer?.state !== 'onboarding' || !stepDone(s, 'G6')) return []
  const prod = prodOf(s)
  const effects: Effect[] = [
    { do: 'set-customer', state: 'live' },
    { do: 'set-golive', state: 'done' },
  ]
  effects.push({ do: 'announce', event: 'customer-live', audience: 'both', ...(prod ? { environment: prod.name } : {}) })
  const community = s.community
  if (community?.state !== 'ready') return effects
  for (const person of s.people.filter((p) => !s.access.some((a) => a.environmentId === community.id && a.userId === p.userId))) {
    effects.push({ do: 'grant-access', environment: community.name, userId: person.userId, role: 'explorer', until: null })
  }
  return effects
}

/** What the lifecycle itself ends, always with notice (R31): Migration with the scripts (R9), Sandbox, VAL and Pre-PROD once live (R14, R15, R17). */
function teardowns(s: Situation): Effect[] {
  const live = s.customer?.state === 'live'
  const val = lastOf(s, 'val')
  const due: [Environment | undefined, boolean, string][] = [
    [liveOf(s, 'migration'), s.iterations.at(-1)?.state === 'approved', 'the migration scripts are approved'],
    [liveOf(s, 'sandbox'), live, 'the customer is live'],
    [liveOf(s, 'preprod'), live && prodOf(s)?.state === 'ready', 'promoted into PROD'],
    [
      liveOf(s, 'val'),
      live && Boolean(val && signatureOf(s, 'validation-complete', val.id) && signatureOf(s, 'evidence-exported', val.id)),
      'validation is complete and the customer is live',
    ],
  ]
  return due.flatMap(([environment, reached, reason]) =>
    environment && reached && endable(s, environment) ? [teardown(s, environment, [], reason)] : [],
  )
}

function endable(s: Situation, environment: Environment): boolean {
  return (
    ['ready', 'frozen'].includes(environment.state) &&
    !lockOn(s, environment) &&
    !teardownOf(s, environment) &&
    !recentlyCancelled(s, environment)
  )
}

/** A person who cancelled the lifecycle's own teardown has its say; it is asked for by hand then. */
function recentlyCancelled(s: Situation, environment: Environment): boolean {
  return s.operations.some((o) => o.verb === 'teardown' && o.environmentId === environment.id && ['cancelled', 'undone'].includes(o.state))
}

/** Past its limit an environment is reported weekly, never destroyed silently (R31). `week` makes each report one of its kind. */
function overLimit(s: Situation): Effect[] {
  return s.environments.filter(isLive).flatMap((e) => {
    const limit = kinds[e.kind].limitDays
    const days = e.readyAt ? Math.floor((s.now.getTime() - e.readyAt.getTime()) / day) : 0
    if (limit === null || days < limit) return []
    return [
      {
        do: 'announce',
        event: 'environment-over-limit',
        audience: 'ops',
        environment: e.name,
        data: { days: limit, week: Math.floor((days - limit) / 7) },
      },
    ]
  })
}
