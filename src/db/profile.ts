/** Who people were when they acted; only ever added to. */
import { type Selectable, sql } from 'kysely'
import type { KnownName, Profile } from '../lifecycle/profile.js'
import type { Tx } from './connection.js'
import type { Database } from './schema.js'

/** The same content is the same row, whoever writes it first. */
export async function insertProfile(tx: Tx, p: Profile, at: Date): Promise<void> {
  const row = { id: p.id, user_id: p.userId, team_id: p.teamId, party: p.party, roles: p.roles }
  await tx
    .insertInto('profile')
    .values({ ...row, name: p.name, name_from: p.nameFrom, name_at: p.nameAt, at })
    .onConflict((c) => c.column('id').doNothing())
    .execute()
}

/** The newest name that Slack's profile gave of a person, with its date; null where there is none. */
export async function readName(tx: Tx, userId: string): Promise<KnownName | null> {
  const row = await tx
    .selectFrom('profile')
    .select(['name', 'name_at'])
    .where('user_id', '=', userId)
    .where('name_from', '=', 'slack')
    .orderBy('name_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.name && row.name_at ? { name: row.name, from: 'slack', at: row.name_at } : null
}

/** Who acted about a customer (null: about Community and the system), by the id that their verdicts, signatures and operations carry. */
export async function readProfiles(tx: Tx, customerId: string | null): Promise<Map<string, Profile>> {
  const mine = customerId === null ? sql<boolean>`customer_id is null` : sql<boolean>`customer_id = ${customerId}`
  const { rows } = await sql<Selectable<Database['profile']>>`
    select * from profile where id in (
      select profile_id from verdict where request_id in (select id from request where ${mine})
      union select profile_id from signature where ${mine}
      union select profile_id from operation where ${mine})`.execute(tx)
  return new Map(rows.map((row) => [row.id, toProfile(row)]))
}

function toProfile(row: Selectable<Database['profile']>): Profile {
  const { id, user_id: userId, team_id: teamId, party, roles, name, name_from: nameFrom, name_at: nameAt } = row
  return { id, userId, teamId, party, roles, name, nameFrom, nameAt }
}
