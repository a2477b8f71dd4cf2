/** Who a person was at a moment: what Slack called them, and what policy made of them then. Kept with what they did; never rewritten. */
import { hashOf } from './hash.js'
import type { Actor } from './types.js'

/** A name, who told it, and when: Slack's profile, or only the user name that came with the click. */
export interface KnownName {
  name: string
  from: 'slack' | 'payload'
  at: Date
}

export interface Profile {
  id: string
  userId: string
  /** The person's own team, as Slack says; external people have another than the app. */
  teamId: string | null
  party: 'vendor' | 'customer' | 'stranger'
  roles: string[]
  /** Null: Slack did not tell it in time. */
  name: string | null
  nameFrom: KnownName['from'] | null
  nameAt: Date | null
}

const LONGEST_NAME = 80

/**
 * A name as it may stand in a record: one line, at most 80 characters, nothing that nobody sees or that turns what stands beside it
 * around. Brackets become square ones: a user id in round ones is always Slipway's own. Null where nothing is left.
 */
export function printedName(raw: string): string | null {
  const visible = raw
    .slice(0, LONGEST_NAME * 20)
    .replace(/[\ud800-\udfff]/gu, '')
    .normalize('NFC')
    .replace(/[\p{Z}\t\n\r\v\f]+/gu, ' ')
    .replace(/\p{C}/gu, '')
  const characters = [...visible.replace(/[(（]/g, '[').replace(/[)）]/g, ']').replace(/ +/g, ' ').trim()]
  if (characters.length === 0) return null
  return characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME - 1).join('')}…` : characters.join('')
}

/** The profile of who acts now; its id stands for its content, so the same person as before is the same row. Null for the system. */
export function profileOf(actor: Actor, seen: { teamId: string | null; name?: KnownName | null | undefined }): Profile | null {
  if (actor.party === 'system') return null
  const name = seen.name ? printedName(seen.name.name) : null
  const told =
    name !== null && seen.name ? { name, nameFrom: seen.name.from, nameAt: seen.name.at } : { name: null, nameFrom: null, nameAt: null }
  const roles: string[] = actor.party === 'stranger' ? [] : [...actor.roles]
  const content = { userId: actor.userId, teamId: seen.teamId, party: actor.party, roles, ...told }
  return { id: `who_${hashOf({ ...content, nameAt: told.nameAt?.toISOString() ?? null }).slice(0, 32)}`, ...content }
}
