/** When a place is looked at again by itself: never too late, and never for nothing (R4, R9, R14, R15, R17, R22, R28, R30, R31, R37). */
import fc from 'fast-check'
import { nextDue } from '../../src/lifecycle/next-due.js'
import type { Operation, Situation } from '../../src/lifecycle/types.js'
import { deviation } from '../support/deviation.js'
import {
  beforePromotion,
  day,
  env,
  hour,
  iqs,
  later,
  measurement,
  now,
  op,
  request,
  signed,
  situation,
  withData,
} from '../support/situation.js'
import { access, follows, frozen, isLookedAtAgain, live, situations, wanted } from './next-due-situations.js'

const minute = 60_000
const [demo, sandbox, val, qualifying] = [env('demo'), env('sandbox'), env('val'), env('val', 'qualifying')]
const teardown = (more: Partial<Operation>) => op('teardown', demo, { id: 'op', state: 'scheduled', endedAt: null, ...more })
const ending = (more: Partial<Operation>, also: Partial<Omit<Situation, 'customer'>> = {}) =>
  situation({ environments: [demo], operations: [teardown(more)], ...also })
const undone = (ago: number, more: Partial<Operation> = {}): Partial<Operation> => ({
  state: 'undone',
  requestedAt: later(-ago - 1),
  endedAt: later(-ago),
  ...more,
})
const holding = op('create', val, { state: 'running', ...withData({ source: demo.name }) })
const atGoingLive = (more: Partial<Operation>) => live({ environments: [sandbox], operations: [op('teardown', sandbox, more)] })
const documents = iqs(qualifying)
const signing = { environments: [qualifying], documents, signatures: signed(documents) }
const failed = {
  environments: [qualifying],
  documents: documents.map((d) => ({ ...d, outcome: 'fail' as const })),
  deviations: documents.map((d) => deviation(qualifying.id, { instanceId: d.instanceId, disposition: 'accepted' })),
}
const conclusion: Partial<Operation> = { ...undone(minute), plan: { job: 'conclude', data: {}, steps: [], elements: [] } }
const before = beforePromotion()
const extracted = (operation: Operation) => ({
  ...before,
  operations: [...before.operations.filter((o) => o.verb !== 'extract'), operation],
})
const sites = { element: 'sites', title: 'Sites', rows: 4, were: 3 }
const shown = (at: Date, differs: boolean) =>
  measurement(val, 'validation-complete', { at, compared: differs ? [{ with: 'val', differences: [sites] }] : [] })

test.each<[string, Situation, Date | null]>([
  ['nothing waits for anything', situation(), null],
  ['a request is open', situation({ requests: [request('approve', 'op', { dueAt: later(7) })] }), later(7)],
  ['a request is open for ever', situation({ requests: [request('approve', 'op')] }), null],
  ['a request was refused', situation({ requests: [request('approve', 'op', { state: 'refused', dueAt: later(7) })] }), null],
  ['access ends', situation({ environments: [demo], access: [access(later(5)), access(later(3))] }), later(3)],
  ['access ends, though everything is frozen', situation({ access: [access(later(5))], freezes: [frozen] }), later(5)],
  ['access ended already', situation({ environments: [demo], access: [access(later(-5))] }), now],
  ['a teardown has its hour', ending({ runAt: later(day) }), later(day)],
  ['its hour comes while everything is frozen', ending({ runAt: later(day) }, { freezes: [frozen] }), null],
  ['its hour came while everything was frozen', ending({ runAt: later(-1) }, { freezes: [frozen] }), null],
  ['its environment is held', ending({}, { operations: [teardown({ runAt: later(day) }), holding] }), null],
  ['its hour came and nothing stops it', ending({ runAt: later(-1) }), now],
  ['its notice is not posted', ending({ runAt: later(-1) }, { untold: ['op'] }), later(minute)],
  ['the wait for its notice is nearly over', ending({ runAt: later(5 - day) }, { untold: ['op'] }), later(5)],
  ['it waits for its notice and for a freeze', ending({ runAt: later(-1) }, { untold: ['op'], freezes: [frozen] }), null],
  ['the end of Sandbox came to nothing', atGoingLive(undone(10 * minute)), later(50 * minute)],
  ['the end of Sandbox was called off', atGoingLive(undone(10 * minute, { state: 'cancelled' })), later(364 * day)],
  [
    'the signed copies came to nothing',
    situation({ ...signing, operations: [op('endorse', qualifying, undone(minute))] }),
    later(59 * minute),
  ],
  ['the conclusion came to nothing', situation({ ...failed, operations: [op('qualify', qualifying, conclusion)] }), later(59 * minute)],
  ['the report of Pre-PROD came to nothing', extracted(op('extract', env('preprod'), undone(minute))), later(59 * minute)],
  ['what a signer is shown is fresh', situation({ environments: [val], measurements: [shown(later(-hour), false)] }), later(23 * hour)],
  ['what a signer is shown is mended', situation({ environments: [val], measurements: [shown(later(-minute), true)] }), later(59 * minute)],
  ['VAL nears its limit', situation({ environments: [env('val', 'frozen', { readyAt: later(-179 * day) })] }), later(day)],
  ['VAL is past its limit', situation({ environments: [env('val', 'frozen', { readyAt: later(-188.5 * day) })] }), later(5.5 * day)],
])('%s', (_, s, expected) => {
  expect(nextDue(s)).toEqual(expected)
})

test('until then nothing follows, and then something does', () => {
  fc.assert(
    fc.property(situations, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }), (s, parts) => {
      const due = nextDue(s)
      const end = due?.getTime() ?? s.now.getTime() + 400 * day
      expect(end).toBeGreaterThan(s.now.getTime())
      for (const time of [end - 1, ...parts.map((part) => Math.floor(s.now.getTime() + part * (end - 1 - s.now.getTime())))]) {
        expect(follows(s, new Date(time))).toEqual([])
        expect(wanted(s, new Date(time))).toEqual(wanted(s, s.now))
      }
      if (due) expect(isLookedAtAgain(s, due) || follows(s, due).length > 0).toBe(true)
    }),
    { numRuns: 3_000 },
  )
})
