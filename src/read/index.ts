/** Reading for commands: plain queries, no locks. */
import type { Queries } from '../../commands/command.js'
import { type ChangeDeps, frameOf } from '../change/deps.js'
import { readAudit, systemChain } from '../db/audit.js'
import { customerIdOfSlug, readCustomerOfChannel, readCustomers } from '../db/customer.js'
import { ownerOfEnvironment } from '../db/environment.js'
import { resolveActor } from '../db/place.js'
import { readEnvironments, readSituation, toCustomer } from '../db/situation.js'
import { readSteps } from '../db/step.js'

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
