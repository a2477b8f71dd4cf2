import { z } from 'zod'
import { defineCommand } from './command.js'
import { ask } from './verdict.js'
import { channel, newSlug, title, yesOrNo } from './words.js'

export const customerAdd = defineCommand({
  usage: '/customer add <slug> [--name "<name>"] [--channel #channel] [--legacy yes|no]',
  help: 'Record a prospect. The slug becomes the front of every environment name; without `--legacy no` a legacy database is expected.',
  example: '/customer add acme --name "Acme Clinic" --channel #acme',
  policy: ['customer.manage'],
  words: ['slug'],
  flags: ['name', 'channel', 'legacy'],
  args: z.object({ slug: newSlug, name: title.optional(), channel: channel.optional(), legacy: yesOrNo.optional() }),
  run: ({ slug, name, channel, legacy }, context) =>
    ask({ verb: 'customer-add', slug, name: name ?? slug, channel: channel ?? null, legacy: legacy ?? true }, context),
})
