import { z } from 'zod'
import { environmentShow } from '../src/views/environment.js'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { environmentWithSituation } from './subject.js'
import { environment } from './words.js'

export const envShow = defineCommand({
  usage: '/env show <env>',
  help: 'One environment: purpose, instances, versions, volunteers, operations, documents and access.',
  example: '/env show acme-sandbox',
  policy: [],
  words: ['environment'],
  flags: [],
  args: z.object({ environment }),
  async run(args, context) {
    const subject = await environmentWithSituation(args.environment, context)
    if ('refusal' in subject) return refusal(subject.refusal)
    return environmentShow(subject.found.situation, subject.found.environment)
  },
})
