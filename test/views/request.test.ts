import { requestKinds } from '../../src/lifecycle/request-kinds.js'
import type { Request, RequestKind } from '../../src/lifecycle/types.js'
import { requestMessage } from '../../src/views/request.js'
import type { Audience } from '../../src/views/view.js'
import { drawn } from './drawn.js'
import { ago, golive, iq, operation, request, situation } from './scene.js'

const subjects: Record<RequestKind, string> = {
  approve: 'op-7f3a2b',
  'ask-val': 'env-preprod',
  'choose-source': 'env-preprod',
  'confirm-files': golive.id,
  'review-iteration': 'it-2',
  'approve-scripts': 'it-2',
  'validation-complete': 'env-val',
  'evidence-exported': 'env-val',
  'training-done': 'env-prod',
  postpone: 'op-7f3a2b',
  'start-qualification': 'env-val',
  'accept-deviation': 'dev-1',
  'sign-iq': iq.id,
  'sign-g4': 'env-prod',
  'sign-g6': 'env-prod',
}
const kinds = Object.keys(requestKinds) as RequestKind[]

function message(kind: RequestKind, audience: Audience, more: Partial<Request> = {}) {
  const checks = kind === 'sign-iq' ? { passed: 23, total: 24 } : null
  const asked = request(kind, subjects[kind], more)
  return drawn(requestMessage({ situation: situation({ golive, operations: [operation()] }), request: asked, audience, checks }))
}

test.each(
  kinds.flatMap(
    (kind) =>
      [
        [kind, 'ops'],
        [kind, 'customer'],
      ] as [RequestKind, Audience][],
  ),
)('%s for %s', (kind, audience) => {
  expect(message(kind, audience)).toMatchSnapshot()
})

test('R9 an iteration is reviewed on its report, with a comment beside the buttons', () => {
  expect(message('review-iteration', 'customer')).toMatchInlineSnapshot(`
"text: Migration iteration 2: Your turn
# Migration iteration 2
:point_right: *Your turn*
The migrated volunteers are ready for your review. Look at the chosen test volunteers in the Migration environment and compare them with your legacy system.
:white_check_mark: *Balanced*: every record that came in is accounted for.
   In  Loaded  Rejected  Excluded  Merged     Entity
1,210   1,203         5         0       2  ✓  volunteers
8,422   8,420         2         0       0  ✓  appointments
*Rejected, by reason*
•  5 of volunteers: bad date
*2 test volunteers to look at, by number*
1004, 1177
~ Specification \`ab12cd34\` · program \`1.4.0\` · version \`24.2\` · result \`ab12cd34\`
Accepting leads to the approval of the scripts. Rejecting starts the next iteration: write what should change.
*Waiting for* your lead (<@U_LEAD>) · since {2026-05-12 04:30 UTC}
<Comment>
[Accept iteration] accept-iteration=req-1.3.ab12cd34  [Reject iteration] reject-iteration=req-1.3.ab12cd34
~ Asked {2026-05-12 04:30 UTC}"
`)
})

test('R30 after the click the buttons give way to who did what, when, and why', () => {
  const verdicts: Request['verdicts'] = [
    { slot: '2', userId: 'U_LEAD', verdict: 'no', comment: 'Units are wrong\n<!channel> look', at: ago(1) },
  ]
  expect(message('review-iteration', 'customer', { state: 'refused', verdicts })).toMatchInlineSnapshot(`
"text: Migration iteration 2: Rejected
# Migration iteration 2
:no_entry_sign: *Rejected* by <@U_LEAD> · {2026-05-12 08:30 UTC}
> Units are wrong
> &lt;!channel&gt; look
The migrated volunteers are ready for your review. Look at the chosen test volunteers in the Migration environment and compare them with your legacy system.
:white_check_mark: *Balanced*: every record that came in is accounted for.
   In  Loaded  Rejected  Excluded  Merged     Entity
1,210   1,203         5         0       2  ✓  volunteers
8,422   8,420         2         0       0  ✓  appointments
*Rejected, by reason*
•  5 of volunteers: bad date
*2 test volunteers to look at, by number*
1004, 1177
~ Specification \`ab12cd34\` · program \`1.4.0\` · version \`24.2\` · result \`ab12cd34\`
~ Asked {2026-05-12 04:30 UTC}"
`)
})

test.each(['granted', 'void', 'expired'] as const)('%s: no button is left', (state) => {
  for (const audience of ['ops', 'customer'] as const) expect(message('sign-g6', audience, { state })).not.toContain('sign=')
})

test('a request that both parties may answer has its button in both channels', () => {
  const both = [{ id: '1', party: 'customer' as const, roles: ['customer:lead', 'vendor:pm'], not: [] }]
  expect(message('ask-val', 'ops', { slots: both })).toContain('[Ask for VAL]')
  expect(message('ask-val', 'customer', { slots: both })).toContain('*Waiting for* your lead (<@U_LEAD>) or our PM')
})

test('R39 a role that nobody has is said so', () => {
  const nobody = requestMessage({ situation: situation({ people: [] }), request: request('sign-g6', 'env-prod'), audience: 'ops' })
  expect(drawn(nobody)).toContain("Acme Clinic's lead (nobody has this role yet)")
})

test('a subject that is gone breaks nothing', () => {
  for (const kind of kinds) drawn(requestMessage({ situation: situation(), request: request(kind, 'gone'), audience: 'customer' }))
})
