/** A person in a document is who they were at the click: not what today's policy or Slack says. */
import { personFacts } from '../../jobs/documents/issue.js'
import type { StepContext } from '../../jobs/job.js'
import { person } from '../../src/documents/parts.js'
import type { Profile } from '../../src/lifecycle/profile.js'

const quinn: Profile = {
  id: 'who_1',
  userId: 'U_QA',
  teamId: 'T_VENDOR',
  party: 'vendor',
  roles: ['qa'],
  name: 'Quinn Adler',
  nameFrom: 'slack',
  nameAt: new Date(0),
}
const profiles = new Map<string, Profile>([
  ['who_1', quinn],
  ['who_2', { ...quinn, id: 'who_2', name: null, nameFrom: null, nameAt: null }],
  ['who_3', { ...quinn, id: 'who_3', userId: 'U_EVE', party: 'customer', roles: ['member'], name: 'QA Lead' }],
  ['who_4', { ...quinn, id: 'who_4', name: 'quinn', nameFrom: 'payload' }],
])
// Today's policy says something else of everybody.
const context = { profiles, situation: { policy: { people: { U_QA: ['admin'], U_EVE: ['qa'] } }, people: [] } } as unknown as StepContext
const printed = (userId: string, profileId: string | null) => person(personFacts(context, userId, profileId))

test("R22 a signer is printed by name and role as they were at the click, not by today's policy", () => {
  expect(printed('U_QA', 'who_1')).toBe('Quinn Adler (U_QA), vendor, qa')
})

test('a name that was not available is said not to have been, with the role as it was', () => {
  expect(printed('U_QA', 'who_2')).toBe('name not available (U_QA), vendor, qa')
})

test("of an old row neither name nor role is made up from today's policy", () => {
  expect(printed('U_QA', null)).toBe('name not recorded (U_QA), party not recorded, role not recorded')
})

test('who renames themselves to QA Lead is still printed with their id, party and role', () => {
  expect(printed('U_EVE', 'who_3')).toBe('QA Lead (U_EVE), customer, member')
})

test("a profile of another person is nobody's: it is not printed", () => {
  expect(printed('U_EVE', 'who_1')).toBe('name not recorded (U_EVE), party not recorded, role not recorded')
})

test('a name that came with the click, not from the profile, is said to be a user name', () => {
  expect(printed('U_QA', 'who_4')).toBe('quinn, as user name (U_QA), vendor, qa')
})

test('the system is Slipway', () => {
  expect(personFacts(context, 'system', null)).toEqual({ name: 'Slipway', userId: 'system', party: 'system', role: 'automatic' })
})
