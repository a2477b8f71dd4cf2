import { z } from 'zod'
import { migrationStatus as status } from '../src/views/migration.js'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { situationOf } from './subject.js'
import { customer } from './words.js'

export const migrationStatus = defineCommand({
  usage: '/migration status <customer>',
  help: 'The registered files and every iteration: what was loaded, rejected and accepted.',
  example: '/migration status acme',
  policy: [],
  words: ['customer'],
  flags: [],
  args: z.object({ customer }),
  async run(args, context) {
    const situation = await situationOf(args.customer, context)
    return 'refusal' in situation ? refusal(situation.refusal) : status(situation.found)
  },
})
