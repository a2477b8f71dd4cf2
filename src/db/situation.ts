/** Reads everything a rule may look at: one customer with all that hangs on it, or the shared Community. */
import { sql } from 'kysely'
import type { Policy } from '../lifecycle/policy.js'
import type * as t from '../lifecycle/types.js'
import type { Tx } from './connection.js'
import { toCustomer, toEnvironment, toIteration, toOperation } from './rows.js'

export { toCustomer, toOperation } from './rows.js'

export interface SituationFrame {
  now: Date
  policy: Policy
  versions: string[]
}

/** The situation of a customer; with null, that of Community and the system. Call it under the customer's lock to decide on it. */
export async function readSituation(tx: Tx, customerId: string | null, frame: SituationFrame): Promise<t.Situation> {
  const customer = customerId ? await tx.selectFrom('customer').selectAll().where('id', '=', customerId).executeTakeFirst() : undefined
  const all = await readEnvironments(tx, customerId)
  const own = { id: customerId }
  const requests = await readRequests(tx, own.id)
  return {
    ...frame,
    customer: customer ? toCustomer(customer) : null,
    people: customerId
      ? (await tx.selectFrom('person').selectAll().where('customer_id', '=', customerId).orderBy('user_id').execute()).map((p) => ({
          userId: p.user_id,
          role: p.role,
        }))
      : [],
    environments: all.filter((e) => (customerId ? e.customerId === customerId : e.kind === 'community')),
    community: all.filter((e) => e.kind === 'community').at(-1) ?? null,
    operations: (
      await tx
        .selectFrom('operation')
        .selectAll()
        .where('customer_id', 'is not distinct from', customerId)
        .orderBy('requested_at')
        .orderBy('id')
        .execute()
    ).map(toOperation),
    requests,
    ...(await readRecords(tx, customerId)),
    access: await readAccess(
      tx,
      all.map((e) => e.id),
    ),
    freezes: (
      await tx
        .selectFrom('freeze')
        .selectAll()
        .where('lifted_at', 'is', null)
        .where((e) => e.or([e('customer_id', 'is', null), e('customer_id', 'is not distinct from', customerId)]))
        .execute()
    ).map((f) => ({ customerId: f.customer_id, reason: f.reason, by: f.by, at: f.at })),
  }
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
    .where('customer_id', 'is not distinct from', customerId)
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
  const rows = await tx
    .selectFrom('document')
    .selectAll()
    .where('customer_id', 'is not distinct from', customerId)
    .orderBy('at')
    .orderBy('number')
    .execute()
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

async function readAccess(tx: Tx, environments: string[]): Promise<t.Access[]> {
  if (environments.length === 0) return []
  const rows = await tx
    .selectFrom('access')
    .selectAll()
    .where('environment_id', 'in', environments)
    .where('revoked_at', 'is', null)
    .orderBy('at')
    .execute()
  return rows.map((a) => ({
    id: a.id,
    environmentId: a.environment_id,
    userId: a.user_id,
    role: a.role,
    grantedBy: a.granted_by,
    at: a.at,
    until: a.until,
  }))
}

async function readRequests(tx: Tx, customerId: string | null): Promise<t.Request[]> {
  const rows = await tx
    .selectFrom('request')
    .selectAll()
    .where('customer_id', 'is not distinct from', customerId)
    .orderBy('opened_at')
    .orderBy('id')
    .execute()
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
  if (customerId !== undefined)
    query = query.where((e) => e.or([e('customer_id', 'is not distinct from', customerId), e('kind', '=', 'community')]))
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

/** Customers with something due: an expiring request, a scheduled operation, an access that ends. Null stands for the system. */
export async function readDue(tx: Tx, now: Date): Promise<(string | null)[]> {
  const { rows } = await sql<{ customer_id: string | null }>`
    select customer_id from request where state = 'open' and due_at <= ${now}
    union select customer_id from operation where state = 'scheduled' and run_at <= ${now}
    union select e.customer_id from access a join environment e on e.id = a.environment_id where a.revoked_at is null and a.until <= ${now}`.execute(
    tx,
  )
  return rows.map((r) => r.customer_id)
}
