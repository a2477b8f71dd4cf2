/**
 * Who gets as far as having a body read: only a request that looks like Slack's by its headers, and only as much of it as Slack ever
 * sends. Bolt's own receiver reads and parses up to 4 MB before it looks at the signature.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { parse } from 'node:querystring'

/**
 * Bytes of a body: the largest modal (100 inputs of 3,000 letters, one in six accented, in a view of 250 kB) takes 0.9 MB, see `test/slack/largest-modal.test.ts`.
 * Of inputs full of characters outside ASCII, which are sent in up to twelve bytes each, it holds twenty; ours have one.
 */
export const BODY_LIMIT = 1_048_576
/** Slack's own rule, to which the future belongs as well: a request is five minutes young. */
const AGE_S = 300
/** A body of Slack's comes in one go. */
const BODY_MS = 5_000

const TYPES = ['application/x-www-form-urlencoded', 'application/json']

/** An HTTP status and, for the log, why. */
export interface NotAdmitted {
  status: 400 | 401 | 405 | 408 | 413 | 415
  why: string
}

const no = (status: NotAdmitted['status'], why: string): NotAdmitted => ({ status, why })

/** Refuses by the headers alone, before anything of the body is read; null where it may be read. `nowMs` since 1970. */
export function refusedByHead(method: string | undefined, headers: IncomingHttpHeaders, nowMs: number): NotAdmitted | null {
  if (method !== 'POST') return no(405, 'not a POST')
  if (!TYPES.includes(mediaType(headers)) || headers['content-encoding'] !== undefined) return no(415, 'not a type that Slack sends')
  const timestamp = headers['x-slack-request-timestamp']
  if (!/^v0=[0-9a-f]{64}$/.test(String(headers['x-slack-signature']))) return no(401, 'no signature, or no well-formed one')
  if (typeof timestamp !== 'string' || !/^\d{9,11}$/.test(timestamp)) return no(401, 'no timestamp, or no well-formed one')
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > AGE_S) return no(401, 'the timestamp is more than five minutes away')
  if (Number(headers['content-length'] ?? 0) > BODY_LIMIT) return no(413, 'the body is too long')
  return null
}

/** The type without its parameters, in lower case. */
export function mediaType(headers: IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** Reads a body of at most `BODY_LIMIT` bytes within five seconds and checks its signature; its bytes, or why not. */
export async function readSigned(request: IncomingMessage, secret: string): Promise<Buffer | NotAdmitted> {
  const { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature } = request.headers
  const hmac = createHmac('sha256', secret).update(`v0:${timestamp}:`)
  const read = await readBody(request, (chunk) => hmac.update(chunk))
  if (!Buffer.isBuffer(read)) return read
  const expected = Buffer.from(`v0=${hmac.digest('hex')}`)
  const given = Buffer.from(String(signature))
  return expected.length === given.length && timingSafeEqual(expected, given) ? read : no(401, 'the signature is wrong')
}

function readBody(request: IncomingMessage, see: (chunk: Buffer) => void): Promise<Buffer | NotAdmitted> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const end = (answer: Buffer | NotAdmitted) => {
      clearTimeout(timer)
      request.removeListener('data', take)
      if (!Buffer.isBuffer(answer)) request.pause()
      resolve(answer)
    }
    const take = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > BODY_LIMIT) return end(no(413, 'the body is too long'))
      chunks.push(chunk)
      see(chunk)
    }
    const timer = setTimeout(() => end(no(408, 'the body does not come')), BODY_MS)
    request.on('data', take)
    request.once('end', () => end(Buffer.concat(chunks)))
    // Also where the sender went away.
    request.once('close', () => end(no(400, 'the body ended early')))
    request.once('error', () => end(no(400, 'the body ended early')))
  })
}

/** Whether a body holds what Bolt can read, an object: it takes a signed `null` for one, and the process would end. */
export function holdsObject(body: Buffer, type: string): boolean {
  const text = body.toString()
  if (type === 'application/json') return isObject(text)
  const fields = parse(text)
  if (fields['payload'] === undefined) return fields['command'] !== undefined || fields['ssl_check'] !== undefined
  return typeof fields['payload'] === 'string' && isObject(fields['payload'])
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    // No JSON is no object.
    return false
  }
}
