import { z } from 'zod'
import { environmentList } from '../src/views/environment.js'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOrEverything } from './subject.js'
import { customer } from './words.js'

export const envList = defineCommand({
  usage: '/env list [customer]',
  help: "All environments with their state; one customer's only, where one is named or this is their channel.",
  example: '/env list acme',
  policy: [],
  words: ['customer'],
  flags: [],
  args: z.object({ customer }),
  async run(args, context) {
    const slug = await customerOrEverything(args.customer, context)
    if ('refusal' in slug) return refusal(slug.refusal)
    const { queries } = context
    return environmentList(await (slug.found === null ? queries.environments() : queries.environmentsOf(slug.found)))
  },
})
