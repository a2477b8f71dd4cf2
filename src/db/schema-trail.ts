/** The audit trail and its anchors, who people were when they acted, and how much of their attempts the trail has; part of schema.ts. */
import type { ColumnType, Generated } from 'kysely'
import type { Profile } from '../lifecycle/profile.js'

type Count = ColumnType<string, number, number>

export interface TrailTables {
  audit_head: { chain: string; seq: Count; hash: string }
  audit_entry: {
    chain: string
    seq: Count
    at: Date
    actor: string
    verb: string
    subject: string
    before: ColumnType<unknown, string | null, never>
    after: ColumnType<unknown, string | null, never>
    why: string | null
    prev: string
    hash: string
  }
  audit_anchor: { number: number; due_at: Date; at: Date; entries: Count; head: string; line_hash: string }
  audit_anchor_due: { id: Generated<boolean>; due_at: Date | null }
  profile: {
    id: string
    user_id: string
    team_id: string | null
    party: Profile['party']
    roles: string[]
    name: string | null
    name_from: Profile['nameFrom']
    name_at: Date | null
    at: Date
  }
  heard: { user_id: string; hour: Date; seen: number; kept: number }
}
