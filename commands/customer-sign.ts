import { z } from 'zod'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOf } from './subject.js'
import { ask } from './verdict.js'
import { customer, sandboxSource } from './words.js'

export const customerSign = defineCommand({
  usage: '/customer sign <customer> [--sandbox base|demo]',
  help: 'Record the signed contract: onboarding begins and the Sandbox pair is asked for, from the base configuration or from their Demo.',
  example: '/customer sign acme --sandbox demo',
  policy: ['customer.sign'],
  words: ['customer'],
  flags: ['sandbox'],
  args: z.object({ customer, sandbox: sandboxSource.optional() }),
  async run(args, context) {
    const slug = await customerOf(args.customer, context)
    if ('refusal' in slug) return refusal(slug.refusal)
    return ask({ verb: 'customer-sign', slug: slug.found, sandbox: args.sandbox ?? 'base' }, context)
  },
})
