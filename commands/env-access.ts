import { z } from 'zod'
import type { Situation } from '../src/lifecycle/types.js'
import { refusal, said } from '../src/views/refusal.js'
import { defineCommand } from './command.js'
import { environmentWithSituation } from './subject.js'
import { ask } from './verdict.js'
import { environment, grantOrRevoke, person, productRole } from './words.js'

/** The only role that a person holds there, so that it need not be typed to revoke it. */
function onlyRole({ access }: Situation, environmentId: string, userId: string): string | undefined {
  const held = access.filter((entry) => entry.environmentId === environmentId && entry.userId === userId)
  return held.length === 1 ? held[0]?.role : undefined
}

export const envAccess = defineCommand({
  usage: '/env access <env> grant|revoke @user <role>',
  help: 'Give a person access to an environment, or take it away. Access to PROD Main needs the training sign-off in Test.',
  example: '/env access acme-sandbox grant @dana designer',
  policy: ['access'],
  words: ['environment', 'action', 'user', 'role'],
  flags: [],
  args: z.object({ environment, action: grantOrRevoke, user: person, role: productRole.optional() }),
  async run({ environment, action, user, role }, context) {
    const subject = await environmentWithSituation(environment, context)
    if ('refusal' in subject) return refusal(subject.refusal)
    const found = subject.found
    const meant = role ?? (action === 'revoke' ? onlyRole(found.situation, found.environment.id, user) : undefined)
    if (!meant) return said('Say the role too, such as `coordinator`: `/env access <env> grant|revoke @user <role>`.')
    return ask({ verb: 'env-access', environment: found.environment.name, action, userId: user, role: meant }, context)
  },
})
