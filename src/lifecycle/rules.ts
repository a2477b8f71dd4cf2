/** The only list of what can be asked: for each verb the policy entry that says who may, whose thing it is, and the rule. */
import { changeAccess, freeze, unfreeze } from './access.js'
import type { Ask } from './ask.js'
import { click } from './click.js'
import { create } from './create.js'
import { addCustomer, changePeople, leave, signCustomer } from './customer.js'
import { agree, type Decision } from './decision.js'
import { destroy } from './destroy.js'
import { rollbackGolive, startGolive } from './golive.js'
import { registerFiles, runMigration } from './migration.js'
import { cancel, resume } from './operation.js'
import type { PolicyKey } from './policy.js'
import { promote } from './promote.js'
import type { Actor, Situation } from './types.js'

/** Where to find what an ask is about; `system` is Community and everything that belongs to nobody. */
export type Place =
  | { slug: string }
  | { environment: string }
  | { request: string }
  | { operation: string }
  | { customerId: string | null }
  | 'system'

interface Rule<A> {
  /** null: the rule itself checks (clicks), or only the system asks. */
  policy: PolicyKey | ((ask: A) => PolicyKey) | null
  place(ask: A): Place
  /** Starts work, so a freeze stops it (R40). */
  starts?: boolean
  decide(s: Situation, ask: A, actor: Actor): Decision
}

type Rules = { [V in Ask['verb']]: Rule<Extract<Ask, { verb: V }>> }

const bySlug = (ask: { slug: string }): Place => ({ slug: ask.slug })
const byEnvironment = (ask: { environment: string }): Place => ({ environment: ask.environment })
const byOperation = (ask: { operationId: string }): Place => ({ operation: ask.operationId })
const bySlugOrAll = (ask: { slug: string | null }): Place => (ask.slug ? { slug: ask.slug } : 'system')

export const rules: Rules = {
  'customer-add': { policy: 'customer.manage', place: bySlug, decide: addCustomer },
  'customer-people': { policy: 'customer.people', place: bySlug, decide: changePeople },
  'customer-sign': { policy: 'customer.sign', place: bySlug, starts: true, decide: signCustomer },
  'customer-lose': { policy: 'customer.manage', place: bySlug, decide: leave },
  'customer-cancel': { policy: 'customer.manage', place: bySlug, decide: leave },
  'env-create': {
    policy: (ask) => (ask.kind === 'prod' ? 'promote' : (`create.${ask.kind}` as PolicyKey)),
    place: (ask) => (ask.kind === 'community' ? 'system' : bySlugOrAll(ask)),
    starts: true,
    decide: create,
  },
  'env-promote': { policy: 'promote', place: byEnvironment, starts: true, decide: promote },
  'env-destroy': { policy: 'teardown', place: byEnvironment, starts: true, decide: destroy },
  'env-access': { policy: 'access', place: byEnvironment, decide: changeAccess },
  'env-freeze': { policy: 'freeze', place: bySlugOrAll, decide: freeze },
  'env-unfreeze': { policy: 'freeze', place: bySlugOrAll, decide: unfreeze },
  'migration-register': { policy: 'migration.register', place: bySlug, starts: true, decide: (s, _, actor) => registerFiles(s, actor) },
  'migration-run': { policy: 'migration.run', place: bySlug, starts: true, decide: (s, _, actor) => runMigration(s, actor) },
  'golive-start': { policy: 'golive.start', place: bySlug, decide: startGolive },
  'golive-rollback': { policy: 'golive.rollback', place: bySlug, starts: true, decide: rollbackGolive },
  click: { policy: null, place: (ask) => ({ request: ask.requestId }), decide: click },
  cancel: { policy: 'cancel', place: byOperation, decide: cancel },
  resume: { policy: 'cancel', place: byOperation, decide: resume },
  'customer-due': { policy: null, place: (ask) => ({ customerId: ask.customerId }), decide: () => agree([]) },
}
