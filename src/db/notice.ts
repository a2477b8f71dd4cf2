/** What was announced of an environment's end, and what became of its hour: from the messages' rows and the audit trail (R31, R42). */
import { sql } from 'kysely'
import { systemChain } from './audit.js'
import type { Tx } from './connection.js'

export interface NoticeRow {
  audience: 'ops' | 'customer'
  event: string
  /** The hour that it told. */
  until: string | null
  wished_at: Date
  /** Null while Slack never took it. */
  posted_at: Date | null
  /** Slack's own time of the post. */
  ts: string | null
  trouble: string | null
}

interface About {
  customerId: string | null
  environment: string
  since: Date
}

/** The notices of a teardown, oldest first. Posted is what the audit trail says of the first post: the row forgets a message that was deleted. */
export async function readNotices(tx: Tx, { customerId, environment, since }: About): Promise<NoticeRow[]> {
  const { rows } = await sql<NoticeRow>`
    select m.audience, m.subject as event, m.data ->> 'until' as until, m.created_at as wished_at, m.trouble,
           sent.at as posted_at, sent.after ->> 'ts' as ts
      from slipway.message m
      left join lateral (
        select a.at, a.after from slipway.audit_entry a
         where a.chain = ${customerId ?? systemChain} and a.verb = 'message-sent' and a.subject = m.key order by a.seq limit 1
      ) sent on true
     where m.customer_id is not distinct from ${customerId} and m.view = 'announcement'
       and m.subject in ('teardown-scheduled', 'teardown-postponed')
       and m.data ->> 'environment' = ${environment} and m.created_at >= ${since}
     order by m.ordinal`.execute(tx)
  return rows
}

/** Ids of scheduled teardowns, of those given, of which a notice was to be posted and is not yet. */
export async function readUntold(
  tx: Tx,
  customerId: string | null,
  teardowns: readonly { id: string; environment: string; since: Date }[],
): Promise<string[]> {
  const untold: string[] = []
  for (const { id, environment, since } of teardowns) {
    const notices = await readNotices(tx, { customerId, environment, since })
    if (notices.some(({ posted_at }) => posted_at === null)) untold.push(id)
  }
  return untold
}

export interface PostponementRow {
  by: string
  at: Date
  until: string
}

/** Who moved the hour of a scheduled operation, when, and until when; oldest first. */
export async function readPostponements(tx: Tx, customerId: string | null, operationId: string): Promise<PostponementRow[]> {
  const { rows } = await sql<PostponementRow>`
    select actor as by, at, after ->> 'runAt' as until from slipway.audit_entry
     where chain = ${customerId ?? systemChain} and verb = 'set-operation' and subject = ${operationId}
       and before ->> 'state' = 'scheduled' and after ->> 'state' = 'scheduled' and after ->> 'runAt' is not null
     order by seq`.execute(tx)
  return rows
}
