/** `/env access` (R4, R17, R18) and freezes of all operations (R40). */

import type { PersonAsk } from './ask.js'
import { agree, type Decision, type Effect, refuse } from './decision.js'
import { stepDone } from './golive.js'
import { environmentByName, iqSigned, isLive, signatureOf } from './situation.js'
import type { Environment, Situation } from './types.js'

type Of<V extends PersonAsk['verb']> = Extract<PersonAsk, { verb: V }>
const day = 86_400_000

/** Grants are records with an end where the rule asks for one: Demo's access before signing expires by itself (R4). */
export function changeAccess(s: Situation, ask: Of<'env-access'>): Decision {
  const environment = environmentByName(s, ask.environment)
  if (!environment || !isLive(environment))
    return refuse('R3', 'unknown-environment', `There is no standing environment \`${ask.environment}\`.`)
  const held = s.access.find((a) => a.environmentId === environment.id && a.userId === ask.userId && a.role === ask.role)
  if (ask.action === 'revoke') {
    if (!held) return refuse('R18', 'no-access', `<@${ask.userId}> has no access as ${ask.role} to \`${environment.name}\`.`)
    return agree(
      [{ do: 'revoke-access', id: held.id }, announce('access-revoked', environment.name, ask)],
      `Access of <@${ask.userId}> to \`${environment.name}\` is revoked.`,
    )
  }
  if (held) return refuse('R18', 'access-held', `<@${ask.userId}> has that access already.`)
  const wrong = mayHave(s, ask)
  if (wrong) return wrong
  const until = endOf(s, environment)
  return agree(
    [
      { do: 'grant-access', environment: environment.name, userId: ask.userId, role: ask.role, until },
      announce('access-granted', environment.name, ask, until),
    ],
    `<@${ask.userId}> has access to \`${environment.name}\`${until ? ` until ${until.toISOString().slice(0, 10)}` : ''}.`,
  )
}

function mayHave(s: Situation, ask: Of<'env-access'>): Decision | null {
  const environment = environmentByName(s, ask.environment)
  if (!environment) return null
  if (environment.kind !== 'prod')
    return environment.state === 'ready'
      ? null
      : refuse('R1', 'not-ready', `\`${environment.name}\` is ${environment.state}; access begins with the hand-over.`)
  if (!iqSigned(s, environment))
    return refuse('R22', 'iq-not-signed', `The IQ of \`${environment.name}\` is not signed; nobody works in it before.`, 'QA of the vendor')
  if (s.customer?.state !== 'live')
    return stepDone(s, 'G5')
      ? null
      : refuse('R18', 'not-handed-over', 'PROD Main opens to the named checkers of G6 after G5.', 'the vendor')
  if (signatureOf(s, 'training-done', environment.id)) return null
  return refuse(
    'R18',
    'training-open',
    'Access to PROD Main follows the sign-off of the training in PROD Test.',
    'the lead of the customer',
  )
}

/** Demo is shown for a while (R4), and PROD before G6 is open to its checkers only (R18); other access lasts. */
function endOf(s: Situation, environment: Environment): Date | null {
  const checking = environment.kind === 'prod' && s.customer?.state !== 'live'
  return environment.kind === 'demo' || checking ? new Date(s.now.getTime() + s.policy.demoAccessDays * day) : null
}

function announce(event: string, environment: string, ask: Of<'env-access'>, until: Date | null = null): Effect {
  return {
    do: 'announce',
    event,
    audience: 'both',
    environment,
    data: { user: ask.userId, role: ask.role, ...(until ? { until: until.toISOString() } : {}) },
  }
}

/** Stops new operations of one customer, or of everybody, with a reason (R40). */
export function freeze(s: Situation, ask: Of<'env-freeze'>): Decision {
  const customer = ask.slug !== null
  if (s.freezes.some((f) => (f.customerId !== null) === customer)) return refuse('R40', 'frozen-already', 'A freeze is in force already.')
  return agree(
    [
      { do: 'freeze', customer, reason: ask.reason },
      { do: 'announce', event: 'frozen', audience: 'ops', data: { reason: ask.reason } },
    ],
    `New operations ${customer ? `of ${ask.slug} ` : ''}are frozen.`,
  )
}

export function unfreeze(s: Situation, ask: Of<'env-unfreeze'>): Decision {
  const customer = ask.slug !== null
  if (!s.freezes.some((f) => (f.customerId !== null) === customer))
    return refuse('R40', 'not-frozen', `No freeze ${customer ? `of ${ask.slug} ` : 'of everything '}is in force.`)
  return agree(
    [
      { do: 'unfreeze', customer },
      { do: 'announce', event: 'unfrozen', audience: 'ops', data: { reason: ask.reason } },
    ],
    'Operations may start again.',
  )
}
