/** Reading for commands: plain queries, no locks. */
import type { Queries } from '../../commands/command.js'
import { type ChangeDeps, frameOf } from '../change/deps.js'
import { readAudit, systemChain } from '../db/audit.js'
import { customerIdOfSlug, readCustomerOfChannel, readCustomerOfSlug, readCustomers } from '../db/customer.js'
import { ownerOfEnvironment, readEnvironmentAndOwner } from '../db/environment.js'
import { near } from '../db/near.js'
import { resolveActor } from '../db/place.js'
import { readEnvironments, readEnvironmentsOf, readSituation, toCustomer } from '../db/situation.js'
import { readSteps } from '../db/step.js'

/** The queries of commands; each reads what is asked for as it is now, with the policy in force. */
export function createQueries(deps: ChangeDeps): Queries {
  const { db, policy } = deps
  const frame = () => frameOf(deps, db)
  return {
    actor: (userId) => resolveActor(db, policy, userId, null),
    customers: async () => (await readCustomers(db)).map(toCustomer),
    async environments() {
      const customers = new Map((await readCustomers(db)).map((c) => [c.id, c.slug]))
      return (await readEnvironments(db)).map((e) => ({
        ...e,
        customer: e.customerId ? (customers.get(e.customerId) ?? null) : null,
      }))
    },
    async environmentsOf(slug) {
      const id = await customerIdOfSlug(db, slug)
      if (id === null) return []
      return (await readEnvironmentsOf(db, id)).map((environment) => ({ ...environment, customer: slug }))
    },
    async customer(slug) {
      const row = await readCustomerOfSlug(db, slug)
      return row ? toCustomer(row) : null
    },
    environment: (name) => readEnvironmentAndOwner(db, name),
    near: (what, typed) => near(db, what, typed),
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
