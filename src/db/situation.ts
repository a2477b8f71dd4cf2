/** Reads everything a rule may look at: one customer with all that hangs on it, or the shared Community. */
import { type Selectable, type SelectQueryBuilder, sql } from 'kysely'
import type { Policy } from '../lifecycle/policy.js'
import type * as t from '../lifecycle/types.js'
import type { Tx } from './connection.js'
import { type MeasurementRow, standingMeasurements, toMeasurement } from './measurement.js'
import { readUntold } from './notice.js'
import {
  toAccess,
  toCustomer,
  toDeviation,
  toDocument,
  toEnvironment,
  toGolive,
  toIteration,
  toOperation,
  toRequest,
  toSignature,
} from './rows.js'
import type { Database } from './schema.js'

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

type Rows = { [T in Exclude<Read, 'measurement'>]: Selectable<Database[T]>[] } & { measurement: MeasurementRow[] }
type Read =
  | 'customer'
  | 'person'
  | 'environment'
  | 'instance'
  | 'operation'
  | 'request'
  | 'verdict'
  | 'signature'
  | 'document'
  | 'deviation'
  | 'measurement'
  | 'intake_file'
  | 'iteration'
  | 'golive'
  | 'access'
  | 'freeze'

/**
 * The situation of a customer; with null, that of Community and the system. Call it under the customer's lock to decide on it.
 * One statement reads it all: every change reads it at least twice, and round trips were most of what a change cost.
 */
export async function readSituation(tx: Tx, customerId: string | null, frame: SituationFrame): Promise<t.Situation> {
  const rows = await readRows(tx, customerId)
  const untold = await untoldOf(tx, customerId, rows, frame.now)
  const environments = rows.environment.map((row) =>
    toEnvironment(
      row,
      rows.instance.filter((i) => i.environment_id === row.id),
    ),
  )
  return {
    ...frame,
    customer: rows.customer[0] ? toCustomer(rows.customer[0]) : null,
    people: rows.person.map((p) => ({ userId: p.user_id, role: p.role })),
    environments: environments.filter((e) => (customerId ? e.customerId === customerId : e.kind === 'community')),
    community: environments.filter((e) => e.kind === 'community').at(-1) ?? null,
    operations: rows.operation.map(toOperation),
    requests: rows.request.map((r) => toRequest(r, rows.verdict)),
    signatures: rows.signature.map(toSignature),
    documents: rows.document.map(toDocument),
    deviations: rows.deviation.map(toDeviation),
    measurements: rows.measurement.map(toMeasurement),
    files: rows.intake_file.map((f) => ({ name: f.name, bytes: Number(f.bytes), sha256: f.sha256, registeredAt: f.registered_at })),
    iterations: rows.iteration.map(toIteration),
    golive: rows.golive[0] ? toGolive(rows.golive[0]) : null,
    access: rows.access.filter((a) => a.revoked_at === null).map(toAccess),
    formerAccess: rows.access.filter((a) => a.revoked_at !== null).map(toAccess),
    ...(untold.length > 0 ? { untold } : {}),
    freezes: rows.freeze.map((f) => ({ customerId: f.customer_id, reason: f.reason, by: f.by, at: f.at })),
  }
}

/** Measurements are made again and again: of those for the same signature the newest tells of them all. The rest stay on record. */
const told = sql<boolean>`(x.verb <> 'measure' or x.ended_at is null or not exists (
  select from operation later where later.environment_id = x.environment_id and later.verb = 'measure'
    and later.plan->'data'->'for' = x.plan->'data'->'for' and later.plan->'data'->'signature' = x.plan->'data'->'signature'
    and (later.requested_at, later.id) > (x.requested_at, x.id)))`
/** Asked only where a teardown's hour has come: which of them were not announced yet. */
function untoldOf(tx: Tx, customerId: string | null, { operation, environment }: Rows, now: Date): Promise<string[]> {
  const due = operation.filter((o) => o.verb === 'teardown' && o.state === 'scheduled' && o.run_at && o.run_at <= now)
  const named = due.map((o) => ({
    id: o.id,
    environment: environment.find(({ id }) => id === o.environment_id)?.name ?? '',
    since: o.requested_at,
  }))
  return readUntold(tx, customerId, named)
}

/** Access counts to the customer's own environments, and of its own people to Community: other customers' people are nobody's business (R30). */
async function readRows(tx: Tx, customerId: string | null): Promise<Rows> {
  const mine = owned(customerId)
  const { rows } = await sql<{ [T in Read]: Record<string, unknown>[] | null }>`
    select
      (select json_agg(x) from customer x where id = ${customerId}) as customer,
      (select json_agg(x order by user_id) from person x where customer_id = ${customerId}) as person,
      (select json_agg(x order by created_at, id) from environment x where ${mine} or kind = 'community') as environment,
      (select json_agg(x) from instance x
        where environment_id in (select id from environment where ${mine} or kind = 'community')) as instance,
      (select json_agg(x order by requested_at, id) from operation x where ${mine} and ${told}) as operation,
      (select json_agg(x order by opened_at, id) from request x where ${mine}) as request,
      (select json_agg(x order by at) from verdict x where request_id in (select id from request where ${mine})) as verdict,
      (select json_agg(x order by at, id) from signature x where ${mine}) as signature,
      (select json_agg(x order by at, number) from document x where ${mine}) as document,
      (select json_agg(x order by raised_at, id) from deviation x where ${mine}) as deviation,
      (select json_agg(x order by at, id) from (${standingMeasurements(customerId)}) x) as measurement,
      (select json_agg(x order by name) from intake_file x where customer_id = ${customerId}) as intake_file,
      (select json_agg(x order by number) from iteration x where customer_id = ${customerId}) as iteration,
      (select json_agg(x order by x.state = 'open' desc, started_at desc, id) from golive x where customer_id = ${customerId}) as golive,
      (select json_agg(x order by at, id) from access x
        where environment_id in (select id from environment where ${mine})
           or environment_id in (select id from environment where kind = 'community')
          and user_id in (select user_id from person where customer_id = ${customerId})) as access,
      (select json_agg(x order by at) from "freeze" x where lifted_at is null and (customer_id is null or ${mine})) as freeze`.execute(tx)
  const found = Object.entries(rows[0] ?? {}).map(([table, list]) => [table, (list ?? []).map(revived)])
  return Object.fromEntries(found) as Rows
}

const times = /(^|_)(at|since|until)$/

/** JSON has no times: columns that hold one are named for it. */
function revived(row: Record<string, unknown>): Record<string, unknown> {
  for (const [column, value] of Object.entries(row)) {
    if (typeof value === 'string' && times.test(column)) row[column] = new Date(value)
  }
  return row
}

/** A customer's own environments, instances included. */
export function readEnvironmentsOf(tx: Tx, customerId: string): Promise<t.Environment[]> {
  return withInstances(tx, tx.selectFrom('environment').selectAll().where('customer_id', '=', customerId))
}

/** Everybody's environments and Community, instances included. */
export function readEnvironments(tx: Tx): Promise<t.Environment[]> {
  return withInstances(tx, tx.selectFrom('environment').selectAll())
}

type EnvironmentRows = SelectQueryBuilder<Database, 'environment', Selectable<Database['environment']>>

async function withInstances(tx: Tx, environments: EnvironmentRows): Promise<t.Environment[]> {
  const rows = await environments.orderBy('created_at').orderBy('id').execute()
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
