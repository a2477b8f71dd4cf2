/** Reads everything a rule may look at: one customer with all that hangs on it, or the shared Community. */
import { sql } from 'kysely'
import type { Policy } from '../lifecycle/policy.js'
import type * as t from '../lifecycle/types.js'
import type { Tx } from './connection.js'
import { toAccess, toCustomer, toEnvironment, toIteration, toOperation } from './rows.js'

export { toCustomer, toOperation } from './rows.js'

export interface SituationFrame {
  now: Date
  policy: Policy
  versions: string[]
  program: string
}

/** `is not distinct from` would say the same, but PostgreSQL uses no index for it and reads everybody's rows. */
function owned(customerId: string | null) {
  return customerId === null ? sql<boolean>`customer_id is null` : sql<boolean>`customer_id = ${customerId}`
}

/** The situation of a customer; with null, that of Community and the system. Call it under the customer's lock to decide on it. */
export async function readSituation(tx: Tx, customerId: string | null, frame: SituationFrame): Promise<t.Situation> {
  const customer = customerId ? await tx.selectFrom('customer').selectAll().where('id', '=', customerId).executeTakeFirst() : undefined
  const all = await readEnvironments(tx, customerId)
  const people = customerId ? await readPeople(tx, customerId) : []
  const operations = await tx.selectFrom('operation').selectAll().where(owned(customerId)).orderBy('requested_at').orderBy('id').execute()
  return {
    ...frame,
    customer: customer ? toCustomer(customer) : null,
    people,
    environments: all.filter((e) => (customerId ? e.customerId === customerId : e.kind === 'community')),
    community: all.filter((e) => e.kind === 'community').at(-1) ?? null,
    operations: operations.map(toOperation),
    requests: await readRequests(tx, customerId),
    ...(await readRecords(tx, customerId)),
    ...(await readAccess(
      tx,
      all.filter((e) => e.customerId === customerId).map((e) => e.id),
      all.filter((e) => e.customerId !== customerId).map((e) => e.id),
      people.map((p) => p.userId),
    )),
    freezes: await readFreezes(tx, customerId),
  }
}

async function readPeople(tx: Tx, customerId: string): Promise<t.Situation['people']> {
  const rows = await tx.selectFrom('person').selectAll().where('customer_id', '=', customerId).orderBy('user_id').execute()
  return rows.map((p) => ({ userId: p.user_id, role: p.role }))
}

/** The customer's own freeze and that of everything. */
async function readFreezes(tx: Tx, customerId: string | null): Promise<t.Situation['freezes']> {
  const rows = await tx
    .selectFrom('freeze')
    .selectAll()
    .where('lifted_at', 'is', null)
    .where((e) => e.or([e('customer_id', 'is', null), owned(customerId)]))
    .orderBy('at')
    .execute()
  return rows.map((f) => ({ customerId: f.customer_id, reason: f.reason, by: f.by, at: f.at }))
}

async function readRecords(tx: Tx, customerId: string | null) {
  const mine = { signatures: await readSignatures(tx, customerId), documents: await readDocuments(tx, customerId) }
  if (!customerId) return { ...mine, files: [], iterations: [], golive: null }
  const files = await tx.selectFrom('intake_file').selectAll().where('customer_id', '=', customerId).orderBy('name').execute()
  const iterations = await tx.selectFrom('iteration').selectAll().where('customer_id', '=', customerId).orderBy('number').execute()
  const golive = await tx
    .selectFrom('golive')
    .selectAll()
    .where('customer_id', '=', customerId)
    .orderBy(sql`state = 'open'`, 'desc')
    .orderBy('started_at', 'desc')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return {
    ...mine,
    files: files.map((f) => ({ name: f.name, bytes: Number(f.bytes), sha256: f.sha256, registeredAt: f.registered_at })),
    iterations: iterations.map(toIteration),
    golive: golive
      ? { id: golive.id, date: golive.date, state: golive.state, startedBy: golive.started_by, startedAt: golive.started_at }
      : null,
  }
}

