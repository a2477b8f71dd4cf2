/** Who looks at the App Home is asked before anything is read for it. */
import type { Queries } from '../../commands/command.js'
import { homeOf } from '../../src/app/home.js'
import type { ChangeDeps } from '../../src/change/deps.js'
import type { Actor } from '../../src/lifecycle/types.js'
import { queries, vendor } from '../commands/support.js'

/** Queries that count, for a given person. */
function counted(actor: Actor) {
  const asked: string[] = []
  const all = Object.fromEntries(
    Object.entries({ ...queries, actor: async () => actor }).map(([name, run]) => [
      name,
      (...args: unknown[]) => {
        asked.push(name)
        return (run as (...given: unknown[]) => unknown)(...args)
      },
    ]),
  ) as unknown as Queries
  return { asked, queries: all }
}

const deps = { clock: { now: async () => new Date('2026-03-02T09:00:00Z') } } as unknown as ChangeDeps

test.each<Actor>([
  { party: 'stranger', userId: 'U_X' },
  { party: 'customer', userId: 'U_LEAD', customerId: 'c-acme', roles: ['lead'] },
])('R38 one cheap look for a $party, and nothing of anybody', async (actor) => {
  const { asked, queries } = counted(actor)
  const view = await homeOf(deps, queries, actor.userId)
  expect(asked).toEqual(['actor'])
  expect(JSON.stringify(view)).not.toMatch(/acme|zenith/)
})

test('the people of the vendor see the environments of every customer', async () => {
  const { asked, queries } = counted(vendor('pm'))
  expect(JSON.stringify(await homeOf(deps, queries, 'U_PM'))).toMatch(/acme-demo.*zenith-demo/)
  expect(asked.length).toBeGreaterThan(3)
})
