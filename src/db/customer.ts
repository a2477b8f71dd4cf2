import type { CustomerRole, CustomerState } from '../lifecycle/types.js'
import type { Tx } from './connection.js'
import { newId } from './id.js'

/** A new prospect (R3); returns its id. The slug is unique: the database refuses a second one. */
export async function insertCustomer(
  tx: Tx,
  c: { slug: string; name: string; channel: string | null; legacy: boolean },
  policyVersion: string,
  now: Date,
): Promise<string> {
  const id = newId('cus')
  await tx
    .insertInto('customer')
    .values({
      id,
      slug: c.slug,
      name: c.name,
      state: 'prospect',
      channel: c.channel,
      legacy: c.legacy,
      policy_version: policyVersion,
      since: now,
      created_at: now,
    })
    .execute()
  return id
}

/** Writes what is given; `since` says how long the customer has been in its state. */
export async function updateCustomer(
  tx: Tx,
  id: string,
  set: { state?: CustomerState; channel?: string; legacy?: boolean },
  now: Date,
): Promise<void> {
  await tx
    .updateTable('customer')
    .set({ ...set, ...(set.state ? { since: now } : {}) })
    .where('id', '=', id)
    .execute()
}

/** One role a person; null removes them (R30). */
export async function setPerson(tx: Tx, customerId: string, userId: string, role: CustomerRole | null): Promise<void> {
  if (role === null) await tx.deleteFrom('person').where('customer_id', '=', customerId).where('user_id', '=', userId).execute()
  else
    await tx
      .insertInto('person')
      .values({ customer_id: customerId, user_id: userId, role })
      .onConflict((c) => c.columns(['customer_id', 'user_id']).doUpdateSet({ role }))
      .execute()
}

/** Locks the customer: everything decided about it waits for this transaction's end. */
export async function lockCustomer(tx: Tx, id: string): Promise<void> {
  await tx.selectFrom('customer').select('id').where('id', '=', id).forUpdate().execute()
}

/** The id of a slug; null where nobody has it. */
export async function customerIdOfSlug(tx: Tx, slug: string): Promise<string | null> {
  return (await tx.selectFrom('customer').select('id').where('slug', '=', slug).executeTakeFirst())?.id ?? null
}

/** The customers of which a Slack user is a person, and as what. */
export async function readPersons(tx: Tx, userId: string): Promise<{ customer_id: string; role: CustomerRole }[]> {
  return tx.selectFrom('person').select(['customer_id', 'role']).where('user_id', '=', userId).orderBy('customer_id').execute()
}

/** Everybody, the oldest first: grows with all customers, so for lists of everybody alone. */
export function readCustomers(tx: Tx) {
  return tx.selectFrom('customer').selectAll().orderBy('created_at').execute()
}

/** The customer whose Slack channel it is; undefined where it is nobody's. */
export function readCustomerOfChannel(tx: Tx, channel: string) {
  return tx.selectFrom('customer').selectAll().where('channel', '=', channel).executeTakeFirst()
}

/** The customer of a slug; undefined where nobody has it. */
export function readCustomerOfSlug(tx: Tx, slug: string) {
  return tx.selectFrom('customer').selectAll().where('slug', '=', slug).executeTakeFirst()
}
