/** Everything that can be asked of `change`: by people (commands and clicks), by workers and by the clock. */
import type { InstanceRole, Kind } from './kinds.js'
import type { CustomerRole } from './types.js'

export type PersonAsk =
  | { verb: 'customer-add'; slug: string; name: string; channel: string | null; legacy: boolean }
  | { verb: 'customer-sign'; slug: string; sandbox: 'base' | 'demo' }
  | { verb: 'customer-people'; slug: string; action: 'add' | 'remove'; userId: string; role: CustomerRole }
  | { verb: 'customer-lose' | 'customer-cancel'; slug: string; reason: string }
  | { verb: 'env-create'; kind: Kind; slug: string | null; from: string | null; version: string | null }
  | { verb: 'env-destroy'; environment: string; reason: string }
  | { verb: 'env-promote'; environment: string }
  | { verb: 'env-access'; environment: string; action: 'grant' | 'revoke'; userId: string; role: string }
  | { verb: 'env-freeze'; slug: string | null; reason: string }
  | { verb: 'env-unfreeze'; slug: string | null; reason: string }
  | { verb: 'migration-register'; slug: string }
  | { verb: 'migration-run'; slug: string }
  | { verb: 'golive-start'; slug: string; date: string }
  | { verb: 'golive-rollback'; slug: string; reason: string }
  | Click
  | { verb: 'cancel' | 'resume'; operationId: string }

/** A click on a request's button. `version` and `hash` come from the button's value `<request>.<version>.<first 8 of the hash>`. */
export interface Click {
  verb: 'click'
  requestId: string
  version: number
  hash: string
  action: string
  comment: string | null
}

/** What the clock asks: carry out what is due for a customer, or for the system (null). */
export interface SystemAsk {
  verb: 'customer-due'
  customerId: string | null
}

export type Ask = PersonAsk | SystemAsk

/** What `change` answers. `repeated` says that this very payload was answered before: nothing was written again. */
export type Outcome =
  | { kind: 'agreed'; say: string | null; repeated: boolean; slug: string | null }
  | { kind: 'refused'; refusal: import('./decision.js').Refusal; repeated: boolean }

/** A pair's instances in the order in which plans show them. */
export const roleOrder: readonly InstanceRole[] = ['main', 'single', 'test']
