/** R29 as a matrix: every policy key, and for every role whether it may ask and which slot it may fill. */
import { defaultEntries, type PolicyKey, policyKeys, policyOf, policySchema } from '../../src/lifecycle/policy.js'
import { rules } from '../../src/lifecycle/rules.js'
import { hasRole, sayRoles, slotsOf } from '../../src/lifecycle/situation.js'
import { admin, customerQa, engineer, lead, member, owner, pm, qa, sales, stranger } from '../support/situation.js'

const actors = { sales, pm, engineer, qa, admin, owner, lead, cqa: customerQa, member, stranger }
type Name = keyof typeof actors

/** `who may ask | slot 1 | slot 2`; a dash: nobody is needed. */
const matrix: Record<PolicyKey, string> = {
  'customer.manage': 'sales pm admin | -',
  'customer.people': 'sales pm admin | -',
  'customer.sign': 'sales pm | -',
  'create.demo': 'sales pm | -',
  'create.sandbox': 'sales pm engineer | pm engineer',
  'create.migration': 'engineer | -',
  'create.preprod': 'pm | engineer',
  'create.val': 'pm lead | engineer | qa',
  'create.community': 'pm engineer admin | -',
  promote: 'pm engineer | qa | lead',
  'migration.register': 'pm engineer | -',
  'migration.run': 'engineer | -',
  teardown: 'pm engineer admin | pm engineer qa admin',
  'golive.start': 'pm | -',
  'golive.rollback': 'pm engineer | qa | lead',
  access: 'pm admin | -',
  freeze: 'pm qa admin | -',
  cancel: 'pm engineer admin | -',
  qualify: 'engineer | engineer',
  'accept-deviation': 'qa | qa',
  'sign.iq': 'qa | qa',
  'sign.g4': 'engineer qa | engineer qa',
  'sign.g6': 'lead | lead',
  'confirm-files': 'owner lead | owner lead',
  'review-iteration': 'lead cqa | lead cqa',
  'approve-scripts': 'lead | lead',
  'validation-complete': 'lead cqa | lead cqa',
  'evidence-exported': 'lead cqa | lead cqa',
  'choose-source': 'owner lead | owner lead',
  'training-done': 'lead | lead',
  postpone: 'pm owner lead | sales pm engineer qa admin owner lead',
}

const who = (roles: readonly string[]) => (Object.keys(actors) as Name[]).filter((name) => hasRole(actors[name], roles)).join(' ')

test.each([...policyKeys])('R29 %s: who asks, who agrees', (key) => {
  const entry = defaultEntries[key]
  expect([who(entry.ask), ...(entry.approve.length > 0 ? entry.approve.map(who) : ['-'])].join(' | ')).toBe(matrix[key])
})

test('R29 every verb that people ask for has an entry, but for clicks, where each request has its own', () => {
  for (const [verb, rule] of Object.entries(rules)) {
    if (['click', 'customer-due'].includes(verb)) expect(rule.policy).toBeNull()
    else if (typeof rule.policy === 'string') expect(policyKeys).toContain(rule.policy)
    else expect(typeof rule.policy).toBe('function')
  }
})

test('R29 an entry of the policy file replaces the default, key by key; what is no key or role is refused', () => {
  const policy = policyOf(policySchema.parse({ verbs: { freeze: { ask: ['vendor:admin'], approve: [['vendor:qa']] } } }))
  expect(policy.verbs.freeze).toEqual({ ask: ['vendor:admin'], approve: [['vendor:qa']] })
  expect(policy.verbs.promote).toEqual(defaultEntries.promote)
  expect([policy.expireDays, policy.demoAccessDays, policy.teardownNoticeHours, policy.postponeDays, policy.postponeTimes]).toEqual([
    7, 14, 24, 14, 2,
  ])
  expect([policy.legacyDump, policy.backups]).toEqual(['keep', {}])
  for (const wrong of [
    { verbs: { fly: {} } },
    { verbs: { freeze: { ask: ['vendor:king'] } } },
    { people: { '@pm': ['pm'] } },
    { expireDays: 0 },
    { legacyDump: 'destroy' },
    { backups: { default: [{ what: 'snapshots', where: 'here', keptDays: 0 }] } },
    { backups: { default: [] } },
  ])
    expect(policySchema.safeParse(wrong).success).toBe(false)
})

test('R30 the asker is kept out of every slot, and roles are told in words', () => {
  expect(slotsOf(defaultEntries.promote, ['U_PM'])).toEqual([
    { id: '1', party: 'vendor', roles: ['vendor:qa'], not: ['U_PM'] },
    { id: '2', party: 'customer', roles: ['customer:lead'], not: ['U_PM'] },
  ])
  expect(sayRoles(['vendor:qa', 'customer:lead'])).toBe('QA of the vendor or lead of the customer')
})
