/** The App Home, from what is read for everybody. */
import type { Queries } from '../../commands/command.js'
import type { ChangeDeps } from '../change/deps.js'
import { kinds } from '../lifecycle/kinds.js'
import { requestKinds } from '../lifecycle/request-kinds.js'
import { environmentById, hasRole } from '../lifecycle/situation.js'
import type { Actor, Request, Situation } from '../lifecycle/types.js'
import { home, nobodysHome } from '../views/home.js'
import type { View } from '../views/view.js'

/** The App Home of a vendor person: what waits for them, all environments, what runs, what is overdue (DESIGN §6). */
export async function homeOf(deps: ChangeDeps, queries: Queries, userId: string): Promise<View | null> {
  const actor = await queries.actor(userId)
  // Who looks comes first: anybody may open the Home again and again, and everything is much to read.
  if (actor.party !== 'vendor') return nobodysHome()
  const customers = await queries.customers()
  const situations = (await Promise.all([null, ...customers.map((c) => c.slug)].map((slug) => queries.situation(slug)))).filter(
    (s): s is Situation => s !== null,
  )
  const running = situations.flatMap((s) =>
    s.operations
      .filter((o) => ['planning', 'running', 'undoing', 'stuck'].includes(o.state))
      .map((operation) => ({ operation, name: environmentById(s, operation.environmentId)?.name ?? s.customer?.slug ?? '' })),
  )
  return home({
    waiting: situations.flatMap((s) => waitingFor(s, actor)),
    environments: await queries.environments(),
    running,
    overdue: situations.flatMap(overdue),
    now: await deps.clock.now(deps.db),
  })
}

function waitingFor(s: Situation, actor: Actor): { request: Request; title: string; where: string }[] {
  const mine = (r: Request) =>
    r.state === 'open' &&
    r.kind !== 'postpone' &&
    r.slots.some(
      (slot) =>
        hasRole(actor, slot.roles) &&
        !slot.not.includes(actor.userId) &&
        !r.verdicts.some((v) => v.slot === slot.id || v.userId === actor.userId),
    )
  return s.requests.filter(mine).map((request) => ({ request, title: titleOf(s, request), where: s.customer?.slug ?? 'community' }))
}

function titleOf(s: Situation, request: Request): string {
  const operation = s.operations.find((o) => o.id === request.subject)
  const document = s.documents.find((d) => d.id === request.subject)
  const deviation = s.deviations.find((d) => d.id === request.subject)
  const about = environmentById(s, operation?.environmentId ?? request.subject)?.name ?? document?.number ?? deviation?.number
  return about ? `${requestKinds[request.kind].title}: ${about}` : requestKinds[request.kind].title
}

/** Environments past their limit (R31). */
function overdue(s: Situation): string[] {
  return s.environments.flatMap((e) => {
    const limit = kinds[e.kind].limitDays
    const days = e.readyAt ? Math.floor((s.now.getTime() - e.readyAt.getTime()) / 86_400_000) : 0
    const standing = ['ready', 'frozen', 'qualifying'].includes(e.state)
    return standing && limit !== null && days >= limit ? [`\`${e.name}\` has stood for ${days} days; its limit is ${limit}.`] : []
  })
}
