import { z } from 'zod'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOf } from './subject.js'
import { ask } from './verdict.js'
import { customer, day } from './words.js'

export const goliveStart = defineCommand({
  usage: '/golive start <customer> --date <YYYY-MM-DD>',
  help: 'Begin the go-live checklist for the agreed date.',
  example: '/golive start acme --date 2026-09-01',
  policy: ['golive.start'],
  words: ['customer'],
  flags: ['date'],
  args: z.object({ customer, date: day }),
  async run(args, context) {
    const slug = await customerOf(args.customer, context)
    return 'refusal' in slug ? refusal(slug.refusal) : ask({ verb: 'golive-start', slug: slug.found, date: args.date }, context)
  },
})
