import { z } from 'zod'
import { refusal, said } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { customerOf } from './subject.js'
import { ask } from './verdict.js'
import { customer, environment, kind, version } from './words.js'

export const envCreate = defineCommand({
  usage: '/env create <kind> [customer] [--from <environment>] [--version <version>]',
  help: 'Ask for an environment: demo, sandbox, migration, preprod, val or community. The plan is shown before anybody approves it.',
  example: '/env create preprod acme',
  policy: ['create.demo', 'create.sandbox', 'create.migration', 'create.preprod', 'create.val', 'create.community'],
  words: ['kind', 'customer'],
  flags: ['from', 'version'],
  args: z.object({ kind, customer, from: environment.optional(), version: version.optional() }),
  async run({ kind, customer, from, version }, context) {
    const rest = { from: from ?? null, version: version ?? null }
    if (kind === 'community') {
      if (customer) return said('Community is shared by all customers. Leave the customer out: `/env create community`.')
      return ask({ verb: 'env-create', kind, slug: null, ...rest }, context)
    }
    const slug = await customerOf(customer, context)
    if ('refusal' in slug) return refusal(slug.refusal)
    return ask({ verb: 'env-create', kind, slug: slug.found, ...rest }, context)
  },
})
