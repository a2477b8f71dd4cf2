/** Reading for commands: plain queries, no locks. */
import type { Queries } from '../../commands/command.js'
import { type ChangeDeps, frameOf } from '../change/deps.js'
import { readAudit, systemChain } from '../db/audit.js'
import { customerIdOfSlug, readCustomerOfChannel, readCustomers } from '../db/customer.js'
import { ownerOfEnvironment } from '../db/environment.js'
import { resolveActor } from '../db/place.js'
import { toEnvironment } from '../db/rows.js'
import { readEnvironments, readSituation, toCustomer } from '../db/situation.js'
import { readSteps } from '../db/step.js'
import { near } from './near.js'

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
    async environmentsOf(slug) {
      const id = await customerIdOfSlug(db, slug)
      if (id === null) return []
      const rows = await db
        .selectFrom('environment')
        .selectAll()
        .where('customer_id', '=', id)
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      const ids = ['', ...rows.map((row) => row.id)]
      const instances = await db.selectFrom('instance').selectAll().where('environment_id', 'in', ids).execute()
      return rows.map((row) => {
        const own = instances.filter((instance) => instance.environment_id === row.id)
        return { ...toEnvironment(row, own), customer: slug }
      })
    },
    async customer(slug) {
      const row = await db.selectFrom('customer').selectAll().where('slug', '=', slug).executeTakeFirst()
      return row ? toCustomer(row) : null
    },
    async environment(name) {
      const row = await db
        .selectFrom('environment')
        .leftJoin('customer', 'customer.id', 'environment.customer_id')
        .select(['environment.name', 'customer.slug as customer'])
        .where('environment.name', '=', name)
        .executeTakeFirst()
      return row ?? null
    },
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
