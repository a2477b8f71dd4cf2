import { randomBytes } from 'node:crypto'
import { type InstanceRole, type Kind, orderedClass, rolesOf, type VolunteerClass } from '../lifecycle/kinds.js'
import type { EnvironmentState } from '../lifecycle/types.js'
import type { Tx } from './connection.js'
import { newId } from './id.js'

/** The environment with its instances, as the kind's shape demands (R1); `migration` as in `orderedClass`. */
export async function insertEnvironment(
  tx: Tx,
  customerId: string | null,
  e: { name: string; kind: Kind; number: number; source: string; version: string; migration: boolean },
  now: Date,
): Promise<void> {
  const id = newId('env')
  await tx
    .insertInto('environment')
    .values({
      id,
      customer_id: customerId,
      kind: e.kind,
      name: e.name,
      number: e.number,
      state: 'waiting',
      source: e.source,
      version: e.version,
      since: now,
      ready_at: null,
      created_at: now,
    })
    .execute()
  const instances = rolesOf(e.kind).map((role) => ({
    id: newId('ins'),
    environment_id: id,
    role,
    name: role === 'single' ? e.name : `${e.name}-${role}`,
    version: e.version,
    class: orderedClass(e.kind, role, e.migration),
  }))
  await tx.insertInto('instance').values(instances).execute()
}

/** Moves an environment to a state; `since` says how long it has been in it. */
export async function updateEnvironment(
  tx: Tx,
  name: string,
  set: { state?: EnvironmentState; version?: string },
  now: Date,
): Promise<void> {
  const { state } = set
  await tx
    .updateTable('environment')
    .set({ ...set, ...(state ? { since: now } : {}), ...(state === 'ready' ? { ready_at: now } : {}) })
    .where('name', '=', name)
    .execute()
}

const unmeasured = { measured_version: null, measured_class: null, measured_volunteers: null, measured_at: null, measured_by: null }

/** Writes what was ordered, or what was found at `now`; what was found in an earlier database says nothing of a new one. */
export async function updateInstance(
  tx: Tx,
  id: string,
  set: {
    everything?: string
    mustMatch?: string
    database?: string
    version?: string
    orderedVolunteers?: number
    measured?: { version: string; class: VolunteerClass; volunteers: number; operationId: string }
  },
  now: Date,
): Promise<void> {
  const { mustMatch, everything, database, version, orderedVolunteers, measured } = set
  await tx
    .updateTable('instance')
    .set({
      ...(database ? { database, everything: null, must_match: null, ...unmeasured } : {}),
      ...(version ? { version } : {}),
      ...(orderedVolunteers === undefined ? {} : { volunteers: orderedVolunteers }),
      ...(everything ? { everything } : {}),
      ...(mustMatch ? { must_match: mustMatch } : {}),
      ...(measured
        ? {
            measured_version: measured.version,
            measured_class: measured.class,
            measured_volunteers: measured.volunteers,
            measured_at: now,
            measured_by: measured.operationId,
          }
        : {}),
    })
    .where('id', '=', id)
    .execute()
}

/** The id of an environment that this transaction knows to be there; throws where it is not. */
export async function environmentIdOf(tx: Tx, name: string): Promise<string> {
  return (await tx.selectFrom('environment').select('id').where('name', '=', name).executeTakeFirstOrThrow()).id
}

/** Whose an environment is, by its name; undefined when nobody knows it. */
export async function ownerOfEnvironment(tx: Tx, name: string): Promise<string | null | undefined> {
  const row = await tx.selectFrom('environment').select('customer_id').where('name', '=', name).executeTakeFirst()
  return row ? row.customer_id : undefined
}

/** An environment's name with its customer's slug (null: nobody's); null where nobody knows the environment. */
export async function readEnvironmentAndOwner(tx: Tx, name: string): Promise<{ name: string; customer: string | null } | null> {
  const row = await tx
    .selectFrom('environment')
    .leftJoin('customer', 'customer.id', 'environment.customer_id')
    .select(['environment.name', 'customer.slug as customer'])
    .where('environment.name', '=', name)
    .executeTakeFirst()
  return row ?? null
}

