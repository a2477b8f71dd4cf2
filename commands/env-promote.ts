import { z } from 'zod'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { environmentOf } from './subject.js'
import { ask } from './verdict.js'
import { environment } from './words.js'

export const envPromote = defineCommand({
  usage: '/env promote <env>',
  help: "Ask to make PROD from the customer's Pre-PROD, merged with the final migration output.",
  example: '/env promote acme-preprod',
  policy: ['promote'],
  words: ['environment'],
  flags: [],
  args: z.object({ environment }),
  async run(args, context) {
    const subject = await environmentOf(args.environment, context)
    if ('refusal' in subject) return refusal(subject.refusal)
    return ask({ verb: 'env-promote', environment: subject.found.name }, context)
  },
})
