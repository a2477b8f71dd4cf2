import { z } from 'zod'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOf } from './subject.js'
import { ask } from './verdict.js'
import { customer } from './words.js'

export const migrationRegister = defineCommand({
  usage: '/migration register <customer>',
  help: 'Register the files in the intake folder of the customer, with sizes and checksums.',
  example: '/migration register acme',
  policy: ['migration.register'],
  words: ['customer'],
  flags: [],
  args: z.object({ customer }),
  async run(args, context) {
    const slug = await customerOf(args.customer, context)
    return 'refusal' in slug ? refusal(slug.refusal) : ask({ verb: 'migration-register', slug: slug.found }, context)
  },
})
