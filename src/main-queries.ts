/** Reading for commands and for the App Home: plain queries, no locks. */
import type { Queries } from '../commands/command.js'
import { type ChangeDeps, frameOf } from './change-deps.js'
import { readAudit, systemChain } from './db/audit.js'
import { customerIdOfSlug, readCustomerOfChannel, readCustomers } from './db/customer.js'
import { ownerOfEnvironment } from './db/environment.js'
import { resolveActor } from './db/place.js'
import { readEnvironments, readSituation, toCustomer } from './db/situation.js'
import { readSteps } from './db/step.js'
import { kinds } from './lifecycle/kinds.js'
import { requestKinds } from './lifecycle/request-kinds.js'
import { environmentById, hasRole } from './lifecycle/situation.js'
import type { Actor, Request, Situation } from './lifecycle/types.js'
import { home, nobodysHome } from './slack/views/home.js'
import type { View } from './slack/views/view.js'

export function createQueries(deps: ChangeDeps): Queries {
  const { db, policy } = deps
  const frame = () => frameOf(deps, db)
  return {
    actor: (userId) => resolveActor(db, policy, userId, null),
    customers: async () => (await readCustomers(db)).map(toCustomer),
    async environments() {
      const customers = new Map((await readCustomers(db)).map((c) => [c.id, c.slug]))
      return (await readEnvironments(db, undefined)).map((e) => ({
        ...e,
        customer: e.customerId ? (customers.get(e.customerId) ?? null) : null,
      }))
    },
    async situation(slug) {
      const id = slug === null ? null : await customerIdOfSlug(db, slug)
      return slug !== null && id === null ? null : readSituation(db, id, await frame())
    },
    async situationOfEnvironment(name) {
      const owner = await ownerOfEnvironment(db, name)
      return owner === undefined ? null : readSituation(db, owner, await frame())
    },
    steps: (operationId) => readSteps(db, operationId),
    async audit(slug, limit) {
      const id = slug === null ? systemChain : await customerIdOfSlug(db, slug)
      return id === null ? [] : readAudit(db, id, limit)
    },
    async customerOfChannel(channel) {
      const row = await readCustomerOfChannel(db, channel)
      return row ? toCustomer(row) : null
    },
  }
}

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
