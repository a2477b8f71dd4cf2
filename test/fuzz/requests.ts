import fc from 'fast-check'
import { holdsObject, mediaType, refusedByHead } from '../../src/slack/admission.js'
import { isSlacks } from '../../src/slack/response-url.js'
import { isLocal } from '../../src/workspace/visitors.js'
import { type Fuzzer, text, timely } from './fuzzer.js'

const now = 1_772_442_000_000
const headers = fc.record(
  {
    'content-type': fc.oneof(fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'APPLICATION/JSON ; a=b'), text),
    'content-length': fc.oneof(fc.nat().map(String), text),
    'content-encoding': text,
    'x-slack-signature': fc.oneof(fc.constant(`v0=${'0'.repeat(64)}`), text),
    'x-slack-request-timestamp': fc.oneof(fc.integer({ min: now / 1000 - 400, max: now / 1000 + 400 }).map(String), text),
  },
  { requiredKeys: [] },
)
const json = fc.oneof(fc.json({ maxDepth: 2 }), text)
const body = fc.oneof(
  json,
  json.map((payload) => `payload=${encodeURIComponent(payload.replace(/[\ud800-\udfff]/gu, ''))}`),
  fc
    .array(fc.tuple(fc.constantFrom('payload', 'command', 'ssl_check', '__proto__', '%'), text), { maxLength: 4 })
    .map((all) => all.map((pair) => pair.join('=')).join('&')),
)

/** Heads and bodies of requests to the intake: admitted only as the rules say, and a body that is let through is one that Bolt can read. */
export const requests: Fuzzer = {
  name: 'heads and bodies of HTTP requests',
  run: (runs) =>
    fc.assert(
      fc.property(fc.oneof(fc.constant('POST'), text), headers, body, (method, head, sent) => {
        const refused = timely(() => refusedByHead(method, head, now))
        const age = Math.abs(Number(head['x-slack-request-timestamp']) - now / 1000)
        if (!refused && (method !== 'POST' || !(age <= 300) || Number(head['content-length'] ?? 0) > 1_048_576))
          throw new Error('let through')
        for (const type of ['application/json', mediaType(head)]) timely(() => holdsObject(Buffer.from(sent), type))
      }),
      { numRuns: runs },
    ),
}

const host = fc.constantFrom(
  'hooks.slack.com',
  'slack.com',
  'slack-gov.com',
  'evil.test',
  '127.0.0.1',
  '[::1]',
  'localhost',
  '169.254.169.254',
  'slack.example',
)
const address = fc.oneof(
  text,
  fc.webUrl(),
  fc
    .tuple(
      fc.constantFrom('https://', 'http://', 'file://', 'HTTPS:\\\\', '//'),
      fc.oneof(
        fc.constant(''),
        text.map((user) => `${user}@`),
      ),
      host,
      fc.oneof(fc.constantFrom('', ':443', ':8080', '.evil.test', '#@', '?@', '%2f', '\\@'), text),
      text,
    )
    .map((parts) => parts.join('')),
)
const responseOrigins = ['https://slack.example']

/** Addresses to answer to: whatever is called is Slack's or named by the settings, as `fetch` reads it. */
export const addresses: Fuzzer = {
  name: 'response_url and Host',
  run: (runs) =>
    fc.assert(
      fc.property(address, (url) => {
        timely(() => isLocal(url))
        if (!timely(() => isSlacks(url, { responseOrigins }))) return
        const { protocol, hostname, username, origin } = new URL(new Request(url).url)
        const slacks = protocol === 'https:' && /(^|\.)slack(-gov)?\.com$/.test(hostname)
        if (username !== '' || !(slacks || responseOrigins.includes(origin))) throw new Error(`would call ${origin}`)
      }),
      { numRuns: runs },
    ),
}
