import { z } from 'zod'
import { goliveStatus as status } from '../src/views/golive.js'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { situationOf } from './subject.js'
import { customer } from './words.js'

export const goliveStatus = defineCommand({
  usage: '/golive status <customer>',
  help: 'The go-live checklist: what is done, what is next, and who is being waited for.',
  example: '/golive status acme',
  policy: [],
  words: ['customer'],
  flags: [],
  args: z.object({ customer }),
  async run(args, context) {
    const situation = await situationOf(args.customer, context)
    return 'refusal' in situation ? refusal(situation.refusal) : status(situation.found)
  },
})
