/** Anybody does anything at any time, and jobs break: nothing faults, and what must always hold holds (R1, R2, R3, R32, R40). */
import { verifyAudit } from '../../src/db/audit-verify.js'
import type { PersonAsk } from '../../src/lifecycle/ask.js'
import { kindNames, kinds } from '../../src/lifecycle/kinds.js'
import { requestKinds } from '../../src/lifecycle/request-kinds.js'
import { holdsLock, isLive } from '../../src/lifecycle/situation.js'
import type { Situation } from '../../src/lifecycle/types.js'
import { Hinge } from '../support/hinge.js'
import { prospect } from '../support/onboarding.js'

const users = ['U_SALES', 'U_PM', 'U_ENG', 'U_ENG2', 'U_QA', 'U_ADMIN', 'U_LEAD_acme', 'U_CQA_acme']
const day = 86_400_000

/** The same numbers for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function asks(s: Situation, pick: <T>(of: readonly T[]) => T): PersonAsk[] {
  const environment = pick([...s.environments.map((e) => e.name), 'community'])
  const operationId = pick([...s.operations.map((o) => o.id), 'op_none'])
  const stuck = s.operations.find((o) => o.state === 'stuck')?.id
  const date = new Date(s.now.getTime() + 7 * day).toISOString().slice(0, 10)
  const kind = pick(kindNames)
  const onward: PersonAsk[] = [
    { verb: 'env-promote', environment: 'acme-preprod' },
    { verb: 'golive-start', slug: 'acme', date },
    { verb: 'env-create', kind: 'preprod', slug: 'acme', from: null, version: null },
    ...(stuck ? [{ verb: 'resume', operationId: stuck } as const] : []),
  ]
  return [
    ...onward,
    ...onward,
    ...onward,
    { verb: 'customer-sign', slug: 'acme', sandbox: pick(['base', 'demo']) },
    { verb: 'env-create', kind, slug: 'acme', from: null, version: null },
    { verb: 'env-create', kind: 'preprod', slug: 'acme', from: null, version: null },
    { verb: 'env-create', kind: 'val', slug: 'acme', from: null, version: null },
    { verb: 'env-destroy', environment, reason: 'x' },
    { verb: 'env-promote', environment: 'acme-preprod' },
    { verb: 'env-access', environment, action: pick(['grant', 'revoke']), userId: 'U_LEAD_acme', role: 'user' },
    { verb: pick(['env-freeze', 'env-unfreeze', 'env-unfreeze']), slug: pick([null, 'acme']), reason: 'x' },
    { verb: 'migration-register', slug: 'acme' },
    { verb: 'migration-run', slug: 'acme' },
    { verb: 'golive-start', slug: 'acme', date },
    { verb: 'golive-rollback', slug: 'acme', reason: 'x' },
    { verb: pick(['cancel', 'resume']), operationId },
  ]
}

/** What holds whatever happened. */
function check(s: Situation): void {
  expect(new Set(s.environments.map((e) => e.name)).size).toBe(s.environments.length)
  for (const kind of kindNames.filter((k) => kinds[k].live === 'one')) {
    const live = s.environments.filter((e) => e.kind === kind && isLive(e))
    expect(live.map((e) => e.name).slice(1)).toEqual([])
  }
  for (const e of s.environments) {
    const holding = s.operations.filter((o) => o.environmentId === e.id && holdsLock(o))
    expect(holding.length).toBeLessThanOrEqual(1)
    expect(e.instances).toHaveLength(kinds[e.kind].pair ? 2 : 1)
    // Nothing is being made or ended by nobody.
    if (['waiting', 'building', 'ending', 'stuck'].includes(e.state))
      expect([e.name, e.state, holding.length]).toEqual([e.name, e.state, 1])
    if (!isLive(e) && e.kind !== 'migration') expect([e.name, holding.length]).toEqual([e.name, 0])
  }
  for (const o of s.operations.filter((x) => x.state === 'waiting'))
    expect(s.requests.filter((r) => r.subject === o.id && r.state === 'open')).toHaveLength(1)
  const frozen = s.environments.find((e) => e.kind === 'preprod' && e.state === 'frozen')
  if (frozen) expect(s.environments.some((e) => e.kind === 'prod' && isLive(e))).toBe(true)
}

test.each([2, 23, 25])(
  'R40 wandering about (%i)',
  async (seed) => {
    const next = numbers(seed)
    const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T
    const hinge = await Hinge.open()
    try {
      await prospect(hinge, 'acme', seed % 2 === 0)
      await hinge.does({ verb: 'customer-sign', slug: 'acme', sandbox: 'base' }, 'U_PM')
      for (let turn = 0; turn < 110; turn += 1) {
        const s = await hinge.situation()
        check(s)
        const chance = next()
        const open = s.requests.filter((r) => r.state === 'open')
        if (chance < 0.45 && open.length > 0) {
          const request = pick(open)
          const actions = requestKinds[request.kind].actions
          // Mostly yes, and mostly by whom it concerns, so that the way goes on.
          const action = next() < 0.85 ? actions[0] : pick(actions)
          for (const user of users) await hinge.press(request, action?.action ?? '', user)
        } else if (chance < 0.7) await hinge.says(pick(asks(s, pick)), pick(['U_PM', 'U_ENG', 'U_QA', pick(users)]))
        else if (chance < 0.95) await hinge.work(({ way }) => (next() < (way === 'undo' ? 0.3 : 0.08) ? 'failed' : 'done'))
        else await hinge.later(pick([1, 2, 8, 20]) * day)
      }
      check(await hinge.situation())
      expect((await verifyAudit(hinge.db)).broken).toBeNull()
    } finally {
      await hinge.close()
    }
  },
  180_000,
)