async function readSignatures(tx: Tx, customerId: string | null): Promise<t.Signature[]> {
  const rows = await tx
    .selectFrom('signature')
    .selectAll()
    .where(owned(customerId))
    .where('withdrawn_at', 'is', null)
    .orderBy('at')
    .orderBy('id')
    .execute()
  return rows.map((r) => ({
    id: r.id,
    kind: r.kind,
    subject: r.subject,
    userId: r.user_id,
    role: r.role,
    hash: r.hash,
    comment: r.comment,
    at: r.at,
  }))
}

async function readDocuments(tx: Tx, customerId: string | null): Promise<t.Document[]> {
  const rows = await tx.selectFrom('document').selectAll().where(owned(customerId)).orderBy('at').orderBy('number').execute()
  return rows.map((d) => ({
    id: d.id,
    number: d.number,
    revision: d.revision,
    kind: d.kind,
    environmentId: d.environment_id,
    instanceId: d.instance_id,
    operationId: d.operation_id,
    file: d.file,
    sha256: d.sha256,
    at: d.at,
  }))
}

/** Access to the customer's own environments, and of its own people to Community: other customers' people are nobody's business (R30). */
async function readAccess(
  tx: Tx,
  own: string[],
  shared: string[],
  people: string[],
): Promise<Pick<t.Situation, 'access'> & { formerAccess: t.Access[] }> {
  const rows = await tx
    .selectFrom('access')
    .selectAll()
    .where((e) =>
      e.or([
        e('environment_id', 'in', [...own, '']),
        e.and([e('environment_id', 'in', [...shared, '']), e('user_id', 'in', [...people, ''])]),
      ]),
    )
    .orderBy('at')
    .orderBy('id')
    .execute()
  return {
    access: rows.filter((a) => a.revoked_at === null).map(toAccess),
    formerAccess: rows.filter((a) => a.revoked_at !== null).map(toAccess),
  }
}

async function readRequests(tx: Tx, customerId: string | null): Promise<t.Request[]> {
  const rows = await tx.selectFrom('request').selectAll().where(owned(customerId)).orderBy('opened_at').orderBy('id').execute()
  if (rows.length === 0) return []
  const verdicts = await tx
    .selectFrom('verdict')
    .selectAll()
    .where(
      'request_id',
      'in',
      rows.map((r) => r.id),
    )
    .orderBy('at')
    .execute()
  return rows.map((r) => ({
    id: r.id,
    kind: r.kind,
    subject: r.subject,
    customerId: r.customer_id,
    version: r.version,
    hash: r.hash,
    slots: r.slots,
    state: r.state,
    openedAt: r.opened_at,
    dueAt: r.due_at,
    verdicts: verdicts
      .filter((v) => v.request_id === r.id && v.version === r.version)
      .map((v) => ({ slot: v.slot, userId: v.user_id, verdict: v.verdict, comment: v.comment, at: v.at })),
  }))
}

/** The environments of a customer and Community, instances included; with `undefined`, everybody's. */
export async function readEnvironments(tx: Tx, customerId: string | null | undefined): Promise<t.Environment[]> {
  let query = tx.selectFrom('environment').selectAll().orderBy('created_at').orderBy('id')
  if (customerId !== undefined) query = query.where((e) => e.or([owned(customerId), e('kind', '=', 'community')]))
  const rows = await query.execute()
  if (rows.length === 0) return []
  const instances = await tx
    .selectFrom('instance')
    .selectAll()
    .where(
      'environment_id',
      'in',
      rows.map((r) => r.id),
    )
    .execute()
  return rows.map((row) =>
    toEnvironment(
      row,
      instances.filter((i) => i.environment_id === row.id),
    ),
  )
}

/** After this time a customer is looked at again, whatever happened. */
const unsettledMs = 3_600_000

/** Customers with something due: an expiring request, a scheduled operation, an access that ends, or not looked at for an hour. Null stands for the system. */
export async function readDue(tx: Tx, now: Date): Promise<(string | null)[]> {
  const { rows } = await sql<{ customer_id: string | null }>`
    select customer_id from request where state = 'open' and due_at <= ${now}
    union select customer_id from operation where state = 'scheduled' and run_at <= ${now}
    union select e.customer_id from access a join environment e on e.id = a.environment_id where a.revoked_at is null and a.until <= ${now}
    union select id from customer where settled_at is null or settled_at <= ${new Date(now.getTime() - unsettledMs)}`.execute(tx)
  return rows.map((r) => r.customer_id)
}
