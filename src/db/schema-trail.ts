/** Who people were when they acted, and how much of their attempts the trail has; part of schema.ts. */
import type { Profile } from '../lifecycle/profile.js'

export interface TrailTables {
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
