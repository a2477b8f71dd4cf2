import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ConfigError, readConfig, SETTINGS } from '../src/config.js'
import { createLog, reference, scrub } from '../src/log.js'

const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'shh', SLACK_OPS_CHANNEL: 'C_OPS' }

function problemsOf(env: Record<string, string>, purpose?: 'start'): readonly string[] {
  try {
    readConfig(env, purpose)
  } catch (fault) {
    if (fault instanceof ConfigError) return fault.problems
    throw fault
  }
  return []
}

test('nothing set is enough, except to start', () => {
  const config = readConfig({})
  expect(config).toMatchObject({ slack: undefined, port: 3000, commandPrefix: '', clock: 'system', workerConcurrency: 8, sweepMs: 15_000 })
  expect(config.documentsDir).toBe(path.resolve('var/documents'))
  expect(config.productDir).toBe(path.resolve('src/product/clinic'))
  expect(problemsOf({}, 'start').join('\n')).toMatch(
    /SLACK_BOT_TOKEN[\s\S]*SLACK_OPS_CHANNEL[\s\S]*SLACK_SIGNING_SECRET or SLACK_APP_TOKEN/,
  )
})

test('the settings cannot be changed afterwards', () => {
  expect(Object.isFrozen(readConfig(slack, 'start'))).toBe(true)
})

test('one message names every bad key', () => {
  const bad = { ...slack, PORT: 'http', DATABASE_URL: 'mysql://x', SECRET_KEYS: 'a:short', LOG_LEVEL: 'loud', SWEEP_MS: '1' }
  const problems = problemsOf(bad, 'start')
  expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual(['DATABASE_URL', 'LOG_LEVEL', 'PORT', 'SECRET_KEYS', 'SWEEP_MS'])
  expect(new ConfigError(problems).message).toMatch(/^5 settings are wrong or missing:\n {2}\w/)
})

test('a bad secret is named, never repeated', () => {
  expect(problemsOf({ SLACK_BOT_TOKEN: 'xapp-oops', SECRET_KEYS: 'a:c2VjcmV0' }).join()).not.toMatch(/oops|c2VjcmV0/)
})

test('Socket Mode where an app-level token is set, HTTP otherwise', () => {
  expect(readConfig(slack, 'start').slack).toMatchObject({ mode: 'http', signingSecret: 'shh' })
  expect(readConfig({ ...slack, SLACK_APP_TOKEN: 'xapp-1' }, 'start').slack).toMatchObject({ mode: 'socket', appToken: 'xapp-1' })
})

test('further origins of a response_url are origins and nothing more', () => {
  expect(readConfig({}).responseOrigins).toEqual([])
  expect(readConfig({ RESPONSE_ORIGINS: ' https://slack.example  http://10.0.0.1:8080 ' }).responseOrigins).toEqual([
    'https://slack.example',
    'http://10.0.0.1:8080',
  ])
  for (const wrong of [
    'https://slack.example/hooks',
    'slack.example',
    'file:///etc',
    'https://u:p@slack.example',
    '*',
    'https://a https://b/',
  ])
    expect(problemsOf({ RESPONSE_ORIGINS: wrong })).toEqual([expect.stringMatching(/^RESPONSE_ORIGINS is not a list of origins/)])
})

test('a worker posts in Slack and is not reached by it: it starts without what proves requests, and is called so', () => {
  const { SLACK_SIGNING_SECRET, ...posting } = slack
  expect(readConfig(posting, 'worker').slack).toEqual({ mode: 'posting', botToken: 'xoxb-1', opsChannel: 'C_OPS' })
  expect(problemsOf(posting, 'start').join()).toContain('SLACK_SIGNING_SECRET or SLACK_APP_TOKEN is missing')
  expect(() => readConfig({}, 'worker')).toThrow(/^2 settings are wrong or missing:\n {2}SLACK_BOT_TOKEN is missing\n {2}SLACK_OPS_CHANNEL/)
})

test('an empty value counts as unset', () => {
  expect(readConfig({ PORT: '', REDIS_URL: ' ', DATABASE_URL: '' })).toMatchObject({
    port: 3000,
    redisUrl: undefined,
    databaseUrl: undefined,
  })
})

test('folders follow DATA_DIR', () => {
  const config = readConfig({ DATA_DIR: '/data', BACKUP_DIR: '/backups', DATABASE_URL: 'postgresql://u:p@h/d' })
  expect(config).toMatchObject({ intakeDir: '/data/intake', backupDir: '/backups', instanceServers: [] })
})

