import type { ChecklistStep } from '../../src/lifecycle/golive.js'
import { checklistMessage } from '../../src/views/checklist.js'
import type { Audience } from '../../src/views/view.js'
import { drawn } from './drawn.js'
import { ago, golive, operation, request, situation } from './scene.js'

const titles = [
  'Hand over the final legacy dump and related files',
  'Extract the configuration',
  'Run the migration program',
  'Review PROD Main',
  'Provide the IQ',
  'Final QC check',
]

/** The checklist with the first `done` steps behind us. */
function stepsAt(done: number): ChecklistStep[] {
  return titles.map((title, at) => ({
    id: `G${at + 1}` as ChecklistStep['id'],
    party: at === 0 || at === 5 ? 'customer' : 'vendor',
    title,
    state: at < done ? 'done' : at === done ? 'open' : 'blocked',
    doneBy: at < done ? (at === 0 ? 'U_LEAD' : 'system') : null,
    at: at < done ? ago(20 - at) : null,
    waitsFor: at < done ? null : at === done ? 'a signature' : `G${done + 1}`,
  }))
}

const val = operation({ environmentId: 'env-val', state: 'done', startedAt: ago(100), endedAt: ago(99.9) })

function message(done: number, audience: Audience, state: typeof golive.state = 'open') {
  const requests = [request('confirm-files', golive.id), request('sign-g6', 'env-prod', { id: 'req-6' })]
  const scene = situation({ operations: [val], requests })
  return drawn(checklistMessage({ situation: scene, golive: { ...golive, state }, steps: stepsAt(done), requests, audience }))
}

test('R28 the beginning: the customer has the first step and its button', () => {
  expect(message(0, 'customer')).toMatchInlineSnapshot(`
"text: Going live: Acme Clinic, planned for 12 June 2026: 0 of 6 steps done
# Going live: Acme Clinic
:calendar: *Planned for 12 June 2026* · 0 of 6 steps done
▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱  0 %
:point_right:  *G1*  Hand over the final legacy dump and related files
*Open* · You
*Waiting for* your lead (<@U_LEAD>) · since {2026-05-12 04:30 UTC}
:white_circle:  *G2*  Extract the configuration
We · Later · after G1
:white_circle:  *G3*  Run the migration program
We · Later · after G1
:white_circle:  *G4*  Review PROD Main
We · Later · after G1
:white_circle:  *G5*  Provide the IQ
We · Later · after G1
:white_circle:  *G6*  Final QC check
You · Later · after G1
[Confirm] confirm-files=req-1.3.ab12cd34
~ Started by <@U_PM> · {2026-05-11 03:30 UTC} ~ Forecast of the cut-over: 6 min, as VAL took"
`)
  expect(message(0, 'ops')).not.toContain('[Confirm]')
})

test('R28 half way: no step of the customer is open, so there is no button', () => {
  expect(message(3, 'customer')).toMatchInlineSnapshot(`
"text: Going live: Acme Clinic, planned for 12 June 2026: 3 of 6 steps done
# Going live: Acme Clinic
:calendar: *Planned for 12 June 2026* · 3 of 6 steps done
▰▰▰▰▰▰▰▰▱▱▱▱▱▱▱▱  50 %
:white_check_mark:  *G1*  Hand over the final legacy dump and related files
*Done* by <@U_LEAD> · {2026-05-11 13:30 UTC}
:white_check_mark:  *G2*  Extract the configuration
*Done* by Slipway · {2026-05-11 14:30 UTC}
:white_check_mark:  *G3*  Run the migration program
*Done* by Slipway · {2026-05-11 15:30 UTC}
:point_right:  *G4*  Review PROD Main
*Open* · We · next: a signature
:white_circle:  *G5*  Provide the IQ
We · Later · after G4
:white_circle:  *G6*  Final QC check
You · Later · after G4
~ Started by <@U_PM> · {2026-05-11 03:30 UTC} ~ Forecast of the cut-over: 6 min, as VAL took"
`)
})

test('R28 the last signature', () => {
  expect(message(5, 'customer')).toContain('[Sign G6] sign=req-6.3.ab12cd34')
})

test('R28 live, and rolled back', () => {
  expect(message(6, 'customer', 'done')).toContain(':rocket: *Live*')
  expect(message(2, 'ops', 'rolled-back')).toContain('*Rolled back* · Pre-PROD is as it was')
})
