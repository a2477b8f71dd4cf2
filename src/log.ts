/** The log: JSON lines by pino. Secrets are taken out of the finished line, so no depth of nesting and no error message lets one through. */
import { randomInt } from 'node:crypto'
import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Values of these keys are never logged, at whatever depth. */
const SECRET_FIELD =
  /"([^"\\]*(?:token|secret|password|passwd|authorization|cookie|credential|response_url|responseUrl|trigger_id)[^"\\]*)":"(?:[^"\\]|\\.)*"/gi
const SLACK_TOKEN = /\b(?:xox[a-z]|xapp|xoxe\.xox[a-z])-[A-Za-z0-9-]+/g
const SLACK_HOOK = /https:\/\/hooks\.slack[^\s"\\]*/g
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"\\]*):[^\s/"\\]*@/gi
const HIDDEN = '[redacted]'

/** Takes tokens, secrets, `response_url`s and the passwords of URLs out of a line of text. */
export function scrub(line: string): string {
  return line
    .replace(SECRET_FIELD, `"$1":"${HIDDEN}"`)
    .replace(SLACK_TOKEN, HIDDEN)
    .replace(SLACK_HOOK, HIDDEN)
    .replace(URL_PASSWORD, `$1:${HIDDEN}@`)
}

/** Makes the process's logger. Rooms get a child of it handed in; nobody else makes one. */
export function createLog({ level, stream = process.stdout }: { level: string; stream?: DestinationStream }): Log {
  const scrubbed: DestinationStream = { write: (line) => stream.write(scrub(line)) }
  return pino({ level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, scrubbed)
}

const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A short id for a fault: the person gets it, the log has the rest under it. */
export function reference(): string {
  return `F-${Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`
}
