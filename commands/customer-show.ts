import { z } from 'zod'
import { customerShow as show } from '../src/views/customer.js'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { situationOf } from './subject.js'
import { customer } from './words.js'

export const customerShow = defineCommand({
  usage: '/customer show <customer>',
  help: 'Where a customer stands: environments, people, what is waited for and since when.',
  example: '/customer show acme',
  policy: [],
  words: ['customer'],
  flags: [],
  args: z.object({ customer }),
  async run(args, context) {
    const situation = await situationOf(args.customer, context)
    return 'refusal' in situation ? refusal(situation.refusal) : show(situation.found)
  },
})
