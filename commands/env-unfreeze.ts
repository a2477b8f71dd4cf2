import { z } from 'zod'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOrEverything } from './subject.js'
import { ask } from './verdict.js'
import { customer, reason } from './words.js'

export const envUnfreeze = defineCommand({
  usage: '/env unfreeze [customer] --reason "<why>"',
  help: 'Let operations begin again, for one customer or, with none named outside their channel, for everything.',
  example: '/env unfreeze acme --reason "inspection is over"',
  policy: ['freeze'],
  words: ['customer'],
  flags: ['reason'],
  args: z.object({ customer, reason }),
  async run(args, context) {
    const slug = await customerOrEverything(args.customer, context)
    if ('refusal' in slug) return refusal(slug.refusal)
    return ask({ verb: 'env-unfreeze', slug: slug.found, reason: args.reason }, context)
  },
})
