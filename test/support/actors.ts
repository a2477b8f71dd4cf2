/** Who asks and clicks in the tests of the rules. */
import type { Actor, CustomerRole, VendorRole } from '../../src/lifecycle/types.js'

export const vendor = (userId: string, ...roles: VendorRole[]): Actor => ({ party: 'vendor', userId, roles })
const customerPerson = (userId: string, role: CustomerRole, customerId = 'cus-1'): Actor => ({
  party: 'customer',
  userId,
  customerId,
  roles: [role],
})

export const sales = vendor('U_SALES', 'sales')
export const pm = vendor('U_PM', 'pm')
export const engineer = vendor('U_ENG', 'engineer')
export const engineer2 = vendor('U_ENG2', 'engineer')
export const qa = vendor('U_QA', 'qa')
export const admin = vendor('U_ADMIN', 'admin')
export const owner = customerPerson('U_OWNER', 'owner')
export const lead = customerPerson('U_LEAD', 'lead')
export const customerQa = customerPerson('U_CQA', 'qa')
export const member = customerPerson('U_MEMBER', 'member')
export const otherLead = customerPerson('U_BLEAD', 'lead', 'cus-2')
export const stranger: Actor = { party: 'stranger', userId: 'U_NOBODY' }
