import { z } from 'zod'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOf } from './subject.js'
import { ask } from './verdict.js'
import { customer, NO_REASON, reason } from './words.js'

export const customerLose = defineCommand({
  usage: '/customer lose <customer> [--reason "<why>"]',
  help: 'Record that a prospect did not sign; what was made for them is torn down.',
  example: '/customer lose acme --reason "chose another vendor"',
  policy: ['customer.manage'],
  words: ['customer'],
  flags: ['reason'],
  args: z.object({ customer, reason: reason.optional() }),
  async run(args, context) {
    const slug = await customerOf(args.customer, context)
    if ('refusal' in slug) return refusal(slug.refusal)
    return ask({ verb: 'customer-lose', slug: slug.found, reason: args.reason ?? NO_REASON }, context)
  },
})
