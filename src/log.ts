/** The log: JSON lines by pino. Secrets are taken out of the finished line, so no depth of nesting and no error message lets one through. */
import { randomInt } from 'node:crypto'
import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Values of fields with one of these in their names are never logged, at whatever depth; pino's own `redact` knows paths only. */
const SECRET_NAME = /token|secret|password|passwd|authorization|cookie|credential|response_url|responseUrl|trigger_id/i
const FIELD = /"([^"\\]*)":"/g
const SLACK_TOKEN = /\b(?:xox[a-z]|xapp|xoxe\.xox[a-z])-[A-Za-z0-9-]+/g
const SLACK_HOOK = /https:\/\/hooks\.slack[^\s"\\]*/g
// The scheme is looked at backwards: what precedes one `://` is no part of what precedes the next, so that all is read once.
const URL_PASSWORD = /(:\/\/(?<=[a-z][a-z0-9+.-]*:\/\/)[^\s:/@"\\]*):[^\s/"\\]*@/gi
const HIDDEN = '[redacted]'
/** Characters of a line; whatever is longer is no help to who reads it. */
const LONGEST_LINE = 32_768

/** Takes tokens, secrets, `response_url`s and the passwords of URLs out of a line of text, in time proportional to its length. */
export function scrub(line: string): string {
  return withoutSecretFields(line).replace(SLACK_TOKEN, HIDDEN).replace(SLACK_HOOK, HIDDEN).replace(URL_PASSWORD, `$1:${HIDDEN}@`)
}

/** One pattern for name and value would try each place of a long name anew. */
function withoutSecretFields(line: string): string {
  const kept: string[] = []
  let from = 0
  FIELD.lastIndex = 0
  for (let found = FIELD.exec(line); found; found = FIELD.exec(line)) {
    const [opening, name = ''] = found
    const end = SECRET_NAME.test(name) ? endOfText(line, found.index + opening.length) : -1
    // The quote that closes this name may open the next one.
    if (end < 0) FIELD.lastIndex = found.index + 1
    else {
      kept.push(line.slice(from, found.index), `"${name}":"${HIDDEN}"`)
      from = end
      FIELD.lastIndex = end
    }
  }
  return kept.join('') + line.slice(from)
}

const TEXT_ENDS = /["\\]/g

/** The place after the quote that closes the text which begins at `start`; -1 where it never ends. */
function endOfText(line: string, start: number): number {
  TEXT_ENDS.lastIndex = start
  for (let found = TEXT_ENDS.exec(line); found; found = TEXT_ENDS.exec(line)) {
    if (found[0] === '"') return found.index + 1
    // An escape is a backslash and one more character of the same line.
    if (/^[\n\r\u2028\u2029]?$/.test(line.charAt(found.index + 1))) return -1
    TEXT_ENDS.lastIndex = found.index + 2
  }
  return -1
}

/** A line that is too long becomes a line that says so and quotes its beginning. Cut after the secrets are out: half a secret is none to the patterns. */
function shortened(line: string): string {
  if (line.length <= LONGEST_LINE) return line
  const { level, time } = /^\{"level":(?<level>\d+),"time":"(?<time>[^"]*)"/.exec(line)?.groups ?? {}
  const cut = `of ${line.length} characters the first ${LONGEST_LINE} are here`
  return `${JSON.stringify({ level: Number(level), time, pid: process.pid, cut, msg: line.slice(0, LONGEST_LINE) })}\n`
}

/** What PostgreSQL says besides the message holds rows, statements and parameters. */
const ROW_FIELDS = ['detail', 'where', 'hint', 'internalQuery', 'query', 'parameters', 'dataType']

/** An error as it may be logged: PostgreSQL's without the values that it quotes, wherever it stands in a chain of causes. */
function loggable(error: unknown): unknown {
  const serialized = pino.stdSerializers.err(error as Error)
  if (typeof serialized !== 'object' || serialized === null) return serialized
  const quoted = quotingErrors(error)
  // Messages of causes stand in the message and in the stack as well.
  const clean = (text: string) =>
    quoted.reduce((left, { message, code }) => left.replaceAll(message, `PostgreSQL refused the data (${code})`), text)
  return JSON.parse(JSON.stringify(serialized), (key, value) =>
    ROW_FIELDS.includes(key) ? undefined : typeof value === 'string' ? clean(value) : value,
  )
}

/** Errors of the class "data exception", whose messages quote the value that did not fit; the longest message first. */
function quotingErrors(error: unknown, depth = 0): { message: string; code: string }[] {
  if (!(typeof error === 'object' && error !== null) || depth > 8) return []
  const { code, message, cause, errors } = error as { code?: unknown; message?: unknown; cause?: unknown; errors?: unknown }
  const own = typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code) && typeof message === 'string' && message ? [{ message, code }] : []
  const among = Array.isArray(errors) ? errors : []
  return [...own, ...[cause, ...among].flatMap((each) => quotingErrors(each, depth + 1))].sort(
    (a, b) => b.message.length - a.message.length,
  )
}

/** Makes the process's logger. Rooms get a child of it handed in; nobody else makes one. */
export function createLog({ level, stream = process.stdout }: { level: string; stream?: DestinationStream }): Log {
  const scrubbed: DestinationStream = { write: (line) => stream.write(shortened(scrub(line))) }
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: loggable },
      hooks: {
        // An error that is logged by itself would give its own message to the line, before any serializer.
        logMethod(args, method) {
          const [first, text] = args as unknown[]
          if (first instanceof Error) method.call(this, { err: first }, typeof text === 'string' ? text : 'fault')
          else method.apply(this, args)
        },
      },
    },
    scrubbed,
  )
}

const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A short id for a fault: the person gets it, the log has the rest under it. */
export function reference(): string {
  return `F-${Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`
}