/** The roles of an environment's instances (R1), by name. */
export async function rolesOfEnvironment(tx: Tx, id: string): Promise<InstanceRole[]> {
  const rows = await tx.selectFrom('instance').select('role').where('environment_id', '=', id).orderBy('role').execute()
  return rows.map((r) => r.role)
}

export interface Allotment {
  database: string
  login: string
  secret: string
  maintenance_secret: string | null
  server: string
}

/**
 * The name of the database that an operation makes for an instance, `<mark of this Slipway>_<random>`: names are seen by every login of
 * the server, so nobody's stands in it. Recorded before it is created; the same at every retry (DESIGN §4).
 */
export async function allotDatabase(
  tx: Tx,
  ask: { instanceId: string; operationId: string; server: string },
  now: Date,
): Promise<Allotment> {
  const known = await tx
    .selectFrom('instance_database')
    .selectAll()
    .where('instance_id', '=', ask.instanceId)
    .where('operation_id', '=', ask.operationId)
    .executeTakeFirst()
  if (known) return known
  const { mark } = await tx.selectFrom('installation').select('mark').executeTakeFirstOrThrow()
  const database = `${mark}_${randomBytes(8).toString('hex')}`
  const row = {
    database,
    instance_id: ask.instanceId,
    operation_id: ask.operationId,
    login: `${database}_app`,
    secret: '',
    maintenance_secret: null,
    server: ask.server,
    recorded_at: now,
    gone_at: null,
  }
  await tx
    .insertInto('instance_database')
    .values(row)
    .onConflict((c) => c.columns(['instance_id', 'operation_id']).doNothing())
    .execute()
  return tx
    .selectFrom('instance_database')
    .selectAll()
    .where('instance_id', '=', ask.instanceId)
    .where('operation_id', '=', ask.operationId)
    .executeTakeFirstOrThrow()
}

/** Keeps the encrypted passwords of a database that was just named. */
export async function sealDatabase(tx: Tx, database: string, sealed: { secret: string; maintenance: string }): Promise<Allotment> {
  return tx
    .updateTable('instance_database')
    .set({ secret: sealed.secret, maintenance_secret: sealed.maintenance })
    .where('database', '=', database)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The databases of an instance that are not known to be gone, oldest first. */
export function readAllotments(tx: Tx, instanceId: string) {
  return tx
    .selectFrom('instance_database')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .where('gone_at', 'is', null)
    .orderBy('recorded_at')
    .execute()
}

/** Every name that may stand on the servers; what stands there besides is nobody's. */
export function readAllAllotments(tx: Tx) {
  return tx
    .selectFrom('instance_database as d')
    .innerJoin('operation as o', 'o.id', 'd.operation_id')
    .innerJoin('instance as i', 'i.id', 'd.instance_id')
    .select(['d.database', 'd.login', 'd.secret', 'd.server', 'd.gone_at', 'o.state', 'o.customer_id', 'i.database as standing'])
    .execute()
}

/** What was verified gone since then: the instance's name, its customer's slug (null: nobody's), and the operation that had made the database. */
export function readGoneSince(tx: Tx, since: Date) {
  return tx
    .selectFrom('instance_database as d')
    .innerJoin('instance as i', 'i.id', 'd.instance_id')
    .innerJoin('environment as e', 'e.id', 'i.environment_id')
    .leftJoin('customer as c', 'c.id', 'e.customer_id')
    .select(['i.name as instance', 'c.slug', 'd.operation_id as operationId'])
    .where('d.gone_at', '>=', since)
    .execute()
}

/** Verified gone: database and roles (R42). The secrets are forgotten with them. False where it was known to be gone before. */
export async function noteGone(tx: Tx, database: string, now: Date): Promise<boolean> {
  const rows = await tx
    .updateTable('instance_database')
    .set({ gone_at: now, secret: '', maintenance_secret: '' })
    .where('database', '=', database)
    .where('gone_at', 'is', null)
    .returning('database')
    .execute()
  return rows.length > 0
}
