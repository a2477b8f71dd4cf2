/** What a person did that changed nothing: a read, what was not understood, what was refused before any rule was asked (R32). */

export interface Heard {
  userId: string
  /** The person's own team. */
  teamId: string | null
  /** Where it was said; null in the Home. */
  channel: string | null
  how: 'shown' | 'explained' | 'not-understood' | 'refused'
  /** `/env show`, `home`, or the action of a button. */
  what: string
  typed: string
  /** Of a refusal. */
  code: string | null
  rule: string | null
}

/** How many of these one person's hour leaves in the trail; the rest is counted in one entry. Strangers have no business here. */
export const heardAnHour = { vendor: 300, customer: 60, stranger: 20, system: 0 } as const

const LONGEST_TYPED = 200
const LONGEST_READ = LONGEST_TYPED * 20
/** Of an address all that may be a password: from `://` to the last `@` before a blank. */
const secrets = [/\bx(?:ox[a-z]|app)-[\w-]{6,}/g, /(?<=:\/\/)\S+(?=@)/g, /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi]

/** What was typed, as it may stand in the trail: one line, at most 200 characters, mentions without the name, no token or password of an address. */
export function typedText(raw: string): string {
  let text = raw
    .slice(0, LONGEST_READ)
    .replace(/[\ud800-\udfff]/gu, '\ufffd')
    .replace(/[\p{Z}\t\n\r\v\f]+/gu, ' ')
    .replace(/\p{C}/gu, '')
    .replace(/<([@#!][\w-]+)\|[^>]*>/g, '<$1>')
  for (const secret of secrets) text = text.replace(secret, '[taken out]')
  // Where its end was not read, nobody knows whether an @ follows.
  if (raw.length > LONGEST_READ) text = text.replace(/(?<=:\/\/)\S+$/, '[taken out]')
  const characters = [...text.trim()]
  return characters.length > LONGEST_TYPED ? `${characters.slice(0, LONGEST_TYPED - 1).join('')}…` : characters.join('')
}
