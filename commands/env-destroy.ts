import { z } from 'zod'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { environmentOf } from './subject.js'
import { ask } from './verdict.js'
import { environment, NO_REASON, reason } from './words.js'

export const envDestroy = defineCommand({
  usage: '/env destroy <env> [--reason "<why>"]',
  help: 'Ask to tear an environment down. A second person agrees, it is announced a day before, and a record of the destruction is kept.',
  example: '/env destroy acme-demo-2 --reason "replaced by acme-demo-3"',
  policy: ['teardown'],
  words: ['environment'],
  flags: ['reason'],
  args: z.object({ environment, reason: reason.optional() }),
  async run(args, context) {
    const subject = await environmentOf(args.environment, context)
    if ('refusal' in subject) return refusal(subject.refusal)
    return ask({ verb: 'env-destroy', environment: subject.found.name, reason: args.reason ?? NO_REASON }, context)
  },
})
