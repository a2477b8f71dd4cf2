import { z } from 'zod'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOrEverything } from './subject.js'
import { ask } from './verdict.js'
import { customer, reason } from './words.js'

export const envFreeze = defineCommand({
  usage: '/env freeze [customer] --reason "<why>"',
  help: 'Let no new operation begin, for one customer or, with none named outside their channel, for everything.',
  example: '/env freeze acme --reason "inspection this week"',
  policy: ['freeze'],
  words: ['customer'],
  flags: ['reason'],
  args: z.object({ customer, reason }),
  async run(args, context) {
    const slug = await customerOrEverything(args.customer, context)
    if ('refusal' in slug) return refusal(slug.refusal)
    return ask({ verb: 'env-freeze', slug: slug.found, reason: args.reason }, context)
  },
})
