import { z } from 'zod'
import { refusal } from '../src/slack/views/refusal.js'
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
  async run({ slug, name, channel, legacy }, context) {
    const holder = channel === undefined ? null : await context.queries.customerOfChannel(channel)
    // One's own channel is answered by the rule: that customer exists already.
    if (holder && holder.slug !== slug) return refusal(taken(holder.slug))
    return ask({ verb: 'customer-add', slug, name: name ?? slug, channel: channel ?? null, legacy: legacy ?? true }, context)
  },
})

/** What is told in a channel is for one customer's eyes only (R38). */
function taken(slug: string) {
  return { code: 'channel-taken', rule: 'R38', text: `That channel belongs to ${slug} already. Each customer has a channel of its own.` }
}
