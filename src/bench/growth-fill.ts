/** Fills tables as years and customers do: by SQL, for a bench that wants ten thousand of them in seconds. */
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/connection.js'

/** Of one customer, beside the Sandbox that stands; `others` customers have one year's worth. */
interface History {
  environments: number
  operationsEach: number
  audit: number
}

const oneYear: History = { environments: 1, operationsEach: 2, audit: 10 }
const fiveYears: History = { environments: 40, operationsEach: 8, audit: 2_000 }

const auditParts = 200

/** A plan as a Sandbox's creation has it: ten steps, thirty lines. */
const plan = JSON.stringify({
  job: 'provision',
  data: { counting: 2 },
  steps: Array.from({ length: 10 }, (_, i) => ({ name: `step-${i}`, title: `Step ${i} of the plan`, role: 'single', stage: i })),
  elements: Array.from({ length: 30 }, (_, i) => ({
    element: `element-${i}`,
    title: `Element ${i} of the configuration`,
    disposition: 'loaded',
    rows: i * 7,
    role: 'single',
  })),
})

/** What of `customer` is filled: all but acme, or acme alone. */
const others = sql`slug <> 'acme'`
const acme = sql`slug = 'acme'`

/** `acme` and as many more customers, each with a Sandbox that stands and a year's history; with `old`, acme with five years of it. */
export async function fill(db: Db, { more, old }: { more: number; old: boolean }): Promise<void> {
  await sql`
    insert into customer (id, slug, name, state, channel, legacy, policy_version, since, created_at, settled_at)
    select 'cus_' || n, case n when 0 then 'acme' else 'customer-' || n end, case n when 0 then 'Acme' else 'Customer ' || n end,
      'live', 'C_' || n, false, 'demo-1', now() - interval '400 days', now() - interval '400 days', now()
    from generate_series(0, ${more}::int) n`.execute(db)
  await sql`insert into person select id, 'U_LEAD_' || id, 'lead' from customer`.execute(db)
  await standing(db)
  if (more > 0) await past(db, others, oneYear)
  await past(db, acme, old ? fiveYears : { environments: 0, operationsEach: 0, audit: 1 })
  await sql`analyze`.execute(db)
}

/** One Sandbox that is ready, with the operation that made it and the approval that was granted. */
async function standing(db: Db): Promise<void> {
  await sql`
    insert into environment (id, customer_id, kind, name, number, state, source, version, since, ready_at, created_at)
    select 'env_' || id, id, 'sandbox', slug || '-sandbox', 1, 'ready', 'base', '4.2.0', now() - interval '5 days', now() - interval '5 days',
      now() - interval '5 days' from customer`.execute(db)
  await ended(db, sql`select 'env_' || c.id as environment, c.id as customer, 0 as n from customer c`)
}

/** Environments that came and went, and what was done to them, asked, issued and written down. */
async function past(db: Db, whose: RawBuilder<unknown>, { environments, operationsEach, audit }: History): Promise<void> {
  await sql`
    insert into environment (id, customer_id, kind, name, number, state, source, version, since, ready_at, created_at)
    select 'env_' || id || '_' || n, id, case n % 3 when 0 then 'demo' when 1 then 'sandbox' else 'preprod' end, slug || '-past-' || n, n + 1,
      'destroyed', 'base', '4.1.0', now() - n * interval '40 days', now() - n * interval '41 days', now() - n * interval '42 days'
    from customer, generate_series(1, ${environments}::int) n where ${whose}`.execute(db)
  await ended(
    db,
    sql`select 'env_' || c.id || '_' || e as environment, c.id as customer, e * 1000 + n as n
      from customer c, generate_series(1, ${environments}::int) e, generate_series(1, ${operationsEach}::int) n where ${whose}`,
  )
  await sql`insert into audit_head (chain, seq, hash) select id, 0, repeat('0', 64) from customer where ${whose} on conflict do nothing`.execute(
    db,
  )
  // The trail's trigger looks through the whole statement once for each chain.
  for (let part = 0; part < auditParts; part += 1)
    await sql`
      insert into audit_entry (chain, seq, at, actor, verb, subject, after, prev, hash)
      select id, n, now() - n * interval '1 hour', 'U_PM', 'create', slug || '-sandbox', '{"ask":{"verb":"create","kind":"sandbox"}}',
        case n when 1 then repeat('0', 64) else lpad((n - 1)::text, 64, 'a') end, lpad(n::text, 64, 'a')
      from customer, generate_series(1, ${audit}::int) n where ${whose} and substr(id, 5)::int % ${auditParts}::int = ${part}
      order by id, n`.execute(db)
}

/**
 * Ended operations of `list` (environment, customer, n), each with an instance where its environment has none yet, steps, a request that
 * was granted and one that is void, a verdict, a document and a measurement.
 */
async function ended(db: Db, list: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into instance (id, environment_id, role, name, version, class, volunteers, measured_version, measured_class, measured_volunteers)
    select distinct 'ins_' || l.environment, l.environment, 'single', e.name, '4.2.0', 'dummy', 40, '4.2.0', 'dummy', 40
    from (${list}) l join environment e on e.id = l.environment on conflict do nothing`.execute(db)
  const id = sql`'_' || l.environment || '_' || l.n`
  await sql`
    insert into operation (id, customer_id, environment_id, verb, state, plan, plan_hash, requested_by, requested_at, started_at, ended_at, slots)
    select 'op' || ${id}, l.customer, l.environment, 'create', 'done', ${plan}::jsonb, repeat('b', 64), 'U_PM',
      now() - l.n * interval '1 hour', now() - l.n * interval '1 hour', now() - l.n * interval '1 hour', '[]' from (${list}) l`.execute(db)
  await sql`
    insert into step (id, operation_id, ordinal, stage, name, title, role, state, attempt, started_at, ended_at)
    select 'step' || ${id} || '_' || s, 'op' || ${id}, s, s, 'step-' || s, 'Step ' || s, 'single', 'done', 1, now(), now()
    from (${list}) l, generate_series(0, 4) s`.execute(db)
  for (const state of ['granted', 'void'])
    await sql`
      insert into request (id, kind, subject, customer_id, version, hash, slots, state, opened_at)
      select ${state} || ${id}, 'approve', 'op' || ${id}, l.customer, 1, repeat('c', 64),
        '[{"id":"pm","party":"vendor","roles":["vendor:pm"],"not":[]}]', ${state}, now() - l.n * interval '1 hour' from (${list}) l`.execute(
      db,
    )
  await sql`
    insert into verdict (request_id, version, slot, user_id, verdict, at)
    select 'granted' || ${id}, 1, 'pm', 'U_PM', 'yes', now() - l.n * interval '1 hour' from (${list}) l`.execute(db)
  await sql`
    insert into document (id, customer_id, number, revision, kind, environment_id, operation_id, file, sha256, at)
    select 'doc' || ${id}, l.customer, 'CR' || ${id}, 1, 'configuration-report', l.environment, 'op' || ${id}, 'cr.pdf', repeat('d', 64),
      now() - l.n * interval '1 hour' from (${list}) l`.execute(db)
  await sql`
    insert into measurement (id, customer_id, environment_id, instance_id, operation_id, purpose, version, fingerprint, everything,
      must_match, volunteers, elements, compared, at)
    select 'mea' || ${id}, l.customer, l.environment, 'ins_' || l.environment, 'op' || ${id}, 'extract', '4.2.0', repeat('e', 64),
      repeat('e', 64), repeat('e', 64), 40, '[]', '[]', now() - l.n * interval '1 hour' from (${list}) l`.execute(db)
}
