/** That what was acknowledged is on record, and nothing is there twice. */
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { verifyAudit } from '../db/audit-verify.js'
import type { Db } from '../db/connection.js'
import type { Answered } from './load.js'

const lateMs = 10_000

/** Slack gives up after three seconds, so an answer that takes longer than two is acknowledged with "Working…" before its commit. */
export const isLate = ({ said }: Answered) => said.includes('Working…')

/**
 * Every payload is on record as agreed; one that was acknowledged before its commit a little later. Throws where one is missing, or was
 * answered with anything but what was asked for.
 */
export async function proveOnRecord(db: Db, answers: readonly Answered[]): Promise<void> {
  const other = answers.find((answer) => !isLate(answer) && !/ of [a-z0-9-]+ now/.test(answer.said))
  if (other) throw new Error(`measuring: ${other.text} was answered with ${other.said}`)
  const agreed = async (some: readonly Answered[]) => {
    const triggers = some.map(({ trigger }) => trigger)
    const { rows } = await sql`select 1 from slipway.answered where key = any(${triggers}) and outcome->>'kind' = 'agreed'`.execute(db)
    return rows.length === some.length
  }
  if (!(await agreed(answers.filter((answer) => !isLate(answer)))))
    throw new Error('measuring: a command was acknowledged, but is not on record')
  const deadline = Date.now() + lateMs
  while (!(await agreed(answers))) {
    if (Date.now() > deadline) throw new Error(`measuring: a command that was being worked on is not on record after ${lateMs / 1000} s`)
    await pause(50)
  }
}

/**
 * Nothing was carried out twice: the trail has as many entries of `/customer people` as there are payloads of it on record as agreed, and
 * its chains are whole. Throws otherwise.
 */
export async function proveNothingTwice(db: Db): Promise<void> {
  const { rows } = await sql<{ payloads: number; entries: number }>`
    select
      (select count(*)::int from slipway.answered where outcome->>'kind' = 'agreed' and outcome->>'say' like '% of % now.') as payloads,
      (select count(*)::int from slipway.audit_entry where verb = 'customer-people') as entries`.execute(db)
  const { payloads = 0, entries = -1 } = rows[0] ?? {}
  if (payloads !== entries) throw new Error(`measuring: ${payloads} commands are on record, but the trail has ${entries} entries of them`)
  const { broken } = await verifyAudit(db)
  if (broken) throw new Error(`measuring: the audit trail is broken at ${broken}`)
}

/** Every payload that the peer acknowledged has its row. Throws otherwise. */
export async function proveInserted(db: Db, answers: readonly Answered[]): Promise<void> {
  const triggers = answers.map(({ trigger }) => trigger)
  const { rows } = await sql`select 1 from public.bench_ack where trigger = any(${triggers})`.execute(db)
  if (rows.length !== answers.length)
    throw new Error(`measuring: the peer acknowledged ${answers.length} commands, but there are ${rows.length} rows`)
}