test('instance servers have keys; what is wrong is said without an address', () => {
  expect(readConfig({ INSTANCE_SERVERS: 'eu=postgres://u:p@h/d  us=postgresql://x/y' }).instanceServers).toEqual([
    { key: 'eu', url: 'postgres://u:p@h/d' },
    { key: 'us', url: 'postgresql://x/y' },
  ])
  expect(
    readConfig({ INSTANCES_URL: 'postgres://h/d', INSTANCE_SERVERS: 'eu=postgres://x/y' }).instanceServers.map(({ key }) => key),
  ).toEqual(['eu', 'default'])
  for (const [value, said] of [
    ['postgres://u:secret@h/d', /entry 1 is not <key>=<url>/],
    ['eu=http://u:secret@h', /entry 1 \(eu\) is not a URL/],
    ['eu=postgres://u:secret@h/d eu=postgres://h/e', /names eu twice/],
    ['default=postgres://u:secret@h/d', /uses itself/],
  ] as const) {
    expect(() => readConfig({ INSTANCE_SERVERS: value })).toThrow(said)
    expect(() => readConfig({ INSTANCE_SERVERS: value })).not.toThrow(/secret/)
  }
})

test('the owner of the tables is the login of DATABASE_URL, unless MIGRATE_URL names another', () => {
  const DATABASE_URL = 'postgresql://u:p@h/d'
  expect(readConfig({ DATABASE_URL }).migrateUrl).toBe(DATABASE_URL)
  expect(readConfig({ DATABASE_URL, MIGRATE_URL: 'postgresql://o:p@h/d' }).migrateUrl).toBe('postgresql://o:p@h/d')
  expect(problemsOf({ MIGRATE_URL: 'owner' })).toEqual(['MIGRATE_URL is not a URL that begins with postgres:// or postgresql://'])
})

test('a misspelt key is pointed out, and a stranger left alone', () => {
  const { SLACK_BOT_TOKEN, ...rest } = slack
  expect(problemsOf({ ...rest, SLACK_BOT_TOKNE: SLACK_BOT_TOKEN }, 'start')).toEqual([
    'SLACK_BOT_TOKEN is missing (SLACK_BOT_TOKNE is set: a misspelling?)',
  ])
  expect(readConfig({ DATABASE_URI: 'x', SLACK_WEBHOOK_URL: 'y' }).warnings).toEqual([
    "DATABASE_URI is set, and is no setting of Slipway's: is DATABASE_URL meant?",
  ])
})

test('.env.example lists every setting with a sentence, and its values are valid', () => {
  const lines = readFileSync('.env.example', 'utf8').split('\n')
  const listed = lines.flatMap((line, index) => (/^[A-Z]/.test(line) ? [{ key: line.split('=')[0], above: lines[index - 1] }] : []))
  expect(listed.map(({ key }) => key).sort()).toEqual([...SETTINGS].sort())
  expect(listed.filter(({ above }) => !/^# .{20,}[.:]/.test(above ?? ''))).toEqual([])
  const values = Object.fromEntries(lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(/=(.*)/).slice(0, 2)))
  expect(readConfig(values)).toEqual(readConfig({}))
})

test('the log lets no secret through, however deep', () => {
  const lines: string[] = []
  const log = createLog({ level: 'info', stream: { write: (line) => lines.push(line) } })
  const nested = { request: { body: { response_url: 'https://hooks.slack.com/commands/1/2', token: 'verification' }, user: 'U1' } }
  log.info({ nested, url: 'postgresql://slipway:hunter2@db/slipway' }, 'calling with xoxb-12-ab')
  log.error(new Error('connecting to redis://:hunter2@queue:6379'), 'fault')
  expect(lines.join()).not.toMatch(/hunter2|xoxb|hooks\.slack|verification/)
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['calling with [redacted]', 'fault'])
  expect(JSON.parse(lines[0] ?? '').nested.request.user).toBe('U1')
})

test('scrubbing keeps an innocent line, and references are short and differ', () => {
  const line = '{"level":30,"msg":"see https://example.com/a:b and <@U1>","database":"acme-val-1_main_1"}'
  expect(scrub(line)).toBe(line)
  expect(reference()).toMatch(/^F-[2-9A-Z]{8}$/)
  expect(reference()).not.toBe(reference())
})
