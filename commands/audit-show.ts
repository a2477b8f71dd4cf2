import { z } from 'zod'
import { auditShow as show } from '../src/views/audit.js'
import { refusal } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { environmentOf } from './subject.js'
import { customerOrEnvironment } from './words.js'

const SHOWN = 20
/** An environment's entries are picked out of its customer's latest. */
const SEARCHED = 500

export const auditShow = defineCommand({
  usage: '/audit show <customer|env>',
  help: 'The latest audit entries of a customer, of one environment, or of the system where neither is named.',
  example: '/audit show acme-prod',
  policy: [],
  words: ['subject'],
  flags: [],
  args: z.object({ subject: customerOrEnvironment }),
  async run({ subject }, context) {
    const { queries } = context
    if (subject === undefined || (await queries.customer(subject))) {
      return show(await queries.audit(subject ?? null, SHOWN), `Audit trail of ${subject ?? 'the system'}`)
    }
    const environment = await environmentOf(subject, context)
    if ('refusal' in environment) return refusal(environment.refusal)
    const { name, customer } = environment.found
    const entries = await queries.audit(customer, SEARCHED)
    const own = entries.filter((entry) => isAbout(entry, name))
    return show(own.slice(0, SHOWN), `Audit trail of ${name}`)
  },
})

/** By its subject, by the environment that the entry of a database names, or by what was typed. */
function isAbout({ subject, after }: { subject: string; after?: unknown }, name: string): boolean {
  const { environment, typed } = (after ?? {}) as { environment?: unknown; typed?: unknown }
  if (subject === name || subject.startsWith(`${name}-`) || environment === name) return true
  return typeof typed === 'string' && typed.split(/[\s=]+/).includes(name)
}
