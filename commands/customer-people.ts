import { z } from 'zod'
import { refusal, said } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOf } from './subject.js'
import { ask } from './verdict.js'
import { addOrRemove, customer, customerRole, person } from './words.js'

interface Typed {
  customer?: string
  action?: string
  user?: string
  role?: string
}

/** In the customer's own channel the customer may be left out; then every word stands one place too early. */
function withoutCustomer(typed: unknown): unknown {
  const { customer: first, action, user } = typed as Typed
  const left = /^(add|remove)$/i.test(first ?? '') && !/^(add|remove)$/i.test(action ?? '')
  return left ? { action: first, user: action, role: user } : typed
}

export const customerPeople = defineCommand({
  usage: '/customer people <customer> add|remove @user <owner|lead|qa|member>',
  help: "Say who is who among the customer's people. Their buttons count only with a role.",
  example: '/customer people acme add @dana lead',
  policy: ['customer.people'],
  words: ['customer', 'action', 'user', 'role'],
  flags: [],
  args: z.preprocess(withoutCustomer, z.object({ customer, action: addOrRemove, user: person, role: customerRole.optional() })),
  async run({ customer, action, user, role }, context) {
    const slug = await customerOf(customer, context)
    if ('refusal' in slug) return refusal(slug.refusal)
    const held = role ?? (await context.queries.situation(slug.found))?.people.find(({ userId }) => userId === user)?.role
    if (!held && action === 'add') return said("Say the person's role too: one of `owner`, `lead`, `qa`, `member`.")
    return ask({ verb: 'customer-people', slug: slug.found, action, userId: user, role: held ?? 'member' }, context)
  },
})
