/** The words that commands take, as schemas whose complaints name the value and say what to do instead. */
import { z } from 'zod'
import { kindNames } from '../src/lifecycle/kinds.js'
import type { CustomerRole } from '../src/lifecycle/types.js'
import { meant } from './nearest.js'
import { shown } from './shown.js'

type Complain = (typed: string) => string

/** A word that must be there (`missing` says so) and must satisfy `read`, which gives undefined for a bad one. */
function word<Value>(missing: string, read: (typed: string) => Value | undefined, wrong: Complain) {
  return z.string(missing).transform((typed, context) => {
    const value = read(typed.trim())
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: wrong(typed) })
    return z.NEVER
  })
}

function oneOf<const Choice extends string>(choices: readonly Choice[], missing: string, wrong: Complain) {
  const list = choices.map((choice) => `\`${choice}\``).join(', ')
  return word(
    `${missing}: one of ${list}.`,
    (typed) => choices.find((choice) => choice === typed.toLowerCase()),
    (typed) => `${wrong(typed)} It must be one of ${list}.${meant(typed, choices)}`,
  )
}

const matching = (pattern: RegExp) => (typed: string) => (pattern.test(typed) ? typed : undefined)

/** A new customer's short name: the front of every environment's name, hence strict. */
export const newSlug = word(
  'Say the short name of the customer, such as `acme`.',
  (typed) => (/^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/.test(typed) && !typed.includes('--') ? typed : undefined),
  (typed) => `${shown(typed)} cannot be a customer's short name. Use at most 20 of a–z, 0–9 and single dashes inside, such as \`acme\`.`,
)

/** A customer who is there already. Left out, the channel says who is meant. */
export const customer = word(
  '',
  (typed) => matching(/^[a-z0-9-]{1,20}$/)(typed.toLowerCase()),
  (typed) => `${shown(typed)} is not a customer's short name. \`/customer list\` shows them.`,
).optional()

/** An environment's full name. */
export const environment = word(
  'Say the name of the environment, such as `acme-sandbox`.',
  (typed) => matching(/^[a-z0-9][a-z0-9-]{0,62}$/)(typed.toLowerCase()),
  (typed) => `${shown(typed)} is not an environment's name. \`/env list\` shows them.`,
)

/** A customer's short name or an environment's name; left out, the channel says which customer is meant. */
export const customerOrEnvironment = word(
  '',
  (typed) => matching(/^[a-z0-9][a-z0-9-]{0,62}$/)(typed.toLowerCase()),
  (typed) => `${shown(typed)} is neither a customer nor an environment. \`/customer list\` and \`/env list\` show them.`,
).optional()

/** An environment kind; `pre-prod` and the like are understood. */
export const kind = word(
  `Say which kind of environment: one of ${kindNames.map((name) => `\`${name}\``).join(', ')}.`,
  (typed) => kindNames.find((name) => name === typed.toLowerCase().replaceAll('-', '')),
  (typed) =>
    `${shown(typed)} is no kind of environment. It must be one of ${kindNames.map((name) => `\`${name}\``).join(', ')}.${meant(typed, kindNames)}`,
)

/** A mention. Plain `@name` is refused: only Slack can say for certain who is meant. */
export const person = word(
  'Say who, as a mention: `@name`, picked from the list that Slack offers.',
  (typed) => /^<@([UW][A-Z0-9_]+)(?:\|[^>]*)?>$/.exec(typed)?.[1] ?? /^@?([UW][A-Z0-9_]{2,})$/.exec(typed)?.[1],
  (typed) => `${shown(typed)} is not a person that Slack recognised. Type \`@\` and pick the person from the list.`,
)

/** A channel's mention. Private ones arrive as `<#C123|>`. */
export const channel = word(
  'Say which channel, as `#name`, picked from the list that Slack offers.',
  (typed) => /^<#([CG][A-Z0-9_]+)(?:\|[^>]*)?>$/.exec(typed)?.[1] ?? /^#?([CG][A-Z0-9_]{2,})$/.exec(typed)?.[1],
  (typed) => `${shown(typed)} is not a channel that Slack recognised. Type \`#\` and pick the channel from the list.`,
)

export const customerRole = oneOf(
  ['owner', 'lead', 'qa', 'member'] satisfies CustomerRole[],
  "Say the person's role",
  (typed) => `${shown(typed)} is no role of a customer's people.`,
)

/** A role inside an environment's product; which ones exist is the product's business. */
export const productRole = word(
  'Say the role in the product, such as `coordinator`.',
  matching(/^[\p{L}0-9][\p{L}0-9 _./-]{0,40}$/u),
  (typed) => `${shown(typed)} cannot be a role. Use at most 41 letters, digits, spaces, dots and dashes.`,
)

export const addOrRemove = oneOf(['add', 'remove'], 'Say what to do', (typed) => `${shown(typed)} is not what can be done here.`)
export const grantOrRevoke = oneOf(['grant', 'revoke'], 'Say what to do', (typed) => `${shown(typed)} is not what can be done here.`)
export const sandboxSource = oneOf(['base', 'demo'], 'Say what the Sandbox is made from', (typed) => `${shown(typed)} is no source.`)

/** A map: in an object `constructor` would be found as well. */
const answers = new Map([
  ['yes', true],
  ['y', true],
  ['true', true],
  ['no', false],
  ['n', false],
  ['false', false],
])

export const yesOrNo = word(
  'Say `yes` or `no`.',
  (typed) => answers.get(typed.toLowerCase()),
  (typed) => `${shown(typed)} is neither \`yes\` nor \`no\`.`,
)

/** A calendar day that exists, as `2026-09-01`. */
export const day = word(
  'Say the date as `--date 2026-09-01` (year, month, day).',
  (typed) => {
    const at = /^\d{4}-\d{2}-\d{2}$/.test(typed) ? new Date(`${typed}T00:00:00Z`) : undefined
    return at && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(typed) ? typed : undefined
  },
  (typed) => `${shown(typed)} is not a date. Write it as year, month and day: \`2026-09-01\`.`,
)

export const version = word(
  'Say the version of the product, such as `24.2`.',
  matching(/^[0-9A-Za-z][0-9A-Za-z.+_-]{0,39}$/),
  (typed) => `${shown(typed)} cannot be a version. Versions look like \`24.2\`.`,
)

/** A name for people, such as `Acme Clinic`. */
export const title = word(
  'Say the name.',
  (typed) => (typed.length >= 1 && typed.length <= 80 ? typed : undefined),
  (typed) => `${shown(typed)} is not a usable name. Use 1 to 80 characters.`,
)

/** Why something is done; kept in the audit trail. */
export const reason = word(
  'Say why: `--reason "…"`. It is kept in the audit trail.',
  (typed) => (typed.length >= 1 && typed.length <= 500 ? typed : undefined),
  () => 'The reason is too long. Use at most 500 characters.',
)

export const NO_REASON = 'no reason given'
