import { z } from 'zod'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOf } from './subject.js'
import { ask } from './verdict.js'
import { customer, NO_REASON, reason } from './words.js'

export const goliveRollback = defineCommand({
  usage: '/golive rollback <customer> [--reason "<why>"]',
  help: 'Ask to take back a go-live before G6; Pre-PROD stays as it was.',
  example: '/golive rollback acme --reason "open finding in the final QC check"',
  policy: ['golive.rollback'],
  words: ['customer'],
  flags: ['reason'],
  args: z.object({ customer, reason: reason.optional() }),
  async run(args, context) {
    const slug = await customerOf(args.customer, context)
    if ('refusal' in slug) return refusal(slug.refusal)
    return ask({ verb: 'golive-rollback', slug: slug.found, reason: args.reason ?? NO_REASON }, context)
  },
})
