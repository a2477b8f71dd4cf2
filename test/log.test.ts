/** The log's redaction: the same as ever, in time that grows with the line and not with its square. */
import fc from 'fast-check'
import { createLog, scrub } from '../src/log.js'

/** Redaction as it was written first, quadratic: what it took out is what must be taken out. */
function scrubAtFirst(line: string): string {
  return line
    .replace(
      /"([^"\\]*(?:token|secret|password|passwd|authorization|cookie|credential|response_url|responseUrl|trigger_id)[^"\\]*)":"(?:[^"\\]|\\.)*"/gi,
      '"$1":"[redacted]"',
    )
    .replace(/\b(?:xox[a-z]|xapp|xoxe\.xox[a-z])-[A-Za-z0-9-]+/g, '[redacted]')
    .replace(/https:\/\/hooks\.slack[^\s"\\]*/g, '[redacted]')
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@"\\]*):[^\s/"\\]*@/gi, '$1:[redacted]@')
}

const pieces = [
  ...['"', '\\', ':', '":"', '"token":"', '"my_Secret_x":"', '\\"', '","', '{', '}', '\n', ' ', '/', '@', '.', '-', 'a', 'Z', '7', 'é'],
  ...['token', 'PASSWORD', 'xoxb-', 'xoxe.xoxp-1', 'xapp-', 'https://hooks.slack.com/', 'postgresql://', '://', 'u:p@', '1+2://', '\ud83d'],
]

test('takes out exactly what it took out when it was quadratic', () => {
  const line = fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.string() }), {
    maxLength: 24,
  })
  fc.assert(
    fc.property(line, (parts) => expect(scrub(parts.join(''))).toBe(scrubAtFirst(parts.join('')))),
    { numRuns: 20_000 },
  )
})

test.each([
  ['a name full of secrets', `"${'token'.repeat(200_000)}`],
  ['a name full of secrets that closes', `"${'token'.repeat(200_000)}"`],
  ['one long word', 'a'.repeat(1_000_000)],
  ['many openings', '"token":"\\"'.repeat(90_000)],
  ['a value that never ends', `"token":"${'\\x'.repeat(500_000)}`],
  ['many schemes', 'a://'.repeat(250_000)],
  ['many schemes and colons', 'a://b:'.repeat(160_000)],
  ['many quotes', '"'.repeat(1_000_000)],
  ['many tokens', 'xoxb-'.repeat(200_000)],
  ['many hooks', 'https://hooks.slack'.repeat(50_000)],
])('1 MB is looked through in less than a second: %s', (_, line) => {
  const began = performance.now()
  scrub(line)
  expect(performance.now() - began).toBeLessThan(1_000)
})

test('a line that is too long is cut with a note, is still JSON, and what was secret in it stays so', () => {
  const lines: string[] = []
  const log = createLog({ level: 'info', stream: { write: (line) => lines.push(line) } })
  log.error({ told: '\u{1F9EA}'.repeat(100_000), password: 'x'.repeat(200_000) }, 'long')
  log.info('short')
  expect(lines).toHaveLength(2)
  expect(lines[0]?.length).toBeLessThan(80_000)
  expect(lines.every((line) => line.endsWith('\n'))).toBe(true)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 50,
    time: expect.any(String),
    cut: expect.stringMatching(/^of \d{6} characters/),
  })
  expect(lines[0]).not.toContain('xxxx')
})
