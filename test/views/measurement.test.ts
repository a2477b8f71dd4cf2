/** R37 in words: what a signature is for, what changed since, and what became of a click. */
import type { Measurement, Request, Situation } from '../../src/lifecycle/types.js'
import { requestMessage } from '../../src/views/request.js'
import { counted, env, later, measurement, now, op, request, signature, situation, withData } from '../support/situation.js'
import { drawn } from './drawn.js'

const [val, prod] = [env('val'), env('prod')]
const sites = [{ element: 'sites', title: 'Sites', rows: 4, were: 3 }]
const none: Measurement['compared'] = [{ with: 'iq', differences: [] }]

function open(compared: Measurement['compared'], environment = val, signatureId: string | null = null): string {
  const kind = environment === val ? 'validation-complete' : 'sign-g6'
  const found = measurement(environment, kind, { compared, signatureId, everything: 'ab12cd34ef', document: 'CR-ACME-VAL-1-MAIN r2' })
  const s = situation({ environments: [environment], measurements: [found] })
  return drawn(requestMessage({ situation: s, request: request(kind, environment.id), audience: 'customer' }))
}

test('R37 the signer sees the checksum, when it was measured, and its report', () => {
  expect(open(none)).toMatch(/ab12cd34`[\s\S]*measured[\s\S]*CR-ACME-VAL-1-MAIN r2[\s\S]*as it was at its IQ/)
})

test.each<[string, Measurement['compared'], RegExp]>([
  ['changed since its IQ', [{ with: 'iq', differences: sites }], /changed since its IQ\*: Sites \(4 rows, 3 there: \+1\)/],
  ['without an IQ to compare with', [{ with: 'iq', differences: null }], /could not be compared with its IQ/],
])('R37 a VAL %s is shown as such', (_, compared, expected) => {
  expect(open(compared)).toMatch(expected)
  expect(open(compared)).not.toMatch(/as it was at its IQ/)
})

test.each<[string, Measurement['compared'], RegExp]>([
  ['another configuration', [...none, { with: 'val', differences: sites }], /is not what was validated\*: Sites/],
  ['a configuration that was not compared', [...none, { with: 'val', differences: null }], /could not be compared with what was validated/],
  ['other lists', [...none, { with: 'lists', differences: sites }], /are not what the migration loaded\*: Sites/],
  ['lists that were not measured', [...none, { with: 'lists', differences: null }], /lists could not be compared/],
])('R37 %s in PROD Main is shown to the signer', (_, compared, expected) => {
  expect(open(compared, prod)).toMatch(expected)
})

test('R37 a signature from before it was measured: the customer is told why it is asked for once more', () => {
  const s = situation({
    environments: [val],
    measurements: [measurement(val, 'validation-complete')],
    signatures: [signature('validation-complete', val.id, { userId: 'U_CQA', at: later(-86_400_000) })],
  })
  const said = drawn(requestMessage({ situation: s, request: request('validation-complete', val.id), audience: 'customer' }))
  expect(said).toMatch(/Signed on \{2026-05-11.*\} by .*U_CQA.*; it was not measured then, so it is asked for once more/)
  expect(open(none)).not.toMatch(/not measured then/)
})

const bound = counted('validation-complete', val)
const clicked: Request = request('validation-complete', val.id, {
  state: 'granted',
  verdicts: [{ slot: '1', userId: 'U_LEAD', verdict: 'yes', comment: null, at: bound.signature.at }],
})
const after = (more: Partial<Situation>) =>
  drawn(
    requestMessage({
      situation: situation({ environments: [val], signatures: [bound.signature], measurements: bound.measurements.slice(0, 1), ...more }),
      request: clicked,
      audience: 'customer',
    }),
  )

test('R37 a click is recorded, and does not count before the second measurement; whoever looks is told when that is made again', () => {
  expect(after({})).toMatch(/Recorded[\s\S]*being measured once more/)
  expect(after({})).not.toMatch(/Done/)
  const again = op('measure', val, { state: 'scheduled', runAt: later(600_000), ...withData({ signature: bound.signature.id }) })
  expect(after({ operations: [again] })).toMatch(/did not work out and is made again \{2026-05-12 09:40 UTC\}/)
  expect(after({ freezes: [{ customerId: null, reason: 'audit', by: 'U_QA', at: now }] })).toMatch(/not frozen any more/)
  expect(after({ measurements: bound.measurements })).toMatch(/Done/)
})

test('R37 a void click says what changed, or that the instance is gone', () => {
  const other = bound.measurements.map((m) =>
    m.signatureId ? { ...m, verdict: 'void' as const, compared: [{ with: 'shown' as const, differences: sites }] } : m,
  )
  expect(after({ measurements: other })).toMatch(/Void[\s\S]*counts for nothing\*: what was shown changed: Sites/)
  const unnamed = bound.measurements.map((m) => (m.signatureId ? { ...m, verdict: 'void' as const, compared: [] } : m))
  expect(after({ measurements: unnamed })).toMatch(/what was shown changed; what changed could not be compared\. It is asked/)
  expect(after({ environments: [env('val', 'destroyed')] })).toMatch(/Void[\s\S]*does not stand any more/)
})
