import { newSecret } from '../ids'
import type { World } from '../world'
import type { Method } from './method'

const ticketLifeMs = 30_000
const tickets = new WeakMap<World, Map<string, number>>()

const ticketsOf = (world: World) => {
  const known = tickets.get(world) ?? new Map<string, number>()
  tickets.set(world, known)
  return known
}

/** Hands out the address of a Socket Mode connection, good for one use within half a minute. */
export const connectionsOpen: Method = {
  tier: 't1',
  run(_, world) {
    const ticket = newSecret()
    ticketsOf(world).set(ticket, Date.now() + ticketLifeMs)
    return { ok: true, url: `${world.url.replace('http', 'ws')}/link/?ticket=${ticket}&app_id=${world.directory.app.appId}` }
  },
}

/** Uses a ticket up. */
export function admit(world: World, ticket: string): boolean {
  const expires = ticketsOf(world).get(ticket)
  ticketsOf(world).delete(ticket)
  return expires !== undefined && Date.now() <= expires
}
