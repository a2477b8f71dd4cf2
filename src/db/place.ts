/** Whose thing an ask is about, the lock on it, and who the asker is to it. */
import { sql } from 'kysely'
import type { Policy } from '../lifecycle/policy.js'
import type { Place } from '../lifecycle/rules.js'
import type { Actor } from '../lifecycle/types.js'
import type { Tx } from './connection.js'
import { customerIdOfSlug, lockCustomer, readPersons } from './customer.js'
import { ownerOfEnvironment } from './environment.js'
import { readOperation } from './operation.js'
import { ownerOfRequest } from './request.js'

/** A customer's id, null for the system's own things, undefined when there is no such thing. */
export async function locate(tx: Tx, place: Place): Promise<string | null | undefined> {
  if (place === 'system') return null
  if ('slug' in place) return (await customerIdOfSlug(tx, place.slug)) ?? undefined
  if ('environment' in place) return ownerOfEnvironment(tx, place.environment)
  if ('request' in place) return ownerOfRequest(tx, place.request)
  if ('customerId' in place) return place.customerId
  const operation = await readOperation(tx, place.operation)
  return operation ? operation.customer_id : undefined
}

/**
 * The customers whom a text names, in its order, each once: by slug, by an environment (there, or named as if it were), or by name.
 * Community is nobody's.
 */
export async function customersNamed(tx: Tx, text: string): Promise<string[]> {
  const plain = text.toLowerCase()
  const words = plain.split(/[^a-z0-9-]+/).filter((word) => word.length > 0)
  const environments = await tx
    .selectFrom('environment')
    .select(['name', 'customer_id'])
    .where('name', 'in', ['', ...words])
    .execute()
  const customers = await tx.selectFrom('customer').select(['id', 'slug', 'name']).execute()
  const byWord = words.flatMap((word) => {
    const owner = environments.find(({ name }) => name === word)
    if (owner) return owner.customer_id ?? []
    const named = customers.filter(({ slug }) => word === slug || word.startsWith(`${slug}-`))
    return named.sort((a, b) => b.slug.length - a.slug.length)[0]?.id ?? []
  })
  const spoken = ` ${spokenForm(plain)} `
  const byName = customers.filter(({ name }) => spokenForm(name) && spoken.includes(` ${spokenForm(name)} `)).map(({ id }) => id)
  return [...new Set([...byWord, ...byName])]
}

const spokenForm = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** One decision at a time about a customer; the system's own things share one lock. */
export async function lockPlace(tx: Tx, customerId: string | null): Promise<void> {
  if (customerId) await lockCustomer(tx, customerId)
  else await sql`select pg_advisory_xact_lock(hashtext('slipway system'))`.execute(tx)
}

/** Who a Slack user is, from the policy file and the customers' people: never from the click (R30). */
export async function resolveActor(tx: Tx, policy: Policy, userId: string, customerId: string | null): Promise<Actor> {
  const roles = policy.people[userId]
  if (roles) return { party: 'vendor', userId, roles }
  const persons = await readPersons(tx, userId)
  const person = persons.find((p) => p.customer_id === customerId) ?? persons[0]
  return person ? { party: 'customer', userId, customerId: person.customer_id, roles: [person.role] } : { party: 'stranger', userId }
}
