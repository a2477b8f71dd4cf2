import { z } from 'zod'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOf } from './subject.js'
import { ask } from './verdict.js'
import { customer } from './words.js'

export const migrationRun = defineCommand({
  usage: '/migration run <customer>',
  help: 'Run the migration program: the next iteration, for the customer to review.',
  example: '/migration run acme',
  policy: ['migration.run'],
  words: ['customer'],
  flags: [],
  args: z.object({ customer }),
  async run(args, context) {
    const slug = await customerOf(args.customer, context)
    return 'refusal' in slug ? refusal(slug.refusal) : ask({ verb: 'migration-run', slug: slug.found }, context)
  },
})
