import { z } from 'zod'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOf } from './subject.js'
import { ask } from './verdict.js'
import { customer, NO_REASON, reason } from './words.js'

export const customerCancel = defineCommand({
  usage: '/customer cancel <customer> [--reason "<why>"]',
  help: 'End an onboarding before it went live; what was made is torn down.',
  example: '/customer cancel acme --reason "contract withdrawn"',
  policy: ['customer.manage'],
  words: ['customer'],
  flags: ['reason'],
  args: z.object({ customer, reason: reason.optional() }),
  async run(args, context) {
    const slug = await customerOf(args.customer, context)
    if ('refusal' in slug) return refusal(slug.refusal)
    return ask({ verb: 'customer-cancel', slug: slug.found, reason: args.reason ?? NO_REASON }, context)
  },
})
