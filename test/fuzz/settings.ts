import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { readPolicy } from '../../src/app/policy.js'
import { ConfigError, readConfig, SETTINGS } from '../../src/config.js'
import { scrub } from '../../src/log.js'
import { open, parseKeys, seal } from '../../src/secrets.js'
import { type Fuzzer, or, text, timely } from './fuzzer.js'

const origin = fc.constantFrom(
  'https://a.example',
  'http://127.0.0.1:1',
  'postgresql://u:p@h/d',
  'redis://h',
  '1',
  '65536',
  'xoxb-1',
  'xapp-1',
  'movable',
)
const env = fc.dictionary(
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...SETTINGS) }, { weight: 1, arbitrary: text }),
  fc.oneof(origin, text),
  { maxKeys: 8 },
)

/** A result, or the one exception that is meant for people. */
function orConfigError(work: () => unknown): void {
  try {
    timely(work)
  } catch (fault) {
    if (!(fault instanceof ConfigError)) throw fault
  }
}

/** The environment: settings, or one message that names what is wrong. */
export const settings: Fuzzer = {
  name: 'settings',
  run: (runs) =>
    fc.assert(
      fc.property(env, fc.constantFrom('start' as const, 'other' as const), (given, purpose) =>
        orConfigError(() => readConfig(given, purpose)),
      ),
      { numRuns: runs },
    ),
}

const role = fc.constantFrom('vendor:pm', 'customer:lead', 'vendor:constructor')
const entry = or(
  fc.record({
    ask: or(fc.array(or(role), { maxLength: 3 })),
    approve: or(fc.array(or(fc.array(role, { maxLength: 2 })), { maxLength: 2 })),
  }),
)
const policy = fc.record(
  {
    version: or(text),
    people: or(
      fc.dictionary(fc.oneof(fc.constantFrom('U1', 'W2', '__proto__', 'constructor'), text), or(fc.array(fc.constantFrom('pm', 'qa')))),
    ),
    verbs: or(fc.dictionary(fc.oneof(fc.constantFrom('promote', 'access', '__proto__'), text), entry, { maxKeys: 3 })),
    expireDays: or(fc.double()),
    postponeTimes: or(fc.integer()),
  },
  { requiredKeys: [] },
)
const written = fc.oneof(
  policy.map((given) => stringify(given)),
  policy.map((given) => JSON.stringify(given)),
  fc.jsonValue().map((given) => JSON.stringify(given)),
  text,
  fc
    .array(
      fc.constantFrom(
        '- ',
        '&a ',
        '*a',
        '? ',
        ': ',
        '\n',
        '  ',
        '[',
        '{',
        '!!js ',
        '<<: *a',
        'people',
        '"',
        '|',
        '---\n',
        '#',
        '%YAML 1.2\n',
      ),
      { maxLength: 20 },
    )
    .map((all) => all.join('')),
)

/** The policy file: a policy, or one message that names what is wrong. */
export const policies: Fuzzer = {
  name: 'policy files',
  run(runs) {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-fuzz-'))
    const file = join(folder, 'policy.yaml')
    try {
      fc.assert(
        fc.property(written, (content) => {
          writeFileSync(file, content)
          orConfigError(() => readPolicy(file))
        }),
        { numRuns: runs },
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

const good = `one:${Buffer.alloc(32, 1).toString('base64')}`
const keys = fc.oneof(
  text,
  fc.array(fc.oneof(fc.constantFrom(good, 'two:AAAA', ':', ','), text), { maxLength: 4 }).map((all) => all.join(',')),
)
const sealed = fc.oneof(
  text,
  fc.tuple(fc.constantFrom('v1.one', 'v1.two', 'v0.one'), text).map((parts) => parts.join('.')),
)

/** SECRET_KEYS and sealed values: keys, or a sentence that does not repeat them; nothing opens that was not sealed. */
export const secretKeys: Fuzzer = {
  name: 'secret keys and sealed values',
  run: (runs) =>
    fc.assert(
      fc.property(keys, sealed, text, (given, value, secret) => {
        try {
          timely(() => parseKeys(given))
        } catch (fault) {
          if (!/^(each entry is|the key "|two keys|holds no key)/.test((fault as Error).message)) throw fault
        }
        const own = parseKeys(good)
        if (open(own, seal(own, secret, given), given) !== Buffer.from(secret).toString()) throw new Error('does not open what it sealed')
        try {
          timely(() => open(own, value))
        } catch (fault) {
          if (!/^opening a (sealed )?value/.test((fault as Error).message)) throw fault
          return
        }
        throw new Error('opened what was not sealed')
      }),
      { numRuns: runs },
    ),
}

const secret = fc.constantFrom('"token":"', '"', '\\', 'xoxb-', 'https://hooks.slack.com/', 'redis://u:p@', '://', ':', '@')
const line = fc.array(fc.oneof(secret, text), { maxLength: 12 }).map((all) => all.join(''))

/** The log's redaction: bounded in time, never longer than three times what came in, and what is scrubbed stays so. */
export const logLines: Fuzzer = {
  name: 'lines of the log',
  run: (runs) =>
    fc.assert(
      fc.property(line, (given) => {
        const once = timely(() => scrub(given))
        if (once.length > given.length * 3 + 10) throw new Error('grows')
        const parsed = JSON.parse(scrub(JSON.stringify({ password: 'hunter2hunter2', told: given }))) as { password: string }
        if (parsed.password !== '[redacted]') throw new Error('lets a password through')
      }),
      { numRuns: runs },
    ),
}
