import { randomBytes } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** An id in Slack's manner: a prefix and ten capitals or digits. */
export function newId(prefix: string): string {
  const letters = Array.from(randomBytes(10), (byte) => alphabet.charAt(byte % alphabet.length))
  return prefix + letters.join('')
}

/** A secret in lower case hexadecimal. */
export const newSecret = (bytes = 16) => randomBytes(bytes).toString('hex')

/** Hands out message timestamps, each later than every one before, whatever the clock does. */
export function timestamps(now: () => number = Date.now): () => string {
  let last = 0
  return () => {
    last = Math.max(last + 1, now() * 1000)
    return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`
  }
}
