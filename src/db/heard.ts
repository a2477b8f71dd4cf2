/** How much of a person's reads and attempts the trail has, hour by hour; see the table in migrations/. */
import { sql } from 'kysely'
import type { Tx } from './connection.js'

/** Counts one more; false where the person's hour already holds `limit` of them. */
export async function countHeard(tx: Tx, userId: string, hour: Date, limit: number): Promise<boolean> {
  const { rows } = await sql<{ keep: boolean }>`
    insert into heard as h (user_id, hour, seen, kept) values (${userId}, ${hour}, 1, least(1, ${limit}::int))
    on conflict (user_id, hour) do update set seen = h.seen + 1, kept = greatest(h.kept, least(h.seen + 1, ${limit}::int))
    returning kept = seen as keep`.execute(tx)
  return rows[0]?.keep ?? false
}

/** Takes the counts of hours before `hour` out, those of which something was not kept given back. */
export async function takeHeard(tx: Tx, hour: Date): Promise<{ userId: string; hour: Date; seen: number; kept: number }[]> {
  const rows = await tx.deleteFrom('heard').where('hour', '<', hour).returning(['user_id', 'hour', 'seen', 'kept']).execute()
  return rows.filter((row) => row.seen > row.kept).map(({ user_id: userId, ...row }) => ({ userId, ...row }))
}
