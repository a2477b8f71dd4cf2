/** The entries of the audit trail in words, for people who read it in Slack or in an export; the verbs themselves stay what they are. */

export interface EntrySaid {
  verb: string
  before?: unknown
  after?: unknown
}

/** What somebody did, in the past tense; `{…}` names a fact of `after`, or of `before` where only that has it. What is not listed stands as it is recorded. */
const phrases: Record<string, string> = {
  shown: 'looked at it',
  explained: 'asked for help',
  'not-understood': 'typed what is not understood: “{typed}”',
  refused: 'was refused ({code}, {rule}): “{typed}”',
  'more-attempts': '{notKept} more attempts in the hour from {hour}, beyond the {kept} on record',
  'message-sent': 'message sent to {channel} ({ts})',
  'message-edited': 'message edited in {channel} ({ts})',
  'message-pinned': 'message pinned in {channel} ({ts}): {outcome}',
  'message-gone': 'message is no longer in {channel} ({ts}); it is sent anew',
  'message-not-taken': 'message not taken by Slack: {error}',
  'database-allotted': 'name allotted to the database of {instance} on {server}',
  'database-made': 'database made for {environment}',
  'database-dropped': 'database dropped, of {environment}',
  'database-gone': 'database and roles verified gone, of {environment}',
  'database-stray-dropped': 'database that no row owns any more dropped on {server}',
}

const LONGEST = 200

/** A sentence on one line; names of people are those at the moment of the entry. */
export function entrySaid({ verb, before, after }: EntrySaid): string {
  const facts = { ...record(before), ...record(after) }
  const phrase = Object.hasOwn(phrases, verb) ? phrases[verb] : undefined
  const said = (phrase ?? verb).replace(/\{(\w+)\}/g, (_, name: string) => fact(facts[name]))
  const refused = typeof facts['refused'] === 'string' ? `, refused: ${facts['refused']} (${fact(facts['rule'])})` : ''
  return `${said}${refused}`
}

/** Who it was at that moment: `Quinn Adler, vendor, qa`; null where it was not recorded. */
export function whoSaid(after: unknown): string | null {
  const { by } = record(after)
  if (typeof by !== 'object' || by === null) return null
  const { name, party, roles } = record(by)
  const known = Array.isArray(roles) && roles.length > 0 ? roles.map(String).join(', ') : 'no role'
  return `${typeof name === 'string' ? name : 'name not available'}, ${fact(party)}, ${known}`
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function fact(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–'
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, LONGEST) : '…'
}
