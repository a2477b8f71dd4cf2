/** A go-live that was opened two days ago. */
import type { GoLive } from '../../src/lifecycle/types.js'
import { day, later } from './situation.js'

export const golive = (more: Partial<GoLive> = {}): GoLive => ({
  id: 'liv-1',
  date: '2026-06-01',
  state: 'open',
  startedBy: 'U_PM',
  startedAt: later(-2 * day),
  ...more,
})
